// Generated from schemas/config.v1.json by schemas/generate.ts; not to be edited.

/**
 * The configuration of one gateway, mra.config.json. Paths are relative to the folder of the file.
 */
export interface ConfigFile {
  /**
   * Where an editor finds this schema; not read.
   */
  $schema?: string;
  /**
   * The administration whose gateway this is.
   */
  party: 'CN' | 'US';
  /**
   * Our name on the wire: iss of what we sign, aud of what is for us. An https address that need not answer.
   */
  issuer: string;
  /**
   * Folder of the embedded database.
   */
  dataDir?: string;
  /**
   * File of the erasures, one a line, by which a restored backup is erased again: kept outside of every backup.
   */
  erasureList?: string;
  /**
   * A PostgreSQL of one's own in place of the embedded one.
   */
  database?: {
    /**
     * postgresql:// address. It holds a password: better given as DATABASE_URL or in a file.
     */
    url?: string;
    /**
     * A file with the address in place of it, as container platforms hand out secrets.
     */
    urlFile?: string;
  };
  /**
   * Our own keys.
   */
  keys?: {
    /**
     * Folder of the private keys, one file each, mode 0600.
     */
    private?: string;
    /**
     * Opens the private keys that are encrypted, and encrypts those that are made. Better given as MRA_KEYS_PASSPHRASE or in a file.
     */
    passphrase?: string;
    /**
     * A file with that passphrase, as container platforms hand out secrets; read at the start.
     */
    passphraseFile?: string;
    /**
     * Allows ML-DSA-65, which the runtime calls experimental.
     */
    postQuantum?: boolean;
    /**
     * How long a key that signs no more stands in the key set as retiring.
     */
    overlapDays?: number;
  };
  /**
   * Listener for back ends, operators and metrics.
   */
  internal?: {
    /**
     * Address to listen on.
     */
    host?: string;
    /**
     * Port to listen on; 0 takes a free one.
     */
    port?: number;
  };
  /**
   * Listener for the partners' gateways.
   */
  exchange?: {
    /**
     * Address to listen on: loopback only where exchange.tls is not set.
     */
    host?: string;
    /**
     * Port to listen on; 0 takes a free one.
     */
    port?: number;
    /**
     * Our certificate: the exchange listener shows it, and so do we to partners. Without it, plain HTTP on this machine.
     */
    tls?: {
      /**
       * PEM file: our certificate, then the intermediate ones up to the authority.
       */
      cert: string;
      /**
       * PEM file of its private key, mode 0600.
       */
      key: string;
    };
  };
  /**
   * Who may use the internal listener, beside the tokens that mra access grant gives.
   */
  access?: {
    identityProvider?: IdentityProviderSettings;
  };
  /**
   * What one caller may take of a listener. docs/limits.md has every limit with its reason.
   */
  limits?: {
    /**
     * Requests of one principal on the internal listener, on average over ten seconds, per process.
     */
    internalRequestsPerSecond?: number;
    /**
     * Requests from one address on the exchange listener, on average over ten seconds, per process.
     */
    exchangeRequestsPerSecond?: number;
    /**
     * Connections open at once on the internal listener, per process.
     */
    internalConnections?: number;
    /**
     * Connections open at once on the exchange listener, per process.
     */
    exchangeConnections?: number;
  };
  /**
   * The triggers' queue: on the same PostgreSQL unless told.
   */
  queue?: {
    /**
     * Redis or Valkey: redis://, redis-sentinel:// or redis-cluster://, with TLS rediss…. It may hold a password: better given as MRA_QUEUE_URL or in a file.
     */
    url?: string;
    /**
     * A file with the address in place of it, as container platforms hand out secrets.
     */
    urlFile?: string;
  };
  /**
   * The log on standard output.
   */
  log?: {
    /**
     * The least level that is written.
     */
    level?: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';
  };
  /**
   * How long is kept what is no evidence. Messages, receipts, the register and the audit log are.
   */
  retention?: {
    /**
     * Requests to partners with what they were answered.
     */
    attemptDays?: number;
    /**
     * Who read which partner data for what purpose.
     */
    accessLogDays?: number;
    /**
     * What the comparisons with partners showed.
     */
    comparisonDays?: number;
    /**
     * Whole months of messages, answers, receipts and feed older than this are given up; absent: never. Months that a link's retentionDays reaches stay in any case.
     */
    messageMonths?: number;
  };
  /**
   * Who is told of alerts, beside the log and the console.
   */
  notifications?: {
    /**
     * https address that is posted each alert that is raised or over, signed as Standard Webhooks has it.
     */
    webhookUrl?: string;
    /**
     * The key of that signature: whsec_ and base64, or any text. Better given in a file.
     */
    webhookSecret?: string;
    /**
     * A file with that secret, as container platforms hand out secrets; read at the start.
     */
    webhookSecretFile?: string;
  };
  /**
   * Own back ends that are called with the partner's messages, in place of polling for them.
   *
   * @maxItems 32
   */
  webhooks?: WebhookSettings[];
  /**
   * The partners, one link each.
   *
   * @maxItems 64
   */
  links: LinkSettings[];
}
/**
 * The administration's own identity provider, whose OAuth 2 access tokens (RFC 9068) are taken. Its keys come from jwks or jwksUrl, one of the two.
 */
