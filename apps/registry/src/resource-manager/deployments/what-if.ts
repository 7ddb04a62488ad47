import { scopeKey } from '../../access/scope-path.ts';
import type { MetadataStore, MetadataTx } from '../../metadata/metadata-store.ts';
import { DomainError } from '../../platform/domain-error.ts';
import { listResources } from '../resource-index.ts';
import type { PlannedResource } from './plan.ts';
import { type DeploymentOrder, type Prepared, prepare } from './prepare.ts';
import type { ResourceChange } from './resource-change.ts';
import type { Run } from './run.ts';
import { beginDeployment, runDeployment } from './runner.ts';

/** Carries what was foreseen out of the transaction, and so takes back all that it wrote. */
class Foreseen extends Error {
  readonly changes: readonly ResourceChange[];
  constructor(changes: readonly ResourceChange[]) {
    super('what-if: nothing of this is kept');
    this.changes = changes;
  }
}

/**
 * What a deployment would change: it is run as it would be, nested ones and deletions included, in a transaction that is
 * taken back. So there is no second opinion on what a PUT does. Throws what would stand against it.
 */
export async function whatIf(run: Run, { order, planned }: Prepared): Promise<ResourceChange[]> {
  const changes = await foresee(run, order);
  const rest = order.mode === 'Incremental' ? await untouched(run, order, planned, changes) : [];
  const weight = ({ changeType }: ResourceChange) => (changeType === 'Delete' ? 0 : 1);
  const sorted = [...changes].sort((a, b) => weight(a) - weight(b));
  return [...sorted, ...rest];
}

async function foresee(run: Run, order: DeploymentOrder): Promise<readonly ResourceChange[]> {
  try {
    // The work may run twice: it begins anew each time.
    return await run.rm.metadata.transaction(async (tx) => {
      const store = within(run.rm.metadata, tx);
      const rm = { ...run.rm, ...run.rm.rightsBy(store), metadata: store };
      const foreseen: ResourceChange[] = [];
      const trial: Run = { ...run, rm, known: new Map(), planned: 0, foreseen };
      const prepared = prepare(trial, order);
      await runDeployment(trial, prepared, await beginDeployment(trial, prepared));
      throw new Foreseen(foreseen);
    });
  } catch (error) {
    if (error instanceof Foreseen) return error.changes;
    if (error instanceof DomainError) throw new DomainError(error.kind, error.code, run.secrets.blank(error.message));
    throw error;
  }
}

/** A store whose transactions are parts of this one. */
function within(store: MetadataStore, tx: MetadataTx): MetadataStore {
  return {
    read: tx,
    transaction: async (work) => work(tx),
    exclusive: (_key, work) => work(),
    problem: () => store.problem(),
    migrate: () => store.migrate(),
    close: () => store.close(),
  };
}

/** What lies in the group and the template does not name, as far as the caller may see it. */
async function untouched(
  run: Run,
  { place }: DeploymentOrder,
  planned: readonly PlannedResource[],
  changes: readonly ResourceChange[],
): Promise<ResourceChange[]> {
  if (!place.group) return [];
  const named = new Set([...planned.map(({ key }) => key), ...changes.map(({ resourceId }) => scopeKey(resourceId))]);
  const there = await listResources(run.rm, run.caller.principal, place.subscription.id, place.group.name);
  return there
    .filter(({ key }) => !named.has(key))
    .map(({ id, name, resourceType: type, location, tags }) => ({
      resourceId: id,
      changeType: 'Ignore',
      before: { id, name, type, location, tags },
    }));
}
