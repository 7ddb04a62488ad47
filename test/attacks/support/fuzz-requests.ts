import { hash } from 'node:crypto';
import {
  ACR_PATHS,
  ARM_DOCUMENTS,
  ARM_QUERIES,
  type AzureKnown,
  GRAPH_DOCUMENTS,
  GRAPH_QUERIES,
} from './fuzz-azure.ts';

/** Mulberry32: small, and the same everywhere. */
function randomOf(start: number): () => number {
  let state = start | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
let random = randomOf(0);
const below = (limit: number) => Math.floor(random() * limit);
const pick = <T>(items: readonly T[]): T => items[below(items.length)] as T;
const chance = (p: number) => random() < p;

export function seedRequests(seed: number): void {
  random = randomOf(seed);
}

const BITS = [
  '\0',
  '\r\n',
  '\n',
  '"',
  "'",
  '\\',
  '%',
  '%00',
  '%2f',
  '..',
  '../',
  '/',
  '//',
  ':',
  ',',
  ';',
  '=',
  '&',
  '?',
  '#',
  ' ',
  '\t',
  '-',
  '+',
  '0',
  '9'.repeat(20),
  'é',
  '\ud83d\ude00',
  '[',
  '{',
  '}',
  ']',
  'null',
  '-1',
  '1e999',
  '__proto__',
  'a'.repeat(300),
  '\u202e',
  '\x7f',
  '<script>',
  '$(id)',
  "' OR 1=1 --",
];

/** Some deletions, doublings, swaps and insertions. */
function mutate(text: string): string {
  let result = text;
  for (let i = 1 + below(3); i > 0; i--) {
    const at = below(result.length + 1);
    const to = Math.min(result.length, at + below(8));
    const middle = result.slice(at, to);
    const replacement = pick([
      () => '',
      () => middle + middle,
      () => pick(BITS),
      () => middle + pick(BITS),
      () => String.fromCharCode(below(256)),
      () => middle.split('').reverse().join(''),
    ])();
    result = result.slice(0, at) + replacement + result.slice(to);
  }
  return result;
}
const perhaps = (text: string, p = 0.5) => (chance(p) ? mutate(text) : text);

export const DIGEST = `sha256:${hash('sha256', '{}', 'hex')}`;
const UUID = '11111111-2222-4333-8444-555555555555';
const PATHS = [
  '/v2/',
  '/v2/_catalog?n=5&last=a',
  '/v2/a/tags/list?n=1&last=b',
  '/v2/a/b/manifests/latest',
  `/v2/a/manifests/${DIGEST}`,
  `/v2/a/blobs/${DIGEST}`,
  '/v2/a/blobs/uploads/',
  `/v2/a/blobs/uploads/?digest=${DIGEST}`,
  `/v2/a/blobs/uploads/?mount=${DIGEST}&from=b`,
  `/v2/a/blobs/uploads/${UUID}?digest=${DIGEST}`,
  `/v2/a/referrers/${DIGEST}?artifactType=a/b&n=2`,
  '/oauth2/token?service=x&scope=repository:a:pull,push&offline_token=true',
  '/subscriptions?api-version=2019-05-01',
  '/metadata/endpoints?api-version=2022-09-01',
  '/adfs/.well-known/openid-configuration',
  '/adfs/oauth2/authorize?client_id=x&response_type=code&redirect_uri=http://localhost',
  '/v1.0/me',
  '/acr/v1/a/_tags?n=1',
  '/oauth2/exchange',
  '/livez',
  '/readyz',
  '/metrics',
  `/v2/a/manifests/${DIGEST}?tag=x&tag=y`,
];
const METHODS = ['GET', 'GET', 'HEAD', 'PUT', 'PUT', 'POST', 'PATCH', 'DELETE', 'OPTIONS', 'QUERY'];
const TYPES = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.docker.distribution.manifest.v1+prettyjws',
  'application/vnd.oci.artifact.manifest.v1+json',
  'application/json',
  'text/html',
  '',
];
const descriptor = {
  mediaType: 'application/vnd.oci.image.config.v1+json',
  digest: DIGEST,
  size: 2,
  annotations: { a: 'b' },
};
const DOCUMENTS = [
  { schemaVersion: 2, mediaType: TYPES[0], config: descriptor, layers: [descriptor], annotations: { x: 'y' } },
  { schemaVersion: 2, mediaType: TYPES[0], config: descriptor, layers: [], subject: descriptor, artifactType: 'a/b' },
  {
    schemaVersion: 2,
    mediaType: TYPES[1],
    manifests: [{ ...descriptor, platform: { os: 'linux', architecture: 'amd64' } }],
  },
  { schemaVersion: 1, fsLayers: [{ blobSum: DIGEST }], history: [{ v1Compatibility: '{}' }], signatures: [] },
];
const formsOf = (known: Known) => [
  'grant_type=password&username=registry&password=x&service=x&scope=repository:a:pull',
  `grant_type=password&username=registry&password=${known.password}&service=x&scope=repository:a:pull,push registry:catalog:*&access_type=offline`,
  'grant_type=refresh_token&refresh_token=a.b.c&service=x',
  `grant_type=refresh_token&refresh_token=${known.refreshToken}&service=x&scope=repository:a/b:*&scope=x`,
  'a=b',
];

