import { BoundedCache } from '../platform/bounded-cache.ts';

/** Which plane a host name leads to (contract, section 4). */
export type HostRoute =
  | { readonly kind: 'registry'; readonly name: string }
  | { readonly kind: 'plane'; readonly plane: string }
  | { readonly kind: 'any' };

const NAMED_PLANES = ['management', 'adminmanagement', 'adfs', 'login', 'graph', 'portal', 'data'];

/** Reads the name part of a Host header: lower case, without port, brackets and trailing dot. */
export function hostName(host: string): string {
  const bracketed = /^\[([^\]]*)\]/.exec(host);
  if (bracketed) return bracketed[1] ?? '';
  return host.replace(/:\d*$/, '').replace(/\.$/, '').toLowerCase();
}

/** A Host header whose characters may stand in a challenge; anything else is refused before it gets there. */
export function isPlainHost(host: string): boolean {
  return host.length <= 300 && /^(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::\d{1,5})?$/.test(host);
}

/** `<registry>.azsacr.<domain>` is that registry, `<plane>.<domain>` that plane, every other name all planes by path. */
export function routeHost(host: string | undefined, domain: string): HostRoute {
  if (!host) return { kind: 'any' };
  const name = hostName(host);
  const suffix = `.${domain.toLowerCase()}`;
  if (!name.endsWith(suffix)) return { kind: 'any' };
  const labels = name.slice(0, -suffix.length).split('.');
  const [first, second] = labels;
  if (labels.length === 2 && second === 'azsacr' && first) return { kind: 'registry', name: first };
  if (labels.length === 1 && first && NAMED_PLANES.includes(first)) return { kind: 'plane', plane: first };
  return { kind: 'any' };
}

/** A Host header that was read before. */
export interface KnownHost {
  readonly route: HostRoute;
  readonly plain: boolean;
}

/** Clients send a site's few names with each request: each is read once. What anybody makes up takes little room, and pushes none of it out for long. */
const KNOWN_HOSTS = 256;

/** `routeHost` and `isPlainHost` of a site. */
export function createHostReader(domain: string): (host: string) => KnownHost {
  const known = new BoundedCache<KnownHost>(KNOWN_HOSTS);
  return (host) => {
    const before = known.get(host);
    if (before) return before;
    const read = { route: routeHost(host, domain), plain: isPlainHost(host) };
    if (read.plain) known.set(host, read);
    return read;
  };
}
