import { DomainError } from '../../platform/domain-error.ts';
import {
  type ApplicationCredentialReader,
  type ApplicationCredentialRow,
  type ApplicationCredentialWriter,
  type ApplicationReader,
  type ApplicationRow,
  type ApplicationWriter,
  directoryKey,
  type NameFilter,
  type ServicePrincipalReader,
  type ServicePrincipalRow,
  type ServicePrincipalWriter,
} from '../directory.ts';
import type { PageRequest } from '../page-request.ts';
import { isDuplicate, isForeignKeyViolation, translate } from './errors.ts';
import { raiseGeneration } from './generation.ts';
import type { Session } from './session.ts';
import { command, hotQuery, NO_LIMIT, query } from './statements.ts';
import { deleteMemberships, keyRange } from './users.ts';

const APPLICATION = 'id, app_id, display_name, redirect_uris, public_client, created_at, created_by FROM applications';
const findApplication = query(`SELECT ${APPLICATION} WHERE id = ?`);
const applicationByAppId = query(`SELECT ${APPLICATION} WHERE app_id = ?`);
const listApplications = query(`SELECT ${APPLICATION} WHERE sort_key > ? AND sort_key < ? ORDER BY sort_key LIMIT ?`);
const insertApplication = command(`
  INSERT INTO applications (id, app_id, sort_key, display_name, redirect_uris, public_client, created_at, created_by)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?)`);
const updateApplication = command(
  'UPDATE applications SET sort_key = ?, display_name = ?, redirect_uris = ?, public_client = ? WHERE id = ?',
);
const deleteApplication = command('DELETE FROM applications WHERE id = ?');

const PRINCIPAL = 'id, app_id, display_name, enabled, created_at FROM service_principals';
const findPrincipal = hotQuery(`SELECT ${PRINCIPAL} WHERE id = ?`);
const principalByAppId = query(`SELECT ${PRINCIPAL} WHERE app_id = ?`);
const listPrincipals = query(`SELECT ${PRINCIPAL} WHERE sort_key > ? AND sort_key < ? ORDER BY sort_key LIMIT ?`);
const insertPrincipal = command(`
  INSERT INTO service_principals (id, app_id, sort_key, display_name, enabled, created_at) VALUES (?, ?, ?, ?, ?, ?)`);
const updatePrincipal = command(
  'UPDATE service_principals SET sort_key = ?, display_name = ?, enabled = ? WHERE id = ?',
);
const deletePrincipal = command('DELETE FROM service_principals WHERE id = ?');

const credentialsOf = query(`
  SELECT id, app_id, owner_id, kind, display_name, hint, digest, certificate, thumbprint_sha1, thumbprint_sha256,
    starts_at, ends_at
  FROM application_credentials WHERE app_id = ? ORDER BY id`);
