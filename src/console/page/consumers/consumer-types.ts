/** A pull stream of an own back end, and how far its consumer is. */
export interface Stream {
  name: string;
  link: string;
  types: string[];
  createdAt: string;
  createdBy: string;
  polledAt: string | null;
  /** Sent and not acknowledged. */
  unacknowledged: number;
  /** Changes of the feed that it has not looked at. */
  behind: number;
  oldestOwedAt: string | null;
  errors: number;
}

export interface StreamError {
  message: string;
  err: string;
  description: string;
  by: string;
  at: string;
}

export interface Webhook {
  name: string;
  link: string;
  url: string | null;
  types: string[];
  state: 'delivering' | 'failing' | 'paused';
  attempts: number;
  failingSince: string | null;
  nextAttemptAt: string | null;
  lastError: string | null;
  delivered: number;
  deliveredAt: string | null;
  pausedAt: string | null;
  pausedBy: string | null;
  pausedReason: string | null;
  behind: number;
  /** The message that it is called with next. */
  next: string | null;
  oldestOwedAt: string | null;
}
