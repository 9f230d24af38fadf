import { createHmac } from 'node:crypto';

/** The secret of the webhook: as Standard Webhooks writes it (`whsec_` and base64), or any text. */
export function webhookKey(secret: string): Buffer {
  return secret.startsWith('whsec_') ? Buffer.from(secret.slice(6), 'base64') : Buffer.from(secret, 'utf8');
}

/** Headers of a notice, as Standard Webhooks 1.0.0 has them: HMAC-SHA-256 over id, time and body. */
export function noticeHeaders(
  id: string,
  body: string,
  secret: string,
  now: Date,
): { 'webhook-id': string; 'webhook-timestamp': string; 'webhook-signature': string } {
  const timestamp = String(Math.floor(now.getTime() / 1_000));
  const signature = createHmac('sha256', webhookKey(secret))
    .update(`${id}.${timestamp}.${body}`)
    .digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
}
