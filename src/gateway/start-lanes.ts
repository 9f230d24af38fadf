import type { LaneRef } from '../delivery/claim-lane.ts';
import { type DrainParts, drainLane } from '../delivery/drain-lane.ts';
import { type Pinged, pingWithActiveKey } from '../delivery/ping-partner.ts';
import { queuePlace } from '../delivery/queue/queue-place.ts';
import { reconcileLanes } from '../delivery/reconcile-lanes.ts';
import { runReleases } from '../delivery/release-held.ts';
import type { editionMemory } from '../delivery/remember-edition.ts';
import { RequestGate } from '../delivery/request-gate.ts';
import { runLanes } from '../delivery/run-lanes.ts';
import type { PartnerConnection } from '../delivery/send-sets.ts';
import { ReturnWatch } from '../delivery/wake-on-return.ts';
import type { feedSignal } from '../feed/await-change.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import type { Link } from '../links/link.ts';
import { logRequest } from '../operations/log-messages.ts';
import { divertLanes } from '../polling/divert-lanes.ts';
import type { CommonParts } from './common-parts.ts';

/** The lanes' workers, and the reconciler that finds lanes whose trigger was lost. */
export async function startLanes(
  {
    config,
    log,
    store,
    links,
    connections,
    figures,
    keyRing,
    contact,
    polls,
    remember,
    owner,
  }: CommonParts & {
    connections: ReadonlyMap<string, PartnerConnection>;
    keyRing: KeyRing;
    polls: ReturnType<typeof feedSignal>;
    remember: ReturnType<typeof editionMemory>;
    owner: string;
  },
  stack: AsyncDisposableStack,
) {
  const { database } = store;
  const stop = new AbortController();
  let waker: ReturnType<typeof divertLanes> | undefined;
  const returns = new ReturnWatch({ database, log, hasten: (refs) => waker?.hasten(refs) });
  const gates = new Map([...links.keys()].map((id) => [id, new RequestGate()]));
  const partsOf = (link: Link, connection: PartnerConnection, gate: RequestGate): DrainParts => ({
    database,
    log,
    link,
    connection,
    gate,
    owner,
    stop: stop.signal,
    ping: async () =>
      (await pingWithActiveKey({ database, keyRing, issuer: config.issuer }, link, connection)).ok,
    onAway: (ref, attempts) => returns.away(ref, attempts),
    onRequest(ref, request) {
      figures.request(ref, request);
      logRequest(log, ref, request);
      if (request.answer.kind === 'answered') {
        returns.answered(ref, performance.now() - request.ms);
        contact.heard(ref.link);
      }
      if (request.edition !== undefined) {
        remember(ref.link, request.edition).catch((error: unknown) =>
          log.warn({ err: error }, 'edition not kept'),
        );
      }
    },
  });
  const runner = stack.use(
    await runLanes({
      place: queuePlace(config, store.connectionString),
      concurrency: [...links.values()].reduce((sum, link) => sum + link.lanes + 1, 0),
      log,
      async drain(ref) {
        const [link, connection, gate] = [
          links.get(ref.link),
          connections.get(ref.link),
          gates.get(ref.link),
        ];
        // A trigger of a link that is no longer configured, or whose partner polls.
        if (!link || !connection || !gate || link.delivery === 'poll') return { ended: 'empty' };
        return drainLane(partsOf(link, connection, gate), ref);
      },
    }),
  );
  waker = divertLanes(runner, links, polls);
  contact.tell((link) => returns.noticed(link));
  stack.use(reconcileLanes(database, waker, log));
  const ping = (id: string): Promise<Pinged> => {
    const [link, connection] = [links.get(id), connections.get(id)];
    if (!link || !connection) throw new Error(`no connection for the link ${id}`);
    return pingWithActiveKey({ database, keyRing, issuer: config.issuer }, link, connection);
  };
  stack.use(
    runReleases({ database, log, links: [...links.values()], ping, remember, trigger: waker.trigger }),
  );
  const finish = (): Promise<void> => {
    stop.abort();
    return runner.finish();
  };
  stack.defer(finish);
  return {
    finish,
    queue: runner.queue,
    queueAwaySince: () => runner.queueAwaySince(),
    trigger: waker.trigger,
    hasten: waker.hasten,
    hurry: (ref: LaneRef) => gates.get(ref.link)?.hurry(ref.lane),
  };
}