export interface IdentityProviderSettings {
  /**
   * The provider's name, iss of its tokens, to the letter.
   */
  issuer: string;
  /**
   * This gateway's name at the provider, one of the aud of its tokens.
   */
  audience: string;
  /**
   * File of the provider's public keys; read again when it changes.
   */
  jwks?: string;
  /**
   * Address of the provider's public keys on the internal network.
   */
  jwksUrl?: string;
  /**
   * Signature algorithms taken from the provider. RFC 9068 demands RS256 of every provider.
   *
   * @minItems 1
   */
  algorithms?: ('RS256' | 'PS256' | 'ES256' | 'ES384' | 'Ed25519')[];
  /**
   * What stands before our scopes and roles in the provider's.
   */
  scopePrefix?: string;
  /**
   * A token valid for longer is not taken, because it cannot be revoked here.
   */
  lifetimeMinutesMax?: number;
}
export interface WebhookSettings {
  /**
   * Name of the consumer, in commands, addresses and records. Under it stands how far the consumer is.
   */
  name: string;
  /**
   * Address that is posted each message. https; http on this machine only. Redirects are not followed.
   */
  url: string;
  /**
   * What the partner's data are read for, in the log of reads.
   */
  purpose: 'risk-assessment' | 'clearance' | 'validation' | 'programme-review' | 'support';
  /**
   * Id of the link whose messages they are; may be left out where there is one.
   */
  link?: string;
  /**
   * Types of messages.
   *
   * @minItems 1
   */
  types?: ('enterprise-status' | 'certification-change' | 'validation-result')[];
  /**
   * Where a new consumer begins: with the first message there is, or with the next one.
   */
  from?: 'beginning' | 'now';
  /**
   * Keys of the signature, whsec_ and base64 of 24 to 64 bytes; two while one takes the place of the other. Better given in files.
   *
   * @minItems 1
   * @maxItems 2
   */
  secrets?: string[];
  /**
   * Files with those secrets, one each, as container platforms hand out secrets; read at the start.
   *
   * @minItems 1
   * @maxItems 2
   */
  secretFiles?: string[];
  /**
   * PEM file of the authority of the address's certificate, where it is the administration's own.
   */
  ca?: string;
  /**
   * A consumer that has failed for so long is paused, and an operator is told.
   */
  pauseAfterMinutes?: number;
}
export interface LinkSettings {
  /**
   * Name of the link on this side, in commands, addresses and records. Never reused for another partner.
   */
  id: string;
  /**
   * The administration at the other end.
   */
  partner: 'CN' | 'US';
  /**
   * The partner's name on the wire, as in its own configuration, to the letter.
   */
  issuer: string;
  /**
   * Base address of the partner's exchange listener.
   */
  exchangeUrl: string;
  /**
   * File of the partner's pinned public keys (mra keys import).
   */
  jwks: string;
  /**
   * File of the partner's audit keys, log and witness, as its mra audit keys prints them. Without it neither side cosigns the other's audit log.
   */
  auditKeys?: string;
  /**
   * By what the partner's certificate is known; required with exchange.tls. What is given must all hold.
   */
  tls?: {
    /**
     * PEM file of the authorities that issue its certificate, two during a changeover.
     */
    ca?: string;
    /**
     * DNS name in a certificate that such an authority issued; the host of issuer unless told.
     */
    name?: string;
    /**
     * Base64 SHA-256 of the public key of its certificate, two during a changeover.
     *
     * @minItems 1
     * @maxItems 2
     */
    spki?: string[];
  };
  /**
   * Lanes for the messages about subjects; the gateways' own have one more.
   */
  lanes?: number;
  /**
   * Signature algorithms taken from the partner.
   *
   * @minItems 1
   */
  algorithms?: ('ES256' | 'Ed25519' | 'ES384' | 'PS256' | 'ML-DSA-65')[];
  /**
   * How we deliver to the partner: many SETs in a request, one in each (push, RFC 8935), or as it polls for them (poll, RFC 8936).
   */
  delivery?: 'multi-push' | 'push' | 'poll';
  /**
   * How the partner's messages come: it pushes them to us, or we poll its exchange listener for them (RFC 8936).
   */
  reception?: 'push' | 'poll';
  /**
   * A key that the partner announces, signed by one that is pinned: pinned once an operator has read its thumbprint back, or at once.
   */
  rotation?: 'confirmed' | 'automatic';
  /**
   * How long this partner is given to stop expecting our key of before; a key stays retiring for the longest of the links. By default keys.overlapDays.
   */
  overlapDays?: number;
  /**
   * Whether SETs on this link are encrypted (JWE) inside TLS as well, both ways.
   */
  encryption?: 'none' | 'required';
  /**
   * How far the partner's clock may be ahead of ours.
   */
  skewSeconds?: number;
  /**
   * How long the two sides can repair what one of them lost; nothing older is taken.
   */
  retentionDays?: number;
  /**
   * Messages in one request to the partner.
   */
  batchSetsMax?: number;
  /**
   * Size of one request to the partner. At least 1 MiB, so that the greatest message fits.
   */
  batchBytesMax?: number;
  /**
   * Back-off of a lane whose requests fail, doubled each time, with full jitter, without end.
   */
  retry?: {
    /**
     * The first pause, milliseconds.
     */
    firstMs?: number;
    /**
     * The longest pause, milliseconds.
     */
    maxMs?: number;
  };
  /**
   * Messages that may wait for the partner; what would exceed it is answered 503. A waiting message takes about 5 kB of disk.
   */
  outboxMax?: number;
  /**
   * What the partner's software keeps to: this product's whole profile, or RFC 8935 alone. There a refusal may also mean that a message was not understood, so it is parked for an operator.
   */
  profile?: 'mra' | 'rfc8935';
  /**
   * Whether the partner sends signed receipts.
   */
  receipts?: 'required' | 'none';
  /**
   * Which grades of the arrangement are recognised, from when until when, with which benefits. A grade that no entry names is not recognised.
   *
   * @maxItems 256
   */
  recognition?: RecognitionSettings[];
  /**
   * What our own back ends may send on this link.
   */
  policy?: {
    /**
     * A unified social credit code with a wrong check digit: refused, or sent with a warning.
     */
    usccCheckDigits?: 'refuse' | 'warn';
    /**
     * Whether an enterprise's data are sent only with its consent.
     */
    consentRequired?: boolean;
  };
}
export interface RecognitionSettings {
  /**
   * A class of Chinese enterprises; either this or tier.
   */
  class?: string;
  /**
   * A tier of US enterprises; either this or class.
   */
  tier?: string;
  /**
   * Only under this regime; left out: under each that has the class or tier.
   */
  regime?: string;
  /**
   * First day on which the grade is recognised, YYYY-MM-DD in the calendar of the enterprise's administration.
   */
  from: string;
  /**
   * Last day on which it is; left out: without end.
   */
  until?: string;
  /**
   * What the front line grants, by the codes of schemas/codes/benefits.json.
   */
  benefits: string[];
}
