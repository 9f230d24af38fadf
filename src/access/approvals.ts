import { v7 as uuidv7 } from 'uuid';
import type { Database, Transaction } from '../store/database.ts';
import type { Audit } from './audit.ts';
import type { Scope } from './roles.ts';
import { type Principal, personOf } from './tokens.ts';

/** An act that one person asks for and another releases. Each feature makes its own and adds it once, at the start. */
export interface GuardedAct {
  /** In kebab-case, in the list of approvals and in the audit log: `erase`, `key-revoke`, `bulk-withdraw`. */
  kind: string;
  /** What both of them need. */
  scope: Scope;
  /**
   * Does it, in the transaction that records the approval; throws what the approver is to be told, and then nothing is
   * changed and it goes on waiting.
   *
   * @returns what is kept as its result: JSON, no secret
   */
  execute(tx: Transaction, params: unknown, act: ApprovedAct): Promise<Record<string, unknown>>;
  /** Told after the commit: triggers, caches. */
  committed?(result: Record<string, unknown>): void;
}

export interface ApprovedAct {
  approval: string;
  requestedBy: string;
  approvedBy: string;
  reason: string;
  now: Date;
}

export const approvalStates = ['waiting', 'approved', 'rejected', 'withdrawn', 'expired'] as const;
export type ApprovalState = (typeof approvalStates)[number];

export interface Approval {
  id: string;
  kind: string;
  state: ApprovalState;
  /** One sentence for the second person: what will happen to how many. */
  summary: string;
  params: unknown;
  reason: string;
  requestedBy: string;
  requestedAt: Date;
  expiresAt: Date;
  decidedBy: string | null;
  decidedAt: Date | null;
  result: unknown;
}

export interface ApprovalFilter {
  kinds: readonly string[];
  state?: ApprovalState;
  before?: string;
  limit: number;
}

export interface ApprovalRequest {
  kind: string;
  /** JSON; what execute will get. */
  params: unknown;
  summary: string;
  reason: string;
}

/** Why a decision was not taken. `own`: by the person who asked; `over`: it is decided or expired. */
export type DecisionFault = 'unknown' | 'own' | 'over' | 'scope-missing';

export class DecisionError extends Error {
  override readonly name = 'DecisionError';
  readonly fault: DecisionFault;
  /** What is missing, where that is the fault. */
  readonly scope: Scope | undefined;

  constructor(fault: DecisionFault, message: string, scope?: Scope) {
    super(message);
    this.fault = fault;
    this.scope = scope;
  }
}

/** What nobody has released by then has to be asked for again: a weekday's shifts, not a forgotten weekend. */
const APPROVAL_MS_MAX = 24 * 3_600_000;

/** Acts that wait for a second person: asked for by one principal, released or refused by another, within a day. */
export class Approvals {
  readonly #database: Database;
  readonly #audit: Audit;
  readonly #now: () => Date;
  readonly #acts = new Map<string, GuardedAct>();

  constructor(database: Database, audit: Audit, now: () => Date = () => new Date()) {
    this.#database = database;
    this.#audit = audit;
    this.#now = now;
  }

