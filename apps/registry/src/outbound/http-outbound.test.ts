import { readUpTo } from '@holdfast/oci/registry/read-up-to';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../platform/clock.ts';
import { DomainError } from '../platform/domain-error.ts';
import { createOutbound } from './http-outbound.ts';
import type { OutboundRequest } from './outbound.ts';
import type { ResolvedAddress } from './resolver.ts';
import { startReceiver, type TestReceiver } from './test-receiver.ts';

const running: TestReceiver[] = [];
afterEach(async () => {
  for (const receiver of running.splice(0)) await receiver.stop();
});
const receiver = async (...options: Parameters<typeof startReceiver>) => {
  const started = await startReceiver(...options);
  running.push(started);
  return started;
};

const loopback: ResolvedAddress = { address: '127.0.0.1', family: 4 };

/** An outbound whose names resolve by this table; it keeps what was asked. */
function outboundWith(names: Record<string, ResolvedAddress[]> = {}, allow: string[] = ['127.0.0.1'], ca?: string) {
  const asked: string[] = [];
  const resolve = async (host: string) => {
    asked.push(host);
    const found = names[host];
    if (!found) throw Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), { code: 'ENOTFOUND' });
    return found;
  };
  return { outbound: createOutbound({ allow, ca, clock: systemClock, resolve }), asked };
}

const get = (url: string, more: Partial<OutboundRequest> = {}): OutboundRequest => ({
  method: 'GET',
  url: new URL(url),
  timeoutMs: 5000,
  ...more,
});

async function refusal(promise: Promise<unknown>): Promise<DomainError> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof DomainError)) throw new Error('not refused', { cause: error });
  return error;
}

describe('a call', () => {
  it('carries method, headers and body, and brings back status, headers and body', async () => {
    const there = await receiver((_, response) => void response.writeHead(418, 'Teapot', { 'X-A': 'b' }).end('short'));
    const { outbound } = outboundWith();
    const answer = await outbound.send({
      ...get(`http://127.0.0.1:${there.port}/a/b?c=d`),
      method: 'POST',
      headers: { 'X-Custom': 'yes', Authorization: 'Bearer x' },
      body: '{"a":1}',
    });
    const { status, reason, version, headers, url } = answer;
    expect({ status, reason, version, a: headers['x-a'], path: url.pathname }).toEqual({
      status: 418,
      reason: 'Teapot',
      version: '1.1',
      a: 'b',
      path: '/a/b',
    });
    expect((await readUpTo(answer, 100)).bytes.toString()).toBe('short');
    expect(there.received).toMatchObject([
      {
        method: 'POST',
        url: '/a/b?c=d',
        body: '{"a":1}',
        headers: {
          host: `127.0.0.1:${there.port}`,
          'x-custom': 'yes',
          authorization: 'Bearer x',
          'content-length': '7',
        },
      },
    ]);
  });

  it('reads no more of an answer than was wanted', async () => {
    const there = await receiver((_, response) => {
      const more = (error?: Error | null) => {
        if (!error) response.write(Buffer.alloc(64 * 1024, 'x'), more);
      };
      more();
    });
    const { outbound } = outboundWith();
    const answer = await outbound.send(get(`http://127.0.0.1:${there.port}/`));
    const { bytes, cut } = await readUpTo(answer, 1000);
    expect([bytes.length, cut]).toEqual([1000, true]);
  });

  it('ends when there is no answer in time, and when one stops in its middle', async () => {
    const silent = await receiver(() => undefined);
    const half = await receiver((_, response) => void response.write('half'));
    const { outbound } = outboundWith();
    const error = await refusal(outbound.send(get(`http://127.0.0.1:${silent.port}/`, { timeoutMs: 100 })));
    expect([error.code, error.message]).toEqual(['outbound.failed', expect.stringContaining('within 0.1 seconds')]);
    const answer = await outbound.send(get(`http://127.0.0.1:${half.port}/`, { timeoutMs: 100 }));
    await expect(readUpTo(answer, 100)).rejects.toThrow('within 0.1 seconds');
  });

  it('ends with its signal, also while the name is being resolved', async () => {
    const silent = await receiver(() => undefined);
    const { outbound } = outboundWith();
    const ended = AbortSignal.timeout(50);
    const error = await refusal(outbound.send(get(`http://127.0.0.1:${silent.port}/`, { signal: ended })));
    expect(error.message).toContain('given up');
    const endless = createOutbound({ allow: [], clock: systemClock, resolve: () => new Promise(() => undefined) });
    const slow = await refusal(endless.send(get('http://slow.example/', { timeoutMs: 50 })));
    expect(slow.message).toContain('http://slow.example failed: it did not answer');
  });

  it('says what is wrong when nobody is there, without path or query', async () => {
    const gone = await receiver();
    const { port } = gone;
    await gone.stop();
    const { outbound } = outboundWith({ 'hooks.example': [loopback] }, ['hooks.example']);
    const error = await refusal(outbound.send(get(`http://hooks.example:${port}/services/SECRET?key=SECRET`)));
    expect(error.message).toContain(`http://hooks.example:${port} failed: nothing listens there`);
    const unknown = await refusal(outbound.send(get('http://typo.example/SECRET')));
    expect(unknown.message).toContain('http://typo.example failed: its name cannot be resolved');
    expect(error.message + unknown.message).not.toContain('SECRET');
  });
});

