import { Gauge, type Registry } from 'prom-client';
import type { Database } from '../store/database.ts';
import type { AlertBoard } from './alerts/alert-board.ts';
import { countOpenJobs } from './jobs/job.ts';
import { readLanes } from './lanes/read-lanes.ts';
import { readLinkFacts } from './overview/read-link-facts.ts';

export interface StoreFigureParts {
  registry: Registry;
  database: Database;
  board: AlertBoard;
  queueAwaySince(): Date | undefined;
}

/** A scrape asks for every figure at once: what was read for one serves the others. */
const FRESH_MS = 1_000;

/** Gauges for `/metrics` that are read from the store when they are asked for: the same from every process. */
export function storeFigures({ registry, database, board, queueAwaySince }: StoreFigureParts): void {
  const lanes = fresh(() => readLanes(database, new Date()));
  const links = fresh(() => readLinkFacts(database));
  const perLane = gaugeOf(registry, ['link', 'lane'], lanes);
  perLane('mra_lane_pending', 'Messages that wait in a lane', ({ pending }) => pending);
  perLane(
    'mra_lane_oldest_pending_seconds',
    'How long the eldest message of a lane has waited; 0 where none does',
    ({ oldestSeconds }) => oldestSeconds ?? 0,
  );
  perLane('mra_lane_parked', 'Messages of a lane that wait for an operator', ({ parked }) => parked);
  perLane('mra_lane_failed_attempts', 'Failed attempts of a lane in a row', ({ attempts }) => attempts);
  perLane('mra_lane_paused', '1 while an operator has paused the lane', ({ paused }) => Number(paused));

  const perLink = gaugeOf(registry, ['link'], async () =>
    (await links()).map((fact) => ({ ...fact, link: fact.id })),
  );
  perLink(
    'mra_receipts_overdue',
    'Messages that the partner took and has not receipted in time',
    (l) => l.overdue,
  );
  perLink(
    'mra_receipts_owed',
    "Messages of the partner's that we have not receipted yet",
    (l) => l.receiptsOwed,
  );
  perLink(
    'mra_dead_letters_refused',
    'Refused messages of ours that wait for an operator',
    (l) => l.refusedWaiting,
  );
  perLink('mra_quarantined', "Messages of the partner's in quarantine", (l) => l.quarantined);
  perLink('mra_version_holes', 'Versions that have not come although later ones have', (l) => l.holes);
  perLink('mra_link_halted', '1 while nothing is sent on the link', (l) => Number(l.haltedAt !== null));
  perLink('mra_link_intake_closed', '1 while back ends are refused', (l) =>
    Number(l.intakeClosedAt !== null),
  );
  perLink('mra_partner_up', '1 while the partner answers pings', (l) => Number(l.failingSince === null));
  perLink(
    'mra_clock_skew_seconds',
    "The partner's clock less ours, by its last answer to a ping",
    (l) => (l.skewMs ?? 0) / 1_000,
  );
  healthFigures(registry, database, queueAwaySince);
  new Gauge({
    name: 'mra_jobs_open',
    help: 'Jobs of operators that are not over',
    registers: [registry],
    async collect() {
      this.set(await countOpenJobs(database));
    },
  });
  new Gauge({
    name: 'mra_alerts',
    help: 'Alerts that stand, by code and severity',
    labelNames: ['code', 'severity', 'link'],
    registers: [registry],
    async collect() {
      this.reset();
      for (const { code, severity, link } of await board.standing())
        this.inc({ code, severity, link: link ?? '' });
    },
  });
}

function healthFigures(registry: Registry, database: Database, queueAwaySince: () => Date | undefined): void {
  const registers = [registry];
  new Gauge({
    name: 'mra_database_up',
    help: '1 while the database answers',
    registers,
    async collect() {
      const asked = database.query({ name: 'figures-database', text: 'select 1', values: [] });
      this.set(await asked.then(() => 1).catch(() => 0));
    },
  });
  new Gauge({
    name: 'mra_database_connections',
    help: 'Connections of this process to the database, by state; waiting: requests for one',
    labelNames: ['state'],
    registers,
    collect() {
      const { total, idle, waiting } = database.connections();
      this.set({ state: 'busy' }, total - idle);
      this.set({ state: 'idle' }, idle);
      this.set({ state: 'waiting' }, waiting);
    },
  });
  new Gauge({
    name: 'mra_queue_up',
    help: '1 while the queue takes triggers of this process',
    registers,
    collect() {
      this.set(queueAwaySince() ? 0 : 1);
    },
  });
}

type Labelled<L extends string> = { [K in L]: string };

/** Makes gauges over the same rows. */
function gaugeOf<L extends string, R extends Labelled<L>>(
  registry: Registry,
  labelNames: L[],
  rows: () => Promise<R[]>,
): (name: string, help: string, value: (row: R) => number) => void {
  return (name, help, value) => {
    new Gauge<string>({
      name,
      help,
      labelNames,
      registers: [registry],
      async collect() {
        const read = await rows();
        this.reset();
        for (const row of read) {
          this.set(Object.fromEntries(labelNames.map((label) => [label, row[label]])), value(row));
        }
      },
    });
  };
}

function fresh<T>(read: () => Promise<T>): () => Promise<T> {
  let last: { at: number; value: Promise<T> } | undefined;
  return () => {
    const at = performance.now();
    if (!last || at - last.at > FRESH_MS) last = { at, value: read() };
    return last.value;
  };
}
