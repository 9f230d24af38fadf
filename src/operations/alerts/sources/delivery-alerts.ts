import type { Link } from '../../../links/link.ts';
import type { Database } from '../../../store/database.ts';
import { type LaneOverview, readLanes } from '../../lanes/read-lanes.ts';
import { type LinkFacts, readLinkFacts } from '../../overview/read-link-facts.ts';
import { inChinese } from '../../words/in-chinese.ts';
import type { AlertSource, FoundAlert } from '../alert.ts';
import { clock } from './clock.ts';

export interface DeliveryAlertParts {
  database: Pick<Database, 'query'>;
  links: ReadonlyMap<string, Pick<Link, 'outboxMax' | 'skewMs'>>;
}

const MINUTE_MS = 60_000;
/** A lane that fails for less is about to come back by itself. */
const BACKING_OFF_MS = MINUTE_MS;
const CRITICAL_AFTER_MS = 10 * MINUTE_MS;
/** Two pings in a row. */
const UNREACHABLE_MS = 2 * MINUTE_MS;
const RECEIPTS_CRITICAL_MS = 60 * MINUTE_MS;
const HOLES_MS = 10 * MINUTE_MS;
/** Of the messages that may wait for a partner. */
const NEAR_FULL = 0.8;
/** A quarter of the tolerance of two minutes. */
const SKEW_SHARE = 1 / 4;

/** What keeps messages from going out and coming in. */
export function deliveryAlerts({ database, links }: DeliveryAlertParts): AlertSource {
  return async (now) => {
    const [facts, lanes, troubled, holes] = await Promise.all([
      readLinkFacts(database),
      readLanes(database, now),
      readTroubled(database),
      readHoles(database, new Date(now.getTime() - HOLES_MS)),
    ]);
    const trouble = new Map(troubled.map((lane) => [`${lane.link}.${lane.lane}`, lane]));
    return facts.flatMap((fact) => {
      const own = lanes.filter((lane) => lane.link === fact.id);
      return [
        ...laneAlerts(fact, own, trouble, now),
        ...linkAlerts(fact, now),
        ...fullAlert(fact, own, links.get(fact.id)?.outboxMax, now),
        ...skewAlert(fact, links.get(fact.id)?.skewMs),
        ...holes.filter((hole) => hole.link === fact.id).map(holesAlert),
      ];
    });
  };
}

interface Trouble {
  link: string;
  lane: string;
  /** When its failures in a row began. */
  since: Date;
  /** The first message that waits in it. */
  message: string | null;
}

/** Lanes that fail or are paused. */
function readTroubled(database: Pick<Database, 'query'>): Promise<Trouble[]> {
  return database.query({
    name: 'alerts-lane-troubles',
    text: `select l.link, l.lane,
             (select id from outbox o where o.link = l.link and o.lane = l.lane order by position limit 1) as message,
             coalesce(
             (select started_at from attempt a where a.link = l.link and a.lane = l.lane
              order by started_at desc offset greatest(l.attempts - 1, 0) limit 1), l.last_error_at, now()) as since
           from lane l where l.attempts > 0 or l.paused`,
    values: [],
  });
}

function readHoles(
  database: Pick<Database, 'query'>,
  before: Date,
): Promise<{ link: string; count: number; since: Date }[]> {
  return database.query({
    name: 'alerts-holes',
    text: 'select link, count(*) as count, min(seen_at) as since from version_hole where seen_at < $1 group by link',
    values: [before],
  });
}

/** One lane has an alert of its own; where several fail, it is the link. */
function laneAlerts(
  fact: LinkFacts,
  lanes: readonly LaneOverview[],
  trouble: ReadonlyMap<string, Trouble>,
  now: Date,
): FoundAlert[] {
  const link = fact.id;
  const troubleOf = (lane: LaneOverview): Trouble | undefined => trouble.get(`${lane.link}.${lane.lane}`);
  const failing = lanes
    .filter(
      ({ pending, attempts, paused }) => pending > 0 && attempts > 0 && !paused && fact.haltedAt === null,
    )
    .map((lane) => ({ ...lane, since: troubleOf(lane)?.since ?? now, message: troubleOf(lane)?.message }))
    .filter((lane) => now.getTime() - lane.since.getTime() >= BACKING_OFF_MS)
    .toSorted((a, b) => +a.since - +b.since);
  const paused = lanes
    .filter((lane) => lane.paused && lane.pending > 0)
    .map((lane) => pausedAlert(lane, troubleOf(lane)?.message ?? null, now));
  const [first] = failing;
  if (!first) return [...unreachableAlert(fact, now), ...paused];
  if (fact.failingSince && now.getTime() - fact.failingSince.getTime() >= UNREACHABLE_MS) {
    return [...unreachableAlert(fact, now, failing), ...paused];
  }
  const several = failing.length > 2;
  const told = several ? [{ ...first, pending: failing.reduce((n, lane) => n + lane.pending, 0) }] : failing;
  return [
    ...told.map((lane): FoundAlert => {
      const where = several
        ? [`${failing.length} lanes`, `${failing.length} 条通道`]
        : [`lane ${lane.lane}`, `通道 ${lane.lane}`];
      return {
        code: 'lane-backing-off',
        severity: now.getTime() - lane.since.getTime() >= CRITICAL_AFTER_MS ? 'critical' : 'warning',
        since: lane.since,
        link,
        lane: several ? null : lane.lane,
        message: lane.message ?? null,
        text: {
          en: `${link}, ${where[0]}: ${lane.lastError} since ${clock(lane.since)}, ${lane.pending} waiting`,
          zh: `${link}，${where[1]}：自 ${clock(lane.since)} 起发送失败（${inChinese(lane.lastError ?? '')}），${lane.pending} 条待发送`,
        },
      };
    }),
    ...paused,
  ];
}

