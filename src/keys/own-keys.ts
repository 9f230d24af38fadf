import type { Database, Transaction } from '../store/database.ts';

export type KeyState = 'next' | 'active' | 'retiring' | 'retired' | 'revoked';

/** A signing key of ours as the store has it. */
export interface OwnKeyRow {
  kid: string;
  thumbprint: string;
  alg: string;
  state: KeyState;
  notBefore: Date;
  notAfter: Date | null;
  changedAt: Date;
  revokedReason: string | null;
  /** Links whose partner was told of it, with the time of its confirmation. */
  announced: { link: string; at: string; confirmedAt: string | null }[];
}

/** Our signing keys, oldest first. */
export async function listOwnKeys(database: Pick<Database, 'query'>): Promise<OwnKeyRow[]> {
  const rows = await database.query<Omit<OwnKeyRow, 'announced'> & { announced: string }>({
    name: 'keys-list-own',
    text: `select k.kid, k.thumbprint, k.alg, k.state, k.not_before as "notBefore", k.not_after as "notAfter",
             k.changed_at as "changedAt", k.revoked_reason as "revokedReason",
             coalesce((select jsonb_agg(jsonb_build_object('link', a.link, 'at', a.announced_at, 'confirmedAt', a.confirmed_at)
                                        order by a.link)
                       from key_announcement a where a.kid = k.kid), '[]'::jsonb)::text as announced
           from own_key k order by k.not_before, k.kid`,
    values: [],
  });
  return rows.map((row) => ({ ...row, announced: JSON.parse(row.announced) as OwnKeyRow['announced'] }));
}

/**
 * Takes the key that signs away from everybody until the transaction ends. Acceptances hold its row for share one
 * after another without end, so that a lock of the row might never come: that of the table is given in turn.
 */
export async function lockOwnKeys(tx: Transaction): Promise<void> {
  await tx.query({ name: 'keys-lock', text: 'lock table own_key in exclusive mode', values: [] });
}

/** Makes a next key the one that signs; the one that did retires. The caller holds lockOwnKeys. */
export async function makeActive(tx: Transaction, kid: string, now: Date): Promise<void> {
  await tx.query({
    name: 'keys-retire-active',
    text: `update own_key set state = 'retiring', changed_at = $1 where state = 'active'`,
    values: [now],
  });
  await tx.query({
    name: 'keys-make-active',
    text: `update own_key set state = 'active', changed_at = $2 where kid = $1`,
    values: [kid, now],
  });
}

/**
 * The next key whose announcement every one of the links' partners has confirmed and whose time has come.
 *
 * @param links ids of the configured links
 */
export async function findConfirmedNext(
  tx: Pick<Transaction, 'query'>,
  links: readonly string[],
  now: Date,
): Promise<string | undefined> {
  const [row] = await tx.query<{ kid: string }>({
    name: 'keys-confirmed-next',
    text: `select kid from own_key k
           where state = 'next' and not_before <= $2 and (not_after is null or not_after > $2)
             and (select count(*) from key_announcement a
                  where a.kid = k.kid and a.link = any ($1::text[]) and a.confirmed_at is not null)
               = cardinality($1::text[])
             and cardinality($1::text[]) > 0
           order by not_before limit 1`,
    values: [links, now],
  });
  return row?.kid;
}

/** Retires keys whose overlap is over. @returns them */
export async function retireKeys(tx: Transaction, overlapMs: number, now: Date): Promise<string[]> {
  const rows = await tx.query<{ kid: string }>({
    name: 'keys-retire',
    text: `update own_key set state = 'retired', changed_at = $1
           where state = 'retiring' and changed_at <= $2 returning kid`,
    values: [now, new Date(now.getTime() - overlapMs)],
  });
  return rows.map(({ kid }) => kid);
}