/** A document with one value somewhere replaced by another kind of value. */
function mutateDocument(document: unknown): unknown {
  const copy = structuredClone(document) as Record<string, unknown>;
  let at: Record<string, unknown> = copy;
  for (;;) {
    const keys = Object.keys(at);
    const key = keys.length > 0 ? pick(keys) : 'a';
    const next = at[key];
    if (typeof next === 'object' && next !== null && chance(0.6)) {
      at = next as Record<string, unknown>;
      continue;
    }
    at[key] = pick<unknown>(
      [null, undefined, -1, 1.5, 2 ** 60, '', 'x', [], {}, [descriptor], true, '\ud800', at, DIGEST].filter(
        (value) => value !== at,
      ),
    );
    return copy;
  }
}

type Maker = (known: Known) => string;

/** What parsers of headers are given, well formed; one of them is broken in most requests that have it. */
const HEADERS: Record<string, readonly (string | Maker)[]> = {
  Host: [
    'localhost:5000',
    'registry.azsacr.local.holdfast.internal',
    '[::1]:80',
    'management.local.holdfast.internal',
    'adfs.local.holdfast.internal',
    'graph.local.holdfast.internal',
    'a.B.c.',
  ],
  Authorization: [
    (known) => known.basic,
    (known) => `Bearer ${known.token}`,
    (known) => `Basic ${Buffer.from(`00000000-0000-0000-0000-000000000000:${known.token}`).toString('base64')}`,
    () => `Basic ${Buffer.from(mutate('registry:password')).toString('base64')}`,
    (known) => `Bearer ${known.token.split('.').map(again).join('.')}`,
    'Digest username="x", realm="y"',
  ],
  Range: ['bytes=0-1', 'bytes=-1,5-', 'bytes=1-', 'bytes=-2', 'bytes=18446744073709551616-', 'lines=0-1'],
  'Content-Range': ['0-1', 'bytes 0-1/*', 'bytes=0-1/2', '0-1/2', '1-0', '9007199254740993-9007199254740994'],
  'Content-Type': [...TYPES, 'application/x-www-form-urlencoded; charset=utf-8', 'a/b;c="d;e\\"f"', 'A/B ; q=1'],
  Accept: [TYPES.slice(0, 4).join(', '), '*/*;q=0.1, a/b;q=1.5', 'application/*', 'text/html;level="1,2";q=0'],
  'If-None-Match': [`"${DIGEST}"`, `W/"${DIGEST}", "x"`, '*', '"a", "b" , c', '""'],
  'If-Range': [`"${DIGEST}"`, 'W/"x"', 'Wed, 21 Oct 2015 07:28:00 GMT'],
  Forwarded: [
    'for=192.0.2.60;proto=http;by=203.0.113.43',
    'for="[2001:db8::1]:4711";host="a,b"',
    'for=_x, for=unknown',
  ],
  'X-Forwarded-For': ['1.2.3.4, 127.0.0.1', '::1', '::ffff:127.0.0.1', '999.1.1.1', 'unknown, _hidden'],
  'X-Forwarded-Host': ['evil.example:81', 'a, b', '"', 'registry.azsacr.local.holdfast.internal'],
  'X-Forwarded-Proto': ['https', 'http, https', 'gopher', 'HTTPS '],
  Expect: ['100-continue', '100-Continue, x', '200-ok'],
  'Content-Encoding': ['gzip'],
  Connection: ['close', 'keep-alive, x', 'upgrade'],
  Upgrade: ['h2c', 'websocket'],
  Cookie: ['a=b; c'],
  'Content-Digest': ['sha-256=:x:'],
  'X-Ms-Correlation-Request-Id': ['x', UUID],
};

/** The same text with one part of base64url decoded, mutated as JSON and encoded again, now and then. */
function again(part: string): string {
  return chance(0.4)
    ? Buffer.from(mutate(Buffer.from(part, 'base64url').toString('latin1'))).toString('base64url')
    : part;
}

