import type { Digest } from '@holdfast/oci/digest';
import type { RepositoryName, TagName } from '@holdfast/oci/reference';
import type { UploadId } from '../../storage/blob-store.ts';
import type {
  BundleDocumentRow,
  BundleFileRow,
  BundleReader,
  BundleWriter,
  TrustedSignerRow,
  VolumeFacts,
  WholeManifest,
} from '../bundles.ts';
import { releaseReservation } from './quotas.ts';
import type { Session } from './session.ts';
import { command, query } from './statements.ts';

const FILE = `id, registry_id, kind, state, reason, principal, name, carried_by, size, offset_bytes, opaque, digest, bundle, number,
  of_volumes, signer, verified_at, operation, started_at, updated_at FROM bundle_files`;
const findFile = query(`SELECT ${FILE} WHERE id = ?`);
const filesPage = query(`SELECT ${FILE} WHERE registry_id = ? AND id > ? ORDER BY id LIMIT ?`);
const countReceiving = query(
  "SELECT count(*) AS count FROM bundle_files WHERE registry_id = ? AND state = 'receiving'",
);
const volumesOfBundle = query(`SELECT ${FILE} WHERE registry_id = ? AND bundle = ? ORDER BY number, id`);
const idleFiles = query(`SELECT ${FILE} WHERE state = 'receiving' AND updated_at < ? ORDER BY updated_at, id LIMIT ?`);
const putFile = command(`
  INSERT INTO bundle_files (id, registry_id, kind, state, reason, principal, name, carried_by, size, offset_bytes, opaque, digest,
    bundle, number, of_volumes, signer, verified_at, operation, started_at, updated_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (id) DO UPDATE SET state = excluded.state, reason = excluded.reason, size = excluded.size,
    offset_bytes = excluded.offset_bytes, opaque = excluded.opaque, digest = excluded.digest, bundle = excluded.bundle,
    number = excluded.number, of_volumes = excluded.of_volumes, signer = excluded.signer, verified_at = excluded.verified_at,
    updated_at = excluded.updated_at`);
const deleteFile = command('DELETE FROM bundle_files WHERE id = ?');

const findDocument = query(`
  SELECT registry_id, digest, made, kept_at, repositories, summary FROM bundle_documents WHERE registry_id = ? AND digest = ?`);
const documentBytes = query('SELECT document AS bytes FROM bundle_documents WHERE registry_id = ? AND digest = ?');
const madeDocuments = query(`
  SELECT digest FROM bundle_documents WHERE registry_id = ? AND made = 1 ORDER BY kept_at, digest`);
const putDocument = command(`
  INSERT INTO bundle_documents (registry_id, digest, made, kept_at, repositories, summary, document) VALUES (?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (registry_id, digest) DO NOTHING`);
const deleteDocument = command('DELETE FROM bundle_documents WHERE registry_id = ? AND digest = ?');

const SIGNER = 'registry_id, key_id, name, public_pem, added_by, added_at FROM trusted_signers';
const signersOf = query(`SELECT ${SIGNER} WHERE registry_id = ? ORDER BY key_id`);
const putSigner = command(`
  INSERT INTO trusted_signers (registry_id, key_id, name, public_pem, added_by, added_at) VALUES (?, ?, ?, ?, ?, ?)
  ON CONFLICT (registry_id, key_id) DO UPDATE SET name = excluded.name`);
const deleteSigner = command('DELETE FROM trusted_signers WHERE registry_id = ? AND key_id = ?');

// Between the first name and the last one by the index on names; which of those are meant is looked up in a set.
const wholePage = query(`
  SELECT r.name AS repository, m.digest AS digest, (
    SELECT json_group_array(f.digest) FROM manifest_metadata s CROSS JOIN manifest_references f
      LEFT JOIN repository_blobs l ON l.repository_id = f.repository_id AND l.digest = f.digest
    WHERE s.repository_id = m.repository_id AND s.digest = m.digest AND f.manifest_id = s.id
      AND f.kind = 'foreign-layer' AND l.digest IS NULL
  ) AS missing
  FROM repositories r CROSS JOIN manifests m
  WHERE r.registry_id = ? AND r.name >= ? AND r.name <= ? AND r.deleted_at IS NULL
    AND r.name IN (SELECT value FROM json_each(?))
    AND m.repository_id = r.id AND m.digest > CASE WHEN r.name = ? THEN ? ELSE '' END AND m.damaged_at IS NULL
  ORDER BY r.name, m.digest LIMIT ?`);
