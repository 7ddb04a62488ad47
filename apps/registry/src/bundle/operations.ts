import type { Digest } from '@holdfast/oci/digest';
import { type Principal, principalId } from '../access/principal.ts';
import type { TokenSubject } from '../identity/identity.ts';
import type { BundleOperationRow } from '../metadata/bundle-journal.ts';
import type { MetadataStore } from '../metadata/metadata-store.ts';
import type { Clock } from '../platform/clock.ts';
import { DomainError } from '../platform/domain-error.ts';
import type { Ids } from '../platform/ids.ts';
import type { BundleCaller, WhoAsks } from './caller.ts';

/** Of a registry: each waits for those before it. */
const UNFINISHED = 20;
const PROGRESS_MS = 1000;

export type OperationKind = BundleOperationRow['kind'];

export interface Progress {
  /** `waiting`, `verifying`, `sending`, `collecting`, `writing`. */
  readonly step: string;
  /** Bytes. */
  readonly done: number;
  readonly total?: number | undefined;
}

/** One run of an operation; after a restart there is another one. */
export interface OperationRun {
  readonly row: BundleOperationRow;
  readonly who: WhoAsks;
  readonly signal: AbortSignal;
  progress(progress: Progress): void;
}

/** Safe to run again from its beginning. Answers the result, which is told as JSON. */
export type OperationWork = (run: OperationRun) => Promise<object>;

interface Dependencies {
  readonly metadata: MetadataStore;
  readonly clock: Clock;
  readonly ids: Ids;
  /** The principal of the operation as of now; undefined once it is no more, or its credential was renewed. */
  readonly resolve: (subject: TokenSubject) => Promise<Principal | undefined>;
  readonly works: Readonly<Record<OperationKind, OperationWork>>;
  readonly logger: { error(facts: object, message: string): void };
}

interface Running {
  readonly abort: AbortController;
  done: Promise<void>;
  /** Its turn has come. */
  working: boolean;
  latest: Progress;
}

/**
 * Work on bundles that outlasts its request. Each is a row, written before the answer: what a stop or a crash interrupts
 * is run again at the next start, for the same caller and with the rights that it has then. Of a registry one at a time.
 */
export class BundleOperations {
  readonly #d: Dependencies;
  readonly #stop = new AbortController();
  readonly #running = new Map<string, Running>();
  /** Begun in this life, until those of the last one are taken up: rows do not tell them apart. */
  #begun: Set<string> | undefined = new Set();

  constructor(dependencies: Dependencies) {
    this.#d = dependencies;
  }

  /** Takes up what was interrupted. */
  async start(): Promise<void> {
    const rows = await this.#d.metadata.read.bundleJournal.running();
    for (const row of rows) this.#begin(row);
    this.#begun = undefined;
  }

