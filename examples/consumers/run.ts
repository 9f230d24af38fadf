import { appendFile } from 'node:fs/promises';
import { argv, env, exit } from 'node:process';
import { pollStream } from './poll-stream.ts';
import { webhookReceiver } from './receive-webhook.ts';
import { type PartnerMessage, setVerifier } from './verify-set.ts';

/**
 * node examples/consumers/run.ts poll|receive JWKS-FILE PARTNER-ISSUER OWN-ISSUER
 *
 * poll:    MRA_TOKEN is a token of role backend, MRA_API the gateway's internal listener
 * receive: WEBHOOK_SECRET is the secret of the webhook; listens on 127.0.0.1:8790
 *
 * Verified messages are appended to messages.ndjson.
 */
const [, , what, jwks, issuer, audience] = argv;
if (!jwks || !issuer || !audience) {
  console.error('node examples/consumers/run.ts poll|receive JWKS-FILE PARTNER-ISSUER OWN-ISSUER');
  exit(2);
}
const verify = setVerifier({ jwks, issuer, audience, algorithms: ['ES256'] });
const keep = (message: PartnerMessage): Promise<void> =>
  appendFile('messages.ndjson', `${JSON.stringify(message)}\n`, { flush: true });

if (what === 'poll') {
  const { MRA_API: api = 'http://127.0.0.1:8701', MRA_TOKEN: token = '' } = env;
  const stop = new AbortController().signal;
  await pollStream({ api, token, stream: 'example', verify, keep, stop });
} else {
  const { WEBHOOK_SECRET: secret = '' } = env;
  webhookReceiver({ secrets: [secret], verify, keep }).listen(8790, '127.0.0.1');
}
