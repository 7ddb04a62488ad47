/**
 * Resource ids: `/subscriptions/{s}/resourceGroups/{g}/providers/{namespace}/{type}/{name}[/{type}/{name}…]`. They are
 * compared without case, but kept as they were written.
 */
export interface ResourceId {
  readonly subscriptionId: string;
  readonly resourceGroup?: string;
  readonly provider?: {
    readonly namespace: string;
    /** `registries/webhooks` */
    readonly type: string;
    /** One for each word of the type. */
    readonly names: readonly string[];
  };
}

/** Undefined for anything that is no id of a subscription, of a group or of a resource in a group. */
export function parseResourceId(text: string): ResourceId | undefined {
  const parts = text.split('/');
  if (parts.length < 3 || parts.length > 40 || parts.shift() !== '' || parts.some((part) => part === ''))
    return undefined;
  if (!takes(parts, 'subscriptions')) return undefined;
  const subscriptionId = parts.shift() as string;
  if (parts.length === 0) return { subscriptionId };
  if (!takes(parts, 'resourceGroups') || parts.length === 0) return undefined;
  const resourceGroup = parts.shift() as string;
  if (parts.length === 0) return { subscriptionId, resourceGroup };
  if (!takes(parts, 'providers') || parts.length < 3 || parts.length % 2 === 0) return undefined;
  const namespace = parts.shift() as string;
  const type = parts.filter((_, i) => i % 2 === 0).join('/');
  return { subscriptionId, resourceGroup, provider: { namespace, type, names: parts.filter((_, i) => i % 2 === 1) } };
}

export function formatResourceId(id: ResourceId): string {
  const group = id.resourceGroup === undefined ? '' : `/resourceGroups/${id.resourceGroup}`;
  const { provider } = id;
  if (!provider) return `/subscriptions/${id.subscriptionId}${group}`;
  const types = provider.type.split('/');
  const path = types.map((word, i) => `/${word}/${provider.names[i] ?? ''}`).join('');
  return `/subscriptions/${id.subscriptionId}${group}/providers/${provider.namespace}${path}`;
}

function takes(parts: string[], word: string): boolean {
  return parts.shift()?.toLowerCase() === word.toLowerCase();
}
