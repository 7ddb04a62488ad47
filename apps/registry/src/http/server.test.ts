import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { digestOf } from '@holdfast/oci/digest';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, RawConnection } from '../../../../test/support/http-client.ts';
import { startRegistry, type TestRegistry } from '../../../../test/support/start-registry.ts';
import { expectError, newBytes, pushBlob, pushImage, startUpload } from '../distribution/test-content.ts';
import { type BrokenRequest, createListener, listen } from './server.ts';

let registry: TestRegistry;
const open: RawConnection[] = [];
const MiB = 1024 * 1024;

beforeAll(async () => {
  registry = await startRegistry({ config: 'limits: { idleSeconds: 5, headerSeconds: 1 }' });
  await pushImage(registry, 'wire/app', { tag: 'v1' });
});
afterEach(() => {
  for (const connection of open.splice(0)) connection.close();
  expect(registry.problems).toEqual([]);
});
afterAll(() => registry.stop());

async function connect(): Promise<RawConnection> {
  const connection = await registry.raw();
  open.push(connection);
  return connection;
}

const head = (method: string, target: string, ...lines: string[]) =>
  [`${method} ${target} HTTP/1.1`, 'Host: localhost', ...lines, '', ''].join('\r\n');
const authorized = (method: string, target: string, ...lines: string[]) =>
  head(method, target, `Authorization: ${registry.basic}`, ...lines);

/** The connection still carries a request and its answer. */
async function expectUsable(connection: RawConnection): Promise<void> {
  await connection.write(authorized('GET', '/v2/wire/app/tags/list'));
  const answer = await connection.answer();
  expect([answer.status, answer.json()]).toEqual([200, { name: 'wire/app', tags: ['v1'] }]);
}

describe('requests that are sent without waiting for answers', () => {
  it('are answered in their order, errors among them', async () => {
    const connection = await connect();
    const targets = ['manifests/v1', 'manifests/none', `blobs/${digestOf('none')}`, 'tags/list', 'manifests/-'];
    await connection.write(targets.map((target) => authorized('GET', `/v2/wire/app/${target}`)).join(''));
    const answers: Answer[] = [];
    for (const _ of targets) answers.push(await connection.answer());
    expect(answers.map((answer) => answer.status)).toEqual([200, 404, 404, 200, 400]);
    await expectUsable(connection);
  });

  it('may carry bodies', async () => {
    const connection = await connect();
    const blobs = [newBytes(10), newBytes(100_000), newBytes(1)];
    const requests = blobs.flatMap((bytes) => [
      Buffer.from(
        authorized('POST', `/v2/wire/app/blobs/uploads/?digest=${digestOf(bytes)}`, `Content-Length: ${bytes.length}`),
      ),
      bytes,
    ]);
    await connection.write(Buffer.concat(requests));
    for (const bytes of blobs) {
      const answer = await connection.answer();
      expect([answer.status, answer.header('Docker-Content-Digest')]).toEqual([201, digestOf(bytes)]);
    }
    await expectUsable(connection);
  });
});

describe('a request without a body, to a route that wants one', () => {
  const bare: Record<string, [target: string, status: number, ...lines: string[]]> = {
    'a manifest': ['PUT /v2/wire/app/manifests/v2', 400, 'Content-Type: application/vnd.oci.image.manifest.v1+json'],
    'a form': ['POST /oauth2/token', 400, 'Content-Type: application/x-www-form-urlencoded'],
    'a blob that is empty': [`POST /v2/wire/app/blobs/uploads/?digest=${digestOf('')}`, 201],
    'a blob that is not': [`POST /v2/wire/app/blobs/uploads/?digest=${digestOf('x')}`, 400],
  };

  it.each(Object.entries(bare))('is answered for what it lacks: %s', async (_, [line, status, ...lines]) => {
    const [method, target] = line.split(' ') as [string, string];
    const connection = await connect();
    await connection.write(authorized(method, target, ...lines));
    expect((await connection.answer()).status).toBe(status);
    await expectUsable(connection);
  });
});

