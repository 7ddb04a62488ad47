import { hash } from 'node:crypto';
import type {
  ApplicationCredentialRow,
  ApplicationRow,
  GroupRow,
  ServicePrincipalRow,
  UserRow,
} from '../metadata/directory.ts';
import type { AuditEntry, MetadataStore, MetadataTx } from '../metadata/metadata-store.ts';
import type { Clock } from '../platform/clock.ts';
import { DomainError } from '../platform/domain-error.ts';
import type { Ids } from '../platform/ids.ts';
import { requireGoodPassword } from './password-rules.ts';
import type { PasswordHasher } from './passwords.ts';

/** Who changes something in the directory, already allowed. */
export interface DirectoryCaller {
  /** Object id. */
  readonly id: string;
  readonly client: string;
  readonly correlationId: string;
}

export interface DirectoryParts {
  readonly metadata: MetadataStore;
  readonly hasher: PasswordHasher;
  readonly clock: Clock;
  readonly ids: Ids;
}

export interface NewSecret {
  readonly ownerId: string;
  readonly appId: string;
  readonly displayName?: string | undefined;
  readonly startsAt?: Date | undefined;
  readonly endsAt?: Date | undefined;
}

const UPN = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9.-]{1,250}$/;
/** Two years, as the portal of Azure proposes at the most. */
const SECRET_LIFETIME_MS = 2 * 365 * 86_400_000;
const MAX_NAME_CHARACTERS = 256;
/** Far more than anybody rotates between; each costs a comparison at every sign-in. */
const MOST_CREDENTIALS = 50;

/** Changes of people: each writes its audit row and ends what no longer holds, in one transaction. */
export class Directory {
  readonly #d: DirectoryParts;

  constructor(parts: DirectoryParts) {
    this.#d = parts;
  }

  /** Hashing takes a while, so it happens before the transaction, and is then put into a row. */
  async newUser(given: {
    upn: string;
    displayName: string;
    password: string;
    enabled?: boolean | undefined;
    siteOperator?: boolean;
  }): Promise<UserRow> {
    const { upn, displayName, password, enabled = true, siteOperator = false } = given;
    requireUpn(upn);
    requireDisplayName(displayName);
    return {
      id: this.#d.ids.uuid(),
      upn,
      displayName,
      enabled,
      siteOperator,
      ...(await this.newPassword(given, password)),
      createdAt: this.#d.clock.now(),
    };
  }

  async createUser(caller: DirectoryCaller, row: UserRow): Promise<void> {
    await this.change(caller, 'user.create', row.upn, (tx) => tx.users.insert(row));
  }

