import { inChinese } from '../words/in-chinese.ts';
import { quoted } from '../words/sentence.ts';

/** A sentence in the two languages of the operators. */
export interface Words {
  en: string;
  zh: string;
}

export type LaneState = 'idle' | 'delivering' | 'waiting' | 'backing-off' | 'paused' | 'halted';

export type WaitCode =
  | 'empty'
  | 'delivering'
  | 'next-in-turn'
  | 'backing-off'
  | 'paused'
  | 'link-halted'
  | 'all-parked'
  | 'all-held';

/** What decides whether a lane sends. */
export interface LaneFacts {
  pending: number;
  parked: number;
  held: number;
  attempts: number;
  nextAttemptAt: Date | null;
  lastError: string | null;
  paused: boolean;
  pausedBy: string | null;
  pausedReason: string | null;
  /** Who drains it now. */
  owner: string | null;
  haltedReason: string | null;
}

/** What a lane does, and if it does not send: why. */
export function whyItWaits(
  facts: LaneFacts,
  now: Date,
): { state: LaneState; why: Words & { code: WaitCode } } {
  const { pending, parked, held, attempts, nextAttemptAt, lastError, paused, owner, haltedReason } = facts;
  if (haltedReason !== null) {
    return says('halted', 'link-halted', {
      en: `the link is halted: ${haltedReason}`,
      zh: `链路已停止：${inChinese(haltedReason)}`,
    });
  }
  if (paused) return says('paused', 'paused', pauseWords(facts));
  if (pending === 0) return says('idle', 'empty', { en: 'nothing waits', zh: '没有待发送的报文' });
  if (parked === pending) {
    return says('waiting', 'all-parked', {
      en:
        pending === 1
          ? 'the one that waits is parked, for an operator'
          : `all ${pending} are parked and wait for an operator`,
      zh: `全部 ${pending} 条已搁置，等待操作员处理`,
    });
  }
  if (parked + held >= pending) {
    return says('waiting', 'all-held', {
      en: `${held} are held: behind a parked message of their subject, or for a newer contract edition of the partner`,
      zh: `${held} 条被挂起：前面有同一主体的搁置报文，或对方尚未启用新版契约`,
    });
  }
  if (nextAttemptAt && nextAttemptAt > now) {
    const seconds = Math.ceil((nextAttemptAt.getTime() - now.getTime()) / 1_000);
    const error = lastError ?? '';
    return says('backing-off', 'backing-off', {
      en: `attempt ${attempts} failed (${error}); the next one is in ${seconds} s`,
      zh: `第 ${attempts} 次尝试失败（${inChinese(error)}）；${seconds} 秒后重试`,
    });
  }
  if (owner !== null)
    return says('delivering', 'delivering', { en: `being sent by ${owner}`, zh: `${owner} 正在发送` });
  return says('waiting', 'next-in-turn', { en: 'its turn comes within seconds', zh: '数秒内即将发送' });
}

function says(state: LaneState, code: WaitCode, words: Words) {
  return { state, why: { code, ...words } };
}

/** Who paused a lane, with the words that were given for it. */
function pauseWords({ pausedBy, pausedReason }: Pick<LaneFacts, 'pausedBy' | 'pausedReason'>): Words {
  const by = pausedBy ?? '';
  return {
    en: `${by || 'an operator'} paused it${pausedReason === null ? '' : `: ${pausedReason}`}`,
    zh: `${by === '' ? '操作员' : `${by} `}已暂停此通道${quoted(pausedReason ?? '')}`,
  };
}