describe('a refused request whose body was not read', () => {
  const wrongs: Record<string, (length: number) => string> = {
    'without sign-in': (n) => head('PUT', '/v2/wire/app/manifests/v2', `Content-Length: ${n}`),
    'to a wrong name': (n) => authorized('PUT', '/v2/WIRE/manifests/v2', `Content-Length: ${n}`),
    'to no route': (n) => authorized('PUT', '/nowhere', `Content-Length: ${n}`),
    'with a wrong method': (n) => authorized('PATCH', '/v2/wire/app/manifests/v1', `Content-Length: ${n}`),
    'to no session': (n) => authorized('PATCH', '/v2/wire/app/blobs/uploads/none', `Content-Length: ${n}`),
    'with a wrong digest': (n) => authorized('POST', '/v2/wire/app/blobs/uploads/?digest=x', `Content-Length: ${n}`),
  };

  it.each(Object.entries(wrongs))('(%s) is answered, and the connection goes on', async (_, request) => {
    const connection = await connect();
    await connection.write(Buffer.concat([Buffer.from(request(MiB)), newBytes(MiB)]));
    const answer = await connection.answer();
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.header('Connection')).not.toBe('close');
    await expectUsable(connection);
  });

  it.each(Object.entries(wrongs))(
    '(%s) is answered although 64 MiB come, and no reset hides it',
    async (_, request) => {
      const connection = await connect();
      await connection.write(request(64 * MiB));
      const piece = newBytes(MiB);
      let refused = false;
      const sending = (async () => {
        for (let i = 0; i < 64 && !connection.socket.destroyed; i++) await connection.write(piece);
      })().catch(() => {
        refused = true;
      });
      await sending;
      const answer = await connection.answer();
      expect([answer.status >= 400, answer.header('Connection'), refused]).toEqual([true, 'close', false]);
    },
  );

  it('is answered to clients that send all before they read', async () => {
    const big = newBytes(24 * MiB);
    for (const body of [big, Readable.from([big.subarray(0, 12 * MiB), big.subarray(12 * MiB)])]) {
      const answer = await registry.ask('PUT', '/v2/wire/app/manifests/v2', { body, as: 'none' });
      expectError(answer, 401, 'UNAUTHORIZED');
    }
  });

  it('is answered while the client waits with the rest of its body', async () => {
    const connection = await connect();
    await connection.write(`${wrongs['without sign-in']?.(MiB) ?? ''}some bytes`);
    const answer = await connection.answer();
    expect([answer.status, answer.header('Connection')]).toEqual([401, 'close']);
  });
});

describe('an answer that needs no body', () => {
  it('leaves the connection usable although one came', async () => {
    const connection = await connect();
    for (const [method, target] of [
      ['GET', '/v2/wire/app/manifests/v1'],
      ['POST', '/v2/wire/app/blobs/uploads/'],
      ['DELETE', '/v2/wire/app/manifests/none'],
    ] as const) {
      await connection.write(authorized(method, target, 'Content-Length: 100000'));
      await connection.write(newBytes(100_000));
      expect((await connection.answer()).status).toBeLessThan(500);
    }
    await expectUsable(connection);
  });
});

