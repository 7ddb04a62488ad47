import type { IncomingHttpHeaders } from 'node:http';
import https from 'node:https';
import { isIP } from 'node:net';
import tls from 'node:tls';
import type { Clock } from '../platform/clock.ts';
import { DomainError } from '../platform/domain-error.ts';
import { refusedAddress } from './addresses.ts';
import { type AllowList, createAllowList, plainHost } from './allow-list.ts';
import { failed, refused } from './failures.ts';
import type { Outbound, OutboundAnswer, OutboundRequest } from './outbound.ts';
import { type Resolve, type ResolvedAddress, systemResolve } from './resolver.ts';

// Not by `import`, which would read Node's client for `fetch`, too (ADR 0033).
const http = process.getBuiltinModule('node:http');

export interface OutboundOptions {
  /** `outbound.allow`: hosts, addresses and networks that are called although they are loopback, link-local or metadata. */
  readonly allow: readonly string[];
  /** PEM of more authorities whose certificates are believed, besides those of Node and of the machine. */
  readonly ca?: string | undefined;
  readonly clock: Clock;
  readonly resolve?: Resolve | undefined;
}

const HEAD_BYTES = 32 * 1024;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** What another origin may see of a request that was meant for the first. */
const HARMLESS = new Set(['accept', 'range', 'user-agent']);

/** Judges the address, connects to the very address that was judged, and does so again at each redirect. */
export function createOutbound(options: OutboundOptions): Outbound {
  const { clock, resolve = systemResolve } = options;
  const allow = createAllowList(options.allow);
  const connect = createConnector(options.ca);
  const hop = async (request: OutboundRequest, signal: AbortSignal) => {
    const addresses = await judge(allow, resolve, request.url, signal);
    return connect(request, addresses, signal);
  };
  return {
    send: async (request) => {
      const late = new AbortController();
      const answered = new AbortController();
      const signal = request.signal ? AbortSignal.any([request.signal, late.signal]) : late.signal;
      void clock.sleep(request.timeoutMs, answered.signal).then(
        () => late.abort(tooSlow(request)),
        () => undefined,
      );
      try {
        return await follow(request, (next) => hop(next, signal));
      } finally {
        answered.abort();
      }
    },
  };
}

async function follow(
  first: OutboundRequest,
  hop: (request: OutboundRequest) => Promise<OutboundAnswer>,
): Promise<OutboundAnswer> {
  let request = first;
  for (let left = first.redirects ?? 0; ; left--) {
    const answer = await hop(request);
    const { location } = answer.headers;
    if (left <= 0 || first.method === 'POST' || !REDIRECTS.has(answer.status) || location === undefined) return answer;
    answer.body.destroy();
    request = redirected(request, location);
  }
}

/** Secrets stay with whom they were meant for, and never go on in clear. */
function redirected(request: OutboundRequest, location: string): OutboundRequest {
  const url = URL.canParse(location, request.url.href) ? new URL(location, request.url) : undefined;
  if (!url) throw failed(request.url, 'it redirects to what is no address');
  if (request.url.protocol === 'https:' && url.protocol !== 'https:') {
    throw refused(url, `${request.url.host} redirects there from HTTPS to an unprotected connection`);
  }
  if (url.origin === request.url.origin) return { ...request, url };
  const headers = Object.entries(request.headers ?? {}).filter(([name]) => HARMLESS.has(name.toLowerCase()));
  return { ...request, url, headers: Object.fromEntries(headers) };
}

