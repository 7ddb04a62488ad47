import type { IncomingMessage } from 'node:http';
import { BlockList, isIPv6, type Socket } from 'node:net';

/** Where a request comes from and how its client called us, as far as that may be believed. */
export interface Origin {
  readonly clientAddress: string;
  readonly scheme: string;
  readonly host: string | undefined;
  /** Whether the bytes came over TLS, over loopback, or through a configured proxy: then credentials may be shown. */
  readonly confidential: boolean;
  /** Whether the client is on this machine. */
  readonly local: boolean;
  /** Whether it came through a configured proxy. */
  readonly viaProxy: boolean;
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

function isLoopback(address: string): boolean {
  return contains(LOOPBACK, address);
}

/** Addresses and networks in CIDR form. */
export function proxyList(entries: readonly string[]): BlockList {
  const list = new BlockList();
  for (const entry of entries) {
    const [address = '', prefix] = entry.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    if (prefix === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(prefix), family);
  }
  return list;
}

function contains(list: BlockList, address: string): boolean {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  return list.check(plain, isIPv6(plain) ? 'ipv6' : 'ipv4');
}

interface Peer {
  readonly address: string;
  readonly proxy: boolean;
  readonly loopback: boolean;
}

/** A connection keeps its peer: looked up once, not for each of its requests. */
const peers = new WeakMap<Socket, Peer>();

function peerOf(socket: Socket, proxies: BlockList): Peer {
  const known = peers.get(socket);
  if (known) return known;
  const address = socket.remoteAddress ?? '';
  const peer = { address, proxy: contains(proxies, address), loopback: isLoopback(address) };
  peers.set(socket, peer);
  return peer;
}

/** `X-Forwarded-For`, `-Proto` and `-Host` count only when the peer is a configured proxy; of several values, its own. */
export function originOf(request: IncomingMessage, encrypted: boolean, proxies: BlockList): Origin {
  const { address: peer, proxy, loopback } = peerOf(request.socket, proxies);
  const { host } = request.headers;
  const own = encrypted ? 'https' : 'http';
  if (!proxy) {
    // A proxy on this machine that nobody configured: its clients are not local, and how they reach it is not known.
    const local = loopback && !isForwarded(request);
    return { clientAddress: peer, scheme: own, host, local, confidential: encrypted || local, viaProxy: false };
  }
  const forwardedFor = listOf(request, 'x-forwarded-for');
  const client = forwardedFor.findLast((address) => !contains(proxies, address)) ?? forwardedFor[0];
  const scheme = listOf(request, 'x-forwarded-proto').at(-1)?.toLowerCase();
  return {
    clientAddress: client ?? peer,
    local: client !== undefined && isLoopback(client), // a proxy that does not say whose request it is may be anybody's
    scheme: scheme === 'https' || scheme === 'http' ? scheme : own,
    host: listOf(request, 'x-forwarded-host').at(-1) ?? host,
    confidential: true,
    viaProxy: forwardedFor.length > 0, // a client on the proxy's own machine has its address, and comes by itself
  };
}

/** Each name spelled out: looked up by a variable, they are slower to find. */
function isForwarded({ headers }: IncomingMessage): boolean {
  return (
    headers['x-forwarded-for'] !== undefined ||
    headers['x-forwarded-host'] !== undefined ||
    headers['x-forwarded-proto'] !== undefined ||
    headers.forwarded !== undefined
  );
}

function listOf(request: IncomingMessage, name: string): string[] {
  const value = request.headers[name];
  const text = Array.isArray(value) ? value.join(',') : (value ?? '');
  return text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean);
}