describe('Expect: 100-continue', () => {
  const expecting = ['Expect: 100-continue', `Content-Length: ${MiB}`];

  it('is answered once the caller was let in', async () => {
    const bytes = newBytes(MiB);
    const location = await startUpload(registry, 'wire/app');
    const connection = await connect();
    await connection.write(authorized('PUT', `${location}?digest=${digestOf(bytes)}`, ...expecting));
    expect((await connection.answer()).status).toBe(100);
    await connection.write(bytes);
    expect((await connection.answer()).status).toBe(201);
    await expectUsable(connection);
  });

  it.each([
    [
      'who did not sign in',
      () => head('POST', `/v2/wire/app/blobs/uploads/?digest=${digestOf('x')}`, ...expecting),
      401,
    ],
    ['who asks for a wrong name', () => authorized('PUT', '/v2/WIRE/manifests/v2', ...expecting), 400],
    ['whose session is unknown', () => authorized('PATCH', '/v2/wire/app/blobs/uploads/none', ...expecting), 404],
  ])('is refused without a 100 to a caller %s', async (_, request, status) => {
    const connection = await connect();
    await connection.write(request());
    const answer = await connection.answer();
    expect([answer.status, answer.header('Connection')]).toEqual([status, 'close']);
    await connection.closed();
    expect(connection.rest).toBe('');
  });

  it('is refused without a 100 when the chunk is out of order or the manifest too large', async () => {
    const location = await startUpload(registry, 'wire/app');
    const chunk = await connect();
    await chunk.write(authorized('PATCH', location, `Content-Range: 7-${MiB + 6}`, ...expecting));
    expect((await chunk.answer()).status).toBe(416);
    const manifest = await connect();
    await manifest.write(
      authorized('PUT', '/v2/wire/app/manifests/v2', 'Expect: 100-continue', `Content-Length: ${5 * MiB}`),
    );
    expect((await manifest.answer()).status).toBe(413);
  });

  it('closes the connection when the answer came without the body', async () => {
    const { digest } = await pushBlob(registry, 'wire/app');
    for (const query of [`?mount=${digest}&from=wire/app`, '']) {
      const connection = await connect();
      await connection.write(authorized('POST', `/v2/wire/app/blobs/uploads/${query}`, ...expecting));
      const answer = await connection.answer();
      expect(answer.status).toBe(query ? 201 : 202);
      expect(answer.header('Connection')).toBe('close');
      await connection.closed();
    }
  });
});

