import { useMay } from '../api/session.ts';
import type { Action } from '../parts/action-dialog.tsx';
import { StateBadge, type Tone } from '../parts/badge.tsx';
import { Copy, ShortId } from '../parts/copy.tsx';
import { Section } from '../parts/page-head.tsx';
import { Empty } from '../parts/states.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { None } from '../parts/time.tsx';
import { wordFor } from '../words/codes.ts';
import { useWords } from '../words/language.ts';
import { Expiry } from './expiry.tsx';
import { revokeOwn } from './key-actions.tsx';
import type { OwnKey } from './key-types.ts';

const TONES: Readonly<Record<OwnKey['state'], Tone>> = {
  active: 'ok',
  next: 'quiet',
  retiring: 'quiet',
  retired: 'quiet',
  revoked: 'bad',
};

export function OwnKeys({ keys, act }: { keys: OwnKey[]; act(action: Action): void }) {
  const t = useWords();
  const may = useMay('keys');
  const columns: Column<OwnKey>[] = [
    {
      key: 'state',
      head: t('keys.state'),
      cell: ({ state }) => (
        <StateBadge state={state} text={wordFor('key-state', state)} tone={TONES[state]} />
      ),
    },
    { key: 'kid', head: t('keys.name'), cell: ({ kid }) => <Copy text={kid} /> },
    { key: 'alg', head: t('keys.alg'), cell: ({ alg }) => alg },
    {
      key: 'valid',
      head: t('keys.valid'),
      cell: (key) => <Expiry from={key.notBefore} until={key.notAfter} />,
    },
    {
      key: 'thumbprint',
      head: t('keys.thumbprint'),
      cell: ({ thumbprint }) => <ShortId id={thumbprint} keep={12} />,
    },
    {
      key: 'announced',
      head: t('keys.confirmed-by'),
      kind: 'wide',
      cell: ({ announced, revokedReason }) =>
        revokedReason ??
        (announced.length === 0 ? (
          <None />
        ) : (
          announced
            .map(({ link, confirmedAt }) => (confirmedAt === null ? t('keys.unconfirmed', { link }) : link))
            .join(', ')
        )),
    },
    ...(may
      ? [
          {
            key: 'act',
            head: t('access.act'),
            cell: (key: OwnKey) =>
              key.state === 'revoked' ? null : (
                <button type="button" onClick={() => act(revokeOwn(key))}>
                  {t('keys.revoke')}
                </button>
              ),
          },
        ]
      : []),
  ];
  return (
    <Section title={t('keys.own')}>
      {keys.length === 0 ? (
        <Empty title={t('keys.no-own')} />
      ) : (
        <Table label={t('keys.own')} rows={keys} columns={columns} keyOf={({ kid }) => kid} />
      )}
    </Section>
  );
}