function unreachableAlert(fact: LinkFacts, now: Date, failing: readonly LaneOverview[] = []): FoundAlert[] {
  const { id: link, failingSince, pingError } = fact;
  if (!failingSince || now.getTime() - failingSince.getTime() < UNREACHABLE_MS) return [];
  const waiting = failing.reduce((n, lane) => n + lane.pending, 0);
  const long = now.getTime() - failingSince.getTime() >= CRITICAL_AFTER_MS;
  return [
    {
      code: 'partner-unreachable',
      severity: long || waiting > 0 ? 'critical' : 'warning',
      since: failingSince,
      link,
      text: {
        en: `${link}: the partner does not answer since ${clock(failingSince)} (${pingError}), ${waiting} waiting`,
        zh: `${link}：自 ${clock(failingSince)} 起对方无应答（${inChinese(pingError ?? '')}），${waiting} 条待发送`,
      },
    },
  ];
}

function pausedAlert(
  { link, lane, pending, oldestPendingAt, why }: LaneOverview,
  message: string | null,
  now: Date,
): FoundAlert {
  return {
    code: 'lane-paused',
    severity: 'warning',
    since: oldestPendingAt ?? now,
    link,
    lane,
    message,
    text: {
      en: `${link}, lane ${lane} is paused, ${pending} waiting: ${why.en}`,
      zh: `${link}，通道 ${lane} 已暂停，${pending} 条待发送：${why.zh}`,
    },
  };
}

function linkAlerts(fact: LinkFacts, now: Date): FoundAlert[] {
  const {
    id: link,
    haltedAt,
    haltedReason,
    intakeClosedAt,
    intakeClosedReason,
    overdue,
    overdueSince,
  } = fact;
  const alerts: FoundAlert[] = [];
  if (haltedAt) {
    const text = {
      en: `${link} is halted: ${haltedReason}`,
      zh: `${link} 已停止：${inChinese(haltedReason ?? '')}`,
    };
    alerts.push({ code: 'link-halted', severity: 'critical', since: haltedAt, link, text });
  }
  if (intakeClosedAt) {
    const text = {
      en: `${link} takes nothing from back ends: ${intakeClosedReason}`,
      zh: `${link} 暂停接收后台系统报文：${inChinese(intakeClosedReason ?? '')}`,
    };
    // At every start it is closed for a moment, until the partner was asked.
    const severity = now.getTime() - intakeClosedAt.getTime() > MINUTE_MS ? 'critical' : 'info';
    alerts.push({ code: 'intake-closed', severity, since: intakeClosedAt, link, text });
  }
  if (overdue > 0 && overdueSince) {
    alerts.push({
      code: 'receipts-overdue',
      severity: now.getTime() - overdueSince.getTime() > RECEIPTS_CRITICAL_MS ? 'critical' : 'warning',
      since: overdueSince,
      link,
      text: {
        en: `${link}: ${overdue} delivered messages have no receipt, the first since ${clock(overdueSince)}`,
        zh: `${link}：${overdue} 条已送达报文尚无回执，最早自 ${clock(overdueSince)}`,
      },
    });
  }
  return alerts;
}

function fullAlert(
  { id: link }: LinkFacts,
  lanes: readonly LaneOverview[],
  outboxMax: number | undefined,
  now: Date,
): FoundAlert[] {
  const pending = lanes.reduce((n, lane) => n + lane.pending, 0);
  if (outboxMax === undefined || pending < NEAR_FULL * outboxMax) return [];
  const oldest = lanes.reduce<Date>(
    (at, lane) => (lane.oldestPendingAt && lane.oldestPendingAt < at ? lane.oldestPendingAt : at),
    now,
  );
  return [
    {
      code: 'outbox-near-full',
      severity: pending >= outboxMax ? 'critical' : 'warning',
      since: oldest,
      link,
      text: {
        en: `${link}: ${pending} messages wait, ${outboxMax} may`,
        zh: `${link}：${pending} 条待发送，上限 ${outboxMax} 条`,
      },
    },
  ];
}

function skewAlert({ id: link, skewMs, skewAt }: LinkFacts, toleranceMs: number | undefined): FoundAlert[] {
  if (skewMs === null || !skewAt || toleranceMs === undefined) return [];
  const off = Math.abs(skewMs);
  if (off < toleranceMs * SKEW_SHARE) return [];
  const seconds = (skewMs / 1_000).toFixed(1);
  return [
    {
      code: 'clock-skew',
      severity: off >= toleranceMs ? 'critical' : 'warning',
      since: skewAt,
      link,
      text: {
        en: `${link}: the partner's clock is ${seconds} s from ours, ${toleranceMs / 1_000} s are tolerated`,
        zh: `${link}：对方时钟与本方相差 ${seconds} 秒，容差 ${toleranceMs / 1_000} 秒`,
      },
    },
  ];
}

function holesAlert({ link, count, since }: { link: string; count: number; since: Date }): FoundAlert {
  return {
    code: 'versions-missing',
    severity: 'warning',
    since,
    link,
    text: {
      en: `${link}: ${count} versions have not come although later ones have, the first since ${clock(since)}`,
      zh: `${link}：${count} 个版本缺失而其后版本已到，最早自 ${clock(since)}`,
    },
  };
}