/** The addresses to connect to, each of them judged: one that is refused spoils all, lest names be used to find a way. */
async function judge(
  allow: AllowList,
  resolve: Resolve,
  url: URL,
  signal: AbortSignal,
): Promise<readonly ResolvedAddress[]> {
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw refused(url, 'only http and https are spoken');
  if (url.username !== '' || url.password !== '') throw refused(url, 'its URL contains a user name or password');
  // The URL has brought decimal, octal and hexadecimal spellings of IPv4 addresses into the usual one.
  const host = plainHost(url.hostname);
  const family = isIP(host);
  const addresses = family === 0 ? await resolved(resolve, url, host, signal) : [{ address: host, family }];
  if (allow.host(host)) return addresses;
  for (const { address } of addresses) {
    const what = refusedAddress(address);
    if (what === undefined || allow.address(address)) continue;
    const why = family === 0 ? `its address ${address} is ${what}` : `it is ${what}`;
    throw refused(url, `${why}; an operator may name it in outbound.allow`);
  }
  return addresses;
}

async function resolved(resolve: Resolve, url: URL, host: string, signal: AbortSignal) {
  signal.throwIfAborted();
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  const addresses = await Promise.race([
    resolve(host).catch((cause: unknown) => {
      throw failed(url, 'its name cannot be resolved', cause);
    }),
    aborted,
  ]);
  if (addresses.length === 0) throw failed(url, 'its name has no address');
  return addresses;
}

/** One request on one connection of its own. */
function createConnector(ca: string | undefined) {
  const agents = { http: new http.Agent({ keepAlive: false }), https: new https.Agent({ keepAlive: false }) };
  let context: tls.SecureContext | undefined;
  const secureContext = () => {
    const more = ca === undefined ? [] : [ca];
    context ??= tls.createSecureContext({
      ca: [...tls.getCACertificates('default'), ...tls.getCACertificates('system'), ...more],
      minVersion: 'TLSv1.2',
    });
    return context;
  };
  return (request: OutboundRequest, addresses: readonly ResolvedAddress[], signal: AbortSignal) =>
    new Promise<OutboundAnswer>((resolve, reject) => {
      const { url, method, body } = request;
      const host = plainHost(url.hostname);
      const secure = url.protocol === 'https:';
      const options: https.RequestOptions = {
        host,
        port: url.port === '' ? (secure ? 443 : 80) : Number(url.port),
        path: `${url.pathname}${url.search}`,
        method,
        headers: headersOf(request),
        lookup: pinned(addresses),
        agent: secure ? agents.https : agents.http,
        maxHeaderSize: HEAD_BYTES,
        signal,
        ...(secure ? { secureContext: secureContext(), rejectUnauthorized: true } : {}),
      };
      const sent = (secure ? https : http).request(options, (response) => {
        response.setTimeout(request.timeoutMs, () => response.destroy(tooSlow(request)));
        resolve({
          status: response.statusCode ?? 0,
          reason: response.statusMessage ?? '',
          version: response.httpVersion,
          headers: joined(response.headers),
          url,
          body: response,
        });
      });
      sent.once('error', (error) => reject(signal.aborted ? reasonOf(signal, url) : failed(url, undefined, error)));
      sent.end(body);
    });
}

function headersOf({ url, headers = {}, body }: OutboundRequest): Record<string, string | number> {
  const length = body === undefined ? undefined : Buffer.byteLength(body);
  return {
    Host: url.host,
    ...headers,
    Connection: 'close',
    ...(length === undefined ? {} : { 'Content-Length': length }),
  };
}

/** Whatever name the socket asks for, it gets the addresses that were judged: a second answer of the DNS is never asked for. */
function pinned(addresses: readonly ResolvedAddress[]): NonNullable<https.RequestOptions['lookup']> {
  return (_host, options, done) => {
    const [first] = addresses;
    if (options.all) done(null, [...addresses]);
    else done(null, first?.address ?? '', first?.family);
  };
}

function joined(headers: IncomingHttpHeaders): Record<string, string> {
  const plain: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) plain[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return plain;
}

function tooSlow({ url, timeoutMs }: OutboundRequest): DomainError {
  return failed(url, `it did not answer within ${timeoutMs / 1000} seconds`);
}

function reasonOf(signal: AbortSignal, url: URL): unknown {
  return signal.reason instanceof DomainError ? signal.reason : failed(url, 'the call was given up', signal.reason);
}