function headerLine(name: string, known: Known, broken: number): string {
  const value = pick(HEADERS[name] ?? ['']);
  return `${name}: ${perhaps(typeof value === 'string' ? value : value(known), broken)}`;
}

/** What a fuzzer may hold that its requests do not consist of noise only. */
export interface Known {
  readonly basic: string;
  readonly password: string;
  readonly token: string;
  readonly refreshToken: string;
  /** Path of an upload session that is open. */
  readonly session: string;
  readonly azure: AzureKnown;
}

interface Entry {
  readonly method: string;
  readonly path: string;
  readonly type: string;
  readonly body: string;
  /** In place of the admin user's password. */
  readonly authorization?: string;
  /** Headers that its code reads. */
  readonly reads: readonly string[];
}

const json = (document: unknown) => JSON.stringify(chance(0.8) ? mutateDocument(document) : document);

/** Each place that parses JSON, a form, a list's parameters or a header, entered as a client would but for one thing. */
const ENTRIES: readonly ((known: Known) => Entry)[] = [
  ...DOCUMENTS.map((document) => (): Entry => {
    const { mediaType = TYPES[3] ?? '' } = document as { mediaType?: string };
    const path = pick(['/v2/a/manifests/x', '/v2/a/manifests/latest', `/v2/a/manifests/${DIGEST}?tag=x&tag=y`]);
    return { method: 'PUT', path, type: mediaType, body: json(document), reads: ['Content-Type'] };
  }),
  (known) => ({
    method: 'POST',
    path: '/oauth2/token',
    type: 'application/x-www-form-urlencoded',
    body: perhaps(pick(formsOf(known)), 0.8),
    reads: ['Host', 'Content-Type', 'X-Forwarded-Host', 'X-Forwarded-Proto'],
  }),
  () => ({
    method: 'GET',
    path: perhaps('/oauth2/token?service=x&scope=repository:a:pull,push&scope=registry:catalog:*', 0.7),
    type: '',
    body: '',
    reads: ['Authorization', 'Host'],
  }),
  () => {
    const list = pick(['/v2/_catalog', '/v2/a/tags/list', `/v2/a/referrers/${DIGEST}`]);
    const query = perhaps(
      pick(['n=1&last=b', 'last=%e2%82%ac', 'n=0', 'artifactType=a/b&n=2&last=sha256:0', 'n=1']),
      0.7,
    );
    return { method: pick(['GET', 'HEAD']), path: `${list}?${query}`, type: '', body: '', reads: ['Accept', 'Host'] };
  },
  (known) => ({
    method: pick(['PATCH', 'PUT', 'GET', 'PATCH']),
    path: known.session + pick(['', `?digest=${DIGEST}`]),
    type: 'application/octet-stream',
    body: 'xy',
    reads: ['Content-Range', 'Expect', 'Content-Digest'],
  }),
  () => ({
    method: pick(['GET', 'HEAD']),
    path: pick([`/v2/a/blobs/${DIGEST}`, '/v2/a/manifests/latest', `/v2/a/manifests/${DIGEST}`]),
    type: '',
    body: '',
    reads: ['Range', 'If-None-Match', 'If-Range', 'Accept'],
  }),
  () => ({
    method: 'GET',
    path: pick(['/v2/', '/metrics', '/readyz']),
    type: '',
    body: '',
    reads: ['Authorization', 'Forwarded', 'X-Forwarded-For', 'X-Forwarded-Host', 'X-Forwarded-Proto', 'Host'],
  }),
  ({ azure }) => {
    const [method, path, document] = pick(ARM_DOCUMENTS);
    const version = pick(['2019-05-01', '2017-10-01', '2025-11-01', '2015-07-01']);
    const target = `${azure.subscription}${perhaps(path, 0.2)}?api-version=${version}`;
    const authorization = `Bearer ${azure.management}`;
    return {
      method,
      path: target,
      type: 'application/json',
      body: json(document),
      authorization,
      reads: ['Content-Type'],
    };
  },
  ({ azure }) => {
    const target = `${azure.subscription}${perhaps(pick(ARM_QUERIES), 0.7)}&api-version=${perhaps('2021-04-01', 0.1)}`;
    return {
      method: 'GET',
      path: target,
      type: '',
      body: '',
      authorization: `Bearer ${azure.management}`,
      reads: ['Accept'],
    };
  },
  ({ azure }) => {
    const [method, path, document] = pick(GRAPH_DOCUMENTS);
    const authorization = `Bearer ${azure.graph}`;
    const target = `/v1.0${perhaps(path, 0.2)}`;
    return {
      method,
      path: target,
      type: 'application/json',
      body: json(document),
      authorization,
      reads: ['Content-Type'],
    };
  },
  ({ azure }) => ({
    method: 'GET',
    path: `/v1.0${perhaps(pick(GRAPH_QUERIES), 0.7)}`,
    type: '',
    body: '',
    authorization: `Bearer ${azure.graph}`,
    reads: ['Authorization', 'Host'],
  }),
  ({ azure: { appId, secret } }) => ({
    method: 'POST',
    path: perhaps('/adfs/oauth2/token', 0.1),
    type: 'application/x-www-form-urlencoded',
    body: perhaps(
      pick([
        `grant_type=client_credentials&client_id=${appId}&client_secret=${secret}&scope=https://x/.default`,
        `grant_type=refresh_token&client_id=${appId}&refresh_token=a.b.c`,
        `grant_type=authorization_code&client_id=${appId}&code=x&redirect_uri=http://localhost&code_verifier=y`,
        `grant_type=device_code&client_id=${appId}&device_code=x`,
        `grant_type=client_credentials&client_id=${appId}&client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer&client_assertion=a.b.c`,
      ]),
      0.8,
    ),
    authorization: '',
    reads: ['Content-Type', 'Host'],
  }),
  () => {
    const [method, path] = pick(ACR_PATHS);
    const body = method === 'PATCH' ? json({ writeEnabled: true, deleteEnabled: true, listEnabled: true }) : '';
    return { method, path: perhaps(path, 0.6), type: 'application/json', body, reads: ['Host', 'Accept'] };
  },
];

