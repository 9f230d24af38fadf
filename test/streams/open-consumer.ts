import { ReadLog } from '../../src/access/record-reads.ts';
import { appendEntries } from '../../src/audit/append-entries.ts';
import { type FeedSignal, feedSignal } from '../../src/feed/await-change.ts';
import { addStreamOperations, addStreamRoutes } from '../../src/streams/routes.ts';
import { openTestApi, type TestApi } from '../access/open-api.ts';
import { keepLog } from '../support/http.ts';
import { changeOf, recordOf } from '../support/messages.ts';
import { numberChanges } from '../support/number-changes.ts';
import { createPair, type Pair } from '../support/pair.ts';

export interface Polled {
  sets: Record<string, string>;
  moreAvailable: boolean;
}

/** The American side's back ends, and the Chinese side that sends to it. */
export interface Consumer extends AsyncDisposable {
  pair: Pair;
  api: TestApi;
  token: string;
  signal: FeedSignal;
  /** Sends messages of new enterprises from the other side; they are in the feed when it resolves. */
  receive(count: number, type?: 'enterprise-status' | 'certification-change'): Promise<string[]>;
  call(method: string, path: string, body?: unknown, token?: string): Promise<Response>;
  poll(stream: string, body?: object): Promise<Polled>;
}

export async function openConsumer(): Promise<Consumer> {
  const pair = await createPair();
  const { db } = pair.us;
  const signal = feedSignal();
  const reads = new ReadLog(db.database, appendEntries, { log: keepLog().log });
  const links = ['cn-gacc', 'eu-taxud'];
  const api = await openTestApi({
    db,
    links,
    addRoutes(routes) {
      addStreamRoutes(routes, {
        database: db.database,
        links: new Map(links.map((link) => [link, link])),
        signal,
        reads,
      });
      addStreamOperations(routes, db.database);
    },
  });
  const token = await api.token({ name: 'clearance', purpose: 'clearance', link: 'cn-gacc' });
  let enterprises = 0;
  const call: Consumer['call'] = (method, path, body, by = token) => api.call(method, path, by, body);
  return {
    pair,
    api,
    token,
    signal,
    call,
    async receive(count, type = 'enterprise-status') {
      const bodies = Array.from({ length: count }, () => {
        const id = `CN44039${String(10_000 + enterprises++)}`.slice(0, 12);
        return { type, data: type === 'enterprise-status' ? recordOf(id) : changeOf(id) };
      });
      const outcomes = await pair.cn.submit(...bodies);
      await pair.deliver(pair.cn);
      await numberChanges(db.database);
      signal.raise();
      return outcomes.map((outcome) => {
        if (!('accepted' in outcome)) throw new Error(JSON.stringify(outcome));
        return outcome.accepted.id;
      });
    },
    async poll(stream, body = { returnImmediately: true }) {
      const answer = await call('POST', `/v1/streams/${stream}/poll`, body);
      if (answer.status !== 200) throw new Error(`${answer.status}: ${await answer.text()}`);
      return (await answer.json()) as Polled;
    },
    async [Symbol.asyncDispose]() {
      await api[Symbol.asyncDispose]();
      await reads[Symbol.asyncDispose]();
      await pair[Symbol.asyncDispose]();
    },
  };
}
