import type { Published } from './publish-checkpoint.ts';
import type { Reader } from './read-tree.ts';

/** `compared`: the partner holds a part of our tree; the others as in Published. */
export type WitnessState = 'compared' | Exclude<Published['kind'], 'cosigned'>;

/** What a partner's witness last said about our log. */
export interface WitnessRow {
  link: string;
  state: WitnessState;
  detail: string | null;
  /** Since when it has said the same. */
  since: Date;
  askedAt: Date;
}

/** @returns whether it is another state than before */
export async function noteWitness(
  reader: Reader,
  link: string,
  said: Published,
  now: Date,
): Promise<boolean> {
  const state: WitnessState = said.kind === 'cosigned' ? 'compared' : said.kind;
  const [row] = await reader.query<{ changed: boolean }>({
    name: 'audit-note-witness',
    text: `insert into audit_witness as w (link, state, detail, since, asked_at) values ($1, $2, $3, $4, $4)
           on conflict (link) do update set state = $2, detail = $3, asked_at = $4,
             since = case when w.state = $2 then w.since else $4 end
           returning since = asked_at as changed`,
    values: [link, state, said.kind === 'cosigned' ? null : said.detail, now],
  });
  return row?.changed ?? false;
}

export function readWitnesses(reader: Reader): Promise<WitnessRow[]> {
  return reader.query<WitnessRow>({
    name: 'audit-witnesses',
    text: 'select link, state, detail, since, asked_at as "askedAt" from audit_witness order by link',
    values: [],
  });
}

/** Whether a partner holds a larger tree of ours or another one: then nothing of it is published. */
export async function isDiverged(reader: Reader): Promise<boolean> {
  const [row] = await reader.query<{ diverged: boolean }>({
    name: 'audit-diverged',
    text: `select exists (select from audit_witness where state in ('behind', 'forked')) as diverged`,
    values: [],
  });
  return row?.diverged ?? false;
}
