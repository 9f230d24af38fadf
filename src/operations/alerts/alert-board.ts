import type { Logger } from 'pino';
import { type Alert, type AlertSource, bySeverity, identify } from './alert.ts';

/** What was looked up a moment ago is shown to everybody who asks within it. */
const FRESH_MS = 1_000;

/** `complete`: every source could be asked, so that what is not among the alerts is over. */
export interface Look {
  alerts: Alert[];
  complete: boolean;
}

/** Every source of alerts of this gateway, and what stands by them now. A room adds its own in one line. */
export class AlertBoard {
  readonly #sources: AlertSource[] = [];
  readonly #log: Pick<Logger, 'warn'>;
  #looked: { at: number; look: Promise<Look> } | undefined;

  constructor(log: Pick<Logger, 'warn'>) {
    this.#log = log;
  }

  add(...sources: readonly AlertSource[]): void {
    this.#sources.push(...sources);
  }

  /** What stands now, the most severe first. */
  async standing(): Promise<Alert[]> {
    return (await this.look()).alerts;
  }

  look(): Promise<Look> {
    const at = performance.now();
    if (!this.#looked || at - this.#looked.at > FRESH_MS) this.#looked = { at, look: this.#look(new Date()) };
    return this.#looked.look;
  }

  async #look(now: Date): Promise<Look> {
    let complete = true;
    const found = await Promise.all(
      this.#sources.map((source) =>
        source(now).catch((error: unknown) => {
          complete = false;
          this.#log.warn({ err: error }, 'alerts: a source could not be asked');
          return [];
        }),
      ),
    );
    // Two sources that tell of the same are one alert.
    const byId = new Map(
      found
        .flat()
        .map(identify)
        .map((alert) => [alert.id, alert]),
    );
    return { alerts: [...byId.values()].toSorted(bySeverity), complete };
  }
}
