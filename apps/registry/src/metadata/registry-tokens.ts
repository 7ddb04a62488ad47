import type { Awaitable } from '../platform/awaitable.ts';
import type { PageRequest } from './page-request.ts';

/** Which repositories somebody may use, and how: what tokens of a registry refer to. The built-in ones are part of the program. */
export interface ScopeMapRow {
  readonly registryId: string;
  /** As its creator spelled it; compared without case. */
  readonly name: string;
  readonly description?: string | undefined;
  // JSON: string[], for example `repositories/team/*/content/read`.
  readonly actions: string;
  readonly createdAt: Date;
}

export interface ScopeMapReader {
  find(registryId: string, name: string): Awaitable<ScopeMapRow | undefined>;
  /** By name in lower case; `last` is one such. */
  list(registryId: string, page: PageRequest): Awaitable<ScopeMapRow[]>;
}

export interface ScopeMapWriter extends ScopeMapReader {
  /** Creates it, or replaces description and actions; the first spelling of the name and the time of creation stay. */
  put(row: ScopeMapRow): Awaitable<void>;
  /** False when it was not there. Refuses (throws) while a token refers to it. */
  delete(registryId: string, name: string): Awaitable<boolean>;
}

export type TokenPasswordName = 'password1' | 'password2';

export interface TokenPasswordRow {
  /** New for each password that is made: what was got with an older one ends with it. */
  readonly id: string;
  readonly name: TokenPasswordName;
  /** SHA-256. The password itself is shown once, when it is made, and kept nowhere. */
  readonly digest: Uint8Array;
  readonly createdAt: Date;
  /** Undefined for never. */
  readonly expiresAt?: Date | undefined;
}

/** A user name for a registry with at most two passwords, whose rights are those of a scope map. */
export interface RegistryTokenRow {
  readonly id: string;
  readonly registryId: string;
  /** As its creator spelled it; compared without case. */
  readonly name: string;
  /** Name of a scope map of the same registry, in lower case. */
  readonly scopeMap: string;
  readonly status: 'enabled' | 'disabled';
  readonly createdAt: Date;
  /** By name. */
  readonly passwords: readonly TokenPasswordRow[];
}

export interface RegistryTokenReader {
  find(registryId: string, name: string): Awaitable<RegistryTokenRow | undefined>;
  /** By name in lower case; `last` is one such. */
  list(registryId: string, page: PageRequest): Awaitable<RegistryTokenRow[]>;
}

export interface RegistryTokenWriter extends RegistryTokenReader {
  /** Creates it without passwords, or replaces scope map and status; everything else of an existing one stays. */
  put(row: Omit<RegistryTokenRow, 'passwords'>): Awaitable<void>;
  /** With its passwords. False when it was not there. */
  delete(registryId: string, name: string): Awaitable<boolean>;
  /** Puts the password in the place of the one of that name. */
  putPassword(registryId: string, token: string, password: TokenPasswordRow): Awaitable<void>;
  /** Takes away the passwords that are not named. */
  keepPasswords(registryId: string, token: string, names: readonly TokenPasswordName[]): Awaitable<void>;
}
