import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRegistry, type TestRegistry } from '../support/start-registry.ts';
import { allHaveIds, type RawOptions, sendRaw } from './support/raw.ts';

// A26, A28: what stands on the wire between two requests must be beyond doubt, or a proxy and we see different requests.

let registry: TestRegistry;
let problems: number;
beforeAll(async () => {
  registry = await startRegistry();
  problems = registry.problems.length;
});
afterAll(async () => {
  expect(registry.problems.slice(problems)).toEqual([]);
  await registry.stop();
});

const raw = (bytes: string | Uint8Array, options?: RawOptions) => sendRaw(registry.http, bytes, options);
/** A second request; were its answer to come, the first body was misread. */
const SMUGGLED = 'GET /livez?smuggled HTTP/1.1\r\nHost: x\r\n\r\n';
const livez = (...lines: string[]) => ['GET /livez HTTP/1.1', 'Host: localhost', ...lines, '', ''].join('\r\n');
const post = (lines: string[], body = '') =>
  [
    'POST /v2/a/blobs/uploads/ HTTP/1.1',
    'Host: localhost',
    `Authorization: ${registry.basic}`,
    ...lines,
    '',
    body,
  ].join('\r\n');

describe('A26: a message whose length is ambiguous', () => {
  const cases: Record<string, () => string> = {
    'Content-Length and Transfer-Encoding': () =>
      post(['Content-Length: 5', 'Transfer-Encoding: chunked'], `0\r\n\r\n${SMUGGLED}`),
    'Transfer-Encoding and Content-Length': () =>
      post(['Transfer-Encoding: chunked', `Content-Length: ${5 + SMUGGLED.length}`], `0\r\n\r\n${SMUGGLED}`),
    'two Content-Lengths': () => post(['Content-Length: 0', `Content-Length: ${SMUGGLED.length}`], SMUGGLED),
    'two equal Content-Lengths': () => post(['Content-Length: 3', 'Content-Length: 3'], `abc${SMUGGLED}`),
    'a list of Content-Lengths': () => post(['Content-Length: 0, 5'], `hello${SMUGGLED}`),
    'a signed Content-Length': () => post(['Content-Length: +5'], `hello${SMUGGLED}`),
    'a negative Content-Length': () => post(['Content-Length: -5'], `hello${SMUGGLED}`),
    'a hexadecimal Content-Length': () => post(['Content-Length: 0x5'], `hello${SMUGGLED}`),
    'a Content-Length beyond 64 bits': () => post(['Content-Length: 18446744073709551617'], `x${SMUGGLED}`),
    'chunked that is not last': () => post(['Transfer-Encoding: chunked, identity'], `0\r\n\r\n${SMUGGLED}`),
    'chunked twice in two lines': () =>
      post(['Transfer-Encoding: chunked', 'Transfer-Encoding: cow'], `0\r\n\r\n${SMUGGLED}`),
    'an obfuscated chunked': () => post(['Transfer-Encoding: xchunked'], `0\r\n\r\n${SMUGGLED}`),
    'a blank before the colon': () => post(['Transfer-Encoding : chunked'], `0\r\n\r\n${SMUGGLED}`),
    'a chunk size that is no number': () => post(['Transfer-Encoding: chunked'], `zz\r\nabc\r\n0\r\n\r\n${SMUGGLED}`),
    'a chunk size beyond 64 bits': () =>
      post(['Transfer-Encoding: chunked'], `fffffffffffffffff\r\nabc\r\n0\r\n\r\n${SMUGGLED}`),
    'a chunk longer than its size': () => post(['Transfer-Encoding: chunked'], `2\r\nabcd\r\n0\r\n\r\n${SMUGGLED}`),
    'a chunk that ends with a bare line feed': () => post(['Transfer-Encoding: chunked'], `3\nabc\n0\n\n${SMUGGLED}`),
    'a chunk extension with a bare line feed': () =>
      post(['Transfer-Encoding: chunked'], `3;a\nbb\r\nabc\r\n0\r\n\r\n${SMUGGLED}`),
  };
  it.each(Object.keys(cases))('is refused with 400 and the connection closed: %s', async (name) => {
    const answer = await raw(cases[name]?.() ?? '');
    expect(answer.statuses.at(-1), answer.text).toBe(400);
    expect(answer.statuses.filter((status) => status < 400)).toEqual([]);
    expect(answer.closed).toBe(true);
    expect(allHaveIds(answer)).toBe(true);
  });
});

