import { isDeepStrictEqual } from 'node:util';
import { type Party, partnerOf } from '../contract/party.ts';
import type { EnterpriseStatus } from '../generated/messages.ts';
import { type DemoSides, PARTIES } from './demo-side.ts';
import { generateEnterprise } from './generate-enterprises.ts';
import type { RegisterPlan } from './load-registers.ts';

export interface RegisterComparison {
  /** Records of enterprises that were read. */
  read: number;
  mismatches: number;
  examples: string[];
}

const SAMPLE = 50;
const EXAMPLES_MAX = 5;

/** Reads a sample of enterprises from the partner's register and compares who they are and how they stand. */
export async function compareRegister(
  sides: DemoSides,
  { seed, sizes }: RegisterPlan,
  suspended: string | undefined,
): Promise<RegisterComparison> {
  const comparison: RegisterComparison = { read: 0, mismatches: 0, examples: [] };
  for (const party of PARTIES) {
    const step = Math.max(1, Math.floor(sizes[party] / SAMPLE));
    for (let index = 0; index < sizes[party]; index += step) {
      const { id, latest } = generateEnterprise(party, seed, index);
      const wanted = id === suspended ? { ...latest, status: 'suspended' as const } : latest;
      const shown = await readRecord(sides, party, id);
      comparison.read += 1;
      if (shown && isSame(wanted, shown, id === suspended)) continue;
      comparison.mismatches += 1;
      if (comparison.examples.length < EXAMPLES_MAX)
        comparison.examples.push(`register of ${partnerOf(party)}: ${id}`);
    }
  }
  return comparison;
}

/** What `GET /v1/enterprises/{id}` answers, as far as it is compared: the record as stated, the standing that counts. */
interface ShownRecord {
  record: EnterpriseStatus;
  standing: { regime: string; status: string; class?: string; tier?: string; since: string };
}

function readRecord(sides: DemoSides, party: Party, id: string): Promise<ShownRecord | undefined> {
  const { client, tokens } = sides[partnerOf(party)];
  return client.find<ShownRecord>(`/v1/enterprises/${id}`, tokens.reader);
}

function isSame(
  wanted: EnterpriseStatus,
  { record, standing }: ShownRecord,
  suspendedToday: boolean,
): boolean {
  return (
    isDeepStrictEqual(wanted.enterprise, record.enterprise) &&
    wanted.regime === standing.regime &&
    wanted.status === standing.status &&
    wanted.class === standing.class &&
    wanted.tier === standing.tier &&
    (suspendedToday || wanted.statusSince === standing.since)
  );
}
