/** Says how far something is: one line that is redrawn on a terminal, else a line now and then. */
export interface Progress {
  update(done: number, total: number): void;
  /** Ends the line; what comes next begins a new one. */
  end(): void;
}

const WIDTH = 30;
const REDRAW_MS = 100;
const LINE_EVERY_MS = 5_000;

export function showProgress(title: string, out: NodeJS.WriteStream = process.stderr): Progress {
  const startedAt = Date.now();
  let drawnAt = 0;
  let last: [number, number] = [0, 0];
  const line = ([done, total]: [number, number]): string => {
    const perSecond = Math.round(done / Math.max(0.001, (Date.now() - startedAt) / 1000));
    return `${title}  ${count(done)} of ${count(total)}  ${count(perSecond)}/s`;
  };
  const draw = (): void => {
    drawnAt = Date.now();
    const [done, total] = last;
    const filled = total === 0 ? 0 : Math.floor((WIDTH * done) / total);
    const bar = '█'.repeat(filled).padEnd(WIDTH, '░');
    out.write(out.isTTY ? `\r\x1b[K  ${bar}  ${line(last)}` : `  ${line(last)}\n`);
  };
  return {
    update: (done, total) => {
      last = [done, total];
      if (Date.now() - drawnAt >= (out.isTTY ? REDRAW_MS : LINE_EVERY_MS)) draw();
    },
    end: () => {
      if (last[1] > 0) draw();
      if (out.isTTY) out.write('\r\x1b[K');
    },
  };
}

export const count = (n: number): string => n.toLocaleString('en-US');