  async begin(kind: OperationKind, caller: BundleCaller, request: object): Promise<BundleOperationRow> {
    const { principal, registry, correlationId, client } = caller;
    const now = this.#d.clock.now();
    const row: BundleOperationRow = {
      id: this.#d.ids.uuid(),
      registryId: registry.id,
      kind,
      principal: principalId(principal),
      credential: principal.credential,
      request: JSON.stringify(request),
      state: 'running',
      correlationId,
      client,
      startedAt: now,
      updatedAt: now,
    };
    await this.#d.metadata.transaction(async (tx) => {
      const unfinished = (await tx.bundleJournal.running()).filter((one) => one.registryId === registry.id);
      if (unfinished.length >= UNFINISHED) throw tooMany(unfinished.length);
      await tx.bundleJournal.putOperation(row);
    });
    this.#begin(row);
    return row;
  }

  /** How far it is, newer than its row says; undefined when it does not run. */
  latest(id: string): Progress | undefined {
    return this.#running.get(id)?.latest;
  }

  /** Resolves when it has stopped; one that waits for others is told to be over at once. */
  async cancel(row: BundleOperationRow): Promise<void> {
    const running = this.#running.get(row.id);
    running?.abort.abort(CANCELLED);
    if (running?.working) await running.done;
    else if (running) await this.#end({ ...row, state: 'cancelled' });
  }

  async stop(): Promise<void> {
    this.#stop.abort(STOPPING);
    await Promise.all([...this.#running.values()].map(({ done }) => done));
  }

  #begin(row: BundleOperationRow): void {
    if (this.#begun?.has(row.id)) return;
    this.#begun?.add(row.id);
    const abort = new AbortController();
    const signal = AbortSignal.any([abort.signal, this.#stop.signal]);
    const entry: Running = { abort, done: Promise.resolve(), working: false, latest: { step: 'waiting', done: 0 } };
    this.#running.set(row.id, entry);
    entry.done = this.#run(row, signal, entry).finally(() => this.#running.delete(row.id));
  }

  async #run(row: BundleOperationRow, signal: AbortSignal, entry: Running): Promise<void> {
    try {
      const result = await this.#d.metadata.exclusive(`bundles:${row.registryId}`, async () => {
        signal.throwIfAborted();
        entry.working = true;
        return this.#work(row, signal, entry);
      });
      await this.#end({ ...row, state: 'succeeded', result: JSON.stringify(result) });
    } catch (error) {
      if (signal.reason === STOPPING) return; // the row says that it runs: the next start takes it up
      if (signal.reason === CANCELLED) return this.#end({ ...row, state: 'cancelled' });
      await this.#end({ ...row, state: 'failed', error: JSON.stringify(this.#told(row, error)) });
    }
  }

  async #work(row: BundleOperationRow, signal: AbortSignal, entry: Running): Promise<object> {
    const { metadata, clock, works } = this.#d;
    let written = clock.monotonic();
    const progress = (latest: Progress) => {
      entry.latest = latest;
      if (clock.monotonic() - written < PROGRESS_MS) return;
      written = clock.monotonic();
      const text = JSON.stringify(latest);
      void metadata.transaction((tx) => tx.bundleJournal.progressed(row.id, text, clock.now())).catch(() => undefined);
    };
    return works[row.kind]({ row, who: () => this.#who(row), signal, progress });
  }

  async #who(row: BundleOperationRow): Promise<BundleCaller> {
    const registry = await this.#d.metadata.read.registries.byId(row.registryId);
    const { principal: subject, credential = '', correlationId, client } = row;
    const principal =
      registry && (await this.#d.resolve({ registry: registry.name, registryId: registry.id, subject, credential }));
    if (registry && principal) {
      return { principal, registry, correlationId, client, request: { method: 'PUT', userAgent: 'holdfast-bundles' } };
    }
    throw new DomainError(
      'forbidden',
      'access.denied',
      `${subject} started this and can do nothing here any more: it was disabled or deleted, or its password was renewed. Start it again as somebody who may.`,
    );
  }

  async #end(row: BundleOperationRow): Promise<void> {
    const ended = { ...row, updatedAt: this.#d.clock.now() };
    try {
      await this.#d.metadata.transaction((tx) => tx.bundleJournal.putOperation(ended));
    } catch (error) {
      this.#d.logger.error({ err: error, operation: row.id }, 'the end of an operation cannot be written');
    }
  }

  /** For whoever asks for the operation. */
  #told(row: BundleOperationRow, error: unknown): { code: string; message: string } {
    if (error instanceof DomainError && error.kind !== 'internal') return { code: error.code, message: error.message };
    this.#d.logger.error({ err: error, operation: row.id, correlationId: row.correlationId }, 'an operation failed');
    const message = `It failed here, for a reason that the operator finds in the log by the correlation id ${row.correlationId}. Start it again; what was done is not done twice.`;
    return { code: 'server.internal', message };
  }
}

const CANCELLED = new Error('it was cancelled');
const STOPPING = new Error('the server stops');

function tooMany(count: number): DomainError {
  return new DomainError(
    'too-many',
    'bundle.too-many',
    `${count} operations on bundles of this registry are unfinished, as many as it may have. Wait for some to end, or cancel them.`,
    { retryAfter: 15 },
  );
}

/** Of bundles: which one it is about. */
export function bundleOf(row: BundleOperationRow): Digest | undefined {
  return (JSON.parse(row.request) as { bundle?: Digest }).bundle;
}
