/**
 * How a hostile message is made: what differs from an ordinary one. A recipe is JSON, so that other languages can read
 * the vectors, and it is baked for the gateway under attack: ids, times and keys are fresh each time.
 *
 * Texts that stand for something: `$absent` (the member is left out), `$now`, `$now+N`, `$now-N` (seconds since 1970),
 * `{"$repeat": x, "times": n}` (a long text or list), and within texts of headers and payloads `$TIMES(n,x)`; `$jti`,
 * `$issuer`, `$audience`, `$publicJwk` (of the partner's key), `$strangerJwk`, `$id` (of the enterprise).
 */
export type Json = null | boolean | number | string | Json[] | { [member: string]: Json };

export const signatureKinds = [
  'valid',
  /** The other of the two signatures that ECDSA has for a message: also the partner's. */
  'high-s',
  'empty',
  'zero',
  'r-zero',
  's-zero',
  'r-order',
  's-order',
  'all-ones',
  'der',
  'flipped',
  'short',
  'long',
  'swapped',
  'of-other-message',
  'over-payload-alone',
  'hs256-pem',
  'hs256-jwk',
  'hs256-nothing',
] as const;
export type SignatureKind = (typeof signatureKinds)[number];

export interface SetRecipe {
  /** The bytes are kept under this name … */
  label?: string;
  /** … and sent again as they are. */
  again?: string;
  type?: 'enterprise-status' | 'certification-change' | 'validation-result' | 'verification' | 'receipt';
  /** Subject of the message; a fresh enterprise unless told. */
  subject?: string;
  /** `version` of the event; 1 unless told. */
  version?: Json;
  /** In place of the data of an ordinary message … */
  data?: Json;
  /** … or members of it replaced, by their pointers. */
  edit?: Record<string, Json>;
  /** Claims replaced. */
  claims?: Record<string, Json>;
  /** The payload's text, in which `$CLAIMS` are the ordinary claims without their braces. */
  payloadText?: string;
  /** The payload's bytes, in hexadecimal, put behind the text's last `$HEX`. */
  payloadHex?: string;
  /** Members of the protected header replaced. */
  header?: Record<string, Json>;
  /** The header's text, in which `$HEADER` are the ordinary members without their braces. */
  headerText?: string;
  /** Whose message it is, and with whose key it is signed; of the first partner and its active key unless told. */
  link?: 'cn-gacc' | 'cn-second';
  key?: 'active' | 'retired' | 'next' | 'stranger' | 'other-link';
  sign?: SignatureKind;
  /** How the segments `$H`, `$P`, `$S` are put together; `$H.$P.$S` unless told. */
  compact?: string;
  /** Name of the member in the request; the id of the message unless told. */
  member?: string;
}

/** A body: text, in which `$SET` is an ordinary message and `$JTI` its id, or something longer than a vector should be. */
export type Body = string | { hex: string } | { repeat: string; times: number } | { parts: Body[] };

export interface HttpRecipe {
  on?: 'exchange' | 'internal';
  method?: string;
  path: string;
  /** In place of the ordinary ones. `$absent` leaves one out. */
  headers?: Record<string, string>;
  body?: Body;
  /** Role of the token on the internal listener; none at all with `nobody`. */
  as?: 'backend' | 'reader' | 'operator' | 'auditor' | 'admin' | 'nobody';
}

/** Bytes on a bare connection; `$SET`, `$JTI`, `$HOST`, `$BACKEND` (a token) are filled in. */
export interface RawRecipe {
  on?: 'exchange' | 'internal';
  parts: (Body | { waitMs: number })[];
  end?: boolean;
}

export type Send =
  | { push: SetRecipe[]; as?: 'cn-gacc' | 'cn-second' | 'stranger' }
  | { event: SetRecipe; as?: 'cn-gacc' | 'cn-second' | 'stranger' }
  | { http: HttpRecipe }
  | { raw: RawRecipe };

export interface SetExpectation {
  ack?: true;
  err?: string;
  /** A regular expression that the description matches. */
  says?: string;
}

export interface Expectation {
  status: number;
  /** Of a push, for each SET in order. */
  sets?: SetExpectation[];
  err?: string;
  /** The code in `type` of the problem. */
  problem?: string;
  /** `code` of its first error. */
  issue?: string;
  says?: string;
  /** Of a raw talk: the statuses of all answers, where there are more or fewer than one. */
  statuses?: number[];
  closed?: boolean;
  /** Milliseconds to wait for the answer; 5,000 unless told. */
  withinMs?: number;
}

export interface Vector {
  name: string;
  /** What kind of attack it is, as test/vectors/hostile/README.md lists them. */
  kind: string;
  /** Why somebody would send it, and what goes wrong where it is taken. */
  about?: string;
  /** Only where the exchange listener speaks TLS, or only where it does not. */
  only?: 'tls' | 'plain';
  send: Send[];
  expect: Expectation[];
}
