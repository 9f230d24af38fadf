import { isDeepStrictEqual } from 'node:util';
import type { ExpectedMessage } from './expected-messages.ts';

/** What the comparison needs of the messages that were sent. */
export interface Expectation {
  ids(): Iterable<string>;
  get(id: string): ExpectedMessage | undefined;
}

/** A record of `GET /v1/changes`; members that the sender does not decide are not compared. */
export interface FeedChange extends ExpectedMessage {
  cursor: string;
}

export interface Comparison {
  /** Records of the feed that were compared. */
  compared: number;
  missing: number;
  different: number;
  /** Records nobody sent, and second appearances. */
  extra: number;
  mismatches: number;
  /** The first few mismatches in words. */
  examples: string[];
}

const EXAMPLES_MAX = 5;

/**
 * Compares what was sent with what the partner's feed shows, record by record: type, subject, version, and the
 * data as equal JSON. A missing record, a different one and an extra one count one each.
 */
export async function compareFeed(
  expected: Expectation,
  feed: AsyncIterable<FeedChange>,
): Promise<Comparison> {
  const seen = new Set<string>();
  const found = { compared: 0, missing: 0, different: 0, extra: 0 };
  const examples: string[] = [];
  const note = (kind: 'missing' | 'different' | 'extra', text: string): void => {
    found[kind] += 1;
    if (examples.length < EXAMPLES_MAX) examples.push(`${kind}: ${text}`);
  };
  for await (const change of feed) {
    found.compared += 1;
    const sent = expected.get(change.id);
    if (!sent || seen.has(change.id)) note('extra', nameOf(change));
    else if (!isSame(sent, change)) note('different', nameOf(sent));
    seen.add(change.id);
  }
  for (const id of expected.ids()) {
    const sent = seen.has(id) ? undefined : expected.get(id);
    if (sent) note('missing', nameOf(sent));
  }
  return { ...found, mismatches: found.missing + found.different + found.extra, examples };
}

function isSame(sent: ExpectedMessage, { type, subject, version, data }: FeedChange): boolean {
  return (
    sent.type === type &&
    sent.subject === subject &&
    sent.version === version &&
    isDeepStrictEqual(sent.data, data)
  );
}

const nameOf = ({ id, type, subject, version }: ExpectedMessage): string =>
  `${subject} ${version} ${type} ${id}`;
