import type { DemoSide } from '../src/demo/demo-side.ts';
import { generateEnterprise } from '../src/demo/generate-enterprises.ts';
import { randomOf } from '../src/demo/random.ts';
import { percentile } from './percentile.ts';

export interface SearchFigures {
  p50Ms: number;
  p95Ms: number;
  slowest: { query: string; ms: number };
  /** Searches that should have found the enterprise they were made from, and did not. */
  missed: number;
  searches: number;
}

/** A search, and the enterprise that its answer must hold, if it is about one. */
interface Search {
  query: Record<string, string>;
  finds?: string;
}

/**
 * Searches as programme officers make them, one after another: half for one enterprise (identifier, full and partial
 * name in both scripts, two rare and two common characters), half lists (place, standing, reviews due).
 */
export async function measureSearch(
  side: DemoSide,
  enterprises: number,
  seed: number,
  count: number,
): Promise<SearchFigures> {
  const random = randomOf(seed, 'searches');
  const searches = Array.from({ length: count }, () => {
    const one = generateEnterprise('CN', seed, random.integer(0, enterprises - 1));
    return random.pick(KINDS)(one.latest.enterprise, random.integer(0, 1_000));
  });
  for (const { query } of searches.slice(0, 60)) await search(side, query);
  const times: number[] = [];
  let missed = 0;
  let slowest = { query: '', ms: 0 };
  for (const { query, finds } of searches) {
    const startedAt = performance.now();
    const ids = await search(side, query);
    const ms = performance.now() - startedAt;
    times.push(ms);
    if (ms > slowest.ms) slowest = { query: JSON.stringify(query), ms: Math.round(ms) };
    if (finds !== undefined && !ids.includes(finds)) missed++;
  }
  const rounded = (percent: number): number => Math.round(percentile(times, percent) * 10) / 10;
  return { p50Ms: rounded(50), p95Ms: rounded(95), slowest, missed, searches: count };
}

type Enterprise = ReturnType<typeof generateEnterprise>['latest']['enterprise'];

const nativeOf = ({ name }: Enterprise): string => name.native?.text ?? '';
const brandOf = ({ name }: Enterprise): string => name.latin.split(' ')[1] ?? name.latin;

const KINDS: readonly ((enterprise: Enterprise, n: number) => Search)[] = [
  ({ id, identifiers }, n) => ({
    query: { identifier: identifiers[n % 2]?.value ?? id },
    finds: id,
  }),
  (enterprise) => ({ query: { name: enterprise.name.latin, limit: '500' }, finds: enterprise.id }),
  (enterprise) => ({ query: { name: nativeOf(enterprise), limit: '500' }, finds: enterprise.id }),
  (enterprise) => ({ query: { name: brandOf(enterprise) } }),
  (enterprise) => ({ query: { name: nativeOf(enterprise).slice(2, 4) } }),
  (enterprise) => ({ query: { name: nativeOf(enterprise).slice(0, 2) } }),
  ({ addresses }) => ({ query: { place: addresses[0]?.city ?? '', status: 'suspended' } }),
  (enterprise, n) => ({ query: { name: brandOf(enterprise), status: n % 2 ? 'certified' : 'revoked' } }),
  (_, n) => ({ query: { class: ['advanced-certified', 'certified', 'AA', 'dishonest'][n % 4] ?? '' } }),
  (_, n) => ({ query: { status: ['suspended', 'expired', 'applicant', 'withdrawn'][n % 4] ?? '' } }),
  (_, n) => ({ query: { reviewFrom: '2027-01-01', reviewUntil: `2027-0${1 + (n % 9)}-28` } }),
  ({ addresses }) => ({ query: { place: addresses[0]?.subdivision ?? '', class: 'certified' } }),
];

async function search({ client, tokens }: DemoSide, query: Record<string, string>): Promise<string[]> {
  const { items } = await client.get<{ items: { id: string }[] }>(
    `/v1/enterprises?${new URLSearchParams({ party: 'CN', ...query })}`,
    tokens.reader,
  );
  return items.map(({ id }) => id);
}
