import type { Awaitable } from '../platform/awaitable.ts';
import type { PageRequest } from './page-request.ts';

export interface SubscriptionRow {
  /** GUID, in lower case. */
  readonly id: string;
  readonly displayName: string;
  readonly createdAt: Date;
}

export interface SubscriptionReader {
  find(id: string): Awaitable<SubscriptionRow | undefined>;
  /** By id. */
  all(): Awaitable<SubscriptionRow[]>;
}

export interface SubscriptionWriter extends SubscriptionReader {
  /** Creates or replaces. */
  put(row: SubscriptionRow): Awaitable<void>;
}

export interface ResourceGroupRow {
  readonly subscriptionId: string;
  /** As its creator spelled it; compared without case. */
  readonly name: string;
  readonly location: string;
  /** JSON object of strings. */
  readonly tags: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface ResourceGroupReader {
  find(subscriptionId: string, name: string): Awaitable<ResourceGroupRow | undefined>;
  /** By name in lower case; `last` is one such. */
  list(subscriptionId: string, page: PageRequest): Awaitable<ResourceGroupRow[]>;
}

export interface ResourceGroupWriter extends ResourceGroupReader {
  /** Creates it, or replaces location, tags and time of change; the first spelling of the name stays. */
  put(row: ResourceGroupRow): Awaitable<void>;
  /** False when it was not there. Refuses (throws) while a registry is in it. */
  delete(subscriptionId: string, name: string): Awaitable<boolean>;
}

/** A registry, as resource and as the home of content. */
export interface RegistryRow {
  readonly id: string;
  /** As its owner spelled it; compared without case, unique in the installation since it is a DNS label. */
  readonly name: string;
  readonly subscriptionId: string;
  /** Name of the resource group, as the group is spelled. */
  readonly resourceGroup: string;
  readonly location: string;
  readonly sku: 'Basic' | 'Standard' | 'Premium';
  readonly adminUserEnabled: boolean;
  readonly anonymousPullEnabled: boolean;
  /** JSON of `properties.networkRuleSet`; undefined while everybody may come. */
  readonly networkRules?: string | undefined;
  /** JSON of `properties.policies`; `{}` while nothing was set. */
  readonly policies: string;
  /** JSON object of strings. */
  readonly tags: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** Which registries somebody sees: all of a subscription, those of some groups, and single ones. */
export interface RegistryFilter {
  readonly subscriptionId?: string | undefined;
  readonly resourceGroup?: string | undefined;
  /** Lower-case scopes (`/`, subscriptions, groups, registries) that the caller may read; undefined for no limit. */
  readonly readable?: readonly string[] | undefined;
}

export interface RegistryReader {
  byName(name: string): Awaitable<RegistryRow | undefined>;
  byId(id: string): Awaitable<RegistryRow | undefined>;
  /** By name in lower case; `last` is one such. */
  list(filter: RegistryFilter, page: PageRequest): Awaitable<RegistryRow[]>;
  count(subscriptionId: string): Awaitable<number>;
}

export interface RegistryWriter extends RegistryReader {
  create(row: RegistryRow): Awaitable<void>;
  /** Replaces everything but id, name, place and time of creation. False when it is gone. */
  update(row: RegistryRow): Awaitable<boolean>;
  /**
   * Takes it away from everybody at once, with its credentials, tokens, scope maps and policies; its name is free. Its content stays for `purgeContent`
   * to take in pieces. False when it is gone.
   */
  delete(id: string, now: Date): Awaitable<boolean>;
}

/** A lock of the resource manager (`Microsoft.Authorization/locks`): protects the resource, not its data. */
export interface ResourceLockRow {
  readonly scope: string;
  readonly scopeKey: string;
  readonly name: string;
  readonly level: 'CanNotDelete' | 'ReadOnly';
  readonly notes?: string | undefined;
  readonly createdAt: Date;
  readonly createdBy: string;
}

export interface ResourceLockReader {
  find(scopeKey: string, name: string): Awaitable<ResourceLockRow | undefined>;
  /** Made exactly at one of the scopes. */
  at(scopeKeys: readonly string[]): Awaitable<ResourceLockRow[]>;
  within(scopeKey: string): Awaitable<ResourceLockRow[]>;
}

export interface ResourceLockWriter extends ResourceLockReader {
  put(row: ResourceLockRow): Awaitable<void>;
  delete(scopeKey: string, name: string): Awaitable<boolean>;
  deleteWithin(scopeKey: string): Awaitable<number>;
}
