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
    copy.ready = this.ready;
    return copy;
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

export type Committed = Call & { readonly operation: AuditedOperation };
export type AuditedOperation = OperationOf<
  'blob.push' | 'blob.mount' | 'blob.delete' | 'manifest.push' | 'manifest.delete' | 'tag.delete'
>;

export function isAudited(operation: Operation): operation is AuditedOperation {
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
    if (row && (row.action !== operation.kind || row.repository !== operation.repository || row.target !== targetOf(operation))) {
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
    default:
      return operation.digest;
  }
}

function eventsOf(operation: AuditedOperation): number {
  if (operation.kind === 'manifest.push') return Math.max(1, operation.tags.length);
  return operation.kind === 'manifest.delete' ? 1 : 0;
}
