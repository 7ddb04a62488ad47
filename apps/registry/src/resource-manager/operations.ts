import type { Clock } from '../platform/clock.ts';
import { DomainError } from '../platform/domain-error.ts';
import type { Ids } from '../platform/ids.ts';

/** Clients poll every few seconds; the result stays for those that slept. */
const KEPT_MS = 3_600_000;
/** Running ones of this server: each holds connections to its source. */
const RUNNING = 16;

export interface Operation {
  readonly id: string;
  /** Who may ask for it. */
  readonly principal: string;
  /** Settles with the operation. */
  readonly done: Promise<void>;
  readonly state: () => { readonly running: boolean; readonly error?: unknown };
}

/**
 * Work that outlasts its request (`202`, then polling). It lives in this process, since it holds what is never written
 * down, such as the credentials of an import's source: a restart ends it, with nothing done.
 */
export class Operations {
  readonly #clock: Clock;
  readonly #ids: Ids;
  readonly #stop = new AbortController();
  readonly #all = new Map<string, Operation & { endedAt?: number }>();

  constructor(deps: { clock: Clock; ids: Ids }) {
    this.#clock = deps.clock;
    this.#ids = deps.ids;
  }

  start(principal: string, work: (signal: AbortSignal) => Promise<void>): Operation {
    this.#forgetOld();
    this.#requireRoom();
    let state: { running: boolean; error?: unknown } = { running: true };
    const done = work(this.#stop.signal).then(
      () => ({ running: false }),
      (error: unknown) => ({ running: false, error }),
    );
    const operation: Operation & { endedAt?: number } = {
      id: this.#ids.uuid(),
      principal,
      state: () => state,
      done: done.then((end) => {
        state = end;
        operation.endedAt = this.#clock.now().getTime();
      }),
    };
    this.#all.set(operation.id, operation);
    return operation;
  }

  /** Only to whoever started it: its error tells of what that one may see. */
  find(id: string, principal: string): Operation {
    const found = this.#all.get(id);
    if (found?.principal === principal) return found;
    throw new DomainError(
      'not-found',
      'operation.unknown',
      `There is no operation '${id.slice(0, 100)}' of yours: it ended long ago, or the server was restarted meanwhile. See whether its result is there, and start it again if not.`,
    );
  }

  async stop(): Promise<void> {
    this.#stop.abort(
      new DomainError(
        'unavailable',
        'server.unavailable',
        'The server stops; nothing was changed. Start the operation again.',
      ),
    );
    await Promise.all([...this.#all.values()].map(({ done }) => done));
  }

  #requireRoom(): void {
    const running = [...this.#all.values()].filter(({ state }) => state().running).length;
    if (running < RUNNING) return;
    throw new DomainError(
      'too-many',
      'import.too-many',
      `${running} imports and deployments are under way, as many as this site runs at once. Try again when one of them is done.`,
      { retryAfter: 15 },
    );
  }

  #forgetOld(): void {
    const before = this.#clock.now().getTime() - KEPT_MS;
    for (const [id, { endedAt }] of this.#all) if (endedAt !== undefined && endedAt < before) this.#all.delete(id);
  }
}
