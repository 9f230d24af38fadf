import type { Logger } from 'pino';
import type { OwnMessageHandler, OwnMessageHandlers } from '../reception/handle-own-messages.ts';
import { registerDigestTaker } from './take-digests.ts';
import { recordsTaker } from './take-requests.ts';

/**
 * What the partner's gateway may ask ours for about the registers.
 *
 * @param answerVersions requests for versions come by the same type as those for records
 */
export function reconciliationHandlers(
  { issuer, log }: { issuer: string; log: Logger },
  answerVersions: OwnMessageHandler<'resync-request'>,
): OwnMessageHandlers {
  return {
    'register-digest': registerDigestTaker(issuer, log),
    'resync-request': async (tx, received, context) => {
      await answerVersions(tx, received, context);
      await recordsTaker(tx, received, context);
    },
  };
}
