// Throws mutated requests at the real server: `node test/attacks/fuzz.ts --seconds 60 [--seed N]`. Not a test of the suite,
// since its answer depends on how long it runs. It fails when the process dies, an answer is no success and no OCI
// envelope, a status is 5xx other than 503 and 507, or the memory does not stay flat.
import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { newFolder, type ServerProcess, startProcess } from './support/process.ts';

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '60' }, seed: { type: 'string' } } });
const seconds = Number(values.seconds);
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
const PARALLEL = 16;

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
const random = randomOf(seed);
const below = (limit: number) => Math.floor(random() * limit);
const pick = <T>(items: readonly T[]): T => items[below(items.length)] as T;
const chance = (p: number) => random() < p;

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

const DIGEST = `sha256:${hash('sha256', '{}', 'hex')}`;
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
const FORMS = [
  'grant_type=password&username=registry&password=x&service=x&scope=repository:a:pull',
  'grant_type=refresh_token&refresh_token=a.b.c&service=x',
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

function bodyOf(): string {
  if (chance(0.3)) return '';
  if (chance(0.3)) return perhaps(pick(FORMS));
  const document = pick(DOCUMENTS);
  const text = JSON.stringify(chance(0.7) ? mutateDocument(document) : document);
  return perhaps(text, 0.2);
}

function headersOf(server: ServerProcess, token: string): string[] {
  const headers = [`Host: ${perhaps('localhost:5000', 0.05)}`];
  const kind = random();
  if (kind < 0.75) headers.push(`Authorization: ${server.basic}`);
  else if (kind < 0.85) headers.push(`Authorization: Bearer ${perhaps(token)}`);
  else if (kind < 0.9)
    headers.push(`Authorization: ${mutate(pick([server.basic, `Bearer ${token}`, 'Digest x="y"']))}`);
  const optional = [
    'Range: bytes=0-1',
    'Range: bytes=-1,5-',
    'Content-Range: 0-1',
    'Content-Range: bytes 0-1/*',
    'If-None-Match: "x", *',
    'If-Range: "x"',
    'Accept: */*',
    'X-Ms-Correlation-Request-Id: x',
    'X-Forwarded-For: 1.2.3.4',
    'X-Forwarded-Host: evil',
    'Expect: 100-continue',
    'Content-Encoding: gzip',
    'Connection: close',
    'Upgrade: h2c',
    'Cookie: a=b',
    'Content-Digest: sha-256=:x:',
  ];
  for (let i = below(4); i > 0; i--) headers.push(perhaps(pick(optional), 0.2));
  if (chance(0.7)) headers.push(`Content-Type: ${perhaps(pick(TYPES), 0.2)}`);
  return headers;
}

function requestOf(server: ServerProcess, token: string): Buffer {
  const body = Buffer.from(bodyOf());
  const lines = [
    `${pick(METHODS)} ${perhaps(pick(PATHS), 0.35).replaceAll(' ', chance(0.9) ? '%20' : ' ')} HTTP/1.1`,
    ...headersOf(server, token),
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

/** Sends one request and waits for its answer for a while; a server that waits for more of it is right to do so. */
function exchange(port: number, bytes: Buffer): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    let text = '';
    const end = () => {
      clearTimeout(timer);
      socket.destroy();
      resolve(text);
    };
    const timer = setTimeout(end, 300);
    socket.on('error', end).on('close', end);
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      const [head = '', ...rest] = text.replace(/^HTTP\/1\.1 100 Continue\r\n\r\n/, '').split('\r\n\r\n');
      const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
      if (rest.length > 0 && (rest.join('\r\n\r\n').length >= length || bytes.subarray(0, 4).toString() === 'HEAD'))
        end();
    });
    socket.write(bytes);
  });
}

const statuses = new Map<number, number>();

