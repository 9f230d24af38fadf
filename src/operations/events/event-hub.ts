import type { ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import {
  eventsBetween,
  type ShownEvent,
  type ShownState,
  type StateWatch,
  watchState,
} from './watch-state.ts';

/** Consoles open at once in one process: each is a screen with a person before it. */
export const CLIENTS_MAX = 100;
/** So that proxies and browsers know that the stream lives. */
const BEAT_MS = 15_000;
/** A client that does not read what it is sent is let go: it comes again and is told the whole state. */
const UNREAD_BYTES_MAX = 1_048_576;
/** The token is looked at when a stream is opened, so none stays open for ever. */
const STREAM_MS_MAX = 600_000;

interface Group {
  clients: Set<ServerResponse>;
  watch: StateWatch;
}

/**
 * Sends what changes to whoever listens. The state is read once for all listeners of the same link, and not at all
 * while nobody listens.
 */
export class EventHub implements AsyncDisposable {
  readonly #read: (link: string | undefined) => Promise<ShownState>;
  readonly #log: Pick<Logger, 'warn'>;
  readonly #groups = new Map<string | undefined, Group>();
  readonly #closing = new Set<Promise<void>>();

  constructor(read: (link: string | undefined) => Promise<ShownState>, log: Pick<Logger, 'warn'>) {
    this.#read = read;
    this.#log = log;
  }

  get full(): boolean {
    return [...this.#groups.values()].reduce((sum, { clients }) => sum + clients.size, 0) >= CLIENTS_MAX;
  }

  /** @param stop ends the stream early. @param stillValid asked at each beat: a session that is over hears no more */
  open(
    client: ServerResponse,
    link: string | undefined,
    stop: AbortSignal,
    stillValid: () => Promise<boolean>,
  ): void {
    client.write('retry: 3000\n\n');
    const end = (): void => void client.end();
    const beat = setInterval(() => {
      client.write(': beat\n\n');
      // Where it cannot be asked the next beat asks again; the stream ends after its time anyway.
      stillValid().then(
        (valid) => valid || end(),
        () => undefined,
      );
    }, BEAT_MS);
    const over = setTimeout(end, STREAM_MS_MAX);
    stop.addEventListener('abort', end, { once: true });
    const group = this.#groups.get(link) ?? this.#start(link);
    group.clients.add(client);
    if (group.watch.state) send(client, eventsBetween(undefined, group.watch.state));
    client.once('close', () => {
      clearInterval(beat);
      clearTimeout(over);
      stop.removeEventListener('abort', end);
      group.clients.delete(client);
      if (group.clients.size === 0) this.#stop(link, group);
    });
  }

  #start(link: string | undefined): Group {
    const clients = new Set<ServerResponse>();
    const tell = (events: readonly ShownEvent[]): void => {
      for (const client of clients) send(client, events);
    };
    const group = { clients, watch: watchState(() => this.#read(link), tell, this.#log) };
    this.#groups.set(link, group);
    return group;
  }

  #stop(link: string | undefined, { watch }: Group): void {
    this.#groups.delete(link);
    const closing = Promise.resolve(watch[Symbol.asyncDispose]());
    this.#closing.add(closing);
    void closing.finally(() => this.#closing.delete(closing));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const [link, group] of this.#groups) {
      for (const client of group.clients) client.destroy();
      this.#stop(link, group);
    }
    await Promise.all(this.#closing);
  }
}

function send(client: ServerResponse, events: readonly ShownEvent[]): void {
  if (client.writableLength > UNREAD_BYTES_MAX) {
    client.destroy();
    return;
  }
  client.write(
    events.map(({ event, data }) => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`).join(''),
  );
}