const findMove = query('SELECT created FROM bundle_moves WHERE registry_id = ? AND repository = ? AND tag = ?');
const putMove = command(`
  INSERT INTO bundle_moves (registry_id, repository, tag, created) VALUES (?, ?, ?, ?)
  ON CONFLICT (registry_id, repository, tag) DO UPDATE SET created = MAX(created, excluded.created)`);

const OF_REGISTRY = ['bundle_files', 'bundle_documents', 'trusted_signers', 'bundle_moves'].map((table) =>
  command(`DELETE FROM ${table} WHERE registry_id = ?`),
);
const releaseFiles = command(`
  DELETE FROM reservations WHERE upload_id IN (SELECT id FROM bundle_files WHERE registry_id = ?)`);

/** With their registry. The bytes are nobody's then, and a job removes them. */
export function dropBundles(session: Session, registryId: string): void {
  session.run(releaseFiles, registryId);
  for (const statement of OF_REGISTRY) session.run(statement, registryId);
}

interface FileColumns {
  id: UploadId;
  registry_id: string;
  kind: BundleFileRow['kind'];
  state: BundleFileRow['state'];
  reason: string | null;
  principal: string;
  name: string;
  carried_by: string | null;
  size: number;
  offset_bytes: number;
  opaque: string | null;
  digest: Digest | null;
  bundle: Digest | null;
  number: number | null;
  of_volumes: number | null;
  signer: string | null;
  verified_at: number | null;
  operation: string | null;
  started_at: number;
  updated_at: number;
}

interface DocumentColumns {
  registry_id: string;
  digest: Digest;
  made: number;
  kept_at: number;
  repositories: string;
  summary: string;
}

interface SignerColumns {
  registry_id: string;
  key_id: string;
  name: string;
  public_pem: string;
  added_by: string;
  added_at: number;
}

export class SqliteBundleReader implements BundleReader {
  protected readonly session: Session;

  constructor(session: Session) {
    this.session = session;
  }

  file(id: UploadId): BundleFileRow | undefined {
    const row = this.session.get<FileColumns>(findFile, id);
    return row && toFile(row);
  }

  files(registryId: string, last: string, limit: number): BundleFileRow[] {
    return this.session.all<FileColumns>(filesPage, registryId, last, limit).map(toFile);
  }

  receiving(registryId: string): number {
    return this.session.get<{ count: number }>(countReceiving, registryId)?.count ?? 0;
  }

  volumesOf(registryId: string, bundle: Digest): BundleFileRow[] {
    return this.session.all<FileColumns>(volumesOfBundle, registryId, bundle).map(toFile);
  }

  idleSince(before: Date, limit: number): BundleFileRow[] {
    return this.session.all<FileColumns>(idleFiles, before.getTime(), limit).map(toFile);
  }

  document(registryId: string, digest: Digest): BundleDocumentRow | undefined {
    const row = this.session.get<DocumentColumns>(findDocument, registryId, digest);
    return (
      row && {
        registryId: row.registry_id,
        digest: row.digest,
        made: row.made === 1,
        keptAt: new Date(row.kept_at),
        repositories: JSON.parse(row.repositories) as RepositoryName[],
        summary: row.summary,
      }
    );
  }

  documentBytes(registryId: string, digest: Digest): Uint8Array | undefined {
    return this.session.get<{ bytes: Uint8Array }>(documentBytes, registryId, digest)?.bytes;
  }

  made(registryId: string): Digest[] {
    return this.session.all<{ digest: Digest }>(madeDocuments, registryId).map(({ digest }) => digest);
  }