describe('A26, A28: a head that breaks the grammar', () => {
  const cases: Record<string, [string, number]> = {
    'bare line feeds': ['GET /livez HTTP/1.1\nHost: localhost\n\n', 400],
    'a bare line feed behind one header': ['GET /livez HTTP/1.1\r\nHost: localhost\nX: y\r\n\r\n', 400],
    'a bare carriage return': ['GET /livez HTTP/1.1\r\nHost: localhost\rX: y\r\n\r\n', 400],
    'a folded line': ['GET /livez HTTP/1.1\r\nHost: localhost\r\nX: a\r\n b\r\n\r\n', 400],
    'a blank before the first header': ['GET /livez HTTP/1.1\r\n Host: localhost\r\n\r\n', 400],
    'NUL in a value': ['GET /livez HTTP/1.1\r\nHost: localhost\r\nX: a\0b\r\n\r\n', 400],
    'NUL in a name': ['GET /livez HTTP/1.1\r\nHost: localhost\r\nX\0: b\r\n\r\n', 400],
    'NUL in the target': ['GET /live\0z HTTP/1.1\r\nHost: localhost\r\n\r\n', 400],
    'a header without a name': ['GET /livez HTTP/1.1\r\nHost: localhost\r\n: b\r\n\r\n', 400],
    'no version': ['GET /livez\r\nHost: localhost\r\n\r\n', 400],
    'a version of the future': ['GET /livez HTTP/3.7\r\nHost: localhost\r\n\r\n', 400],
    'no Host in HTTP/1.1': ['GET /livez HTTP/1.1\r\n\r\n', 400],
    'an empty Host': ['GET /livez HTTP/1.1\r\nHost:\r\n\r\n', 400],
    'two Hosts': ['GET /livez HTTP/1.1\r\nHost: localhost\r\nHost: evil\r\n\r\n', 400],
    'two equal Hosts': ['GET /livez HTTP/1.1\r\nHost: localhost\r\nhost: localhost\r\n\r\n', 400],
    'a made-up method': ['GETT /livez HTTP/1.1\r\nHost: localhost\r\n\r\n', 400],
    'the HTTP/2 preface': ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
    'an asterisk as target': ['OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n', 400],
    'a target without a slash': ['GET livez HTTP/1.1\r\nHost: localhost\r\n\r\n', 400],
    'a head of 64 KiB': [`GET /livez HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(65_536)}\r\n\r\n`, 431],
    '100,000 header lines': [`GET /livez HTTP/1.1\r\nHost: localhost\r\n${'a:b\r\n'.repeat(100_000)}\r\n`, 431],
    '201 header lines in a small head': [`GET /livez HTTP/1.1\r\nHost: localhost\r\n${'a:b\r\n'.repeat(200)}\r\n`, 431],
    'a target of 64 KiB': [`GET /${'x'.repeat(65_536)} HTTP/1.1\r\nHost: localhost\r\n\r\n`, 431],
  };
  it.each(Object.keys(cases))('is refused: %s', async (name) => {
    const [bytes, status] = cases[name] ?? ['', 0];
    const answer = await raw(bytes, { answers: 1 });
    expect(answer.statuses, answer.text.slice(0, 300)).toEqual([status]);
    expect(answer.text).toContain('{"errors":[{"code":"UNSUPPORTED","message":');
    expect(allHaveIds(answer)).toBe(true);
  });

  it('or begins like TLS, is answered in plain text', async () => {
    const hello = Buffer.from('16030100a5010000a10303', 'hex');
    const answer = await raw(Buffer.concat([hello, Buffer.alloc(160, 7)]), { answers: 1 });
    expect(answer.statuses).toEqual([400]);
  });

  it('200 header lines are still read, and all of them', async () => {
    const lines = Array.from({ length: 198 }, (_, i) => `X-${i}: y`);
    expect((await raw(livez(...lines, 'X-Last: z'), { answers: 1 })).statuses).toEqual([200]);
  });

  it('HTTP/1.0 may leave Host out, and its connection closes', async () => {
    const answer = await raw('GET /v2/ HTTP/1.0\r\n\r\n');
    expect(answer.statuses).toEqual([401]);
    expect(answer.closed).toBe(true);
    expect(answer.text).toContain('realm="http://localhost/oauth2/token"');
  });
});

