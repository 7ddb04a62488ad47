import type { Exchange } from '../../http/exchange.ts';
import type { Route, RouteParams } from '../../http/route.ts';
import type { ResourceManager } from '../context.ts';
import { requireRegistry } from '../require.ts';
import { sendList } from './reply.ts';

const TYPE = 'Microsoft.ContainerRegistry/registries';

/** What the quarantine would close: Azure has no such call, and blocks what nobody thought of. */
export function quarantineRoutes(rm: ResourceManager): Route[] {
  return [
    {
      name: 'registry-quarantine-preview',
      method: 'GET',
      path: `/subscriptions/{subscription}/resourceGroups/{group}/providers/${TYPE}/{registry}/previewQuarantine`,
      access: { kind: 'resource', action: `${TYPE}/previewQuarantine/read` },
      handle: (x, p) => preview(rm, x, p),
    },
  ];
}

/** Changes nothing, and says the same whether the policy is on or not. Pages may be short: they go on as long as there is a `nextLink`. */
async function preview(rm: ResourceManager, x: Exchange, { values }: RouteParams): Promise<void> {
  const registry = await requireRegistry(rm, values);
  // A name of a repository holds no blank.
  const [repository = '', digest = ''] = (x.facts.target.query.get('$skipToken') ?? '').split(' ');
  const { items, next } = await rm.previewQuarantine(registry.id, { repository, digest });
  const page = { items, next: next && `${next.repository} ${next.digest}` };
  sendList(x, page, ({ repository, digest, tags, state, because }) => ({
    repository,
    digest,
    tags,
    quarantineState: state ?? 'Quarantined',
    ...(because === undefined ? {} : { waitsFor: because }),
  }));
}
