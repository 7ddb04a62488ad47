import { isIP } from 'node:net';

/** A text that is no value of its setting; `expects` of the setting says what would be. */
export class BadValue extends Error {}

/** Where to listen. `host` is without the brackets of IPv6. */
export interface Listener {
  readonly host: string;
  readonly port: number;
}

const hostName = /^(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*$/i;

export function parsePort(text: string, minimum: 0 | 1): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port >= minimum && port <= 65535)) throw new BadValue(`the port is not a number from ${minimum} to 65535`);
  return port;
}

/** `HOST:PORT`, `[IPv6]:PORT`, or `off`, which is undefined. */
export function parseListener(text: string): Listener | undefined {
  if (text.toLowerCase() === 'off') return undefined;
  const match = /^(?:\[(?<six>[^\]]*)\]|(?<name>[^:[\]]*)):(?<port>[^:]*)$/.exec(text);
  if (!match?.groups) {
    throw new BadValue(isIP(text) === 6 ? 'an IPv6 address needs brackets' : 'host and port are not told apart');
  }
  const { six, name, port = '' } = match.groups;
  if (six !== undefined && isIP(six.replace(/%.*$/, '')) !== 6) throw new BadValue(`'${six}' is no IPv6 address`);
  if (name === '') throw new BadValue('the host is missing; 0.0.0.0 or [::] listens on every address');
  // A name of digits and dots alone is a mistyped address, never a host's name.
  if (name !== undefined && (!hostName.test(name) || (/^[\d.]+$/.test(name) && isIP(name) !== 4))) {
    throw new BadValue(`'${name}' is neither a host name nor an IP address`);
  }
  return { host: six ?? name ?? '', port: parsePort(port, 0) };
}

export const formatListener = (listener: Listener | undefined): string => {
  if (!listener) return 'off';
  return `${listener.host.includes(':') ? `[${listener.host}]` : listener.host}:${listener.port}`;
};

/** Longest domain that leaves room for `<50 characters of a registry's name>.azsacr.` in the 253 of a DNS name. */
const longestDomain = 253 - 50 - '.azsacr.'.length;

/** The domain in lower case; its first label is the region. */
export function parseDomain(text: string): string {
  const domain = text.toLowerCase();
  if (isIP(domain)) throw new BadValue('an IP address is no domain');
  if (!hostName.test(domain)) throw new BadValue('labels are letters, digits and hyphens, parted by single dots');
  if (!domain.includes('.')) throw new BadValue('it has one label only');
  if (domain.length > longestDomain) throw new BadValue(`it is longer than ${longestDomain} characters`);
  return domain;
}

/** An IP address, or a network such as 10.0.0.0/8. */
function isNetwork(text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/');
  const family = isIP(address);
  if (!family || rest.length > 0) return false;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (family === 4 ? 32 : 128));
}

export function parseNetworks(texts: readonly string[]): readonly string[] {
  for (const text of texts) {
    if (!isNetwork(text)) throw new BadValue(`'${text}' is neither an IP address nor a network`);
  }
  return texts;
}

export function parseDestinations(texts: readonly string[]): readonly string[] {
  for (const text of texts) {
    if (!isNetwork(text) && !hostName.test(text)) {
      throw new BadValue(
        `'${text}' is neither a host name (without scheme, port or path) nor an IP address or network`,
      );
    }
  }
  return texts.map((text) => text.toLowerCase());
}

/** The internal location of a proxy; undefined when none is set. */
export function parseLocation(text: string | undefined): string | undefined {
  if (text === undefined || /^\/(?:[A-Za-z0-9_~-][A-Za-z0-9._~-]*\/)+$/.test(text)) return text;
  throw new BadValue('it is not such a path');
}

/** What paths are put behind: without a slash at its end. */
export function parseBaseUrl(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') throw new BadValue('it is no such URL');
  if (url.username !== '' || url.password !== '') throw new BadValue('it contains a user name or password');
  if (url.search !== '' || url.hash !== '') throw new BadValue('it has a query or a fragment');
  return url.href.replace(/\/+$/, '');
}

/** Hosts with or without a port, as clients name registries; in lower case. */
export function parseAuthorities(texts: readonly string[]): readonly string[] {
  for (const text of texts) {
    const [, host = '', port] = /^(\[[^\]]*\]|[^:]*)(?::(\d{1,5}))?$/.exec(text) ?? [];
    const known = host.startsWith('[') ? isIP(host.slice(1, -1)) === 6 : hostName.test(host);
    if (!known) throw new BadValue(`'${text}' is neither HOST nor HOST:PORT`);
    if (port !== undefined) parsePort(port, 1);
  }
  return texts.map((text) => text.toLowerCase());
}
