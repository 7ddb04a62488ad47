import type { RepositoryName } from '@holdfast/oci/reference';
import { type Principal, principalId, withoutCeiling } from '../access/principal.ts';
import { registryScope } from '../access/scope-path.ts';
import type { Caller, Distribution } from '../distribution/context.ts';
import type { RegistryRow } from '../metadata/metadata-store.ts';
import { DomainError } from '../platform/domain-error.ts';

/** Who asks for something of a registry. Its principal has no ceiling: the token said that it may act on bundles, the identity's own rights say on which. */
export type BundleCaller = Omit<Caller, 'repository'>;

/** Whoever an operation works for, as of now: rights that are taken away meanwhile are gone at the next step. */
export type WhoAsks = () => Promise<BundleCaller>;

/** The caller in one repository, as its door would let it in. Throws `access.denied`. */
export async function requireRight(
  d: Pick<Distribution, 'authorizer'>,
  caller: BundleCaller,
  repository: RepositoryName,
  action: 'pull' | 'push',
): Promise<Caller> {
  if (await mayDo(d, caller, repository, action)) return { ...caller, repository };
  throw new DomainError(
    'forbidden',
    'access.denied',
    `${principalId(caller.principal)} may not ${action} "${repository}" of the registry "${caller.registry.name}", which the bundle names. Have the right given, which counts at once, and start again.`,
    { detail: { repository, action } },
  );
}

export async function mayDo(
  { authorizer }: Pick<Distribution, 'authorizer'>,
  { principal, registry }: { readonly principal: Principal; readonly registry: RegistryRow },
  repository: RepositoryName,
  action: 'pull' | 'push',
): Promise<boolean> {
  const resource = registryScope(registry, repository);
  return (await authorizer.check({ principal: withoutCeiling(principal), action, resource })).allow;
}
