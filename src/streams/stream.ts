/** The types of messages that are in the feed: what the partner's back ends submitted. */
export const STREAM_TYPES = ['enterprise-status', 'certification-change', 'validation-result'] as const;

export type StreamType = (typeof STREAM_TYPES)[number];

/** A consumer of its own, as the back end's maker chose to call it. It stands in addresses and in the audit log. */
export const STREAM_NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
export const STREAM_NAME_LENGTH_MAX = 64;

/** A consumer is a system of the administration, and there are not a hundred; each may wait in a long poll. */
export const STREAMS_MAX = 100;

/** SETs of one answer, whichever comes first: as in a multi-SET push, so that one page is one request's worth of work. */
export const SETS_MAX = 500;
export const SETS_BYTES_MAX = 4 * 1024 * 1024;

/** Ids that one request may acknowledge, or report as faulty: twenty pages, for a consumer that acknowledges by itself. */
export const ACKS_MAX = 10_000;

/** What is kept of a consumer's description of an error; it chooses the words, not our disk space. */
export const DESCRIPTION_LENGTH_MAX = 1_000;
/** Errors kept for operators to look at, a stream; older ones are in the audit log. */
export const ERRORS_KEPT = 1_000;

/** Numbers of the feed looked at in one transaction: some 100 ms where nothing in them is for the stream. */
export const SCAN_MAX = 100_000;

/** How long a poll waits for a SET: below the minute after which proxies cut a connection. */
export const WAIT_MS_MAX = 30_000;

/** Where a new stream begins: with the first message there is, with the next one, or with what came at an instant. */
export type From = 'beginning' | 'now' | Date;

export interface StreamDefinition {
  link: string;
  types: readonly StreamType[];
}

export interface Stream extends StreamDefinition {
  name: string;
  createdAt: Date;
  createdBy: string;
  polledAt: Date | null;
  /** SETs that were sent and are not acknowledged. */
  unacknowledged: number;
  /** Changes of the feed that the stream has not looked at, those that are not for it included. */
  behind: number;
  /** When the oldest SET that is still owed to the consumer was received; null where none is. */
  oldestOwedAt: Date | null;
  /** SETs that the consumer reported as faulty since the stream was made. */
  errors: number;
}