describe('A26: the Host', () => {
  const EVIL = [
    'evil"',
    "evil'",
    'evil,error="x',
    'a b',
    'evil\\',
    'evil<script>',
    'evil/..',
    'user@evil',
    'evil:port',
    '[::1',
    '::1',
    'évil',
    'a'.repeat(301),
    'evil:80:80',
    '%22',
    '*',
  ];
  it.each(EVIL)('of injection characters never reaches the challenge: %s', async (host) => {
    for (const target of ['/v2/', '/oauth2/token', '/v2/a/tags/list']) {
      const answer = await raw(`GET ${target} HTTP/1.1\r\nHost: ${host}\r\n\r\n`, { answers: 1 });
      expect(answer.statuses).toEqual([400]);
      expect(answer.text).not.toMatch(/www-authenticate/i);
    }
  });

  it('with CRLF splits no answer', async () => {
    const answer = await raw('GET /v2/ HTTP/1.1\r\nHost: localhost%0d%0aX-Injected: 1\r\n\r\n', { answers: 1 });
    expect(answer.statuses).toEqual([400]);
    expect(answer.text).not.toMatch(/^X-Injected/im);
  });

  it('of an absolute target replaces the header, and has to be plain, too (RFC 9112, section 3.2.2)', async () => {
    const answer = await raw('GET http://other.example:81/v2/ HTTP/1.1\r\nHost: localhost\r\n\r\n', { answers: 1 });
    expect(answer.text).toContain('realm="http://other.example:81/oauth2/token",service="other.example:81"');
    const evil = await raw('GET http://a"b/v2/ HTTP/1.1\r\nHost: localhost\r\n\r\n', { answers: 1 });
    expect(evil.statuses).toEqual([400]);
    const user = await raw('GET http://u:p@localhost/v2/ HTTP/1.1\r\nHost: localhost\r\n\r\n', { answers: 1 });
    expect(user.statuses).toEqual([400]);
  });

  it('forwarded by somebody who is no configured proxy is not believed', async () => {
    const forged = livez('X-Forwarded-Host: evil.example', 'X-Forwarded-Proto: https', 'X-Forwarded-For: 8.8.8.8');
    const answer = await raw(forged.replace('/livez', '/v2/'), { answers: 1 });
    expect(answer.text).toContain('realm="http://localhost/oauth2/token"');
    expect(answer.text).not.toContain('Strict-Transport-Security');
    const hidden = await raw(forged.replace('/livez', '/metrics'), { answers: 1 });
    expect(hidden.statuses).toEqual([404]); // somebody forwards, so the client may be anywhere
    expect(hidden.text).toContain('"message":"Nothing answers to /metrics here.');
  });
});

describe('A26: Expect', () => {
  const put = (expect: string, authorization = '') =>
    `PUT /v2/a/manifests/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\nExpect: ${expect}\r\n${authorization}\r\n`;

  it('100-continue is refused before the body when the caller may not push', async () => {
    const answer = await raw(put('100-continue'), { timeoutMs: 2000 });
    expect(answer.statuses).toEqual([401]);
    expect(answer.closed).toBe(true); // the body that was not wanted cannot be told from a next request
  });

  it('100-continue invites the body of a caller who may', async () => {
    const answer = await raw(put('100-Continue', `Authorization: ${registry.basic}\r\n`), { answers: 1 });
    expect(answer.statuses).toEqual([100]);
  });

  it('100-continue does not invite a manifest that is too large', async () => {
    const head = put('100-continue', `Authorization: ${registry.basic}\r\n`).replace('1000000', '4194305');
    expect((await raw(head, { timeoutMs: 2000 })).statuses).toEqual([413]);
  });

  it('a body that was sent all the same is read away, so that the refusal arrives', async () => {
    const head = `PATCH /v2/a/blobs/uploads/11111111-2222-4333-8444-555555555555 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3000000\r\nExpect: 100-continue\r\nAuthorization: ${registry.basic}\r\n\r\n`;
    const answer = await raw(head + 'x'.repeat(3_000_000), { answers: 1 });
    expect(answer.statuses.at(-1)).toBe(404);
    expect(allHaveIds(answer)).toBe(true);
  });

  it('anything else is 417', async () => {
    const answer = await raw(livez('Expect: 200-ok'), { answers: 1 });
    expect(answer.statuses).toEqual([417]);
    expect(allHaveIds(answer)).toBe(true);
  });
});

