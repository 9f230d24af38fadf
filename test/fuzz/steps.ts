import { ruleIssueCodes } from '../../src/contract/issue.ts';

/** The checks of protocol.md 2, in its order: which of them refused. What refuses nobody has no name here. */
export const steps = [
  'tls',
  'media-type-and-size',
  'json',
  'jws',
  'typ',
  'alg',
  'kid',
  'crit',
  'signature',
  'iss',
  'aud',
  'iat',
  'claims',
  'jti-conflict',
  'schema',
  'rules',
  'version-conflict',
] as const;
export type Step = (typeof steps)[number];

/** From here on a SET is the partner's word: to be answered so without a partner's signature is to be forged. */
const AFTER_SIGNATURE: ReadonlySet<Step> = new Set(['jti-conflict', 'schema', 'rules', 'version-conflict']);

export function isBelieved(step: Step): boolean {
  return AFTER_SIGNATURE.has(step);
}

export interface Refusal {
  err: string;
  description: string;
}

const RULES: ReadonlySet<string> = new Set(ruleIssueCodes);

/** What refused one SET of a push. */
export function stepOfSet({ err, description }: Refusal): Step {
  switch (err) {
    case 'invalid_set':
      return stepOfShape(description);
    case 'invalid_key':
      return /the claim iat/.test(description) ? 'iat' : 'kid';
    case 'authentication_failed':
      return 'signature';
    case 'invalid_issuer':
    case 'access_denied':
      return 'iss';
    case 'invalid_audience':
      return 'aud';
    case 'jti_conflict':
      return 'jti-conflict';
    case 'version_conflict':
      return 'version-conflict';
    case 'invalid_request':
      return RULES.has(/^\S+ ([a-z-]+):/.exec(description)?.[1] ?? '') ? 'rules' : 'schema';
    default:
      throw new Error(`no step answers ${err}: ${description}`);
  }
}

function stepOfShape(description: string): Step {
  if (/three segments|canonical base64url|the SET is longer/.test(description)) return 'jws';
  if (/member typ/.test(description)) return 'typ';
  if (/member alg/.test(description)) return 'alg';
  if (/member (crit|b64)/.test(description)) return 'crit';
  if (/^the (header|payload) /.test(description)) return 'json';
  return /^the claim iat/.test(description) ? 'iat' : 'claims';
}

/** What refused a request of the exchange listener as a whole. */
export function stepOfRequest(status: number, refusal: Refusal): Step | undefined {
  if (status === 401) return 'tls';
  if (status === 413 || status === 415) return 'media-type-and-size';
  if (status === 403) return 'iss';
  if (status !== 400) return undefined;
  return refusal.err === 'invalid_request' ? 'json' : stepOfSet(refusal);
}
