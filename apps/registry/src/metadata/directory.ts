import type { Awaitable } from '../platform/awaitable.ts';
import type { PageRequest } from './page-request.ts';
import type { PrincipalType } from './rights.ts';

/** A person. */
export interface UserRow {
  /** Object id, a GUID in lower case. */
  readonly id: string;
  /** User principal name, `somebody@domain`, as spelled at its creation; unique without case. */
  readonly upn: string;
  readonly displayName: string;
  readonly enabled: boolean;
  /** Runs the site: whoever manages the directory of a subscription has no say over such an account. */
  readonly siteOperator: boolean;
  /** Another one after each change of the password: tokens carry it and end with it. */
  readonly passwordId: string;
  /** With algorithm, parameters and salt. */
  readonly passwordHash: string;
  readonly passwordChangedAt: Date;
  readonly createdAt: Date;
}

/** Which objects a list shows, by the beginning of their display name or all of it, without case; undefined for all. */
export interface NameFilter {
  readonly startsWith?: string | undefined;
  readonly equals?: string | undefined;
}

/** Objects are listed by display name; `last` of a page is this key of the last one shown. */
export function directoryKey(row: { readonly id: string; readonly displayName: string }): string {
  return `${row.displayName.toLowerCase()}\u0001${row.id}`;
}

export interface UserReader {
  find(id: string): Awaitable<UserRow | undefined>;
  byUpn(upn: string): Awaitable<UserRow | undefined>;
  list(filter: NameFilter, page: PageRequest): Awaitable<UserRow[]>;
}

export interface UserWriter extends UserReader {
  /** Throws `directory.exists` when somebody has the name. */
  insert(row: UserRow): Awaitable<void>;
  /** Replaces everything but id and time of creation. False when it is gone; throws `directory.exists` like `insert`. */
  update(row: UserRow): Awaitable<boolean>;
  /** With what it has under way: codes, refresh tokens, memberships. */
  delete(id: string): Awaitable<boolean>;
}

export interface GroupRow {
  readonly id: string;
  readonly displayName: string;
  readonly mailNickname: string;
  readonly description?: string | undefined;
  readonly createdAt: Date;
}

export interface GroupReader {
  find(id: string): Awaitable<GroupRow | undefined>;
  list(filter: NameFilter, page: PageRequest): Awaitable<GroupRow[]>;
}

export interface GroupWriter extends GroupReader {
  insert(row: GroupRow): Awaitable<void>;
  update(row: GroupRow): Awaitable<boolean>;
  /** With its memberships, those in other groups, too. */
  delete(id: string): Awaitable<boolean>;
}

export interface MemberRow {
  readonly groupId: string;
  readonly memberId: string;
  readonly memberType: PrincipalType;
}

export interface MembershipReader {
  /** Direct members, by id. */
  members(groupId: string, page: PageRequest): Awaitable<MemberRow[]>;
  /** Ids of the groups that it is directly in, by id. */
  direct(memberId: string, page: PageRequest): Awaitable<string[]>;
  /**
   * Ids of all groups that it is in, directly or by other groups, which may contain each other in a circle. At most
   * `MOST_GROUPS` of them, the nearest ones.
   */
  transitive(memberId: string): Awaitable<string[]>;
}

/** More than any directory nests; a bound, so that one principal's rights cannot take for ever to look up. */
export const MOST_GROUPS = 1000;

export interface MembershipWriter extends MembershipReader {
  /** False when it is a member already. */
  add(row: MemberRow): Awaitable<boolean>;
  remove(groupId: string, memberId: string): Awaitable<boolean>;
}

/** What signs in by itself or lets people sign in: a program. */
export interface ApplicationRow {
  readonly id: string;
  /** Client id, a GUID in lower case. */
  readonly appId: string;
  readonly displayName: string;
  /** JSON: `RedirectUri[]` of identity/. */
  readonly redirectUris: string;
  /** Runs where it can keep no secret, and needs none. */
  readonly publicClient: boolean;
  readonly createdAt: Date;
  /** Object id. */
  readonly createdBy: string;
}

export interface ApplicationReader {
  find(id: string): Awaitable<ApplicationRow | undefined>;
  byAppId(appId: string): Awaitable<ApplicationRow | undefined>;
  list(filter: NameFilter, page: PageRequest): Awaitable<ApplicationRow[]>;
}

export interface ApplicationWriter extends ApplicationReader {
  insert(row: ApplicationRow): Awaitable<void>;
  /** Replaces name, redirects and kind. */
  update(row: ApplicationRow): Awaitable<boolean>;
  /** With its credentials; its service principal goes first. */
  delete(id: string): Awaitable<boolean>;
}

/** What an application is as a principal: holds rights, and is a member of groups. */
export interface ServicePrincipalRow {
  readonly id: string;
  readonly appId: string;
  readonly displayName: string;
  readonly enabled: boolean;
  readonly createdAt: Date;
}

export interface ServicePrincipalReader {
  find(id: string): Awaitable<ServicePrincipalRow | undefined>;
  byAppId(appId: string): Awaitable<ServicePrincipalRow | undefined>;
  list(filter: NameFilter, page: PageRequest): Awaitable<ServicePrincipalRow[]>;
}

