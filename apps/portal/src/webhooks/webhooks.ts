import { useQuery } from '@tanstack/react-query';
import { answered } from '../api/refusal.ts';
import { at, REGISTRY, type RegistryResource } from '../api/registries.ts';
import type { paths } from '../api/schema.d.ts';
import { usePlanes } from '../api/use-planes.ts';

export const WEBHOOK = `${REGISTRY}/webhooks/{webhook}` as const;
/** What a webhook can be told of, in the server's words. */
export const HOOK_ACTIONS = ['push', 'delete', 'quarantine', 'chart_push', 'chart_delete'];

export type Webhook =
  paths[`${typeof REGISTRY}/webhooks`]['get']['responses']['200']['content']['application/json']['value'][number];

export const hooksKey = (resource: RegistryResource) => ['webhooks', resource.id];

export function useWebhooks(resource: RegistryResource) {
  const { management } = usePlanes();
  return useQuery({
    queryKey: hooksKey(resource),
    queryFn: async () => (await answered(management.GET(`${REGISTRY}/webhooks`, { params: at(resource) }))).value,
  });
}

/** Parameters of a call to one webhook. */
export function atHook(resource: RegistryResource, webhook: string) {
  const { path, query } = at(resource);
  return { path: { ...path, webhook }, query };
}

/** `Name: value` lines as headers; a line without a colon is a name without a value, which the server refuses with a reason. */
export function headersOf(text: string): Record<string, string> {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return colon < 0 ? [line.trim(), ''] : [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
    }),
  );
}