const insertCredential = command(`
  INSERT INTO application_credentials (id, app_id, owner_id, kind, display_name, hint, digest, certificate,
    thumbprint_sha1, thumbprint_sha256, starts_at, ends_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
const deleteCredential = command('DELETE FROM application_credentials WHERE id = ?');
const deleteCredentialsOf = command('DELETE FROM application_credentials WHERE app_id = ?');
const deleteCredentialsOwned = command('DELETE FROM application_credentials WHERE app_id = ? AND owner_id = ?');

interface ApplicationColumns {
  id: string;
  app_id: string;
  display_name: string;
  redirect_uris: string;
  public_client: number;
  created_at: number;
  created_by: string;
}

export class SqliteApplicationReader implements ApplicationReader {
  protected readonly session: Session;

  constructor(session: Session) {
    this.session = session;
  }

  find(id: string): ApplicationRow | undefined {
    const row = this.session.get<ApplicationColumns>(findApplication, id);
    return row && toApplication(row);
  }

  byAppId(appId: string): ApplicationRow | undefined {
    const row = this.session.get<ApplicationColumns>(applicationByAppId, appId);
    return row && toApplication(row);
  }

  list(filter: NameFilter, { last, limit = NO_LIMIT }: PageRequest): ApplicationRow[] {
    return this.session.all<ApplicationColumns>(listApplications, ...keyRange(filter, last), limit).map(toApplication);
  }
}

export class SqliteApplicationWriter extends SqliteApplicationReader implements ApplicationWriter {
  insert(row: ApplicationRow): void {
    const { id, appId, displayName, redirectUris, publicClient, createdAt, createdBy } = row;
    const key = directoryKey(row);
    this.session.run(
      insertApplication,
      id,
      appId,
      key,
      displayName,
      redirectUris,
      Number(publicClient),
      createdAt.getTime(),
      createdBy,
    );
    raiseGeneration(this.session);
  }

  update(row: ApplicationRow): boolean {
    const { id, displayName, redirectUris, publicClient } = row;
    const key = directoryKey(row);
    const updated = this.session.run(updateApplication, key, displayName, redirectUris, Number(publicClient), id) > 0;
    if (updated) raiseGeneration(this.session);
    return updated;
  }

  delete(id: string): boolean {
    const row = this.find(id);
    if (!row) return false;
    this.session.run(deleteCredentialsOf, row.appId);
    this.session.run(deleteApplication, id);
    raiseGeneration(this.session);
    return true;
  }
}

function toApplication(row: ApplicationColumns): ApplicationRow {
  return {
    id: row.id,
    appId: row.app_id,
    displayName: row.display_name,
    redirectUris: row.redirect_uris,
    publicClient: row.public_client === 1,
    createdAt: new Date(row.created_at),
    createdBy: row.created_by,
  };
}

interface PrincipalColumns {
  id: string;
  app_id: string;
  display_name: string;
  enabled: number;
  created_at: number;
}

export class SqliteServicePrincipalReader implements ServicePrincipalReader {
  protected readonly session: Session;

  constructor(session: Session) {
    this.session = session;
  }

  find(id: string): ServicePrincipalRow | undefined {
    const row = this.session.get<PrincipalColumns>(findPrincipal, id);
    return row && toPrincipal(row);
  }

  byAppId(appId: string): ServicePrincipalRow | undefined {
    const row = this.session.get<PrincipalColumns>(principalByAppId, appId);
    return row && toPrincipal(row);
  }

  list(filter: NameFilter, { last, limit = NO_LIMIT }: PageRequest): ServicePrincipalRow[] {
    return this.session.all<PrincipalColumns>(listPrincipals, ...keyRange(filter, last), limit).map(toPrincipal);
  }
}

export class SqliteServicePrincipalWriter extends SqliteServicePrincipalReader implements ServicePrincipalWriter {
  insert(row: ServicePrincipalRow): void {
    const { id, appId, displayName, enabled, createdAt } = row;
    const key = directoryKey(row);
    translate(
      () => this.session.run(insertPrincipal, id, appId, key, displayName, Number(enabled), createdAt.getTime()),
      isDuplicate,
      () =>
        new DomainError(
          'conflict',
          'directory.exists',
          `The service principal cannot be created: the application ${appId} has one already. Use that one.`,
        ),
    );
    raiseGeneration(this.session);
  }

  update(row: ServicePrincipalRow): boolean {
    const { id, displayName, enabled } = row;
    const updated = this.session.run(updatePrincipal, directoryKey(row), displayName, Number(enabled), id) > 0;
    if (updated) raiseGeneration(this.session);
    return updated;
  }

  delete(id: string): boolean {
    const row = this.find(id);
    if (!row) return false;
    this.session.run(deleteCredentialsOwned, row.appId, id);
    deleteMemberships(this.session, id);
    this.session.run(deletePrincipal, id);
    raiseGeneration(this.session);
    return true;
  }
}

function toPrincipal(row: PrincipalColumns): ServicePrincipalRow {
  return {
    id: row.id,
    appId: row.app_id,
    displayName: row.display_name,
    enabled: row.enabled === 1,
    createdAt: new Date(row.created_at),
  };
}

interface CredentialColumns {
  id: string;
  app_id: string;
  owner_id: string;
  kind: ApplicationCredentialRow['kind'];
  display_name: string | null;
  hint: string | null;
  digest: Uint8Array | null;
  certificate: string | null;
  thumbprint_sha1: string | null;
  thumbprint_sha256: string | null;
  starts_at: number;
  ends_at: number;
}

export class SqliteApplicationCredentialReader implements ApplicationCredentialReader {
  protected readonly session: Session;

  constructor(session: Session) {
    this.session = session;
  }

  ofApplication(appId: string): ApplicationCredentialRow[] {
    return this.session.all<CredentialColumns>(credentialsOf, appId).map((row) => ({
      id: row.id,
      appId: row.app_id,
      ownerId: row.owner_id,
      kind: row.kind,
      displayName: row.display_name ?? undefined,
      hint: row.hint ?? undefined,
      digest: row.digest ?? undefined,
      certificate: row.certificate ?? undefined,
      thumbprintSha1: row.thumbprint_sha1 ?? undefined,
      thumbprintSha256: row.thumbprint_sha256 ?? undefined,
      startsAt: new Date(row.starts_at),
      endsAt: new Date(row.ends_at),
    }));
  }
}

export class SqliteApplicationCredentialWriter
  extends SqliteApplicationCredentialReader
  implements ApplicationCredentialWriter
{
  insert(row: ApplicationCredentialRow): void {
    translate(
      () =>
        this.session.run(
          insertCredential,
          row.id,
          row.appId,
          row.ownerId,
          row.kind,
          row.displayName,
          row.hint,
          row.digest,
          row.certificate,
          row.thumbprintSha1,
          row.thumbprintSha256,
          row.startsAt.getTime(),
          row.endsAt.getTime(),
        ),
      isForeignKeyViolation,
      () => new DomainError('not-found', 'directory.unknown', 'The application of this credential does not exist.'),
    );
    raiseGeneration(this.session);
  }

  delete(id: string): boolean {
    const deleted = this.session.run(deleteCredential, id) > 0;
    if (deleted) raiseGeneration(this.session);
    return deleted;
  }
}
