import { flushCompileCache } from 'node:module';
import type { Bundles } from '../bundle/context.ts';
import type { Distribution } from '../distribution/context.ts';
import { distributionRoutes, downloadRoutes, matchDistribution } from '../distribution/routes.ts';
import type { Graph } from '../graph/context.ts';
import type { SignIn } from '../identity/sign-in.ts';
import type { MetadataReader, RegistryRow } from '../metadata/metadata-store.ts';
import { type Awaitable, andThen } from '../platform/awaitable.ts';
import { DomainError } from '../platform/domain-error.ts';
import { once } from '../platform/once.ts';
import { matchPortal, type Portal, portalRoutes } from '../portal/routes.ts';
import type { ResourceManager } from '../resource-manager/context.ts';
import type { ExchangeEndpoint } from '../token/exchange-endpoint.ts';
import { tokenRoutes } from '../token/routes.ts';
import type { TokenEndpoint } from '../token/token-endpoint.ts';
import type { DoorDependencies } from './door.ts';
import { enter } from './door.ts';
import type { Exchange, Plane } from './exchange.ts';
import { refuseOutsiders } from './firewall.ts';
import { enterGraph, type GraphDoor } from './graph-door.ts';
import { type HostRoute, hostName } from './host.ts';
import { enterManagement, type ManagementDoor } from './management-door.ts';
import { createPathTable } from './path-table.ts';
import type { Route, RouteMatch } from './route.ts';

export interface PlaneDependencies {
  readonly distribution: Distribution;
  readonly bundles: Bundles;
  readonly tokenEndpoint: TokenEndpoint;
  readonly exchangeEndpoint: ExchangeEndpoint;
  readonly door: DoorDependencies;
  readonly resourceManager: ResourceManager;
  readonly managementDoor: ManagementDoor;
  readonly signIn: SignIn;
  readonly graph: Graph;
  readonly graphDoor: GraphDoor;
  readonly portal: Portal;
  readonly registries: MetadataReader['registries'];
  /** The registry that answers on names that are not ours (localhost, an address). */
  readonly defaultRegistry: string;
}

/**
 * Host and path → plane, registry, route, door. What pulls and pushes need is there from the start; the code of everything else is read by
 * the first request for it (ADR 0033).
 */
export function createPlanes(d: PlaneDependencies): {
  handle(exchange: Exchange): Awaitable<void>;
  /** Every route there is, which is what the test of the matrix walks. Reads what is not there yet. */
  allRoutes(): Awaitable<readonly Route[]>;
} {
  const distribution = distributionRoutes(d.distribution);
  const downloads = downloadRoutes(d.distribution);
  const token = tokenRoutes(d.tokenEndpoint, d.exchangeEndpoint);
  const portal = portalRoutes(d.portal);
  const others = readLater(d);
  const matchData = ([first, ...rest]: readonly string[]): Awaitable<RouteMatch | undefined> => {
    if (first === 'v2') return matchDistribution(distribution, rest);
    if (first === 'oauth2' && rest.length === 1) {
      if (rest[0] === 'token') return { routes: token.token };
      if (rest[0] === 'exchange') return { routes: token.exchange };
    }
    if (first === 'acr' && rest[0] === 'v1') return andThen(others.metadataApi(), (api) => api.match(rest.slice(1)));
    if (first === 'holdfast' && rest[0] === 'v1') return andThen(others.bundles(), (all) => all.match(rest.slice(1)));
    return undefined;
  };
  const enterPlane: Readonly<Record<Plane, (exchange: Exchange) => Awaitable<void>>> = {
    data: (exchange) => {
      const { hostRoute: host, target } = exchange.facts;
      if (isDownload(host)) {
        if (!d.distribution.downloads) throw unknownRoute(exchange);
        return enter(d.door, exchange, { routes: downloads });
      }
      return andThen(matchData(target.segments), (found) => {
        if (!found) throw unknownRoute(exchange);
        return andThen(requireRegistry(d, host, exchange.facts.host), (registry) => {
          exchange.registry = registry;
          refuseOutsiders(exchange);
          return enter(d.door, exchange, found);
        });
      });
    },
    management: byTable(others.management, (x, found) => enterManagement(d.managementDoor, x, found)),
    identity: byTable(others.identity, (x, found) => enter(d.door, x, found)),
    graph: byTable(others.graph, (x, found) => enterGraph(d.graphDoor, x, found)),
    portal: (exchange) => {
      const { hostRoute, target } = exchange.facts;
      const segments = withoutLeading(target.segments);
      const found = matchPortal(portal, hostRoute.kind === 'plane' ? segments : segments.slice(1));
      if (!found) throw unknownRoute(exchange);
      return enter(d.door, exchange, found);
    },
  };
  return {
    allRoutes: once(async () => {
      const read = await Promise.all(Object.values(others).map((plan) => plan()));
      return [
        ...Object.values(distribution).flat(),
        ...downloads,
        ...Object.values(token).flat(),
        ...read.flatMap((plan) => plan.all),
        ...Object.values(portal).flat(),
      ];
    }),
    handle: (exchange) => {
      const plane = planeOf(exchange.facts.hostRoute, exchange.facts.target.segments);
      if (!plane) throw unknownRoute(exchange);
      exchange.plane = plane;
      return enterPlane[plane](exchange);
    },
  };
}