/** A request that gets past the door, with one or two of the headers that its code reads broken. */
function aimed(known: Known): Buffer {
  const { method, path, type, body, reads, authorization = known.basic } = pick(ENTRIES)(known);
  const names = new Set(Array.from({ length: below(3) + 1 }, () => pick(reads)));
  const lines = [`${method} ${path.replaceAll(' ', '%20')} HTTP/1.1`];
  if (!names.has('Host')) lines.push('Host: localhost:5000');
  if (!names.has('Authorization') && path !== '/oauth2/token' && authorization !== '') {
    lines.push(`Authorization: ${authorization}`);
  }
  if (!names.has('Content-Type') && type !== '') lines.push(`Content-Type: ${type}`);
  for (const name of names) lines.push(headerLine(name, known, 0.6));
  const bytes = Buffer.from(body);
  if (bytes.length > 0) lines.push(`Content-Length: ${bytes.length}`);
  return Buffer.concat([Buffer.from([...lines, '', ''].join('\r\n'), 'latin1'), bytes]);
}

function bodyOf(known: Known): string {
  if (chance(0.3)) return '';
  if (chance(0.3)) return perhaps(pick(formsOf(known)));
  return perhaps(json(pick(DOCUMENTS)), 0.2);
}

function headersOf(known: Known): string[] {
  const headers = [headerLine('Host', known, 0.05)];
  if (chance(0.75)) headers.push(`Authorization: ${known.basic}`);
  else if (chance(0.6)) headers.push(headerLine('Authorization', known, 0.5));
  const names = Object.keys(HEADERS).filter((name) => name !== 'Host' && name !== 'Authorization');
  for (let i = below(4); i > 0; i--) headers.push(headerLine(pick(names), known, 0.2));
  if (chance(0.7)) headers.push(headerLine('Content-Type', known, 0.2));
  return headers;
}

/** Anything anywhere. */
function wild(known: Known): Buffer {
  const body = Buffer.from(bodyOf(known));
  const lines = [
    `${pick(METHODS)} ${perhaps(pick(PATHS), 0.35).replaceAll(' ', chance(0.9) ? '%20' : ' ')} HTTP/1.1`,
    ...headersOf(known),
  ];
  if (body.length > 0 || chance(0.5)) {
    if (chance(0.15)) {
      const chunked = `${body.length.toString(16)}\r\n${body.toString('latin1')}\r\n0\r\n\r\n`;
      return Buffer.from([...lines, 'Transfer-Encoding: chunked', '', perhaps(chunked, 0.3)].join('\r\n'), 'latin1');
    }
    lines.push(`Content-Length: ${chance(0.95) ? body.length : below(100_000)}`);
  }
  const head = [...lines, '', ''].join('\r\n');
  return Buffer.concat([Buffer.from(chance(0.1) ? mutate(head) : head, 'latin1'), body]);
}

export function requestOf(known: Known): Buffer {
  return chance(0.6) ? aimed(known) : wild(known);
}
