import type { Exchange } from '../http/exchange.ts';
import { hostName } from '../http/host.ts';
import type { Route, RouteMatch } from '../http/route.ts';
import { DomainError } from '../platform/domain-error.ts';
import type { Ids } from '../platform/ids.ts';
import type { PortalFiles } from './portal-files.ts';
import { type PortalEndpoints, portalSettings } from './portal-settings.ts';

export interface Portal {
  readonly files: PortalFiles;
  readonly endpoints: () => PortalEndpoints;
  readonly ids: Ids;
  /** Name of the registry that answers on names that are not the site's. */
  readonly defaultRegistry: string;
  readonly tenantId: () => string | undefined | Promise<string | undefined>;
}

const PUBLIC = {
  kind: 'public',
  why: 'the program of the portal is the same for everybody; what it shows, it asks the other planes for as its user',
} as const;

const YEAR_SECONDS = 31_536_000;

/** What the portal's own host answers, and `/portal/` elsewhere: its page, its assets, the addresses of the planes. */
export function portalRoutes(portal: Portal): Record<'page' | 'asset' | 'settings', readonly Route[]> {
  const get = (name: string, path: string, handle: Route['handle']): Route[] => [
    { name, method: 'GET', path, access: PUBLIC, handle },
  ];
  return {
    page: get('portal-page', '/portal/<page>', (x) => sendPage(portal, x)),
    asset: get('portal-asset', '/portal/assets/<asset>', (x, { reference }) => sendAsset(portal, x, reference)),
    settings: get('portal-settings', '/portal/settings.json', async (x) =>
      x.sendJson(200, {}, await portalSettings(portal, portalBase(x) !== '/')),
    ),
  };
}

/**
 * `segments` without the `portal` of other hosts. Whatever is no file is a page, which the portal's own router finds; but a
 * client of registries that asks here must not take a page for an answer.
 */
export function matchPortal(
  routes: Record<'page' | 'asset' | 'settings', readonly Route[]>,
  segments: readonly string[],
): RouteMatch | undefined {
  const [first, name, ...rest] = segments;
  if (first === 'v2') return undefined;
  if (first === 'assets' && name !== undefined && rest.length === 0) return { routes: routes.asset, reference: name };
  if (first === 'settings.json' && name === undefined) return { routes: routes.settings };
  return { routes: routes.page };
}

/** The part of the address that belongs to the portal: `/` on its own host, `/portal/` elsewhere. */
function portalBase(x: Exchange): '/' | '/portal/' {
  return x.facts.hostRoute.kind === 'plane' ? '/' : '/portal/';
}

async function sendPage(portal: Portal, x: Exchange): Promise<void> {
  const { hostRoute, host, target } = x.facts;
  const endpoints = portal.endpoints();
  // Signing in ends at a registered address only, and by plain HTTP a browser has no Web Crypto but on its own machine.
  if (hostRoute.kind === 'any' && !['localhost', '127.0.0.1'].includes(hostName(host))) {
    return x.send(307, { Location: `${endpoints.portal}/`, 'Cache-Control': 'no-store' });
  }
  if (target.path === '/portal') return x.send(308, { Location: '/portal/', 'Cache-Control': 'no-store' });
  const template = await portal.files.page();
  if (template === undefined) throw notBuilt();
  const nonce = portal.ids.bytes(18).toString('base64url');
  const page = template.replaceAll('__NONCE__', nonce).replaceAll('__BASE__', portalBase(x));
  x.send(
    200,
    {
      'Content-Type': 'text/html; charset=utf-8',
      'Cache-Control': 'no-store', // a nonce is good for one answer
      'Content-Security-Policy': contentSecurityPolicy(nonce, endpoints),
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Resource-Policy': 'same-origin',
      'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
      'Referrer-Policy': 'no-referrer',
      'X-Frame-Options': 'DENY',
    },
    page,
  );
}

/** Nothing but this site: its scripts, the styles that bear the nonce, and requests to its own planes and registries. */
function contentSecurityPolicy(nonce: string, endpoints: PortalEndpoints): string {
  const { management, graph, data, authority, loginServerSuffix } = endpoints;
  const { protocol, origin: adfs } = new URL(authority);
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}'`,
    `style-src 'self' 'nonce-${nonce}'`,
    `connect-src 'self' ${management} ${graph} ${data} ${adfs} ${protocol}//*${loginServerSuffix}`,
    "img-src 'self' data:",
    "object-src 'none'",
    "base-uri 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
}

async function sendAsset(portal: Portal, x: Exchange, name: string): Promise<void> {
  const asset = await portal.files.asset(name);
  if (!asset) {
    throw new DomainError(
      'not-found',
      'route.unknown',
      `The portal has no file "${name.slice(0, 100)}". It was renewed since the page was opened, most likely: load the page again.`,
    );
  }
  const zipped = /\bgzip\b/i.test(x.header('accept-encoding') ?? '');
  x.send(
    200,
    {
      'Content-Type': asset.mediaType,
      'Cache-Control': `public, max-age=${YEAR_SECONDS}, immutable`,
      Vary: 'Accept-Encoding',
      'Cross-Origin-Resource-Policy': 'same-origin',
      ...(zipped ? { 'Content-Encoding': 'gzip' } : {}),
    },
    zipped ? asset.gzipped : asset.bytes,
  );
}

function notBuilt(): DomainError {
  return new DomainError(
    'unavailable',
    'server.unavailable',
    'The portal is not built yet. `npm start` builds it in its first minute; otherwise run `npm run portal` in the checkout. Then load this page again.',
    { retryAfter: 5 },
  );
}