export interface ServicePrincipalWriter extends ServicePrincipalReader {
  /** Throws `directory.exists` when the application has one. */
  insert(row: ServicePrincipalRow): Awaitable<void>;
  update(row: ServicePrincipalRow): Awaitable<boolean>;
  /** With its memberships and its own credentials. */
  delete(id: string): Awaitable<boolean>;
}

/** An application has several secrets and certificates at once, so that one can be replaced while the other is in use. */
export interface ApplicationCredentialRow {
  /** Key id, a GUID. */
  readonly id: string;
  readonly appId: string;
  /** Object id of the application or the service principal that it was added to. */
  readonly ownerId: string;
  readonly kind: 'password' | 'certificate';
  readonly displayName?: string | undefined;
  /** Of a secret: its first characters, for people to tell one from another. */
  readonly hint?: string | undefined;
  /** Of a secret: its SHA-256. */
  readonly digest?: Uint8Array | undefined;
  /** PEM. */
  readonly certificate?: string | undefined;
  /** Of a certificate, in base64url without padding. */
  readonly thumbprintSha1?: string | undefined;
  readonly thumbprintSha256?: string | undefined;
  readonly startsAt: Date;
  readonly endsAt: Date;
}

export interface ApplicationCredentialReader {
  /** All of an application and its service principal, by id. */
  ofApplication(appId: string): Awaitable<ApplicationCredentialRow[]>;
}

export interface ApplicationCredentialWriter extends ApplicationCredentialReader {
  insert(row: ApplicationCredentialRow): Awaitable<void>;
  delete(id: string): Awaitable<boolean>;
}

/** The refresh tokens that followed from one sign-in; each carries a number, and only the newest one is good. */
export interface RefreshFamilyRow {
  readonly id: string;
  readonly userId: string;
  /** Password that it was signed in with. */
  readonly passwordId: string;
  readonly clientId: string;
  /** Of the newest token. */
  readonly counter: number;
  /** When the newest token took the place of the one before. */
  readonly rotatedAt: Date;
  /** Ends then, unless it is used before. */
  readonly idleUntil: Date;
  /** Ends then, whatever is done. */
  readonly endsAt: Date;
}

export interface RefreshFamilyReader {
  find(id: string): Awaitable<RefreshFamilyRow | undefined>;
}

export interface RefreshFamilyWriter extends RefreshFamilyReader {
  insert(row: RefreshFamilyRow): Awaitable<void>;
  /** The next token takes the place of `counter`'s. False when another one is the newest, or the family has ended. */
  rotate(id: string, counter: number, now: Date, idleUntil: Date): Awaitable<boolean>;
  /** With everything that was got by it. */
  end(id: string): Awaitable<boolean>;
  deleteExpired(now: Date, limit: number): Awaitable<number>;
}

export interface AuthorizationCodeRow {
  /** SHA-256 of the code, hexadecimal. */
  readonly digest: string;
  readonly userId: string;
  readonly passwordId: string;
  readonly clientId: string;
  readonly redirectUri: string;
  /** PKCE, S256. */
  readonly codeChallenge: string;
  readonly scope: string;
  readonly nonce?: string | undefined;
  readonly redeemed: boolean;
  /** What it was redeemed for. */
  readonly familyId?: string | undefined;
  readonly expiresAt: Date;
}

export interface AuthorizationCodeTable {
  find(digest: string): Awaitable<AuthorizationCodeRow | undefined>;
  insert(row: AuthorizationCodeRow): Awaitable<void>;
  /** False when it was redeemed before. */
  redeem(digest: string, familyId: string | undefined): Awaitable<boolean>;
  deleteExpired(now: Date, limit: number): Awaitable<number>;
}

export interface DeviceCodeRow {
  /** SHA-256 of the device code, hexadecimal. */
  readonly digest: string;
  /** What the person types. */
  readonly userCode: string;
  readonly clientId: string;
  readonly scope: string;
  readonly state: 'pending' | 'approved' | 'denied';
  /** Who approved it, and with which password. */
  readonly userId?: string | undefined;
  readonly passwordId?: string | undefined;
  readonly expiresAt: Date;
}

export interface DeviceCodeReader {
  find(digest: string): Awaitable<DeviceCodeRow | undefined>;
  byUserCode(userCode: string): Awaitable<DeviceCodeRow | undefined>;
}

export interface DeviceCodeTable extends DeviceCodeReader {
  insert(row: DeviceCodeRow): Awaitable<void>;
  /** False unless it was pending. */
  decide(digest: string, by: { userId: string; passwordId: string } | undefined): Awaitable<boolean>;
  delete(digest: string): Awaitable<boolean>;
  deleteExpired(now: Date, limit: number): Awaitable<number>;
}

/** Ids of the assertions that clients have shown: each is good once (RFC 7523, section 3). */
export interface ClientAssertionTable {
  /** False when the client has shown it before. */
  use(clientId: string, jti: string, expiresAt: Date): Awaitable<boolean>;
  deleteExpired(now: Date, limit: number): Awaitable<number>;
}
