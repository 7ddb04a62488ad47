import type { Digest } from '@holdfast/oci/digest';
import type { RepositoryId } from '../metadata-store.ts';
import type { Session } from './session.ts';
import { command } from './statements.ts';

// A digest counts once in a registry, however many of its repositories have it: so each of these looks for the one
// repository that has it, and finds nothing when another one has it, too. CROSS JOIN keeps the order: from the digest to
// the repositories that have it, never from all repositories of the registry to the digest.
const ONLY_LINK = `
  FROM repository_blobs l JOIN blobs b ON b.digest = l.digest
  WHERE l.repository_id = ? AND l.digest = ? AND NOT EXISTS (
    SELECT 1 FROM repository_blobs other
    WHERE other.digest = l.digest AND other.registry_id = l.registry_id AND other.repository_name <> l.repository_name
  )`;
const ONLY_MANIFEST = `
  FROM manifests m JOIN repositories r ON r.id = m.repository_id
  WHERE m.repository_id = ? AND m.digest = ? AND NOT EXISTS (
    SELECT 1 FROM manifests other CROSS JOIN repositories o
    WHERE other.digest = m.digest AND other.repository_id <> m.repository_id AND o.id = other.repository_id
      AND o.registry_id = r.registry_id
  )`;
const ADD = 'ON CONFLICT (registry_id) DO UPDATE SET bytes = registry_usage.bytes + excluded.bytes';
const OF_REPOSITORY = 'registry_id = (SELECT registry_id FROM repositories WHERE id = ?)';

const blobCame = command(`
  INSERT INTO registry_usage (registry_id, bytes) SELECT l.registry_id, b.size ${ONLY_LINK} ${ADD}`);
const blobGoes = command(`
  UPDATE registry_usage SET bytes = bytes - COALESCE((SELECT b.size ${ONLY_LINK}), 0) WHERE ${OF_REPOSITORY}`);
const manifestCame = command(`
  INSERT INTO registry_usage (registry_id, bytes) SELECT r.registry_id, m.size ${ONLY_MANIFEST} ${ADD}`);
const manifestGoes = command(`
  UPDATE registry_usage SET bytes = bytes - COALESCE((SELECT m.size ${ONLY_MANIFEST}), 0) WHERE ${OF_REPOSITORY}`);

/** The bytes of a registry, kept by whoever links, unlinks, stores or deletes, in the same transaction. */
export const usage = {
  /** After the link was made. */
  blobLinked: (session: Session, repository: RepositoryId, digest: Digest) => session.run(blobCame, repository, digest),
  /** Before the link goes. */
  blobUnlinking: (session: Session, repository: RepositoryId, digest: Digest) =>
    session.run(blobGoes, repository, digest, repository),
  /** After the row was inserted. */
  manifestStored: (session: Session, repository: RepositoryId, digest: Digest) =>
    session.run(manifestCame, repository, digest),
  /** Before the row goes. */
  manifestDeleting: (session: Session, repository: RepositoryId, digest: Digest) =>
    session.run(manifestGoes, repository, digest, repository),
};
