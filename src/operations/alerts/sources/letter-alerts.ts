import type { Database } from '../../../store/database.ts';
import { inChinese } from '../../words/in-chinese.ts';
import { issueInChinese } from '../../words/issue-words.ts';
import { quoted } from '../../words/sentence.ts';
import type { AlertSource, FoundAlert } from '../alert.ts';
import { clock } from './clock.ts';

interface Waiting {
  code: 'message-parked' | 'message-refused' | 'quarantined';
  link: string;
  count: number;
  since: Date;
  /** The eldest. */
  message: string;
  reason: string | null;
  /** Where it waits, where it is in a lane still. */
  lane: string | null;
}

/** What goes nowhere until an operator decides: one alert a link and kind, with the eldest message. */
export function letterAlerts(database: Pick<Database, 'query'>): AlertSource {
  return async () => (await readWaiting(database)).map(describe);
}

function readWaiting(database: Pick<Database, 'query'>): Promise<Waiting[]> {
  return database.query<Waiting>({
    name: 'alerts-letters',
    text: `select code, link, count(*) as count, min(at) as since, (array_agg(id order by at, id))[1] as message,
             (array_agg(reason order by at, id))[1] as reason, (array_agg(lane order by at, id))[1] as lane
           from (select 'message-parked' as code, link, id, parked_at as at, parked_reason as reason, lane
                 from outbox where parked_at is not null and (parked_at is not null or aside_at is not null or edition > 1)
                 union all
                 select 'message-refused', link, id, at, coalesce(description, err), null from dead_letter
                 union all
                 select 'quarantined', link, message_id, first_at, errors -> 0 ->> 'code', null from quarantine) w
           group by code, link order by code, link`,
    values: [],
  });
}

const SEVERITY = {
  'message-parked': 'critical',
  'message-refused': 'warning',
  quarantined: 'warning',
} as const;

function describe({ code, link, count, since, message, reason, lane }: Waiting): FoundAlert {
  const why = reason === null || reason === '' ? '' : reason;
  const words = {
    'message-parked': {
      en: `${link}: ${count} parked since ${clock(since)}; the eldest: ${why}`,
      zh: `${link}：${count} 条报文已搁置，最早自 ${clock(since)}：${inChinese(why)}`,
    },
    'message-refused': {
      en: `${link}: the partner refused ${count} messages since ${clock(since)}; the eldest: ${why}`,
      zh: `${link}：对方拒收 ${count} 条报文，最早自 ${clock(since)}：${quoted(why)}`,
    },
    quarantined: {
      en: `${link}: ${count} messages of the partner are in quarantine since ${clock(since)}; the eldest: ${why}`,
      zh: `${link}：对方 ${count} 条报文在隔离区，最早自 ${clock(since)}：${issueInChinese(why)}`,
    },
  };
  return { code, severity: SEVERITY[code], since, link, message, messageLane: lane, text: words[code] };
}