/** What is wrong with the answer; undefined when nothing is. */
function judge(answer: string, head: boolean): string | undefined {
  const text = answer.replace(/^HTTP\/1\.1 100 Continue\r\n\r\n/, '');
  if (text === '') return undefined; // the request was not complete
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(text)?.[1]);
  if (Number.isNaN(status)) return 'no status line';
  statuses.set(status, (statuses.get(status) ?? 0) + 1);
  if (status >= 500 && status !== 503 && status !== 507) return `status ${status}`;
  const split = text.indexOf('\r\n\r\n');
  if (!/\r\nx-ms-correlation-request-id: [0-9a-f-]{36}\r\n/i.test(text.slice(0, split + 2))) return 'no correlation id';
  if (status < 400 || head) return undefined;
  const length = Number(/content-length: (\d+)/i.exec(text)?.[1]);
  const body = Buffer.from(text.slice(split + 4), 'latin1')
    .subarray(0, length)
    .toString();
  if (body === '') return undefined; // HEAD whose method was mutated in the head
  try {
    const [error] = (JSON.parse(body) as { errors: { code: string; message: string }[] }).errors;
    return error && /^[A-Z_]+$/.test(error.code) && error.message ? undefined : 'no OCI envelope';
  } catch {
    return 'the body is no JSON';
  }
}

function residentMiB(pid: number): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
}

async function main(): Promise<number> {
  console.log(`seed ${seed}, ${seconds} s`);
  const folder = newFolder();
  const server = await startProcess({
    dataDir: join(folder.path, 'data'),
    shell: 'HOLDFAST_LOG_LEVEL=error exec "$@"',
  });
  let dead: string | undefined;
  void server.exited.then(({ code, signal }) => {
    dead = `${code} ${signal}`;
  });
  const port = Number(new URL(server.http).port);
  await server.client.request('POST', `/v2/a/blobs/uploads/?digest=${DIGEST}`, { body: '{}' });
  const answer = await server.client.request('GET', '/oauth2/token?service=x&scope=repository:a:pull,push');
  const token = answer.json<{ access_token: string }>().access_token;
  const begun = performance.now();
  const until = (part: number) => performance.now() - begun < seconds * 1000 * part;
  const findings: string[] = [];
  let sent = 0;
  const work = async () => {
    while (until(1) && !dead && findings.length < 20) {
      const bytes = requestOf(server, token);
      sent += 1;
      const text = await exchange(port, bytes);
      const wrong = judge(text, bytes.subarray(0, 4).toString() === 'HEAD');
      if (wrong)
        findings.push(
          `${wrong}\n  > ${JSON.stringify(bytes.toString('latin1'))}\n  < ${JSON.stringify(text.slice(0, 600))}`,
        );
    }
  };
  let early = 0;
  const probe = setTimeout(() => (early = residentMiB(server.pid)), seconds * 1000 * 0.4);
  await Promise.all(Array.from({ length: PARALLEL }, work));
  clearTimeout(probe);
  const late = dead ? 0 : residentMiB(server.pid);
  if (dead) findings.push(`the process ended: ${dead}\n${server.output.stderr.slice(-2000)}`);
  if (early > 0 && late > early * 1.5 + 50)
    findings.push(`memory grew from ${early.toFixed(0)} to ${late.toFixed(0)} MiB`);
  if (!dead && (await server.client.request('GET', '/v2/')).status !== 200) findings.push('the server does not answer');
  server.child.kill('SIGTERM');
  const { code } = await server.exited;
  if (code !== 0) findings.push(`exit code ${code}`);
  const logged = server.output.stderr
    .split('\n')
    .filter((line) => line.includes('"level":"error"') || line.includes('Warning'));
  for (const line of logged.slice(0, 5)) findings.push(`logged: ${line.slice(0, 800)}`);
  folder.remove();
  console.log(`${sent} requests; ${JSON.stringify(Object.fromEntries([...statuses].sort()))}`);
  console.log(`memory ${early.toFixed(0)} → ${late.toFixed(0)} MiB`);
  for (const finding of findings) console.log(`FOUND ${finding}`);
  console.log(`${findings.length === 0 ? 1 : 0} passed, ${findings.length} failed`);
  return findings.length === 0 ? 0 : 1;
}

process.exitCode = await main();
