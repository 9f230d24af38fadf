import { v7 as uuidv7 } from 'uuid';
import { appendEntries } from '../audit/append-entries.ts';
import type { Database, Transaction } from '../store/database.ts';
import type { Findings, RegisterSide, Run, RunOutcome, State } from './reconciliation.ts';

const COLUMNS = `id, link, register, reason, asked_by as "askedBy", dry_run as "dryRun", state, round, until, digest,
  released_by as "releasedBy", started_at as "startedAt", ended_at as "endedAt", outcome, findings`;

type Row = Omit<Run, 'findings'> & { findings: string };

const runOf = (row: Row): Run => ({ ...row, findings: JSON.parse(row.findings) as Findings });

export interface NewRun extends Pick<Run, 'link' | 'register' | 'reason' | 'askedBy' | 'dryRun' | 'state'> {
  dueAt: Date;
  now: Date;
}

/** Begins a run, unless one of that register is open. @returns the one that is open now, and whether it is this one */
export async function beginRun(
  tx: Pick<Transaction, 'query'>,
  { link, register, reason, askedBy, dryRun, state, dueAt, now }: NewRun,
): Promise<{ run: Run; begun: boolean }> {
  const id = uuidv7();
  const made = await tx.query<Row>({
    name: 'reconciliation-begin',
    text: `insert into reconciliation (id, link, register, reason, asked_by, dry_run, state, due_at, started_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
           on conflict (link, register) where ended_at is null do nothing returning ${COLUMNS}`,
    values: [id, link, register, reason, askedBy, dryRun, state, dueAt, now],
  });
  if (made[0]) return { run: runOf(made[0]), begun: true };
  const open = await readOpen(tx, link, register);
  if (open) return { run: open, begun: false };
  // Between the two statements the open one ended.
  return beginRun(tx, { link, register, reason, askedBy, dryRun, state, dueAt, now });
}

/** The run of a register that has not ended. Locked until the transaction ends. */
export async function readOpen(
  tx: Pick<Transaction, 'query'>,
  link: string,
  register: RegisterSide,
): Promise<Run | undefined> {
  const [row] = await tx.query<Row>({
    name: 'reconciliation-read-open',
    text: `select ${COLUMNS} from reconciliation
           where link = $1 and register = $2 and ended_at is null for update`,
    values: [link, register],
  });
  return row && runOf(row);
}

/** A run that is due and on nobody's lease is the caller's for as long as the lease. */
export async function claimRun(
  database: Pick<Database, 'query'>,
  link: string,
  leaseMs: number,
): Promise<Run | undefined> {
  const [row] = await database.query<Row>({
    name: 'reconciliation-claim',
    text: `update reconciliation set lease_until = clock_timestamp() + $2 * interval '1 ms'
           where id = (
             select id from reconciliation
             where link = $1 and ended_at is null and due_at <= clock_timestamp()
               and (lease_until is null or lease_until < clock_timestamp())
             order by due_at limit 1 for update skip locked)
           returning ${COLUMNS}`,
    values: [link, leaseMs],
  });
  return row && runOf(row);
}

export async function renewLease(
  database: Pick<Database, 'query'>,
  id: string,
  leaseMs: number,
): Promise<void> {
  await database.query({
    name: 'reconciliation-renew',
    text: `update reconciliation set lease_until = clock_timestamp() + $2 * interval '1 ms' where id = $1`,
    values: [id, leaseMs],
  });
}

export interface Moved {
  state: Exclude<State, 'ended'>;
  round: number;
  until: Date | null;
  digest: string | null;
  root?: Buffer;
  /** When it is looked at again if nothing happens. */
  dueAt: Date;
  findings: Findings;
  /** Records sent again now. */
  answered?: number;
}

/**
 * Brings a run to its next state and gives the lease back, unless a message of the partner moved it meanwhile. Where
 * requests of the partner wait, it is due at once.
 */
export async function moveRun(
  tx: Pick<Transaction, 'query'>,
  from: Pick<Run, 'id' | 'state' | 'digest'>,
  moved: Moved,
): Promise<void> {
  await tx.query({
    name: 'reconciliation-move',
    text: `update reconciliation set state = $2, round = $3, until = $4, digest = $5, root = coalesce($6, root),
             due_at = case when register = 'own' and $2 <> 'held'
                             and exists (select from records_asked a where a.link = reconciliation.link)
                        then clock_timestamp() else $7 end, findings = $8, answered = answered + $9, lease_until = null
           where id = $1 and ended_at is null and state = $10 and digest is not distinct from $11`,
    values: [
      from.id,
      moved.state,
      moved.round,
      moved.until,
      moved.digest,
      moved.root ?? null,
      moved.dueAt,
      JSON.stringify(moved.findings),
      moved.answered ?? 0,
      from.state,
      from.digest,
    ],
  });
}

/** What a run showed meanwhile, whatever state it is in. The caller holds its row locked. */
export async function keepFindings(
  tx: Pick<Transaction, 'query'>,
  id: string,
  findings: Findings,
): Promise<void> {
  await tx.query({
    name: 'reconciliation-keep-findings',
    text: 'update reconciliation set findings = $2 where id = $1 and ended_at is null',
    values: [id, JSON.stringify(findings)],
  });
}

/** Ends a run, with the audit entry that says what it showed. */
export async function endRun(
  tx: Transaction,
  run: Run,
  outcome: RunOutcome,
  findings: Findings,
  now: Date,
): Promise<void> {
  const ended = await tx.query({
    name: 'reconciliation-end',
    text: `update reconciliation set state = 'ended', ended_at = $2, outcome = $3, findings = $4, lease_until = null
           where id = $1 and ended_at is null returning 1`,
    values: [run.id, now, outcome, JSON.stringify(findings)],
  });
  if (ended.length === 0) return;
  const { link, register, reason, askedBy, dryRun, round, until, digest } = run;
  const entry = {
    ...findings,
    kind: 'register-reconciled',
    link,
    register,
    outcome,
    reason,
    ...(askedBy === null ? {} : { by: askedBy }),
    dryRun,
    rounds: round,
    until: until?.toISOString() ?? null,
    digest,
  };
  await appendEntries(tx, [entry], now);
}

/** Wakes the run of a register, because something came for it. */
export async function wakeRun(
  tx: Pick<Transaction, 'query'>,
  link: string,
  register: RegisterSide,
  now: Date,
): Promise<void> {
  await tx.query({
    name: 'reconciliation-wake',
    text: `update reconciliation set due_at = least(due_at, $3)
           where link = $1 and register = $2 and ended_at is null and state <> 'held'`,
    values: [link, register, now],
  });
}

/** Runs of a link, newest first. @param before the place where the page before ended */
export async function listRuns(
  database: Pick<Database, 'query'>,
  link: string,
  limit: number,
  before?: { startedAt: Date; id: string },
): Promise<Run[]> {
  const rows = await database.query<Row>({
    name: 'reconciliation-list',
    text: `select ${COLUMNS} from reconciliation
           where link = $1 and ($3::timestamptz is null or (started_at, id) < ($3, $4::uuid))
           order by started_at desc, id desc limit $2`,
    values: [link, limit, before?.startedAt ?? null, before?.id ?? null],
  });
  return rows.map(runOf);
}
