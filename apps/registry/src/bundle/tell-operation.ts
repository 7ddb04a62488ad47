import { principalId } from '../access/principal.ts';
import type { BundleOperationRow } from '../metadata/bundle-journal.ts';
import { DomainError } from '../platform/domain-error.ts';
import type { BundleCaller } from './caller.ts';
import type { Bundles } from './context.ts';
import { bundleOf } from './operations.ts';
import { requireBundle } from './sets.ts';

const LISTED = 100;

/** Newest first: those of the caller, and those on bundles of which the caller may know. */
export async function listOperations(d: Bundles, caller: BundleCaller) {
  const rows = await d.metadata.read.bundleJournal.operations(caller.registry.id, LISTED);
  const told = [];
  for (const row of rows) if (await mayKnow(d, caller, row)) told.push(describedOperation(d, row));
  return told;
}

/** Throws `operation.unknown`. */
export async function requireOperation(d: Bundles, caller: BundleCaller, id: string): Promise<BundleOperationRow> {
  const row = await d.metadata.read.bundleJournal.operation(id);
  if (row?.registryId === caller.registry.id && (await mayKnow(d, caller, row))) return row;
  throw new DomainError(
    'not-found',
    'operation.unknown',
    `There is no operation '${id.slice(0, 100)}' on bundles that you may know of: it ended long ago, or never was. List the operations.`,
  );
}

async function mayKnow(d: Bundles, caller: BundleCaller, row: BundleOperationRow): Promise<boolean> {
  if (row.principal === principalId(caller.principal)) return true;
  const bundle = bundleOf(row);
  if (bundle === undefined) return false;
  return requireBundle(d, caller, bundle).then(
    () => true,
    () => false,
  );
}

export function describedOperation(d: Bundles, row: BundleOperationRow) {
  const json = (text: string | undefined) => (text === undefined ? undefined : (JSON.parse(text) as object));
  return {
    id: row.id,
    kind: row.kind,
    state: row.state,
    bundle: bundleOf(row),
    by: row.principal,
    startedAt: row.startedAt,
    updatedAt: row.updatedAt,
    progress: row.state === 'running' ? (d.operations.latest(row.id) ?? json(row.progress)) : undefined,
    result: json(row.result),
    error: json(row.error),
  };
}
