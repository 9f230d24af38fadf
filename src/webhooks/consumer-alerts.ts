import type { AlertSource, FoundAlert } from '../operations/alerts/alert.ts';
import { clock } from '../operations/alerts/sources/clock.ts';
import { inChinese } from '../operations/words/in-chinese.ts';
import type { Database } from '../store/database.ts';
import { listStreams } from '../streams/list-streams.ts';
import { listWebhooks } from './list-webhooks.ts';

/** A consumer that does not take what is there for it for so long has an outage, not a restart. */
const LATE_MS = 15 * 60_000;

/** Own back ends that do not get the partner's messages: webhooks paused or failing, streams that nobody polls. */
export function consumerAlerts(database: Database, webhooks: readonly string[]): AlertSource {
  return async (now) => {
    const [called, streams] = await Promise.all([
      webhooks.length === 0 ? [] : listWebhooks(database, webhooks),
      listStreams(database),
    ]);
    const late = (since: Date | null): since is Date =>
      since !== null && now.getTime() - since.getTime() > LATE_MS;
    return [
      ...called.flatMap(({ name, link, pausedAt, pausedReason, failingSince, lastError }): FoundAlert[] => {
        const common = { link, subject: name };
        if (pausedAt) {
          const en = `webhook ${name} is paused since ${clock(pausedAt)}: ${pausedReason ?? 'by an operator'}`;
          const zh = `Webhook ${name} 自 ${clock(pausedAt)} 起暂停：${pausedReason === null ? '由操作员暂停' : inChinese(pausedReason)}`;
          return [
            { ...common, code: 'webhook-paused', severity: 'critical', since: pausedAt, text: { en, zh } },
          ];
        }
        if (!late(failingSince)) return [];
        const en = `webhook ${name} takes no message since ${clock(failingSince)}: ${lastError ?? ''}`;
        const zh = `Webhook ${name} 自 ${clock(failingSince)} 起未能接收报文：${inChinese(lastError ?? '')}`;
        return [
          { ...common, code: 'webhook-failing', severity: 'warning', since: failingSince, text: { en, zh } },
        ];
      }),
      ...streams.flatMap(({ name, link, oldestOwedAt }): FoundAlert[] => {
        if (!late(oldestOwedAt)) return [];
        const en = `stream ${name}: the consumer has not acknowledged what came at ${clock(oldestOwedAt)}`;
        const zh = `流 ${name}：消费方尚未确认 ${clock(oldestOwedAt)} 到达的报文`;
        return [
          {
            link,
            subject: name,
            code: 'stream-stale',
            severity: 'warning',
            since: oldestOwedAt,
            text: { en, zh },
          },
        ];
      }),
    ];
  };
}

interface FailingPoll {
  link: string;
  since: Date;
  error: string | null;
}

/** Partners that we poll and that do not answer. */
export function pollingAlerts(database: Pick<Database, 'query'>, links: readonly string[]): AlertSource {
  return async () => {
    const rows = await database.query<FailingPoll>({
      name: 'alerts-polling',
      text: `select link, failing_since as since, last_error as error from partner_poll
             where link = any ($1::text[]) and attempts >= 3 and failing_since is not null`,
      values: [links],
    });
    return rows.map(({ link, since, error }) => ({
      code: 'partner-poll-failing',
      severity: 'critical',
      link,
      since,
      text: {
        en: `${link}: no message can be fetched from the partner since ${clock(since)}: ${error ?? ''}`,
        zh: `${link}：自 ${clock(since)} 起无法从对方拉取报文：${inChinese(error ?? '')}`,
      },
    }));
  };
}
