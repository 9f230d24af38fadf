import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** What the wire does to the next chunk that passes. */
export interface Cut {
  direction: 'request' | 'response';
  /** How many bytes of the chunk still pass. */
  bytes: number;
}

/** A connection through the wire, and who is at its far end. */
interface Passage {
  target: number;
  /** Bytes went in and none have come back since. */
  waiting: boolean;
  cut(): void;
}

/**
 * A TCP proxy before one side's exchange listeners, as a balancer stands there: each new connection goes to the next
 * port that takes it. It knows nothing of TLS or HTTP, and can cut, delay, and say whether a request is under way.
 */
export class Wire implements AsyncDisposable {
  readonly #server = createServer({ allowHalfOpen: false }, (socket) => void this.#accept(socket));
  readonly #targets: readonly number[];
  readonly #passages = new Set<Passage>();
  #next = 0;
  #cut: { cut: Cut; struck: (hit: boolean) => void } | undefined;
  #delayMs = 0;

  constructor(targets: readonly number[]) {
    this.#targets = targets;
  }

  async listen(): Promise<number> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return (this.#server.address() as AddressInfo).port;
  }

  /** Requests under way, to one target or to all. */
  underWay(target?: number): number {
    const open = [...this.#passages].filter(
      (p) => p.waiting && (target === undefined || p.target === target),
    );
    return open.length;
  }

  /** Cuts a connection in the middle of the next chunk of that direction. @returns whether one came in time */
  cutNext(cut: Cut, withinMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const struck = (hit: boolean): void => {
        clearTimeout(timer);
        this.#cut = undefined;
        resolve(hit);
      };
      const timer = setTimeout(() => struck(false), withinMs);
      this.#cut = { cut, struck };
    });
  }

  /** Holds back every chunk for so long, both ways. */
  delayBy(ms: number): void {
    this.#delayMs = ms;
  }

  async #accept(socket: Socket): Promise<void> {
    socket.on('error', () => {});
    const found = await this.#connect();
    if (!found) {
      socket.destroy();
      return;
    }
    const { upstream, target } = found;
    const close = (): void => {
      socket.destroy();
      upstream.destroy();
      this.#passages.delete(passage);
    };
    const passage: Passage = { target, waiting: false, cut: close };
    this.#passages.add(passage);
    for (const end of [socket, upstream]) {
      end.on('error', close);
      end.on('close', close);
      end.setNoDelay(true);
    }
    this.#pass('request', socket, upstream, passage);
    this.#pass('response', upstream, socket, passage);
  }

  #pass(direction: Cut['direction'], from: Socket, to: Socket, passage: Passage): void {
    let last = Promise.resolve();
    from.on('data', (chunk: Buffer) => {
      passage.waiting = direction === 'request';
      const armed = this.#cut;
      if (armed?.cut.direction === direction) {
        to.write(chunk.subarray(0, Math.min(armed.cut.bytes, chunk.length - 1)), () => passage.cut());
        armed.struck(true);
        return;
      }
      const wait = this.#delayMs;
      if (wait === 0) {
        last = last.then(() => void to.write(chunk));
      } else {
        last = last.then(() => delay(wait)).then(() => void to.write(chunk));
      }
    });
  }

  async #connect(): Promise<{ upstream: Socket; target: number } | undefined> {
    for (let tries = 0; tries < this.#targets.length; tries++) {
      const target = this.#targets[this.#next++ % this.#targets.length] as number;
      const upstream = connect({ host: '127.0.0.1', port: target });
      try {
        await once(upstream, 'connect');
        return { upstream, target };
      } catch {
        // Nobody is there: the next one.
        upstream.destroy();
      }
    }
    return undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const passage of this.#passages) passage.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
