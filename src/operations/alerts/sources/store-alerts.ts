import type { Database } from '../../../store/database.ts';
import { missingPartitions } from '../../../store/partitions.ts';
import { inChinese } from '../../words/in-chinese.ts';
import type { AlertSource } from '../alert.ts';
import { clock } from './clock.ts';

/** Months whose messages could not be stored. */
export function partitionAlerts(database: Pick<Database, 'query'>): AlertSource {
  return async (now) => {
    const missing = await missingPartitions(database, now);
    if (missing.length === 0) return [];
    const month = now.toISOString().slice(0, 7).replace('-', '_');
    const names = missing.join(', ');
    return [
      {
        code: 'partitions-missing',
        severity: missing.some((name) => name.endsWith(month)) ? 'critical' : 'warning',
        since: new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth())),
        link: null,
        text: { en: `partitions are missing: ${names}`, zh: `缺少分区：${names}` },
      },
    ];
  };
}

/** What this process knows of its queue. */
export function queueAlerts(awaySince: () => Date | undefined): AlertSource {
  return async () => {
    const since = awaySince();
    if (!since) return [];
    return [
      {
        code: 'queue-down',
        severity: 'warning',
        since,
        link: null,
        text: {
          en: `the queue takes no triggers since ${clock(since)}; lanes are drained without it`,
          zh: `自 ${clock(since)} 起队列不可用；通道不经队列发送`,
        },
      },
    ];
  };
}

/** The webhook does not take what it is told. */
export function noticeAlerts(database: Pick<Database, 'query'>): AlertSource {
  return async (now) => {
    const [stuck] = await database.query<{ count: number; since: Date | null; error: string | null }>({
      name: 'alerts-notices-stuck',
      text: `select count(*) as count, min(created_at) as since, max(error) as error
             from alert_notice where created_at < $1 and attempts > 0`,
      values: [new Date(now.getTime() - 300_000)],
    });
    if (!stuck?.since) return [];
    return [
      {
        code: 'notices-stuck',
        severity: 'warning',
        since: stuck.since,
        link: null,
        text: {
          en: `${stuck.count} notices of alerts are not delivered: ${stuck.error}`,
          zh: `${stuck.count} 条告警通知未送达：${inChinese(stuck.error ?? '')}`,
        },
      },
    ];
  };
}