  signers(registryId: string): TrustedSignerRow[] {
    return this.session.all<SignerColumns>(signersOf, registryId).map((row) => ({
      registryId: row.registry_id,
      keyId: row.key_id,
      name: row.name,
      publicPem: row.public_pem,
      addedBy: row.added_by,
      addedAt: new Date(row.added_at),
    }));
  }

  wholeManifests(
    registryId: string,
    names: readonly RepositoryName[],
    { repository, digest }: { readonly repository: string; readonly digest: string },
    limit: number,
  ): WholeManifest[] {
    const [first, last] = [names[0] ?? '', names.at(-1) ?? ''];
    const from = repository > first ? repository : first;
    return this.session
      .all<{ repository: RepositoryName; digest: Digest; missing: string }>(
        wholePage,
        registryId,
        from,
        last,
        JSON.stringify(names),
        repository,
        digest,
        limit,
      )
      .map(({ repository, digest, missing }) => ({
        repository,
        digest,
        missingLayers: missing === '[]' ? [] : (JSON.parse(missing) as Digest[]),
      }));
  }

  lastMove(registryId: string, repository: RepositoryName, tag: TagName): string | undefined {
    return this.session.get<{ created: string }>(findMove, registryId, repository, tag)?.created;
  }
}

export class SqliteBundleWriter extends SqliteBundleReader implements BundleWriter {
  putFile(row: BundleFileRow): void {
    const { volume } = row;
    this.session.run(
      putFile,
      row.id,
      row.registryId,
      row.kind,
      row.state,
      row.reason,
      row.principal,
      row.name,
      row.carriedBy,
      row.size,
      row.progress.offset,
      row.progress.opaque,
      row.digest,
      volume?.bundle,
      volume?.number,
      volume?.of,
      volume?.signer,
      row.verifiedAt?.getTime(),
      row.operation,
      row.startedAt.getTime(),
      row.updatedAt.getTime(),
    );
  }

  deleteFile(id: UploadId): boolean {
    releaseReservation(this.session, id);
    return this.session.run(deleteFile, id) === 1;
  }

  putDocument(row: BundleDocumentRow, document: Uint8Array): void {
    const { registryId, digest, made, keptAt, repositories, summary } = row;
    const names = JSON.stringify(repositories);
    this.session.run(putDocument, registryId, digest, made ? 1 : 0, keptAt.getTime(), names, summary, document);
  }

  deleteDocument(registryId: string, digest: Digest): void {
    this.session.run(deleteDocument, registryId, digest);
  }

  putSigner(row: TrustedSignerRow): void {
    const { registryId, keyId, name, publicPem, addedBy, addedAt } = row;
    this.session.run(putSigner, registryId, keyId, name, publicPem, addedBy, addedAt.getTime());
  }

  deleteSigner(registryId: string, keyId: string): boolean {
    return this.session.run(deleteSigner, registryId, keyId) === 1;
  }

  noteMove(registryId: string, repository: RepositoryName, tag: TagName, created: string): void {
    this.session.run(putMove, registryId, repository, tag, created);
  }
}

function toFile(row: FileColumns): BundleFileRow {
  return {
    id: row.id,
    registryId: row.registry_id,
    kind: row.kind,
    state: row.state,
    reason: row.reason ?? undefined,
    principal: row.principal,
    name: row.name,
    carriedBy: row.carried_by ?? undefined,
    size: row.size,
    progress: { offset: row.offset_bytes, ...(row.opaque === null ? {} : { opaque: row.opaque }) },
    digest: row.digest ?? undefined,
    volume: volumeOf(row),
    verifiedAt: row.verified_at === null ? undefined : new Date(row.verified_at),
    operation: row.operation ?? undefined,
    startedAt: new Date(row.started_at),
    updatedAt: new Date(row.updated_at),
  };
}

function volumeOf({ bundle, number, of_volumes: of, signer }: FileColumns): VolumeFacts | undefined {
  return bundle === null ? undefined : { bundle, number: number ?? 0, of: of ?? 0, signer: signer ?? '' };
}
