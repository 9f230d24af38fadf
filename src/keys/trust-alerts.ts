import type { X509Certificate } from 'node:crypto';
import type { EncryptionKey } from '../envelope/seal-set.ts';
import type { VerificationKey } from '../envelope/verification-keys.ts';
import type { OwnKeyRow } from './own-keys.ts';
import type { PartnerKeyRow } from './partner-key-rows.ts';

/** What an operator should do something about, while there is time. */
export interface TrustAlert {
  code: 'expiry' | 'partner-key-announced' | 'partner-key-refused' | 'key-unconfirmed' | 'reload-failed';
  severity: 'warning' | 'critical';
  /** What it is about, the same for as long as the alert lasts: `certificate own`, `key cn-2026-11`. */
  subject: string;
  link: string | null;
  message: string;
  /** When it began, as far as that is known. */
  since: Date;
}

/** Something that ends. */
export interface Expiry {
  kind:
    | 'certificate'
    | 'authority'
    | 'key'
    | 'partner-key'
    | 'partner-certificate'
    | 'encryption-key'
    | 'partner-encryption-key';
  name: string;
  link: string | null;
  at: Date;
}

/** An alert begins when so many days are left; each step is told of once more. */
export const EXPIRY_DAYS = [60, 30, 7, 1] as const;
const CRITICAL_DAYS = 7;
const DAY_MS = 86_400_000;
/** A partner's operators may be away for a weekend. */
const UNCONFIRMED_MS = 3 * DAY_MS;

export interface TrustFacts {
  /** Absent without TLS. */
  tls?: {
    own: X509Certificate;
    authorities: { link: string; certificates: readonly X509Certificate[] }[];
    /** The partners' certificates as they were last shown. */
    seen: ReadonlyMap<string, X509Certificate>;
  };
  ownKeys: readonly OwnKeyRow[];
  partnerKeys: readonly PartnerKeyRow[];
  /** Our keys that partners encrypt to. */
  ownEncryption?: readonly { kid: string; notAfter?: Date | undefined }[];
  links: readonly {
    id: string;
    keys: ReadonlyMap<string, Pick<VerificationKey, 'kid' | 'notAfter'>>;
    encryptionKeys?: readonly Pick<EncryptionKey, 'kid' | 'notAfter'>[];
  }[];
  /** Set while files that changed could not be taken. */
  reloadFailure?: { at: Date; message: string } | undefined;
}

interface EndingKey {
  kid: string;
  notAfter?: Date | undefined;
}

/** Everything that trust rests on and that ends, the soonest first. */
export function listExpiries({ tls, ownKeys, ownEncryption = [], links }: TrustFacts): Expiry[] {
  const expiries: Expiry[] = tls ? expiriesOfTls(tls) : [];
  const add = (kind: Expiry['kind'], name: string, link: string | null, at: Date | null | undefined) => {
    if (at) expiries.push({ kind, name, link, at });
  };
  /** Of keys that stand for one another, the one that lasts longest counts. */
  const addLast = (kind: Expiry['kind'], link: string | null, keys: readonly EndingKey[]): void => {
    if (keys.some(({ notAfter }) => !notAfter)) return;
    const [last] = keys.toSorted((a, b) => Number(b.notAfter) - Number(a.notAfter));
    add(kind, last?.kid ?? '', link, last?.notAfter);
  };
  for (const { kid, state, notAfter } of ownKeys) if (state === 'active') add('key', kid, null, notAfter);
  addLast('encryption-key', null, ownEncryption);
  for (const { id, keys, encryptionKeys = [] } of links) {
    addLast('partner-key', id, [...keys.values()]);
    addLast('partner-encryption-key', id, encryptionKeys);
  }
  return expiries.toSorted((a, b) => +a.at - +b.at);
}

