import type { Context } from '../command.ts';

const SECOND_MS = 1000;

/** What has been done so far; `total` is left out while it is not known. */
export interface Counts {
  readonly done: number;
  readonly total?: number;
}

/**
 * Says once a second how far long work is: a line that is written over on a terminal, a JSON line elsewhere
 * (`{"event":"progress",…}`, as the site's own commands), nothing with `--progress none`.
 */
export class Progress {
  readonly #context: Pick<Context, 'stderr' | 'progress'>;
  readonly #what: string;
  #next = Date.now() + SECOND_MS;
  #shown = false;

  constructor(context: Pick<Context, 'stderr' | 'progress'>, what: string) {
    this.#context = context;
    this.#what = what;
  }

  show({ done, total }: Counts): void {
    const now = Date.now();
    const { stderr } = this.#context;
    const how = this.#context.progress ?? (stderr.isTTY ? 'bar' : 'json');
    if (now < this.#next || how === 'none') return;
    this.#next = now + SECOND_MS;
    const percent = total === undefined || total === 0 ? undefined : Math.floor((done / total) * 100);
    if (how === 'json') {
      stderr.write(`${JSON.stringify({ event: 'progress', what: this.#what, percent, done, total })}\n`);
      return;
    }
    const bar = percent === undefined ? '' : `${'█'.repeat(Math.round(percent / 5)).padEnd(20, '░')} ${percent} %  `;
    stderr.write(`\r\x1b[K${bar}${this.#what}`);
    this.#shown = true;
  }

  end(): void {
    if (this.#shown) this.#context.stderr.write('\r\x1b[K');
  }
}

/** For work of another that tells nothing on the way: counts its seconds. */
export async function withSpinner<T>(context: Context, what: string, work: () => Promise<T>): Promise<T> {
  const progress = new Progress(context, what);
  const started = Date.now();
  const timer = setInterval(() => progress.show({ done: Math.round((Date.now() - started) / SECOND_MS) }), SECOND_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    progress.end();
  }
}
