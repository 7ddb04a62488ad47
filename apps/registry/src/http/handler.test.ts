import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { FakeClock } from '../platform/clock.ts';
import { DomainError } from '../platform/domain-error.ts';
import { systemIds } from '../platform/ids.ts';
import { createLogger } from '../telemetry/logger.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { readBody } from './body.ts';
import type { Exchange } from './exchange.ts';
import { proxyList } from './forwarded.ts';
import { createHandler } from './handler.ts';

let server: Server | undefined;
afterEach(() => server?.closeAllConnections());
afterEach(() => server?.close());

interface Setup {
  readonly handle?: (exchange: Exchange) => Promise<void>;
  readonly proxies?: readonly string[];
  /** The address from which the request seems to come. */
  readonly peer?: string;
  readonly token?: string;
  readonly draining?: boolean;
  /** Bytes of a body that follow one by one. */
  readonly drip?: number;
}

/** A handler behind a real server; what it logs is kept. */
async function serve(setup: Setup): Promise<{ port: number; logged: string[] }> {
  const logged: string[] = [];
  const metrics = createMetrics();
  const handler = createHandler({
    handle: setup.handle ?? (async (exchange) => exchange.sendJson(200, {}, exchange.facts)),
    health: { notReady: async () => [], metrics, metricsToken: setup.token },
    domain: 'local.test',
    site: () => ({
      scheme: 'https',
      loginServer: (registry) => `${registry}.azsacr.local.test:5443`,
      plane: (name) => `https://${name}.local.test:5443`,
    }),
    proxies: proxyList(setup.proxies ?? []),
    draining: () => setup.draining === true,
    clock: new FakeClock(),
    ids: systemIds,
    logger: createLogger({ level: 'info', terminal: false, stream: { write: (line) => logged.push(line) } }),
    metrics,
  });
  server = createServer({ requireHostHeader: false }, (request: IncomingMessage, response) => {
    if (setup.peer) Object.defineProperty(request.socket, 'remoteAddress', { value: setup.peer });
    handler(request, response, false);
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port, logged };
}

/** Sends raw lines; answers what came back and what was logged. */
async function ask(lines: readonly string[], setup: Setup = {}): Promise<{ text: string; logged: string[] }> {
  const { port, logged } = await serve(setup);
  const socket = connect(port, '127.0.0.1');
  let text = '';
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  socket.write([...lines, 'Connection: close', '', ''].join('\r\n'));
  let left = setup.drip ?? 0;
  const drip = setInterval(() => left-- > 0 && socket.write('x'), 15);
  await new Promise((resolve) => socket.once('close', resolve));
  clearInterval(drip);
  return { text, logged };
}

const GET = ['GET /v2/ HTTP/1.1', 'Host: localhost:5000'];
const BASIC = `Authorization: Basic ${Buffer.from('u:hunter2').toString('base64')}`;

it('answers that are given in one turn are written together, behind the first one', async () => {
  const ended: string[] = [];
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  let waiting = 0;
  const handle = async (exchange: Exchange) => {
    const { response, facts } = exchange;
    const { end } = response;
    response.end = (...given: unknown[]) => {
      ended.push(facts.target.path);
      return Reflect.apply(end, response, given);
    };
    waiting += 1;
    await gate;
    exchange.sendJson(200, {}, {});
  };
  const { port } = await serve({ handle });
  const sockets = ['/v2/a', '/v2/b', '/v2/c'].map((path) => {
    const socket = connect(port, '127.0.0.1');
    socket.write([`GET ${path} HTTP/1.1`, 'Host: localhost:5000', '', ''].join('\r\n'));
    return socket;
  });
  await vi.waitFor(() => expect(waiting).toBe(sockets.length));
  open();
  for (let steps = 0; steps < 20; steps++) await undefined;
  expect(ended).toHaveLength(1);
  await nextTurn();
  expect(ended).toHaveLength(sockets.length);
  for (const socket of sockets) socket.destroy();
});

describe('credentials over plain HTTP', () => {
  it('from another machine are refused, and the handler never sees them', async () => {
    let seen = 0;
    const handle = async () => {
      seen += 1;
    };
    const { text, logged } = await ask([...GET, BASIC], { peer: '10.0.0.9', handle });
    expect(text).toMatch(/^HTTP\/1\.1 401 /);
    expect(text).toContain('Credentials are not accepted over plain HTTP');
    expect(seen).toBe(0);
    expect(logged.join()).not.toContain('hunter2');
  });

  it('are taken from loopback, and from a configured proxy', async () => {
    for (const peer of ['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1']) {
      expect((await ask([...GET, BASIC], { peer })).text).toMatch(/^HTTP\/1\.1 200 /);
    }
    const proxied = { peer: '10.0.0.9', proxies: ['10.0.0.0/8'] };
    expect((await ask([...GET, BASIC, 'X-Forwarded-For: 8.8.8.8'], proxied)).text).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('a request without any is let through', async () => {
    expect((await ask(GET, { peer: '10.0.0.9' })).text).toMatch(/^HTTP\/1\.1 200 /);
  });
});

describe('X-Forwarded-*', () => {
  const FORGED = ['X-Forwarded-For: 127.0.0.1', 'X-Forwarded-Proto: https', 'X-Forwarded-Host: evil.example'];

  it('of somebody who is no proxy changes nothing', async () => {
    const { text } = await ask([...GET, ...FORGED], { peer: '10.0.0.9', proxies: ['10.0.0.8'] });
    expect(text).toContain('"clientAddress":"10.0.0.9"');
    expect(text).toContain('"host":"localhost:5000"');
    expect(text).toContain('"scheme":"http"');
    expect(text).not.toContain('evil');
    const refused = await ask([...GET, ...FORGED, BASIC], { peer: '10.0.0.9' });
    expect(refused.text).toMatch(/^HTTP\/1\.1 401 /);
  });

  it('of a proxy counts; what a client wrote in front of it does not', async () => {
    const { text } = await ask(
      [
        ...GET,
        'X-Forwarded-For: 127.0.0.1, 8.8.8.8',
        'X-Forwarded-Proto: https',
        'X-Forwarded-Host: a, registry.example',
      ],
      { peer: '10.0.0.8', proxies: ['10.0.0.8'] },
    );
    expect(text).toContain('"clientAddress":"8.8.8.8"');
    expect(text).toContain('"realm":"https://registry.example/oauth2/token"');
  });

  it('with a host of injection characters is refused even from a proxy', async () => {
    const { text } = await ask([...GET, 'X-Forwarded-Host: a",error="x'], { peer: '10.0.0.8', proxies: ['10.0.0.8'] });
    expect(text).toMatch(/^HTTP\/1\.1 400 /);
  });
});

describe('/metrics', () => {
  const METRICS = ['GET /metrics HTTP/1.1', 'Host: localhost'];
  const handle = async () => {
    throw new DomainError('not-found', 'route.unknown', 'Nothing answers here.');
  };
  it('is there for loopback and for the bearer of its token, and for others does not exist', async () => {
    expect((await ask(METRICS)).text).toMatch(/^HTTP\/1\.1 200 /);
    const far = { peer: '10.0.0.9', proxies: ['10.0.0.9'], token: 'scrape', handle };
    for (const [header, status] of [
      ['Bearer scrape', 200],
      ['bearer scrape', 200],
      ['Bearer scrap', 404],
      ['Bearer ', 404],
      ['Basic scrape', 404],
    ] as const) {
      expect(
        (await ask([...METRICS, `Authorization: ${header}`, 'X-Forwarded-For: 8.8.8.8'], far)).text,
        header,
      ).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    }
    const open = { peer: '10.0.0.9', proxies: ['10.0.0.9'], handle };
    expect((await ask([...METRICS, 'Authorization: Bearer undefined', 'X-Forwarded-For: 8.8.8.8'], open)).text).toMatch(
      /^HTTP\/1\.1 404 /,
    );
    expect((await ask([...METRICS, 'X-Forwarded-For: 127.0.0.1, 8.8.8.8'], far)).text).toMatch(/^HTTP\/1\.1 404 /);
  });
});

describe('what a handler throws', () => {
  it('becomes its answer; what was not foreseen tells the log, not the client', async () => {
    const thrown = async () => {
      throw new Error('the inside');
    };
    const { text, logged } = await ask(GET, { handle: thrown });
    expect(text).toMatch(/^HTTP\/1\.1 500 /);
    expect(text).not.toContain('the inside');
    expect(logged.join()).toContain('the inside');
    const known = await ask(GET, {
      handle: async () => {
        throw new DomainError('not-found', 'blob.unknown', 'no such blob');
      },
    });
    expect(known.text).toMatch(/^HTTP\/1\.1 404 /);
  });

  it('after the head was sent cuts the answer, so that the client sees it as cut', async () => {
    const { text } = await ask(GET, {
      handle: async (exchange) => {
        exchange.response.writeHead(200, { 'Content-Length': 1000 });
        exchange.response.write('half');
        await new Promise((resolve) => setTimeout(resolve, 50));
        throw new Error('too late');
      },
    });
    expect(text).toMatch(/^HTTP\/1\.1 200 /);
    expect(text).not.toContain('errors');
  });
});

describe('a client that sends a small body byte by byte', () => {
  it('is refused in time and told so on the wire', async () => {
    const tooLarge = () => new DomainError('too-large', 'manifest.too-large', 'too large');
    const handle = async (exchange: Exchange) => {
      await readBody(exchange, 100, tooLarge, 100);
    };
    const lines = ['PUT /v2/a/manifests/x HTTP/1.1', 'Host: localhost', 'Content-Length: 20'];
    const { text } = await ask(lines, { handle, drip: 20 });
    expect(text).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
    expect(text).toContain('"code":"UNAVAILABLE","message":"The body of the request did not come within 0.1 seconds');
  });
});

describe('a correlation id', () => {
  const ID = '3f2504e0-4f89-41d3-9a0c-0305e82c3301';
  it('is taken over when it is a GUID and made otherwise', async () => {
    expect((await ask([...GET, `x-ms-correlation-request-id: ${ID}`])).text).toContain(
      `X-Ms-Correlation-Request-Id: ${ID}\r\n`,
    );
    for (const bad of ['x', `${ID}x`, `${ID}, ${ID}`, '', '{}']) {
      const { text } = await ask([...GET, `x-ms-correlation-request-id: ${bad}`]);
      expect(text).toMatch(/X-Ms-Correlation-Request-Id: [0-9a-f-]{36}\r\n/);
      expect(text).not.toContain(`Id: ${ID}`);
    }
  });
});

describe('the log', () => {
  it('has a line for each request, without the secrets of its address', async () => {
    const { logged } = await ask(['GET /v2/?password=hunter2&access_token=abc&n=5 HTTP/1.1', 'Host: localhost', BASIC]);
    const line = JSON.parse(logged.at(-1) ?? '') as Record<string, unknown>;
    expect(line).toMatchObject({ method: 'GET', status: 200, principal: 'anonymous', client: '127.0.0.1' });
    expect(line.url).toBe('/v2/?password=[redacted]&access_token=[redacted]&n=5');
    expect(logged.join()).not.toContain('hunter2');
  });
});

describe('a server that stops', () => {
  it('asks its clients to close', async () => {
    const { text } = await ask(GET, { draining: true });
    expect(text).toMatch(/\r\nConnection: close\r\n/);
  });
});