describe('what is no request', () => {
  const broken: [what: string, bytes: () => string][] = [
    ['no HTTP', () => 'hello\r\n\r\n'],
    ['two lengths', () => authorized('PUT', '/v2/wire/app/manifests/x', 'Content-Length: 1', 'Content-Length: 2')],
    [
      'a length beside chunks',
      () => authorized('PUT', '/v2/wire/app/manifests/x', 'Content-Length: 4', 'Transfer-Encoding: chunked'),
    ],
    ['a bare line feed', () => 'GET /v2/ HTTP/1.1\nHost: localhost\n\n'],
    ['a blank before the colon', () => authorized('GET', '/v2/', 'X-A : b')],
    ['a length that is no number', () => authorized('PUT', '/v2/wire/app/manifests/x', 'Content-Length: 1x')],
    ['no Host in HTTP/1.1', () => 'GET /v2/ HTTP/1.1\r\n\r\n'],
    ['two Hosts', () => head('GET', '/v2/', 'Host: other')],
    ['a Host with a quote', () => 'GET /v2/ HTTP/1.1\r\nHost: a"b\r\n\r\n'],
  ];
  it.each(broken)('(%s) is 400 in the envelope', async (_, bytes) => {
    const connection = await connect();
    await connection.write(bytes());
    const answer = await connection.answer();
    const { message } = expectError(answer, 400, 'UNSUPPORTED');
    expect(message).toMatch(/\. (?:Send|Correct|Use) /); // what to do next
    expect(answer.header('X-Ms-Correlation-Request-Id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('(a head that is too large) is 431', async () => {
    const connection = await connect();
    await connection.write(authorized('GET', '/v2/', `X-Large: ${'x'.repeat(60_000)}`));
    expectError(await connection.answer(), 431, 'UNSUPPORTED');
  });

  it('(a head that does not end) is 408', async () => {
    const connection = await connect();
    await connection.write('GET /v2/ HTTP/1.1\r\nHost: x\r\n');
    expectError(await connection.answer(), 408, 'UNAVAILABLE');
  });

  it('tells the log under the correlation id of its answer', async () => {
    const id = '0f8fad5b-d9cb-469f-a165-70867728950e';
    const told: BrokenRequest[] = [];
    const limits = { headerBytes: 1024, headerSeconds: 1, idleSeconds: 5 };
    const broken = { uuid: () => id, refused: (request: BrokenRequest) => void told.push(request) };
    const { server } = createListener(() => undefined, limits, undefined, broken);
    const connection = await RawConnection.open(`http://127.0.0.1:${await listen(server, '127.0.0.1', 0)}`);
    open.push(connection);
    await connection.write('GET / HTTP/1.1\r\nX-A : b\r\n\r\n');
    const { message } = expectError(await connection.answer(), 400, 'UNSUPPORTED');
    expect(message).toContain(`(correlation id ${id})`);
    expect(told).toEqual([{ correlationId: id, status: 400, reason: 'HPE_INVALID_HEADER_TOKEN', client: '127.0.0.1' }]);
    server.close();
  });

  it('(a body that is broken just behind its head) is 400, also where the answer was at hand', async () => {
    const bearer = await registry.token('repository:wire/app:pull');
    const ask = (...lines: string[]) =>
      head('GET', '/v2/wire/app/manifests/v1', `Authorization: Bearer ${bearer}`, ...lines);
    const connection = await connect();
    for (let i = 0; i < 3; i++) {
      await connection.write(ask());
      expect((await connection.answer()).status).toBe(200);
    }
    await connection.write(`${ask('Transfer-Encoding: chunked')}no length\r\n`);
    expectError(await connection.answer(), 400, 'UNSUPPORTED');
  });

  it('behind a download under way does not get into it', async () => {
    const bytes = newBytes(16 * MiB);
    const { digest } = await pushBlob(registry, 'wire/app', bytes);
    const connection = await connect();
    connection.socket.pause();
    await connection.write(authorized('GET', `/v2/wire/app/blobs/${digest}`));
    await sleep(100);
    await connection.write('garbage\r\n\r\n');
    await sleep(100);
    connection.socket.resume();
    const answer = await connection.answer().catch((error: Error) => error.message);
    if (typeof answer === 'string') expect(`${answer}${connection.rest}`).not.toContain('no valid HTTP');
    else expect(answer.body.equals(bytes)).toBe(true);
  });
});

describe('a connection', () => {
  it('that sends no more of its body is closed after the idle time, and the session stays', async () => {
    const impatient = await startRegistry({ config: 'limits: { idleSeconds: 1 }' });
    try {
      const location = await startUpload(impatient, 'wire/app');
      const connection = await impatient.raw();
      const lines = [`Authorization: ${impatient.basic}`, 'Content-Length: 100'];
      await connection.write(`${head('PATCH', location, ...lines)}only this`);
      await connection.closed();
      expect((await impatient.ask('GET', location)).header('Holdfast-Upload-Offset')).toBe('0');
    } finally {
      await impatient.stop();
    }
  });

  it('of which we do not read the body, or have not said that it is welcome, stays', async () => {
    const impatient = await startRegistry({ config: 'limits: { idleSeconds: 1 }' });
    try {
      const location = await startUpload(impatient, 'wire/app');
      const bytes = newBytes(3 * MiB);
      const range = `Content-Range: 0-${bytes.length - 1}`;
      const ask = (...more: string[]) =>
        head('PATCH', location, `Authorization: ${impatient.basic}`, `Content-Length: ${bytes.length}`, range, ...more);
      const [slow, unread, uninvited] = [await impatient.raw(), await impatient.raw(), await impatient.raw()];
      await slow.write(ask());
      await sleep(50);
      void unread.write(ask());
      void unread.write(bytes);
      await uninvited.write(ask('Expect: 100-continue'));
      for (let at = 0; at < 10; at++) {
        await slow.write(bytes.subarray(at, at + 1));
        await sleep(300);
      }
      await slow.write(bytes.subarray(10));
      for (const connection of [slow, unread, uninvited]) expect((await connection.answer()).status).toBe(202);
    } finally {
      await impatient.stop();
    }
  });

  it('in HTTP/1.0 and without a Host gets its answer', async () => {
    const connection = await connect();
    await connection.write(`GET /v2/ HTTP/1.0\r\nAuthorization: ${registry.basic}\r\n\r\n`);
    expect((await connection.answer()).status).toBe(200);
  });
});
