import type { Digest } from '@holdfast/oci/digest';
import type { RepositoryName, TagName } from '@holdfast/oci/reference';
import type { RepositoryId } from '../metadata-store.ts';
import { BIN, softDeletePolicy } from '../soft-deletions.ts';
import { copyManifest } from './copy-manifest.ts';
import type { Session } from './session.ts';
import { command, query } from './statements.ts';

const binName = (repository: string): string => BIN + repository;
/** `deleted_at` of a bin. It is never due for the purge of deleted repositories, and counts as one for all others. */
export const NEVER_PURGED = Number.MAX_SAFE_INTEGER;

const homeOf = query(`
  SELECT r.name AS name, r.registry_id AS registry_id, g.policies AS policies FROM repositories r CROSS JOIN registries g
  WHERE r.id = ? AND r.deleted_at IS NULL AND g.id = r.registry_id AND g.deleted_at IS NULL`);
const findBin = query('SELECT id FROM repositories WHERE registry_id = ? AND name = ?');
const makeBin = command(`
  INSERT INTO repositories (registry_id, name, manifest_count, listed, created_at, updated_at, deleted_at)
  VALUES (?, ?, 0, 0, ?, ?, ?) ON CONFLICT (registry_id, name) DO NOTHING`);
const keepManifestRow = command(`
  INSERT INTO soft_deleted_manifests (repository_id, digest, registry_id, deleted_at) VALUES (?, ?, ?, ?)
  ON CONFLICT (repository_id, digest) DO UPDATE SET deleted_at = excluded.deleted_at`);
const forgetManifestRow = command('DELETE FROM soft_deleted_manifests WHERE repository_id = ? AND digest = ?');
const forgetTagRow = command('DELETE FROM soft_deleted_tags WHERE repository_id = ? AND name = ? AND digest = ?');
const keepTagRow = command(`
  INSERT INTO soft_deleted_tags (repository_id, name, digest, registry_id, deleted_at) VALUES (?, ?, ?, ?, ?)`);

/** Where what is deleted from a repository is kept. */
export interface Bin {
  readonly id: RepositoryId;
  readonly registryId: string;
}

export function findBinOf(session: Session, registryId: string, repository: RepositoryName): Bin | undefined {
  const row = session.get<{ id: number }>(findBin, registryId, binName(repository));
  return row && { id: row.id, registryId };
}

export function openBin(session: Session, registryId: string, repository: RepositoryName, now: Date): Bin {
  session.run(makeBin, registryId, binName(repository), now.getTime(), now.getTime(), NEVER_PURGED);
  const bin = findBinOf(session, registryId, repository);
  if (!bin) throw new Error(`The bin of ${repository} vanished inside its transaction`);
  return bin;
}

/** Whether what is deleted from the repository now can be restored: the policy of its registry. */
export function keepsDeleted(session: Session, id: RepositoryId): boolean {
  const home = session.get<{ policies: string }>(homeOf, id);
  return home !== undefined && softDeletePolicy(home.policies).enabled;
}

/** Undefined when the registry's policy is off. */
export function binFor(session: Session, id: RepositoryId, now: Date): Bin | undefined {
  const home = session.get<{ name: RepositoryName; registry_id: string; policies: string }>(homeOf, id);
  if (!home || !softDeletePolicy(home.policies).enabled) return undefined;
  return openBin(session, home.registry_id, home.name, now);
}

/** Before the manifest is deleted. */
export function keepManifest(
  session: Session,
  bin: Bin,
  from: RepositoryId,
  manifest: { readonly digest: Digest; readonly tags: readonly TagName[] },
  now: Date,
): void {
  const { digest, tags } = manifest;
  copyManifest(session, from, bin.id, digest, now);
  session.run(keepManifestRow, bin.id, digest, bin.registryId, now.getTime());
  for (const tag of tags) keepTag(session, bin, tag, digest, now);
}

export function keepTag(session: Session, bin: Bin, tag: TagName, digest: Digest, now: Date): void {
  forgetKeptTag(session, bin.id, tag, digest);
  session.run(keepTagRow, bin.id, tag, digest, bin.registryId, now.getTime());
}

export function forgetKeptTag(session: Session, bin: RepositoryId, tag: TagName, digest: Digest): void {
  session.run(forgetTagRow, bin, tag, digest);
}

/** With the row of the manifest, before that goes. */
export function forgetKeptManifest(session: Session, repositoryId: RepositoryId, digest: Digest): void {
  session.run(forgetManifestRow, repositoryId, digest);
}
