import type { ResourceAction } from '../../access/principal.ts';
import type { MetadataReader, MetadataTx } from '../../metadata/metadata-store.ts';
import type { ArmCaller, ResourceManager } from '../context.ts';
import type { Fields } from '../fields.ts';
import { parseResourceId } from '../resource-id.ts';
import type { Json } from './expressions/values.ts';

/** Where a resource is: its id, and for one that extends another, what it hangs on. */
export interface ResourcePlace {
  readonly id: string;
  readonly name: string;
  readonly extended?: string;
}

/** What templates can make of a type, by the very operations that requests use. */
export interface ResourceType {
  readonly type: string;
  readonly write: ResourceAction;
  readonly read: ResourceAction;
  /** Creates or replaces it; the caller has the right. */
  readonly put: (
    rm: ResourceManager,
    caller: ArmCaller,
    place: ResourcePlace,
    body: Fields,
    version: string,
  ) => Promise<Json>;
  /** As it is shown. Throws when it is not there. */
  readonly get: (rm: ResourceManager, place: ResourcePlace, version: string) => Promise<Json>;
  /** What answers keep to themselves; what-if says that it changes, and not how. */
  readonly unshown?: (rm: ResourceManager, place: ResourcePlace) => Promise<Json>;
  /** By the function's name in lower case: `listcredentials`. */
  readonly lists?: Readonly<Record<string, { readonly action: ResourceAction; readonly run: ListFunction }>>;
  /** What a deployment in complete mode does to those of a group that its template does not name; none for what extends others. */
  readonly complete?: {
    readonly action: ResourceAction;
    readonly list: (read: MetadataReader, group: GroupPlace) => Promise<readonly ResourcePlace[]>;
    readonly remove: (rm: ResourceManager, caller: ArmCaller, tx: MetadataTx, place: ResourcePlace) => Promise<void>;
  };
}

export interface GroupPlace {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
}

type ListFunction = (rm: ResourceManager, caller: ArmCaller, place: ResourcePlace) => Promise<Json>;

/** The shapes of answers are JSON by what they are made of. */
export const json = (value: object): Json => JSON.parse(JSON.stringify(value)) as Json;

/** As routes name the parts of a path. */
export function valuesOf({ id }: ResourcePlace): Readonly<Record<string, string>> {
  const parsed = parseResourceId(id);
  const [registry = '', child = ''] = parsed?.provider?.names ?? [];
  const place = { subscription: parsed?.subscriptionId ?? '', group: parsed?.resourceGroup ?? '' };
  return { ...place, registry, name: child, webhook: child };
}
