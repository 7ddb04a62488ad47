import type { Mark, Operation, OperationOf, Outcome } from '../workload/operation.ts';
import { correlationOf } from '../workload/operation.ts';
import type { State } from './read-state.ts';

/** One operation as its client saw it. Times are places in the recording. */
export interface Call {
  readonly number: number;
  readonly operation: Operation;
  readonly begin: number;
  /** Infinity while it was in flight at the crash. */
  end: number;
  outcome: Outcome | undefined;
}

/** The calls up to a moment. */
export class Timeline {
  readonly calls: Call[] = [];
  readonly #byNumber = new Map<number, Call>();
  /** The registry's row was durable: from here on operations ran. */
  ready = false;
  #time = 0;

  /** As it stands now; later marks do not change it. */
  snapshot(): Timeline {
    const copy = new Timeline();
    copy.calls.push(...this.calls.map((call) => ({ ...call })));
    for (const call of copy.calls) copy.#byNumber.set(call.number, call);
    copy.ready = this.ready;
    copy.#time = this.#time;
    return copy;
  }

  /**
   * The timeline of a server that was started again and shows `state`: what was in flight has an end now, and what was
   * seen of it once must stay so.
   */
  settled(state: State): Timeline {
    const next = this.snapshot();
    next.#time += 1;
    const known = new Set(next.calls.flatMap(({ outcome }) => (outcome?.ok ? [String(outcome.value)] : [])));
    const unknown = [...state.uploads.keys()].filter((id) => !known.has(id));
    for (const call of next.calls) {
      if (call.outcome) continue;
      call.end = next.#time;
      call.outcome = outcomeSeen(call, state, unknown);
    }
    return next;
  }

  add(mark: Mark): void {
    this.#time += 1;
    if (mark.mark === 'ready') this.ready = true;
    else if (mark.mark === 'begin') {
      const { number, operation } = mark;
      const call: Call = { number, operation, begin: this.#time, end: Number.POSITIVE_INFINITY, outcome: undefined };
      this.calls.push(call);
      this.#byNumber.set(number, call);
    } else {
      const call = this.#byNumber.get(mark.number);
      if (!call) throw new Error(`Operation ${mark.number} ended and never began.`);
      call.end = this.#time;
      call.outcome = mark.outcome;
    }
  }
}

/** Of a call that was in flight at a crash, and of which nothing was left. */
const NEVER_HAPPENED = 'never happened';

/** `unknown`: uploads whose ids no client was told; at offset 0 those of one repository are all alike. */
function outcomeSeen({ operation, number }: Call, state: State, unknown: string[]): Outcome {
  const vanished: Outcome = { ok: false, code: NEVER_HAPPENED };
  switch (operation.kind) {
    case 'upload.start': {
      const place = unknown.findIndex((id) => state.uploads.get(id)?.repository === operation.repository);
      const [id] = place < 0 ? [] : unknown.splice(place, 1);
      return id === undefined ? vanished : { ok: true, value: id };
    }
    case 'upload.append':
      return state.uploads.get(operation.upload)?.offset === operation.to ? { ok: true } : vanished;
    case 'upload.cancel':
      return state.uploads.has(operation.upload) ? vanished : { ok: true };
    case 'sweep':
    case 'expire':
      return { ok: true };
    case 'blob.push':
    case 'blob.mount':
    case 'blob.delete':
    case 'manifest.push':
    case 'manifest.delete':
    case 'tag.delete':
      return state.audit.has(correlationOf(number)) ? { ok: true } : vanished;
  }
}

export type Committed = Call & { readonly operation: AuditedOperation };
export type AuditedOperation = OperationOf<
  'blob.push' | 'blob.mount' | 'blob.delete' | 'manifest.push' | 'manifest.delete' | 'tag.delete'
>;

function isAudited(operation: Operation): operation is AuditedOperation {
  return !['upload.start', 'upload.append', 'upload.cancel', 'sweep', 'expire'].includes(operation.kind);
}

/**
 * The operations that took effect. Of those in flight the audit log tells: its row is in the same transaction, so
 * there must be all of an operation or nothing. Complains when an acknowledged one has not just one row.
 */
export function committedCalls(calls: readonly Call[], state: State, complain: (text: string) => void): Committed[] {
  return calls.filter((call): call is Committed => {
    const { operation, outcome, number } = call;
    if (!isAudited(operation)) return false;
    const rows = (state.audit.get(correlationOf(number)) ?? []).filter((row) => row.outcome === 'done');
    const done = outcome?.ok === true && outcome.value !== false;
    const name = `${operation.kind} ${number}`;
    if (done && rows.length !== 1) complain(`${name} was acknowledged, the audit log has ${rows.length} rows of it`);
    if (outcome && !done && rows.length !== 0) complain(`${name} was refused, the audit log says it was done`);
    if (!outcome && rows.length > 1) complain(`${name} is in the audit log ${rows.length} times`);
    const [row] = rows;
    if (
      row &&
      (row.action !== operation.kind || row.repository !== operation.repository || row.target !== targetOf(operation))
    ) {
      complain(`${name} has the audit row ${row.action} ${row.repository} ${row.target}`);
    }
    const committed = done || (!outcome && rows.length === 1);
    const events = state.events.get(correlationOf(number)) ?? 0;
    const expected = committed ? eventsOf(operation) : 0;
    if (events !== expected) complain(`${name} has ${events} events instead of ${expected}`);
    return committed;
  });
}

function targetOf(operation: AuditedOperation): string {
  switch (operation.kind) {
    case 'blob.push':
      return operation.content.digest;
    case 'tag.delete':
      return operation.tag;
    case 'manifest.push':
      return operation.tags.length > 0 ? operation.tags.join(',') : operation.digest;
    case 'blob.mount':
    case 'blob.delete':
    case 'manifest.delete':
      return operation.digest;
  }
}

function eventsOf(operation: AuditedOperation): number {
  if (operation.kind === 'manifest.push') return Math.max(1, operation.tags.length);
  return operation.kind === 'manifest.delete' || operation.kind === 'tag.delete' ? 1 : 0;
}
