/** How a lane fares, kept in its row so that the next owner goes on where this one stopped. */
export interface LaneHealth {
  /** Failures in a row. */
  attempts: number;
  /** The size that batches are cut down to while a poisonous message is searched; null when none is. */
  batchLimit: number | null;
  /** Messages that may hold it: when so many more have been answered, batches grow again. */
  suspects: number;
  /** Failures in a row with 5xx or without an answer in time. */
  serverFailures: number;
  /** Single messages given up on since the partner last answered one. */
  singlesFailed: number;
  /** Messages of the lane that are set aside. */
  asides: number;
}

export const healthy: LaneHealth = {
  attempts: 0,
  batchLimit: null,
  suspects: 0,
  serverFailures: 0,
  singlesFailed: 0,
  asides: 0,
};

/** What one request came to, where the partner did not answer for its messages. */
export type Failure =
  /** The partner is away or busy, or says nothing that can be understood: the same again, later. */
  | 'away'
  /** 5xx, while the ping is answered: it may be one of the messages. */
  | 'server-error'
  /** No answer in time, while the ping is answered: there may be too many messages. */
  | 'timeout'
  /** 413 or `too_many_sets`. */
  | 'too-large'
  /** The partner does not take us for us. Never a message's fault. */
  | 'link-fault';

/** The batch that failed. */
export interface Tried {
  count: number;
  /** How often the one message had failed alone before, where the batch is one. */
  failedAlone: number;
  /** Whether they were set aside before: nothing else of the lane could be sent. */
  aside: boolean;
}

/** What becomes of a failure. */
export interface Verdict {
  health: LaneHealth;
  /** How long the lane waits: not at all, the first step of the back-off, or as its attempts say. */
  wait: 'none' | 'short' | 'long';
  /** What becomes of a single message; of a batch nothing, but that one of asides is tried `later`. */
  message: 'stays' | 'counted' | 'aside' | 'parked' | 'later';
  /** It is the link: what single messages failed at is not held against them. */
  blamesLink: boolean;
}

/** A batch fails so often before it is cut, and a message alone before it is set aside. */
export const FAILURES_BEFORE_SUSPICION = 3;

/** The first set aside and three more: then it is not the messages. */
const SINGLES_BEFORE_LINK = 4;

/**
 * Decides what a failed request means (protocol.md 5, Poison): halve, count, set aside, park, or blame the link. The
 * first waits of the search are short, because the ping says that the partner is there.
 */
export function judgeFailure(health: LaneHealth, failure: Failure, tried: Tried): Verdict {
  const failed = { ...health, attempts: health.attempts + 1 };
  const ofItsOwn = failure === 'link-fault' || (failure === 'server-error' && tried.count === 1);
  if (tried.aside && ofItsOwn && health.singlesFailed < SINGLES_BEFORE_LINK) {
    // They wait by themselves: a message that comes now must not wait for them.
    return { health, wait: 'none', message: 'later', blamesLink: false };
  }
  switch (failure) {
    case 'away':
    case 'link-fault':
      return stays(failed);
    case 'too-large':
      return tried.count > 1 ? cut(health, tried, 'none') : judgeTooLarge(health);
    case 'timeout':
    case 'server-error':
      return judgeServerFailure(failed, failure, tried);
  }
}

function judgeServerFailure(health: LaneHealth, failure: 'timeout' | 'server-error', tried: Tried): Verdict {
  const failed = { ...health, serverFailures: health.serverFailures + 1 };
  if (tried.count > 1) {
    const suspicious = health.batchLimit !== null || failed.serverFailures >= FAILURES_BEFORE_SUSPICION;
    return suspicious ? cut(failed, tried, 'short') : stays(failed);
  }
  return failure === 'timeout' ? stays(failed) : judgeSingle(failed, tried);
}

function judgeSingle(health: LaneHealth, tried: Tried): Verdict {
  if (health.singlesFailed >= SINGLES_BEFORE_LINK) {
    // Known to be the link: each probe takes another message, and none of them is to blame.
    const asides = tried.aside ? health.asides : health.asides + 1;
    return { health: { ...health, asides }, wait: 'long', message: 'aside', blamesLink: true };
  }
  if (health.asides === 0 && tried.failedAlone + 1 < FAILURES_BEFORE_SUSPICION) {
    return { health, wait: 'short', message: 'counted', blamesLink: false };
  }
  const singlesFailed = health.singlesFailed + 1;
  const blamesLink = singlesFailed >= SINGLES_BEFORE_LINK;
  return {
    health: { ...health, singlesFailed, asides: health.asides + 1, batchLimit: 1, suspects: 1 },
    wait: blamesLink ? 'long' : 'short',
    message: 'aside',
    blamesLink,
  };
}

/** A message that is too large by itself will not become smaller; but a partner to whom all are is misconfigured. */
function judgeTooLarge(health: LaneHealth): Verdict {
  const singlesFailed = health.singlesFailed + 1;
  if (singlesFailed >= SINGLES_BEFORE_LINK) {
    return {
      health: { ...health, attempts: health.attempts + 1 },
      wait: 'long',
      message: 'stays',
      blamesLink: true,
    };
  }
  const suspects = Math.max(0, health.suspects - 1);
  const batchLimit = suspects > 0 ? health.batchLimit : null;
  return {
    health: { ...health, singlesFailed, suspects, batchLimit },
    wait: 'none',
    message: 'parked',
    blamesLink: false,
  };
}

function cut(health: LaneHealth, { count }: Tried, wait: 'none' | 'short'): Verdict {
  const cutHealth = {
    ...health,
    batchLimit: Math.max(1, Math.floor(count / 2)),
    suspects: Math.max(health.suspects, count),
  };
  return { health: cutHealth, wait, message: 'stays', blamesLink: false };
}

function stays(health: LaneHealth): Verdict {
  return { health, wait: 'long', message: 'stays', blamesLink: false };
}

/**
 * The lane after an answer for some of its messages.
 *
 * @param answered how many messages the partner answered
 * @param settled messages set aside before that are now parked, and those that take their place again
 */
export function afterAnswer(
  health: LaneHealth,
  answered: number,
  settled: { parked: number; back: number },
): LaneHealth {
  const suspects = Math.max(0, health.suspects - answered) + settled.back;
  const limit = settled.back > 0 ? 1 : health.batchLimit;
  return {
    attempts: 0,
    batchLimit: suspects > 0 ? limit : null,
    suspects,
    serverFailures: 0,
    singlesFailed: 0,
    asides: Math.max(0, health.asides - settled.parked - settled.back),
  };
}

export function isTroubled(health: LaneHealth): boolean {
  return health.attempts + health.suspects + health.serverFailures + health.singlesFailed + health.asides > 0;
}
