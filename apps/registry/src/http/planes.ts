import type { Distribution } from '../distribution/context.ts';
import { distributionRoutes, matchDistribution } from '../distribution/routes.ts';
import type { MetadataReader } from '../metadata/metadata-store.ts';
import { DomainError } from '../platform/domain-error.ts';
import { tokenRoutes } from '../token/routes.ts';
import type { TokenEndpoint } from '../token/token-endpoint.ts';
import type { DoorDependencies } from './door.ts';
import { enter } from './door.ts';
import type { Exchange } from './exchange.ts';
import { type HostRoute, hostName } from './host.ts';
import type { Route, RouteMatch } from './route.ts';

export interface PlaneDependencies {
  readonly distribution: Distribution;
  readonly tokenEndpoint: TokenEndpoint;
  readonly door: DoorDependencies;
  readonly registries: MetadataReader['registries'];
  /** The registry that answers on names that are not ours (localhost, an address). */
  readonly defaultRegistry: string;
}

/** Host and path → registry, route, door. `allRoutes` is what the test of the matrix walks. */
export function createPlanes(d: PlaneDependencies): {
  handle(exchange: Exchange): Promise<void>;
  allRoutes: readonly Route[];
} {
  const distribution = distributionRoutes(d.distribution);
  const token = tokenRoutes(d.tokenEndpoint);
  const match = ([first, ...rest]: readonly string[]): RouteMatch | undefined => {
    if (first === 'v2') return matchDistribution(distribution, rest);
    if (first === 'oauth2' && rest.length === 1 && rest[0] === 'token') return { routes: token };
    return undefined;
  };
  return {
    allRoutes: [...Object.values(distribution).flat(), ...token],
    handle: async (exchange) => {
      const { hostRoute: host } = exchange.facts;
      const found = host.kind === 'plane' ? undefined : match(exchange.facts.target.segments);
      if (!found) throw unknownRoute(exchange);
      exchange.registry = await requireRegistry(d, host, exchange.facts.host);
      await enter(d.door, exchange, found);
    },
  };
}

async function requireRegistry(d: PlaneDependencies, host: HostRoute, hostHeader: string) {
  const name = host.kind === 'registry' ? host.name : d.defaultRegistry;
  const registry = await d.registries.byName(name);
  if (registry) return registry;
  throw new DomainError(
    'not-found',
    'registry.unknown',
    `No registry answers to "${hostName(hostHeader).slice(0, 100)}": there is none named "${name.slice(0, 64)}" here. Check the login server's name.`,
  );
}

function unknownRoute(exchange: Exchange): DomainError {
  const { path } = exchange.facts.target;
  return new DomainError(
    'not-found',
    'route.unknown',
    `Nothing answers to ${path.slice(0, 200)} here. A registry's content is below /v2/, its tokens come from /oauth2/token.`,
  );
}
