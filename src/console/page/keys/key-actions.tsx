import { send } from '../api/client.ts';
import type { Action } from '../parts/action-dialog.tsx';
import { Copy } from '../parts/copy.tsx';
import { say } from '../words/language.ts';
import type { AnnouncedKey, OwnKey } from './key-types.ts';

/** Makes the next key and announces it; it signs once every partner has confirmed it. */
export function rotateKey(): Action {
  return {
    title: say('keys.rotate'),
    preview: say('keys.rotate-what'),
    verb: say('keys.rotate'),
    reason: 'required',
    async run({ reason }) {
      const made = await send<{ kid: string; thumbprint: string; announcedTo: string[] }>(
        'POST',
        '/v1/ops/keys/rotate',
        { body: { reason } },
      );
      return (
        <>
          <p>{say('keys.rotated', { kid: made.kid, links: made.announcedTo.join(', ') || '–' })}</p>
          <p>
            {say('keys.read-out')} <Copy text={made.thumbprint} />
          </p>
        </>
      );
    },
  };
}

export function revokeOwn({ kid, state }: OwnKey): Action {
  return {
    title: say('keys.revoke-own', { kid }),
    preview: say(state === 'active' ? 'keys.revoke-active-what' : 'keys.revoke-what'),
    verb: say('keys.revoke'),
    dangerous: true,
    reason: 'required',
    async run({ reason }) {
      await send('POST', `/v1/ops/keys/${encodeURIComponent(kid)}/revoke`, { body: { reason } });
      return say('keys.revoke-waits', { kid });
    },
  };
}

export function revokePartner({ link, kid }: { link: string; kid: string }): Action {
  return {
    title: say('keys.revoke-partner', { kid, link }),
    preview: say('keys.revoke-partner-what'),
    verb: say('keys.revoke'),
    dangerous: true,
    reason: 'required',
    async run({ reason }) {
      await send('POST', `${pathOf(link, kid)}/revoke`, { body: { reason } });
      return say('keys.revoke-waits', { kid });
    },
  };
}

/** A key counts when somebody compared its thumbprint with what the partner read out. */
export function confirmPartner({ link, kid, thumbprint }: AnnouncedKey): Action {
  return {
    title: say('keys.confirm-title', { kid, link }),
    preview: (
      <>
        <p>{say('keys.confirm-what')}</p>
        <p>
          <Copy text={thumbprint} />
        </p>
      </>
    ),
    verb: say('keys.confirm'),
    reason: 'required',
    async run({ reason }) {
      await send('POST', `${pathOf(link, kid)}/confirm`, { body: { thumbprint, reason } });
      return say('keys.confirmed', { kid });
    },
  };
}

function pathOf(link: string, kid: string): string {
  return `/v1/ops/keys/partners/${encodeURIComponent(link)}/${encodeURIComponent(kid)}`;
}
