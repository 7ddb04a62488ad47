import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { HttpClient } from '../../../../test/support/http-client.ts';
import { expectError } from '../distribution/test-content.ts';
import { systemClock } from '../platform/clock.ts';
import { systemIds } from '../platform/ids.ts';
import { createLogger } from '../telemetry/logger.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { originOf, proxyList } from './forwarded.ts';
import { createHandler } from './handler.ts';
import { createListener, listen } from './server.ts';

const PROXIES = proxyList(['10.0.0.5', '10.1.0.0/16', 'fd00::/8']);

function origin(peer: string, headers: Record<string, string> = {}, encrypted = false) {
  const request = { socket: { remoteAddress: peer }, headers: { host: 'own.test', ...headers } };
  return originOf(request as unknown as IncomingMessage, encrypted, PROXIES);
}

const forwarded = {
  'x-forwarded-for': '203.0.113.9',
  'x-forwarded-proto': 'https',
  'x-forwarded-host': 'registry.test',
};

describe('a request from a configured proxy', () => {
  it.each(['10.0.0.5', '::ffff:10.0.0.5', '10.1.255.255', 'fd12::1'])('(%s) is believed', (peer) => {
    expect(origin(peer, forwarded)).toEqual({
      clientAddress: '203.0.113.9',
      scheme: 'https',
      host: 'registry.test',
      confidential: true,
      local: false,
      viaProxy: true,
    });
  });

  it('says the last client that is no proxy, since clients write what they like in front', () => {
    const chain = { 'x-forwarded-for': '127.0.0.1, 203.0.113.9, 10.1.2.3 , 10.0.0.5' };
    expect(origin('10.0.0.5', chain).clientAddress).toBe('203.0.113.9');
    expect(origin('10.0.0.5', { 'x-forwarded-for': '10.1.2.3, 10.0.0.5' }).clientAddress).toBe('10.1.2.3');
  });

  it('says the last scheme and host, which are its own', () => {
    const more = { 'x-forwarded-proto': 'https, HTTP', 'x-forwarded-host': 'evil.test, registry.test' };
    expect(origin('10.0.0.5', more)).toMatchObject({ scheme: 'http', host: 'registry.test' });
  });

  it('that says nothing is taken as it is', () => {
    expect(origin('10.0.0.5')).toMatchObject({ clientAddress: '10.0.0.5', scheme: 'http', host: 'own.test' });
    expect(origin('10.0.0.5', { 'x-forwarded-proto': 'gopher' }).scheme).toBe('http');
    expect(origin('10.0.0.5', {}, true).scheme).toBe('https');
  });
});

describe('a request from anybody else', () => {
  it.each(['203.0.113.1', '10.2.0.1', '127.0.0.1', '::1'])('(%s) is not believed', (peer) => {
    const found = origin(peer, forwarded);
    expect(found).toMatchObject({ clientAddress: peer, scheme: 'http', host: 'own.test' });
  });

  it('may show credentials over TLS and over loopback only', () => {
    expect(origin('203.0.113.1').confidential).toBe(false);
    expect(origin('203.0.113.1', forwarded).confidential).toBe(false);
    expect(origin('203.0.113.1', {}, true).confidential).toBe(true);
    for (const peer of ['127.0.0.1', '127.8.9.1', '::1', '::ffff:127.0.0.1']) {
      expect(origin(peer).confidential).toBe(true);
    }
  });
});

describe('a local client', () => {
  it.each(['128.0.0.1', '10.0.0.1', '::2', '::ffff:10.0.0.1', ''])('is not %s', (address) => {
    expect(origin(address).local).toBe(false);
  });

  it.each(Object.entries(forwarded))('is not one that a proxy nobody configured speaks for (%s)', (name, value) => {
    expect(origin('127.0.0.1')).toMatchObject({ local: true, confidential: true });
    expect(origin('127.0.0.1', { [name]: value })).toMatchObject({ local: false, confidential: false });
  });
});

/** A listener whose clients all seem to come from `peer`. */
async function listenTo(peer: string): Promise<{ client: HttpClient; close: () => Promise<void> }> {
  const metrics = createMetrics();
  const handler = createHandler({
    handle: async (exchange) => exchange.sendJson(200, {}, { seen: exchange.header('authorization') ?? null }),
    health: { notReady: async () => [], metrics, metricsToken: undefined },
    domain: 'local.holdfast.internal',
    site: () => ({ scheme: 'http', loginServer: (name) => name, plane: (name) => name }),
    proxies: PROXIES,
    draining: () => false,
    clock: systemClock,
    ids: systemIds,
    logger: createLogger({ level: 'silent', terminal: false }),
    metrics,
  });
  const limits = { headerBytes: 32_768, headerSeconds: 5, idleSeconds: 5 };
  const { server } = createListener(handler, limits, undefined, { uuid: systemIds.uuid, refused: () => undefined });
  server.prependListener('connection', (socket: Socket) => {
    Object.defineProperty(socket, 'remoteAddress', { value: peer });
  });
  const client = new HttpClient(`http://127.0.0.1:${await listen(server, '127.0.0.1', 0)}`);
  return {
    client,
    close: async () => {
      await client.close();
      server.close();
    },
  };
}

describe('credentials over plain HTTP', () => {
  const headers = { Authorization: 'Basic eDp5' };

  it.each(['203.0.113.1', '10.2.0.1'])(
    'from another machine (%s) are refused before they are looked at',
    async (peer) => {
      const { client, close } = await listenTo(peer);
      const refused = await client.request('GET', '/v2/', { headers });
      expect(expectError(refused, 401, 'UNAUTHORIZED').message).toContain('https://');
      const forged = await client.request('GET', '/v2/', { headers: { ...headers, 'X-Forwarded-Proto': 'https' } });
      expect(forged.status).toBe(401);
      expect((await client.request('GET', '/v2/')).json()).toEqual({ seen: null });
      await close();
    },
  );

  it.each(['127.0.0.1', '::1', '10.0.0.5'])('from loopback or a configured proxy (%s) are accepted', async (peer) => {
    const { client, close } = await listenTo(peer);
    expect((await client.request('GET', '/v2/', { headers })).json()).toEqual({ seen: headers.Authorization });
    await close();
  });
});