describe('A26: one connection', () => {
  it('answers pipelined requests in their order', async () => {
    const answer = await raw(livez() + livez().replace('/livez', '/v2/') + livez().replace('/livez', '/nowhere'), {
      answers: 3,
    });
    expect(answer.statuses).toEqual([200, 401, 404]);
    expect(allHaveIds(answer)).toBe(true);
  });

  it('never carries the refusal of garbage inside the answer to the request before it', async () => {
    const blob = Buffer.alloc(8 * 1024 * 1024, 'b');
    const digest = 'sha256:'; // of the pushed bytes, from the answer
    const pushed = await registry.ask('POST', '/v2/a/blobs/uploads/');
    const location = pushed.header('Location') ?? '';
    await registry.ask('PATCH', location, { body: blob });
    const hash = (await import('node:crypto')).hash('sha256', blob, 'hex');
    expect((await registry.ask('PUT', `${location}?digest=${digest}${hash}`)).status).toBe(201);
    const get = `GET /v2/a/blobs/${digest}${hash} HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${registry.basic}\r\n\r\n`;
    const answer = await raw(`${get}GARBAGE\r\n\r\n`);
    expect(answer.statuses).toEqual([200]);
    expect(answer.text.slice(answer.text.indexOf('\r\n\r\n') + 4)).toBe(blob.toString());
    expect(answer.closed).toBe(true);
  });

  it('serves one pipelined request at a time, and cuts a flood of them', async () => {
    const answer = await raw(livez().repeat(5000));
    expect(answer.closed).toBe(true);
    expect(answer.statuses.length).toBeLessThan(5000);
    expect((await registry.ask('GET', '/livez')).status).toBe(200);
  });

  it('takes a chunked body with trailers, which mean nothing', async () => {
    const started = await registry.ask('POST', '/v2/a/blobs/uploads/');
    const location = started.header('Location');
    const patch = `PATCH ${location} HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${registry.basic}\r\nTransfer-Encoding: chunked\r\n\r\n`;
    const answer = await raw(
      `${patch}3;ext=1\r\nabc\r\n0\r\nContent-Range: 0-999\r\nAuthorization: Basic x\r\n\r\n${livez()}`,
      { answers: 2 },
    );
    expect(answer.statuses).toEqual([202, 200]);
    expect(answer.text).toContain('Holdfast-Upload-Offset: 3\r\n');
  });

  it('a body that breaks off, or whose chunks break, leaves the session at the offset before it', async () => {
    const started = await registry.ask('POST', '/v2/a/blobs/uploads/');
    const location = started.header('Location') ?? '';
    const head = `PATCH ${location} HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${registry.basic}\r\n`;
    await raw(`${head}Content-Length: 1000\r\n\r\nshort`, { end: true });
    const broken = await raw(`${head}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nXX\r\n`);
    expect(broken.statuses).toEqual([400]);
    const longer = await raw(`${head}Content-Length: 2\r\n\r\nabcdef`);
    expect(longer.statuses).toEqual([202]);
    expect(longer.closed).toBe(true); // the rest is no request
    expect((await registry.ask('GET', location)).header('Holdfast-Upload-Offset')).toBe('2');
  });

  it('an encoding of the transfer that we cannot undo is refused rather than stored', async () => {
    const answer = await raw(post(['Transfer-Encoding: gzip, chunked'], '0\r\n\r\n'), { answers: 1 });
    expect([400, 501]).toContain(answer.statuses[0]);
  });
});
