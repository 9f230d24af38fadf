import { Gauge, type Registry } from 'prom-client';
import { expiriesOfTls, type TrustFacts } from './trust-alerts.ts';

/** A key as `/metrics` has it. */
export interface KeyDays {
  kid: string;
  /** Whose it is: empty for our own, else the link of the partner. */
  link: string;
  use: 'sig' | 'enc';
  state: string;
  /** Days until it ends, with their fractions; below 0 when it is over, infinite where it has no end. */
  days: number;
}

const DAY_MS = 86_400_000;

/** Every key that counts or will: of ours those that are not retired or revoked, of partners those that are pinned. Pure. */
export function keyDays(
  { ownKeys, ownEncryption = [], links }: Pick<TrustFacts, 'ownKeys' | 'ownEncryption' | 'links'>,
  now: Date,
): KeyDays[] {
  const days = (end: Date | null | undefined): number =>
    end ? (end.getTime() - now.getTime()) / DAY_MS : Number.POSITIVE_INFINITY;
  return [
    ...ownKeys
      .filter(({ state }) => state !== 'retired' && state !== 'revoked')
      .map(({ kid, state, notAfter }) => ({
        kid,
        link: '',
        use: 'sig' as const,
        state,
        days: days(notAfter),
      })),
    ...ownEncryption.map(({ kid, notAfter }) => ({
      kid,
      link: '',
      use: 'enc' as const,
      state: 'held',
      days: days(notAfter),
    })),
    ...links.flatMap(({ id, keys, encryptionKeys = [] }) => [
      ...[...keys.values()].map(({ kid, notAfter }) => pinned(id, kid, 'sig', days(notAfter))),
      ...encryptionKeys.map(({ kid, notAfter }) => pinned(id, kid, 'enc', days(notAfter))),
    ]),
  ];
}

const pinned = (link: string, kid: string, use: KeyDays['use'], days: number): KeyDays => ({
  kid,
  link,
  use,
  state: 'pinned',
  days,
});

/** Gauges of what is left to keys and certificates, counted when they are asked for. */
export function trustFigures(registry: Registry, readFacts: () => Promise<TrustFacts>): void {
  const registers = [registry];
  new Gauge({
    name: 'mra_key_days_left',
    help: 'Days until a key ends, ours (link empty) and those pinned for a link; +Inf for a key without an end',
    labelNames: ['kid', 'link', 'use', 'state'],
    registers,
    async collect() {
      const keys = keyDays(await readFacts(), new Date());
      this.reset();
      for (const { days, ...labels } of keys) this.set(labels, days);
    },
  });
  new Gauge({
    name: 'mra_certificate_days_left',
    help: 'Days until a TLS certificate ends: ours, the pinned authority of a partner, the one that it last showed',
    labelNames: ['kind', 'link'],
    registers,
    async collect() {
      const { tls } = await readFacts();
      this.reset();
      for (const { kind, link, at } of tls ? expiriesOfTls(tls) : [])
        this.set({ kind, link: link ?? '' }, (at.getTime() - Date.now()) / DAY_MS);
    },
  });
}
