import { send } from '../api/client.ts';
import { purposes } from '../api/purpose.ts';
import { useData } from '../api/use-data.ts';
import type { Action } from '../parts/action-dialog.tsx';
import { StateBadge, type Tone } from '../parts/badge.tsx';
import { Copy } from '../parts/copy.tsx';
import { Section } from '../parts/page-head.tsx';
import { Shown } from '../parts/states.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { Age, Instant, None } from '../parts/time.tsx';
import { useAction } from '../parts/use-action.tsx';
import { wordFor } from '../words/codes.ts';
import { say, useWords } from '../words/language.ts';
import type { AccessToken } from './access-types.ts';

const TONES: Readonly<Record<AccessToken['state'], Tone>> = {
  valid: 'ok',
  expired: 'quiet',
  revoked: 'quiet',
};

/** Tokens that can release what another person asked for are granted at the command line only. */
const GRANTED_HERE = ['backend', 'reader', 'auditor'] as const;

export function Tokens() {
  const t = useWords();
  const tokens = useData<{ items: AccessToken[] }>('/v1/ops/access');
  const [dialog, act] = useAction(tokens.reload);
  return (
    <Section
      title={t('access.tokens')}
      tools={
        <button type="button" onClick={() => act(grant())}>
          {t('access.grant')}
        </button>
      }
    >
      {dialog}
      <Shown of={tokens} rows={6}>
        {({ items }) => (
          <Table label={t('access.tokens')} rows={items} columns={columnsOf(t, act)} keyOf={({ id }) => id} />
        )}
      </Shown>
    </Section>
  );
}

function columnsOf(t: ReturnType<typeof useWords>, act: (action: Action) => void): Column<AccessToken>[] {
  return [
    {
      key: 'state',
      head: t('access.state'),
      cell: ({ state }) => (
        <StateBadge state={state} text={wordFor('token-state', state)} tone={TONES[state]} />
      ),
    },
    { key: 'name', head: t('access.name'), cell: ({ name }) => name },
    { key: 'role', head: t('access.role'), cell: ({ role }) => wordFor('role', role) },
    {
      key: 'scopes',
      head: t('access.scopes'),
      kind: 'wide',
      cell: ({ scopes }) => (
        <span className="mono" title={scopes.join('\n')}>
          {scopes.join(' ')}
        </span>
      ),
    },
    { key: 'link', head: t('register.link'), cell: ({ link }) => link ?? <None /> },
    {
      key: 'purpose',
      head: t('access.purpose'),
      cell: ({ purpose }) => (purpose === null ? <None /> : wordFor('purpose', purpose)),
    },
    {
      key: 'created',
      head: t('access.created'),
      named: true,
      cell: ({ createdAt }) => <Age at={createdAt} />,
    },
    {
      key: 'expires',
      head: t('access.expires'),
      named: true,
      cell: ({ expiresAt }) => <Instant at={expiresAt} />,
    },
    {
      key: 'act',
      head: t('access.act'),
      cell: (token) =>
        token.state === 'valid' ? (
          <button type="button" onClick={() => act(end(token))}>
            {t('access.end')}
          </button>
        ) : null,
    },
  ];
}

function end({ id, name }: AccessToken): Action {
  return {
    title: say('access.end-title', { name }),
    preview: say('access.end-what'),
    verb: say('access.end'),
    dangerous: true,
    reason: 'none',
    async run() {
      await send('DELETE', `/v1/ops/access/${encodeURIComponent(id)}`);
      await send('DELETE', '/v1/ops/sessions', { query: { name } });
      return undefined;
    },
  };
}

function grant(): Action {
  const asked = { name: '', role: 'reader', purpose: 'clearance' };
  return {
    title: say('access.grant'),
    preview: say('access.grant-what'),
    verb: say('access.grant'),
    reason: 'none',
    more: (
      <>
        <label className="field">
          <span>{say('access.name')}</span>
          <input
            type="text"
            required
            maxLength={64}
            onChange={({ target }) => {
              asked.name = target.value.trim();
            }}
          />
        </label>
        <label className="field">
          <span>{say('access.role')}</span>
          <select
            defaultValue={asked.role}
            onChange={({ target }) => {
              asked.role = target.value;
            }}
          >
            {GRANTED_HERE.map((role) => (
              <option key={role} value={role}>
                {wordFor('role', role)}
              </option>
            ))}
          </select>
        </label>
        <label className="field">
          <span>{say('access.purpose')}</span>
          <select
            defaultValue={asked.purpose}
            onChange={({ target }) => {
              asked.purpose = target.value;
            }}
          >
            {purposes.map((purpose) => (
              <option key={purpose} value={purpose}>
                {wordFor('purpose', purpose)}
              </option>
            ))}
          </select>
        </label>
      </>
    ),
    async run() {
      const { token } = await send<{ token: string }>('POST', '/v1/ops/access', { body: asked });
      return (
        <>
          <p>{say('access.shown-once')}</p>
          <p>
            <Copy text={token} />
          </p>
        </>
      );
    },
  };
}
