import type { Digest } from '@holdfast/oci/digest';
import type { OperationOf } from '../workload/operation.ts';
import type { Call, Committed } from './timeline.ts';

type Value = Digest | 'absent';

interface Write {
  readonly begin: number;
  readonly end: number;
  readonly value: Value;
  /** Takes effect only where this value stands. */
  readonly where?: Digest;
}

/** Every value that a name may have after these writes: each of the last ones, where "last" is not certain of any. */
function possible(writes: readonly Write[]): Set<Value> {
  const values = new Set<Value>();
  const all: Write[] = [{ begin: -2, end: -1, value: 'absent' }, ...writes];
  for (const write of all) {
    const overwritten = all.some(
      (later) => later.begin > write.end && (later.where === undefined || later.where === write.value),
    );
    if (overwritten || !mayApply(write, all)) continue;
    values.add(write.value);
  }
  return values;
}

/** Whether what a conditional write waits for may have stood there when it ran. */
function mayApply(write: Write, all: readonly Write[]): boolean {
  if (write.where === undefined) return true;
  return all.some(
    (earlier) =>
      earlier.value === write.where &&
      earlier.begin < write.end &&
      !all.some(
        (between) =>
          between !== write &&
          between.begin > earlier.end &&
          between.end < write.begin &&
          (between.where === undefined || between.where === earlier.value),
      ),
  );
}

class Registers {
  readonly #writes = new Map<string, Write[]>();

  add(key: string, write: Write): void {
    const own = this.#writes.get(key) ?? [];
    own.push(write);
    this.#writes.set(key, own);
  }

  get keys(): Iterable<string> {
    return this.#writes.keys();
  }

  values(key: string): Set<Value> {
    return possible(this.#writes.get(key) ?? []);
  }
}

export interface Expected {
  readonly tags: Registers;
  readonly manifests: Registers;
  readonly links: Registers;
}

/** What the operations that took effect must have left, sweeps aside. */
export function expectedValues(committed: readonly Committed[]): Expected {
  const tags = new Registers();
  const manifests = new Registers();
  const links = new Registers();
  const tagged = new Map<string, Set<string>>();
  for (const { operation } of committed) {
    if (operation.kind !== 'manifest.push') continue;
    const key = `${operation.repository}|${operation.digest}`;
    tagged.set(key, new Set([...(tagged.get(key) ?? []), ...operation.tags]));
  }
  for (const { operation, begin, end } of committed) {
    const at = (name: string): string => `${operation.repository}|${name}`;
    switch (operation.kind) {
      case 'manifest.push':
        manifests.add(at(operation.digest), { begin, end, value: operation.digest });
        for (const tag of operation.tags) tags.add(at(tag), { begin, end, value: operation.digest });
        break;
      case 'manifest.delete': {
        const { digest } = operation;
        manifests.add(at(digest), { begin, end, value: 'absent' });
        for (const tag of tagged.get(at(digest)) ?? [])
          tags.add(at(tag), { begin, end, value: 'absent', where: digest });
        break;
      }
      case 'tag.delete':
        tags.add(at(operation.tag), { begin, end, value: 'absent' });
        break;
      case 'blob.delete':
        links.add(at(operation.digest), { begin, end, value: 'absent' });
        break;
      case 'blob.push':
        links.add(at(operation.content.digest), { begin, end, value: operation.content.digest });
        break;
      case 'blob.mount':
        links.add(at(operation.digest), { begin, end, value: operation.digest });
        break;
    }
  }
  return { tags, manifests, links };
}

/** A sweep may have unlinked what was linked before its end and was not linked again since. */
export function maySweep(key: string, committed: readonly Committed[], calls: readonly Call[]): boolean {
  const linking = committed.filter(({ operation }) => linkedBy(operation) === key);
  const last = Math.max(-1, ...linking.map(({ begin }) => begin));
  return calls.some((call) => call.operation.kind === 'sweep' && call.end > last);
}

function linkedBy(operation: Committed['operation']): string | undefined {
  if (operation.kind === 'blob.push') return `${operation.repository}|${operation.content.digest}`;
  return operation.kind === 'blob.mount' ? `${operation.repository}|${operation.digest}` : undefined;
}

export interface ExpectedUpload {
  readonly start: OperationOf<'upload.start'>;
  /** One of them. */
  readonly offsets: readonly number[];
  /** Undefined when the closing PUT did not take effect. */
  readonly completed: Digest | undefined;
  readonly mayBeGone: boolean;
  readonly mustBeGone: boolean;
}

/** What must be left of each upload whose id its client knew. */
export function expectedUploads(calls: readonly Call[], committed: readonly Committed[]): Map<string, ExpectedUpload> {
  const uploads = new Map<string, ExpectedUpload>();
  for (const begun of calls) {
    if (begun.operation.kind !== 'upload.start' || begun.outcome?.ok !== true) continue;
    const id = String(begun.outcome.value);
    const of = calls.filter(({ operation }) => 'upload' in operation && operation.upload === id);
    const appends = of.filter(({ operation }) => operation.kind === 'upload.append');
    const acknowledged = Math.max(
      0,
      ...appends.filter((a) => a.outcome?.ok).map((a) => (a.operation as OperationOf<'upload.append'>).to),
    );
    const inFlight = appends.filter((a) => !a.outcome).map((a) => (a.operation as OperationOf<'upload.append'>).to);
    const push = of.find(({ operation }) => operation.kind === 'blob.push');
    const cancel = of.find(({ operation }) => operation.kind === 'upload.cancel');
    const expired = calls.some(({ operation, end }) => operation.kind === 'expire' && end > begun.begin);
    uploads.set(id, {
      start: begun.operation,
      offsets: [acknowledged, ...inFlight],
      completed: push && committed.includes(push as Committed) ? begun.operation.content.digest : undefined,
      mayBeGone: expired || (cancel !== undefined && !cancel.outcome),
      mustBeGone: cancel?.outcome?.ok === true,
    });
  }
  return uploads;
}
