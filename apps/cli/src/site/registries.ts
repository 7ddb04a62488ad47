import { notFound } from '../command-error.ts';
import { REGISTRY_API, RESOURCES_API, type Session } from './session.ts';

/** A registry as the resource manager answers it. */
export interface RegistryResource {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly location: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly sku: { readonly name: string; readonly tier: string };
  readonly properties: Readonly<Record<string, unknown>> & {
    readonly loginServer: string;
    readonly adminUserEnabled: boolean;
  };
}

const TYPE = 'Microsoft.ContainerRegistry/registries';

/** The resource id of a registry, found by its name, whatever the case, among what the user may see. */
export async function registryId(
  session: Session,
  name: string,
  group?: string,
  subscription?: string,
): Promise<string> {
  const { id, name: subscriptionName } = session.subscription(subscription);
  if (group !== undefined) return `/subscriptions/${id}/resourceGroups/${group}/providers/${TYPE}/${name}`;
  const filter = encodeURIComponent(`resourceType eq '${TYPE}'`);
  const all = await session.armList<{ id: string; name: string }>(
    `/subscriptions/${id}/resources?$filter=${filter}`,
    RESOURCES_API,
  );
  const found = all.find((one) => one.name.toLowerCase() === name.toLowerCase());
  if (found) return found.id;
  throw notFound(
    `The resource with name '${name}' and type '${TYPE}' could not be found in subscription '${subscriptionName} (${id})'.`,
  );
}

export const getRegistry = (session: Session, id: string): Promise<RegistryResource> =>
  session.arm<RegistryResource>('GET', id, { api: REGISTRY_API });

export function listRegistries(session: Session, group?: string, subscription?: string): Promise<RegistryResource[]> {
  const scope = group === undefined ? '' : `/resourceGroups/${group}`;
  return session.armList<RegistryResource>(
    `/subscriptions/${session.subscription(subscription).id}${scope}/providers/${TYPE}`,
    REGISTRY_API,
  );
}
