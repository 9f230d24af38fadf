import { useMay } from '../api/session.ts';
import type { Action } from '../parts/action-dialog.tsx';
import { StateBadge, type Tone } from '../parts/badge.tsx';
import { Copy, ShortId } from '../parts/copy.tsx';
import { Section } from '../parts/page-head.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { Age } from '../parts/time.tsx';
import { wordFor } from '../words/codes.ts';
import { useWords } from '../words/language.ts';
import { Said } from '../words/said.tsx';
import { Expiry } from './expiry.tsx';
import { confirmPartner, revokePartner } from './key-actions.tsx';
import type { AnnouncedKey, Keys, PinnedKey } from './key-types.ts';

const TONES: Readonly<Record<AnnouncedKey['state'], Tone>> = {
  announced: 'warn',
  pinned: 'ok',
  refused: 'bad',
  revoked: 'bad',
};

interface Row extends PinnedKey {
  link: string;
  use: 'signing' | 'encryption';
}

/** The partner's keys that count here, and those that it announced and somebody has to look at. */
export function PartnerKeys({
  partners,
  announced,
  act,
}: Pick<Keys, 'partners' | 'announced'> & { act(action: Action): void }) {
  const t = useWords();
  const may = useMay('keys');
  const rows = partners.flatMap(({ link, keys, encryptionKeys }) => [
    ...keys.map((key): Row => ({ ...key, link, use: 'signing' })),
    ...encryptionKeys.map((key): Row => ({ ...key, link, use: 'encryption' })),
  ]);
  const pinned: Column<Row>[] = [
    { key: 'link', head: t('register.link'), cell: ({ link }) => link },
    { key: 'kid', head: t('keys.name'), cell: ({ kid }) => <Copy text={kid} /> },
    {
      key: 'use',
      head: t('keys.use'),
      cell: ({ use, alg }) => `${t(`keys.use-${use}`)}${alg ? ` · ${alg}` : ''}`,
    },
    {
      key: 'valid',
      head: t('keys.valid'),
      cell: (key) => <Expiry from={key.notBefore} until={key.notAfter} />,
    },
    {
      key: 'thumbprint',
      head: t('keys.thumbprint'),
      kind: 'wide',
      cell: ({ thumbprint }) => <ShortId id={thumbprint} keep={12} />,
    },
    ...(may
      ? [
          {
            key: 'act',
            head: t('access.act'),
            cell: (key: Row) =>
              key.use === 'encryption' ? null : (
                <button type="button" onClick={() => act(revokePartner(key))}>
                  {t('keys.revoke')}
                </button>
              ),
          },
        ]
      : []),
  ];
  return (
    <>
      <Section title={t('keys.partners')}>
        <Table
          label={t('keys.partners')}
          rows={rows}
          columns={pinned}
          keyOf={({ link, kid, use }) => `${link} ${kid} ${use}`}
        />
      </Section>
      {announced.length > 0 && <Announced keys={announced} act={act} />}
    </>
  );
}

function Announced({ keys, act }: { keys: AnnouncedKey[]; act(action: Action): void }) {
  const t = useWords();
  const may = useMay('keys');
  const columns: Column<AnnouncedKey>[] = [
    {
      key: 'state',
      head: t('keys.state'),
      cell: ({ state }) => (
        <StateBadge state={state} text={wordFor('key-state', state)} tone={TONES[state]} />
      ),
    },
    { key: 'link', head: t('register.link'), cell: ({ link }) => link },
    { key: 'kid', head: t('keys.name'), cell: ({ kid }) => <Copy text={kid} /> },
    { key: 'at', head: t('keys.announced-at'), cell: ({ at }) => <Age at={at} /> },
    {
      key: 'thumbprint',
      head: t('keys.thumbprint'),
      cell: ({ thumbprint }) => <ShortId id={thumbprint} keep={12} />,
    },
    {
      key: 'why',
      head: t('keys.why'),
      kind: 'wide',
      cell: ({ reason, decidedBy }) => (reason === null ? (decidedBy ?? '') : <Said text={reason} />),
    },
    ...(may
      ? [
          {
            key: 'act',
            head: t('access.act'),
            cell: (key: AnnouncedKey) =>
              key.state === 'announced' ? (
                <button type="button" className="main" onClick={() => act(confirmPartner(key))}>
                  {t('keys.confirm')}
                </button>
              ) : null,
          },
        ]
      : []),
  ];
  return (
    <Section title={t('keys.announced')}>
      <Table
        label={t('keys.announced')}
        rows={keys}
        columns={columns}
        keyOf={({ link, kid, at }) => `${link} ${kid} ${at}`}
      />
    </Section>
  );
}