/** Our certificate, and of each partner the last of its authorities and the certificate that it showed. */
export function expiriesOfTls({ own, authorities, seen }: NonNullable<TrustFacts['tls']>): Expiry[] {
  const theirs = { name: 'of the partner' } as const;
  return [
    { kind: 'certificate', name: 'own', link: null, at: new Date(own.validTo) },
    ...authorities.flatMap(({ link, certificates }): Expiry[] => {
      // During a changeover the one that lasts longer counts.
      const last = certificates.map(({ validTo }) => new Date(validTo)).toSorted((a, b) => +b - +a)[0];
      return last ? [{ ...theirs, kind: 'authority', link, at: last }] : [];
    }),
    ...[...seen].map(
      ([link, { validTo }]): Expiry => ({
        ...theirs,
        kind: 'partner-certificate',
        link,
        at: new Date(validTo),
      }),
    ),
  ];
}

/** The step that so much time has reached: 60, 30, 7, 1 or, over, 0 days; undefined before the first. */
export function expiryStep(at: Date, now: Date): number | undefined {
  const left = at.getTime() - now.getTime();
  if (left <= 0) return 0;
  return EXPIRY_DAYS.findLast((days) => left <= days * DAY_MS);
}

/** What stands against keys and certificates now. Pure: other parts list it as alerts. */
export function trustAlerts(facts: TrustFacts, now: Date): TrustAlert[] {
  return [
    ...listExpiries(facts).flatMap((expiry) => expiryAlert(expiry, now)),
    ...facts.partnerKeys.flatMap(partnerKeyAlert),
    ...facts.ownKeys.flatMap((key) => unconfirmedAlerts(key, now)),
    ...reloadAlert(facts.reloadFailure),
  ];
}

const WHAT: Record<Expiry['kind'], string> = {
  certificate: 'our TLS certificate',
  authority: "the pinned authority of the partner's certificate",
  key: 'our signing key',
  'partner-key': "the partner's last signing key",
  'partner-certificate': "the partner's TLS certificate",
  'encryption-key': 'our last key for decryption',
  'partner-encryption-key': "the partner's last key for encryption",
};

function expiryAlert({ kind, name, link, at }: Expiry, now: Date): TrustAlert[] {
  const step = expiryStep(at, now);
  if (step === undefined) return [];
  const what = `${WHAT[kind]}${kind.endsWith('key') ? ` ${name}` : ''}`;
  const left = Math.ceil((at.getTime() - now.getTime()) / DAY_MS);
  const when =
    step === 0 ? `expired on ${at.toISOString()}` : `expires in ${left} days, on ${at.toISOString()}`;
  return [
    {
      code: 'expiry',
      severity: step <= CRITICAL_DAYS ? 'critical' : 'warning',
      subject: `${kind} ${name}`,
      link,
      message: `${what} ${when}`,
      since: new Date(at.getTime() - step * DAY_MS),
    },
  ];
}

function partnerKeyAlert({ link, kid, state, reason, thumbprint, at }: PartnerKeyRow): TrustAlert[] {
  const alert = { severity: 'warning', subject: `partner-key ${kid}`, link, since: at } as const;
  if (state === 'announced') {
    const message = `the partner announces the key ${kid}; have its thumbprint read out and compare it with ${thumbprint}, then: mra keys confirm ${link} ${kid} --thumbprint …`;
    return [{ ...alert, code: 'partner-key-announced', message }];
  }
  if (state !== 'refused') return [];
  return [
    {
      ...alert,
      code: 'partner-key-refused',
      message: `the key ${kid} that the partner announces is not taken: ${reason}`,
    },
  ];
}

function unconfirmedAlerts({ kid, state, announced }: OwnKeyRow, now: Date): TrustAlert[] {
  if (state !== 'next') return [];
  return announced
    .filter(({ at, confirmedAt }) => confirmedAt === null && now.getTime() - Date.parse(at) > UNCONFIRMED_MS)
    .map(({ link, at }) => ({
      code: 'key-unconfirmed',
      severity: 'warning',
      subject: `key ${kid}`,
      link,
      message: `the partner has not confirmed our next key ${kid}, announced ${at}; read its thumbprint out to them`,
      since: new Date(Date.parse(at) + UNCONFIRMED_MS),
    }));
}

function reloadAlert(failure: TrustFacts['reloadFailure']): TrustAlert[] {
  if (!failure) return [];
  return [
    {
      code: 'reload-failed',
      severity: 'critical',
      subject: 'keys and certificates',
      link: null,
      message: `files of keys or certificates changed and could not be taken; those of before go on: ${failure.message}`,
      since: failure.at,
    },
  ];
}