  /** What a new password changes of a person. It ends everything that was got with the old one, at the very next request. */
  async newPassword(
    user: Pick<UserRow, 'upn' | 'displayName'>,
    password: string,
  ): Promise<Pick<UserRow, 'passwordId' | 'passwordHash' | 'passwordChangedAt'>> {
    requireGoodPassword(password, [user.upn, user.displayName]);
    const passwordHash = await this.#d.hasher.hash(password);
    return { passwordHash, passwordId: this.#d.ids.uuid(), passwordChangedAt: this.#d.clock.now() };
  }

  async setPassword(caller: DirectoryCaller, user: UserRow, password: string): Promise<void> {
    const changed = await this.newPassword(user, password);
    await this.change(caller, 'user.set-password', user.upn, async (tx) => {
      const row = await tx.users.find(user.id);
      if (row) await tx.users.update({ ...row, ...changed });
    });
  }

  async deleteUser(caller: DirectoryCaller, user: UserRow): Promise<void> {
    await this.change(caller, 'user.delete', user.upn, async (tx) => {
      await tx.roleAssignments.deleteOfPrincipal(user.id);
      await tx.users.delete(user.id);
    });
  }

  newApplication(
    given: Pick<ApplicationRow, 'displayName' | 'redirectUris' | 'publicClient' | 'createdBy'>,
  ): ApplicationRow {
    requireDisplayName(given.displayName);
    return { ...given, id: this.#d.ids.uuid(), appId: this.#d.ids.uuid(), createdAt: this.#d.clock.now() };
  }

  /** The name, if it may be one. */
  displayNameOf(name: string): string {
    requireDisplayName(name);
    return name;
  }

  newGroup(given: Pick<GroupRow, 'displayName' | 'mailNickname' | 'description'>): GroupRow {
    return { ...given, id: this.#d.ids.uuid(), createdAt: this.#d.clock.now() };
  }

  newServicePrincipal(application: ApplicationRow, enabled = true): ServicePrincipalRow {
    const { appId, displayName } = application;
    return { id: this.#d.ids.uuid(), appId, displayName, enabled, createdAt: this.#d.clock.now() };
  }

  /** A random secret, which is shown once and kept as its hash. Within the caller's transaction. */
  async addSecret(tx: MetadataTx, given: NewSecret) {
    const secret = this.#d.ids.secret();
    const now = this.#d.clock.now();
    const {
      ownerId,
      appId,
      displayName,
      startsAt = now,
      endsAt = new Date(now.getTime() + SECRET_LIFETIME_MS),
    } = given;
    if (endsAt <= startsAt) throw invalid('endDateTime', 'later than startDateTime');
    await requireRoom(tx, appId);
    const row = {
      id: this.#d.ids.uuid(),
      ownerId,
      appId,
      kind: 'password',
      displayName,
      hint: secret.slice(0, 3),
      digest: hash('sha256', secret, 'buffer'),
      startsAt,
      endsAt,
    } as const;
    await tx.applicationCredentials.insert(row);
    return { secret, row };
  }

  /** A certificate beside those that the application has. Within the caller's transaction. */
  async addCertificate(
    tx: MetadataTx,
    given: Omit<ApplicationCredentialRow, 'id' | 'kind' | 'digest' | 'hint'>,
  ): Promise<ApplicationCredentialRow> {
    if (given.endsAt <= given.startsAt) throw invalid('endDateTime', 'later than startDateTime');
    await requireRoom(tx, given.appId);
    const row = { ...given, id: this.#d.ids.uuid(), kind: 'certificate' } as const;
    await tx.applicationCredentials.insert(row);
    return row;
  }

  async deleteApplication(caller: DirectoryCaller, row: ApplicationRow): Promise<void> {
    await this.change(caller, 'application.delete', row.appId, async (tx) => {
      const principal = await tx.servicePrincipals.byAppId(row.appId);
      if (principal) await removePrincipal(tx, principal);
      await tx.applications.delete(row.id);
    });
  }

  async deleteServicePrincipal(caller: DirectoryCaller, row: ServicePrincipalRow): Promise<void> {
    await this.change(caller, 'service-principal.delete', row.appId, (tx) => removePrincipal(tx, row));
  }

  /** Any change, with its audit row in the same transaction. */
  async change<T>(
    caller: DirectoryCaller,
    action: string,
    target: string,
    work: (tx: MetadataTx) => T | Promise<T>,
  ): Promise<T> {
    return this.#d.metadata.transaction(async (tx) => {
      const result = await work(tx);
      await tx.audit.append(this.#entry(caller, action, target));
      return result;
    });
  }

  #entry({ id, client, correlationId }: DirectoryCaller, action: string, target: string): AuditEntry {
    return { time: this.#d.clock.now(), principal: id, action, target, client, outcome: 'done', correlationId };
  }
}

async function removePrincipal(tx: MetadataTx, { id }: ServicePrincipalRow): Promise<void> {
  await tx.roleAssignments.deleteOfPrincipal(id);
  await tx.servicePrincipals.delete(id);
}

async function requireRoom(tx: MetadataTx, appId: string): Promise<void> {
  if ((await tx.applicationCredentials.ofApplication(appId)).length < MOST_CREDENTIALS) return;
  throw new DomainError(
    'invalid',
    'directory.invalid',
    `The application has ${MOST_CREDENTIALS} secrets and certificates, the most that are kept. Remove one that is not used any more.`,
  );
}

export function requireUpn(upn: string): void {
  if (UPN.test(upn)) return;
  throw invalid('userPrincipalName', 'of the form name@domain, with letters, digits and .-_ in the name');
}

/** U+0001 follows names in the keys by which they are sorted; and nobody needs to see the others either. */
export function requireDisplayName(name: string, property = 'displayName'): void {
  if (
    name.trim() === '' ||
    name.length > MAX_NAME_CHARACTERS ||
    /[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]/u.test(name)
  ) {
    throw invalid(property, `a text of 1 to ${MAX_NAME_CHARACTERS} characters, without control characters`);
  }
}

export function invalid(property: string, expected: string): DomainError {
  return new DomainError(
    'invalid',
    'directory.invalid',
    `Invalid value specified for property '${property}': it must be ${expected}. Correct it and send the request again.`,
  );
}
