import type { AcrDeletedRepository, AcrRepository } from '@holdfast/contracts/acr';
import { deleteRepository } from '../content/delete-repository.ts';
import {
  auditEntry,
  type Caller,
  type Distribution,
  findRepository,
  originOf,
  unknownRepository,
} from '../distribution/context.ts';
import type { MetadataReader, RepositoryRow } from '../metadata/metadata-store.ts';
import { type AttributeChange, attributesOf, changeAttributes } from './attributes.ts';
import { repositoryShape } from './shapes.ts';

/** The repository, if it holds an image; else `name.unknown`. */
export async function requireListed(d: Distribution, caller: Caller): Promise<RepositoryRow> {
  return listed(await findRepository(d, caller), caller);
}

export function listed(row: RepositoryRow | undefined, caller: Caller): RepositoryRow {
  if (!row || row.manifestCount === 0) throw unknownRepository(caller.repository);
  return row;
}

/** `GET /acr/v1/<name>` */
export async function getRepository(d: Distribution, caller: Caller, loginServer: string): Promise<AcrRepository> {
  return shapeOf(d.metadata.read, loginServer, await requireListed(d, caller));
}

/** `PATCH /acr/v1/<name>`: always allowed to whoever may change attributes, or nobody could unlock it. */
export async function updateRepository(
  d: Distribution,
  caller: Caller,
  loginServer: string,
  change: AttributeChange,
): Promise<AcrRepository> {
  const { registry, repository: name } = caller;
  return d.metadata.transaction(async (tx) => {
    const { id } = listed(await tx.repositories.find(registry.id, name), caller);
    await changeAttributes(d, tx, caller, { repositoryId: id, kind: 'repository', name: '' }, change);
    return shapeOf(tx, loginServer, listed(await tx.repositories.find(registry.id, name), caller));
  });
}

/** `DELETE /acr/v1/<name>`. Throws `name.unknown`, `content.locked`. */
export async function removeRepository(d: Distribution, caller: Caller): Promise<AcrDeletedRepository> {
  const { registry, repository } = caller;
  const audit = auditEntry(d, caller, 'repository.delete', repository);
  const deleted = await deleteRepository(d, { registry, repository, origin: originOf(caller), audit });
  if (!deleted) throw unknownRepository(repository);
  return { manifestsDeleted: deleted.manifests, tagsDeleted: deleted.tags };
}

async function shapeOf(at: MetadataReader, loginServer: string, row: RepositoryRow): Promise<AcrRepository> {
  const attributes = await attributesOf(at.locks, row, 'repository', ['']);
  return repositoryShape(loginServer, row, attributes(''));
}