interface Plan {
  readonly all: readonly Route[];
  match(segments: readonly string[]): RouteMatch | undefined;
}

/** What a start does not wait for, in the order in which its routes are told. */
function readLater(d: PlaneDependencies) {
  // What was compiled is kept now, not only at the end: a server may be killed.
  const later = <T extends object>(read: () => Promise<T>) =>
    once(async () => {
      const plan = await read();
      setImmediate(flushCompileCache);
      return plan;
    });
  return {
    metadataApi: later<Plan>(async () => (await import('../metadata-api/routes.ts')).metadataApiRoutes(d.distribution)),
    bundles: later<Plan>(async () => (await import('../bundle/routes.ts')).bundleRoutes(d.bundles)),
    management: later(async () =>
      tableOf((await import('../resource-manager/routes.ts')).managementRoutes(d.resourceManager)),
    ),
    identity: later(async () => tableOf((await import('../identity/routes.ts')).identityRoutes(d.signIn))),
    graph: later(async () => tableOf((await import('../graph/routes.ts')).graphRoutes(d.graph))),
  };
}

/**
 * A plane whose paths are those of its routes. Slashes at the ends do not count: a cloud registered with one asks for
 * `//metadata/endpoints`, lists of deployments have one at theirs, and AD FS writes its addresses so.
 */
function tableOf(all: readonly Route[]): Plan {
  const table = createPathTable(all);
  return { all, match: (segments) => table.match(trimmed(segments)) };
}

function byTable(plan: () => Awaitable<Plan>, go: (exchange: Exchange, found: RouteMatch) => Awaitable<void>) {
  return (exchange: Exchange): Awaitable<void> =>
    andThen(plan(), ({ match }) => {
      const found = match(exchange.facts.target.segments);
      if (!found) throw unknownRoute(exchange);
      return go(exchange, found);
    });
}

function withoutLeading(segments: readonly string[]): readonly string[] {
  const start = segments.findIndex((segment) => segment !== '');
  return segments.slice(Math.max(start, 0));
}

function trimmed(segments: readonly string[]): readonly string[] {
  const end = segments.findLastIndex((segment) => segment !== '');
  return withoutLeading(segments.slice(0, end + 1));
}

/** By which path each plane is reached on a name that is none of the site's own (contract, section 4). */
const PLANE_OF_PATH: ReadonlyMap<string, Plane> = new Map([
  ['v2', 'data'],
  ['acr', 'data'],
  ['holdfast', 'data'],
  ['oauth2', 'data'],
  ['metadata', 'management'],
  ['subscriptions', 'management'],
  ['providers', 'management'],
  ['tenants', 'management'],
  ['adfs', 'identity'],
  // MSAL asks login.microsoftonline.com whether it may believe others; a site can give that name to itself.
  ['common', 'identity'],
  ['v1.0', 'graph'],
  ['portal', 'portal'],
]);

const PLANE_OF_NAME: ReadonlyMap<string, Plane> = new Map([
  ['management', 'management'],
  ['adminmanagement', 'management'],
  ['adfs', 'identity'],
  ['login', 'identity'],
  ['graph', 'graph'],
  ['data', 'data'],
  ['portal', 'portal'],
]);

function planeOf(host: HostRoute, segments: readonly string[]): Plane | undefined {
  if (host.kind === 'registry') return 'data';
  if (host.kind === 'plane') return PLANE_OF_NAME.get(host.plane);
  const first = segments.find((segment) => segment !== '') ?? '';
  return PLANE_OF_PATH.get(first.toLowerCase()) ?? 'data';
}

/** The name to which downloads are redirected has one kind of path, and no registry of its own. */
function isDownload(host: HostRoute): boolean {
  return host.kind === 'plane' && host.plane === 'data';
}

function requireRegistry(d: PlaneDependencies, host: HostRoute, hostHeader: string): Awaitable<RegistryRow> {
  const name = host.kind === 'registry' ? host.name : d.defaultRegistry;
  return andThen(d.registries.byName(name), (registry) => {
    if (registry) return registry;
    throw new DomainError(
      'not-found',
      'registry.unknown',
      `No registry answers to "${hostName(hostHeader).slice(0, 100)}": there is none named "${name.slice(0, 64)}" here. Check the login server's name.`,
    );
  });
}

function unknownRoute(exchange: Exchange): DomainError {
  const { path } = exchange.facts.target;
  return new DomainError(
    'not-found',
    'route.unknown',
    `Nothing answers to ${path.slice(0, 200)} here. A registry's content is below /v2/, what is known of it below /acr/v1/, its tokens come from /oauth2/token.`,
  );
}