  add(act: GuardedAct): void {
    if (this.#acts.has(act.kind)) throw new Error(`the act ${act.kind} is there already`);
    this.#acts.set(act.kind, act);
  }

  /** The acts that this principal may ask for and release. */
  kindsFor(by: Principal): string[] {
    return [...this.#acts.values()].filter(({ scope }) => by.scopes.has(scope)).map(({ kind }) => kind);
  }

  /** Asks for an act; nothing happens until somebody else approves it. */
  async request({ kind, params, summary, reason }: ApprovalRequest, by: Principal): Promise<Approval> {
    const act = this.#actOf(kind);
    assertScope(act, by);
    const id = uuidv7();
    const now = this.#now();
    const expiresAt = new Date(now.getTime() + APPROVAL_MS_MAX);
    await this.#database.transaction(async (tx) => {
      await tx.query({
        name: 'approval-request',
        text: `insert into approval (id, kind, params, summary, reason, requested_by, person, requested_at, expires_at)
               values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
        values: [id, kind, JSON.stringify(params), summary, reason, by.name, personOf(by), now, expiresAt],
      });
      await this.#audit(
        tx,
        [{ kind: 'approval-requested', approval: id, act: kind, actor: by.name, params, reason }],
        now,
      );
    });
    return this.read(id);
  }

  /**
   * Releases an act and does it, in one transaction: it is done exactly if it is approved.
   *
   * @throws DecisionError, or what the act throws
   */
  async approve(id: string, by: Principal): Promise<Approval> {
    const now = this.#now();
    const done = await this.#database.transaction(async (tx) => {
      const row = await this.#lock(tx, id, now);
      const act = this.#actOf(row.kind);
      assertScope(act, by);
      if (row.person === personOf(by) || row.requestedBy === by.name) {
        throw new DecisionError('own', `${row.requestedBy} asked for it: somebody else must approve it.`);
      }
      const { requestedBy, reason } = row;
      const approved = { approval: id, requestedBy, approvedBy: by.name, reason, now };
      const result = await act.execute(tx, JSON.parse(row.params), approved);
      await this.#decide(tx, row, 'approved', by, now, result);
      return { act, result };
    });
    done.act.committed?.(done.result);
    return this.read(id);
  }

  /** Refuses an act, or takes one's own back. */
  async reject(id: string, by: Principal): Promise<Approval> {
    const now = this.#now();
    await this.#database.transaction(async (tx) => {
      const row = await this.#lock(tx, id, now);
      assertScope(this.#actOf(row.kind), by);
      await this.#decide(tx, row, row.person === personOf(by) ? 'withdrawn' : 'rejected', by, now, null);
    });
    return this.read(id);
  }

  /** @throws DecisionError `unknown` */
  async read(id: string): Promise<Approval> {
    const [row] = await this.#database.query<ApprovalRow>({
      name: 'approval-read',
      text: `${SELECT} where id::text = $2`,
      values: [this.#now(), id],
    });
    if (!row) throw unknown(id);
    return ofRow(row);
  }

  /** Newest first, of these kinds. @param filter.before the id that the last page ended with */
  async list(filter: ApprovalFilter): Promise<Approval[]> {
    const rows = await this.#database.query<ApprovalRow>({
      name: 'approval-list',
      text: `select * from (${SELECT}) a
             where ($2::text is null or state = $2) and ($3::uuid is null or id < $3) and kind = any ($5)
             order by id desc limit $4`,
      values: [this.#now(), filter.state ?? null, filter.before ?? null, filter.limit, filter.kinds],
    });
    return rows.map(ofRow);
  }

  #actOf(kind: string): GuardedAct {
    const act = this.#acts.get(kind);
    if (!act) throw new DecisionError('unknown', `This gateway knows no act ${kind}.`);
    return act;
  }

  /** Two who decide at once do so one after the other. */
  async #lock(tx: Transaction, id: string, now: Date): Promise<LockedRow> {
    const [row] = await tx.query<LockedRow>({
      name: 'approval-lock',
      text: `select id, kind, params, reason, requested_by as "requestedBy", person, decision, expires_at as "expiresAt"
             from approval where id::text = $1 for update`,
      values: [id],
    });
    if (!row) throw unknown(id);
    if (row.decision !== null) throw new DecisionError('over', `It is ${row.decision} already.`);
    if (row.expiresAt <= now) throw new DecisionError('over', 'It has expired. Ask for it again.');
    return row;
  }

  async #decide(
    tx: Transaction,
    { id, kind, requestedBy, reason }: LockedRow,
    decision: 'approved' | 'rejected' | 'withdrawn',
    by: Principal,
    now: Date,
    result: Record<string, unknown> | null,
  ): Promise<void> {
    await tx.query({
      name: 'approval-decide',
      text: 'update approval set decision = $2, decided_by = $3, decided_at = $4, result = $5 where id = $1',
      values: [id, decision, by.name, now, result === null ? null : JSON.stringify(result)],
    });
    const entry = {
      kind: `approval-${decision}`,
      approval: id,
      act: kind,
      actor: by.name,
      requestedBy,
      reason,
    };
    await this.#audit(tx, [entry], now);
  }
}

function assertScope({ kind, scope }: GuardedAct, by: Principal): void {
  if (by.scopes.has(scope)) return;
  throw new DecisionError(
    'scope-missing',
    `${kind} needs the scope ${scope}, which ${by.name} does not have.`,
    scope,
  );
}

function unknown(id: string): DecisionError {
  return new DecisionError('unknown', `There is no approval ${id}.`);
}

interface LockedRow {
  id: string;
  kind: string;
  params: string;
  reason: string;
  requestedBy: string;
  person: string;
  decision: string | null;
  expiresAt: Date;
}

interface ApprovalRow extends Omit<Approval, 'params' | 'result'> {
  params: string;
  result: string | null;
}

const SELECT = `select id, kind, coalesce(decision, case when expires_at <= $1 then 'expired' else 'waiting' end) as state,
    summary, params, reason, requested_by as "requestedBy", requested_at as "requestedAt", expires_at as "expiresAt",
    decided_by as "decidedBy", decided_at as "decidedAt", result
  from approval`;

function ofRow({ params, result, ...row }: ApprovalRow): Approval {
  return { ...row, params: JSON.parse(params), result: result === null ? null : JSON.parse(result) };
}
