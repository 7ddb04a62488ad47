import type { AuditRow } from '../../../apps/registry/src/metadata/metadata-store.ts';
import { BLOBS, CONTENT } from './content.ts';
import type { Operation } from './operations.ts';

/** A repository as it should be. */
export class ExpectedRepository {
  /** By digest: when it was pushed or mounted last. */
  readonly links = new Map<string, Date>();
  readonly manifests = new Set<string>();
  readonly tags = new Map<string, string>();
  readonly passed = new Set<string>();
  /** `tag a`, `manifest sha256:…`, `repository `. */
  readonly locks = new Set<string>();

  forget(manifest: string): void {
    this.manifests.delete(manifest);
    this.passed.delete(manifest);
    this.locks.delete(`manifest ${manifest}`);
    for (const [tag, named] of this.tags) if (named === manifest) this.untag(tag);
  }

  untag(tag: string): void {
    this.tags.delete(tag);
    this.locks.delete(`tag ${tag}`);
  }
}

export interface Replayed {
  readonly repositories: ReadonlyMap<string, ExpectedRepository>;
  /** What must not have been done when it was. */
  readonly complaints: readonly string[];
  /** Manifests that were deleted and can be restored. */
  readonly restorable: ReadonlySet<string>;
}

/**
 * What is there when the changes were made one after the other in the order of the audit log, whose rows are in the
 * transactions of the changes; and which of them a lock or the quarantine forbade at that moment.
 */
export function replay(
  rows: readonly AuditRow[],
  operations: ReadonlyMap<string, Operation>,
  policies: { readonly quarantine: boolean; readonly soft: boolean },
): Replayed {
  const repositories = new Map<string, ExpectedRepository>();
  const complaints: string[] = [];
  const of = (name: string): ExpectedRepository => {
    const own = repositories.get(name) ?? new ExpectedRepository();
    repositories.set(name, own);
    return own;
  };
  const bins = new Map<string, Set<string>>();
  const binOf = (name: string): Set<string> => {
    const bin = bins.get(name) ?? new Set();
    bins.set(name, bin);
    return bin;
  };
  for (const row of rows) {
    const operation = operations.get(row.correlationId);
    if (row.outcome !== 'done' || row.repository === undefined) continue;
    const own = of(row.repository);
    if (!operation && row.action === 'manifest.delete' && [...own.tags.values()].includes(row.target ?? '')) {
      complaints.push(`${row.target} was cleaned up, and a tag names it`);
    }
    keep(own, binOf(row.repository), row);
    const lock = locksAgainst(row, operation, own).find((name) => own.locks.has(name));
    if (lock !== undefined) complaints.push(`${row.action} ${row.target} was done in spite of the lock on ${lock}`);
    if (policies.quarantine && operation?.does === 'mount' && !isReleased(of(operation.from), row.target ?? '')) {
      complaints.push(`${row.target} was mounted out of the quarantine of ${operation.from}`);
    }
    apply(own, row, operation);
    if (row.action === 'repository.delete') repositories.delete(row.repository);
  }
  const restorable = new Set(policies.soft ? [...bins.values()].flatMap((bin) => [...bin]) : []);
  return { repositories, complaints, restorable };
}

/** What is deleted goes into the bin of its repository's name, and comes back from there. */
function keep(own: ExpectedRepository, bin: Set<string>, { action, target = '' }: AuditRow): void {
  if (action === 'manifest.delete') bin.add(target);
  if (action === 'repository.delete') for (const digest of own.manifests) bin.add(digest);
  if (action === 'manifest.restore' && bin.has(target)) restored(own, bin, target); // else it asked for a tag of what is there
}

/** What an index contains comes back with it, as far as it is not there. */
function restored(own: ExpectedRepository, bin: Set<string>, digest: string): void {
  for (const place of CONTENT.find((content) => content.digest === digest)?.children ?? []) {
    const child = CONTENT[place]?.digest ?? '';
    if (!own.manifests.has(child)) restored(own, bin, child);
  }
  own.manifests.add(digest);
  bin.delete(digest);
}

function locksAgainst(
  { action, target }: AuditRow,
  operation: Operation | undefined,
  own: ExpectedRepository,
): string[] {
  const repository = 'repository ';
  switch (action) {
    case 'blob.push':
    case 'blob.mount':
    case 'blob.delete':
      return [repository];
    case 'manifest.push':
      return [repository, ...(operation && 'tags' in operation ? operation.tags.map((tag) => `tag ${tag}`) : [])];
    case 'tag.delete':
      return [repository, `tag ${target}`];
    case 'manifest.delete': {
      const tags = [...own.tags].filter(([, named]) => named === target);
      return [repository, `manifest ${target}`, ...tags.map(([tag]) => `tag ${tag}`)];
    }
    case 'manifest.restore':
      return [repository];
    case 'repository.delete':
      return [...own.locks];
    default:
      return [];
  }
}

function isReleased(source: ExpectedRepository, blob: string): boolean {
  const place = BLOBS.findIndex(({ digest }) => digest === blob);
  return CONTENT.some(({ digest, blobs }) => source.passed.has(digest) && blobs.includes(place));
}

function apply(own: ExpectedRepository, row: AuditRow, operation: Operation | undefined): void {
  const target = row.target ?? '';
  switch (row.action) {
    case 'blob.push':
    case 'blob.mount':
      own.links.set(target, row.time);
      return;
    case 'blob.delete':
      own.links.delete(target);
      return;
    case 'manifest.push':
      pushed(own, operation);
      return;
    case 'tag.delete':
      own.untag(target);
      return;
    case 'manifest.delete':
      own.forget(target);
      return;
    case 'quarantine.Passed':
      own.passed.add(target);
      return;
    case 'quarantine.Failed':
      own.passed.delete(target);
      return;
    case 'repository.update':
      locked(own, 'repository ', row);
      return;
    case 'manifest.update':
    case 'tag.update':
      locked(own, `${row.action.split('.')[0]} ${target}`, row);
  }
}

function pushed(own: ExpectedRepository, operation: Operation | undefined): void {
  if (operation?.does !== 'push manifest') return;
  const digest = CONTENT[operation.content]?.digest ?? '';
  own.manifests.add(digest);
  for (const tag of operation.tags) own.tags.set(tag, digest);
}

function locked(own: ExpectedRepository, name: string, { reason }: AuditRow): void {
  if (reason === 'writeEnabled=false') own.locks.add(name);
  else own.locks.delete(name);
}
