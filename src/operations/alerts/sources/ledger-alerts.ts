import type { Database } from '../../../store/database.ts';
import { readLastReconciliations } from '../../overview/read-reconciliations.ts';
import type { AlertSource } from '../alert.ts';
import { clock } from './clock.ts';

/** The last comparison of a link that found what it could not repair by itself. */
export function ledgerAlerts(database: Pick<Database, 'query'>): AlertSource {
  return async () => {
    const rows = await database.query<{ link: string; outcome: string; since: Date }>({
      name: 'alerts-ledger',
      text: `select s.link, l.outcome, l.ended_at as since from link_state s
             cross join lateral (
               select outcome, ended_at from ledger_comparison where link = s.link order by started_at desc limit 1) l
             where l.outcome in ('conflict', 'sender-restored')`,
      values: [],
    });
    return rows.map(({ link, outcome, since }) => ({
      code: 'ledger-differs',
      severity: 'critical',
      since,
      link,
      text: {
        en: `${link}: the comparison of ${clock(since)} found ${outcome === 'conflict' ? 'messages that differ in content' : 'that this side was restored'}`,
        zh: `${link}：${clock(since)} 的对账发现${outcome === 'conflict' ? '内容不一致的报文' : '本方曾恢复备份'}`,
      },
    }));
  };
}

/** Registers that the last reconciliation left different. */
export function reconciliationAlerts(database: Pick<Database, 'query'>): AlertSource {
  return async () =>
    [...(await readLastReconciliations(database)).values()]
      .filter(({ outcome }) => outcome === 'differs')
      .map(({ link, at, differences }) => ({
        code: 'register-differs',
        severity: 'warning',
        since: at,
        link,
        text: {
          en: `${link}: the registers of the two sides differ since ${clock(at)}, in ${differences} places`,
          zh: `${link}：自 ${clock(at)} 起双方登记不一致，共 ${differences} 处`,
        },
      }));
}