describe('an address that is not called', () => {
  it.each([
    'http://127.0.0.1/',
    'http://2130706433/',
    'http://0x7f.1/',
    'http://0177.0.0.1/',
    'http://127.1/',
    'http://0/',
    'http://[::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[0:0:0:0:0:ffff:7f00:1]/',
    'http://169.254.169.254/latest/meta-data/',
    'http://[fd00:ec2::254]/',
    'http://100.100.100.200/',
    'http://[64:ff9b::a9fe:a9fe]/',
    'http://１２７.0.0.1/',
    'http://127.0.0.1./',
    'ftp://10.0.0.1/',
    'file:///etc/passwd',
    'gopher://10.0.0.1/',
    'http://user:secret@10.0.0.1/',
  ])('%s is refused before a name is asked for or a connection opened', async (url) => {
    const { outbound, asked } = outboundWith({}, []);
    const error = await refusal(outbound.send(get(url)));
    expect(error.code).toBe('outbound.refused');
    expect(error.message).not.toContain('secret');
    expect(asked).toEqual([]);
  });

  it('is one whatever name leads there, even when the name has a good address besides', async () => {
    const there = await receiver();
    for (const addresses of [[loopback], [{ address: '10.255.255.1', family: 4 }, loopback], [loopback, loopback]]) {
      const { outbound } = outboundWith({ 'inner.example': addresses }, []);
      const error = await refusal(outbound.send(get(`http://inner.example:${there.port}/`)));
      expect([error.code, error.message]).toEqual([
        'outbound.refused',
        expect.stringContaining(
          'its address 127.0.0.1 is a loopback address; an operator may name it in outbound.allow',
        ),
      ]);
    }
    expect(there.received).toEqual([]);
  });

  it('is called when outbound.allow names it, its network or its host', async () => {
    const there = await receiver();
    for (const allow of [['127.0.0.1'], ['127.0.0.0/8'], ['inner.example']]) {
      const { outbound } = outboundWith({ 'inner.example': [loopback] }, allow);
      expect((await outbound.send(get(`http://Inner.Example.:${there.port}/`))).status).toBe(200);
    }
  });
});

describe('a name whose address changes between two questions (DNS rebinding)', () => {
  it('is connected to at the address that was judged, and asked for once', async () => {
    const good = await receiver();
    let asked = 0;
    const resolve = async () => [{ address: asked++ === 0 ? '127.0.0.1' : '127.0.0.2', family: 4 }];
    const outbound = createOutbound({ allow: ['127.0.0.1'], clock: systemClock, resolve });
    expect((await outbound.send(get(`http://rebinding.example:${good.port}/`))).status).toBe(200);
    expect(asked).toBe(1);
    expect(good.received[0]?.headers.host).toBe(`rebinding.example:${good.port}`);
  });
});

describe('a redirect', () => {
  const redirectTo = (location: string, status = 302) =>
    receiver((_, response) => void response.writeHead(status, { Location: location }).end());

  it('is not followed unless that is wanted, and never after a POST', async () => {
    const end = await receiver();
    const there = await redirectTo(`http://127.0.0.1:${end.port}/`);
    const { outbound } = outboundWith();
    expect((await outbound.send(get(`http://127.0.0.1:${there.port}/`))).status).toBe(302);
    const post = { ...get(`http://127.0.0.1:${there.port}/`, { redirects: 5 }), method: 'POST' as const, body: 'x' };
    expect((await outbound.send(post)).status).toBe(302);
    expect(end.received).toEqual([]);
  });

  it('is judged like the first address', async () => {
    const inner = await receiver();
    const there = await redirectTo(`http://inner.example:${inner.port}/`);
    const names = { 'inner.example': [{ address: '127.0.0.2', family: 4 }], 'outer.example': [loopback] };
    const { outbound } = outboundWith(names, ['outer.example']);
    const error = await refusal(outbound.send(get(`http://outer.example:${there.port}/`, { redirects: 5 })));
    expect([error.code, error.message]).toEqual(['outbound.refused', expect.stringContaining('inner.example')]);
    expect(inner.received).toEqual([]);
  });

  it('takes no credentials to another origin, and keeps them on the same', async () => {
    const other = await receiver();
    const there = await receiver((request, response) => {
      if (request.url === '/first') response.writeHead(307, { Location: '/second' }).end();
      else response.writeHead(307, { Location: `http://127.0.0.1:${other.port}/third` }).end();
    });
    const { outbound } = outboundWith();
    const headers = {
      Authorization: 'Basic c2VjcmV0',
      Cookie: 'a=b',
      'X-Api-Key': 'k',
      Range: 'bytes=5-',
      Accept: 'a/b',
    };
    const answer = await outbound.send(get(`http://127.0.0.1:${there.port}/first`, { redirects: 5, headers }));
    expect(answer.url.href).toBe(`http://127.0.0.1:${other.port}/third`);
    expect(there.received.map(({ headers: sent }) => sent.authorization)).toEqual(['Basic c2VjcmV0', 'Basic c2VjcmV0']);
    const sent = other.received[0]?.headers ?? {};
    expect([sent.authorization, sent.cookie, sent['x-api-key'], sent.range, sent.accept]).toEqual([
      undefined,
      undefined,
      undefined,
      'bytes=5-',
      'a/b',
    ]);
  });

  it('does not go round for ever', async () => {
    const there = await redirectTo('/again');
    const { outbound } = outboundWith();
    expect((await outbound.send(get(`http://127.0.0.1:${there.port}/`, { redirects: 3 }))).status).toBe(302);
    expect(there.received).toHaveLength(4);
  });
});
