import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import * as net from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRegistry, type TestRegistry } from '../../../../test/support/start-registry.ts';
import { checkHealth, type Report } from './check-health.ts';
import { FAULTS, type FaultName } from './faults.ts';
import { judgeName, type NameObservation } from './names.ts';
import { Authority, type Pair, selfSigned, withIntermediate } from './test-certificates.ts';
import { type Case, type Certificate, HOST_CASES, NAME } from './test-host-cases.ts';
import { type Misbehaviour, type Relay, startRelay } from './test-relay.ts';

// A whole registry behind a proxy that ends TLS, looked at through the name that clients use. Each case plants one fault
// and expects that one, and nothing else.

const REPOSITORY = 'team/check';
const YEAR = 365 * 86_400_000;

let registry: TestRegistry;
let authority: Authority;
let other: Authority;
let good: Pair;
let folder: string;
const open: { stop(): Promise<void> }[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-health-'));
  [registry, authority, other] = await Promise.all([
    startRegistry({ config: 'proxies: [127.0.0.1]\n' }),
    Authority.make(),
    Authority.make(),
  ]);
  good = await authority.issue(NAME);
}, 60_000);

afterAll(async () => {
  for (const one of open) await one.stop();
  await registry?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function look({ relay = {}, certificate, plan, files = {}, title, whole }: Case): Promise<Report> {
  const own = await mkdtemp(join(folder, 'case-'));
  const { trusted = authority.pem, ...options }: Certificate = (await certificate?.(own)) ?? good;
  const running: Relay = await startRelay(registry.http, relay, options);
  const host = `${NAME}:${running.port}`;
  try {
    for (const [path, text] of Object.entries(files)) {
      const fill = (raw: string) => raw.replaceAll('HOST', host).replaceAll('PORT', String(running.port));
      const file = join(own, 'root', fill(path));
      await mkdir(dirname(file), { recursive: true });
      await writeFile(
        file,
        fill(text)
          .replaceAll('OTHER-CA', other.pem)
          .replaceAll('CA-PEM', authority.pem)
          .replaceAll('LOGIN', Buffer.from(`${registry.username}:${registry.password}`).toString('base64')),
      );
    }
    return await checkHealth({
      host,
      identity: { kind: 'password', username: registry.username, password: registry.password },
      // Files of the host change nothing of a push.
      repository: Object.keys(files).length === 0 || whole ? REPOSITORY : undefined,
      bytes: 3_000_000,
      resolve: async () => ['127.0.0.1'],
      now: Date.now,
      ca: [trusted],
      folder: own,
      hostPlan: { root: join(own, 'root'), home: '/root', path: ['/usr/bin'] },
      // A disk that others keep busy is no fault that was planted.
      limits: { connectMs: 1_500, buffersMs: 6_000, slowMbPerSecond: relay.slow ? 2 : 0 },
      ...(await plan?.(running.port)),
    });
  } catch (error) {
    throw new Error(`${title}: ${(error as Error).message}`, { cause: error });
  } finally {
    await running.stop();
  }
}

/** A port at which connections are taken and `said` is answered, or at which nothing listens. */
async function port(said?: string): Promise<number> {
  const server = net.createServer((socket) => {
    socket.on('error', () => undefined).resume();
    socket.end(said ?? '');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port: number } = server.address() as net.AddressInfo;
  const stop = async () => {
    server.close();
    await once(server, 'close');
  };
  if (said === undefined) await stop();
  else open.push({ stop });
  return number;
}

const failing = (code: string) => async () => {
  throw Object.assign(new Error(code), { code });
};
const says = (status: number, headers: Record<string, string>, body = ''): Misbehaviour => ({
  answer: (_request, response) => {
    response.writeHead(status, headers).end(body);
    return true;
  },
});
const rename = (change: (name: string, value: string) => [string, string] | undefined): Misbehaviour => ({
  changeAnswer: (pairs) => pairs.map(([name, value]) => change(name, value)).filter((pair) => pair !== undefined),
});
const location = (to: string) =>
  rename((name, value) => [
    name,
    name === 'Location' && value.includes('/uploads/') ? to.replace('PATH', value) : value,
  ]);
const CASES: readonly Case[] = [
  { title: 'nothing', finds: [] },

  // Names and connections
  { title: 'a name in upper case', finds: ['name.upper-case'], plan: (at) => ({ host: `Hub.Site.example:${at}` }) },
  { title: 'a name that DNS does not know', finds: ['dns.not-found'], plan: () => ({ resolve: failing('ENOTFOUND') }) },
  { title: 'a name without an address', finds: ['dns.not-found'], plan: () => ({ resolve: async () => [] }) },
  { title: 'DNS servers that are silent', finds: ['dns.no-answer'], plan: () => ({ resolve: failing('EAI_AGAIN') }) },
  {
    title: 'a second address at which nobody is',
    finds: ['dns.dead-address'],
    plan: () => ({ resolve: async () => ['127.0.0.9', '127.0.0.1'] }),
  },
  {
    title: 'a port at which nothing listens',
    finds: ['connect.refused'],
    plan: async () => ({ host: `${NAME}:${await port()}` }),
  },

  // TLS
  {
    title: 'an expired certificate',
    finds: ['tls.expired'],
    certificate: () => authority.issue(NAME, { from: -300, to: -2 }),
  },
  {
    title: 'a certificate of tomorrow',
    finds: ['tls.not-yet-valid'],
    certificate: () => authority.issue(NAME, { from: 2 }),
  },
  {
    title: 'a certificate that ends next week',
    finds: ['tls.expires-soon'],
    certificate: () => authority.issue(NAME, { to: 7 }),
  },
  {
    title: 'a certificate of another name',
    finds: ['tls.wrong-name'],
    certificate: () => authority.issue('other.example'),
  },
  { title: 'a certificate that signed itself', finds: ['tls.self-signed'], certificate: (at) => selfSigned(at, NAME) },
  { title: 'a CA that nobody trusts', finds: ['tls.unknown-ca'], certificate: () => other.issue(NAME) },
  {
    title: 'a site’s CA that nobody trusts, and that is not sent',
    finds: ['tls.unknown-ca'],
    certificate: async () => {
      const { key, cert } = await other.issue(NAME);
      return { key, cert: cert.replace(other.pem, '') };
    },
  },
  {
    title: 'a chain without its intermediate',
    finds: ['tls.incomplete-chain'],
    certificate: async (at) => {
      const { key, cert, root } = await withIntermediate(at, NAME);
      return { key, cert, trusted: root };
    },
  },
  {
    title: 'nothing, with the intermediate',
    finds: [],
    certificate: async (at) => {
      const { key, whole, root } = await withIntermediate(at, NAME);
      return { key, cert: whole, trusted: root };
    },
  },
  ...(['TLSv1', 'TLSv1.1'] as const).map(
    (version): Case => ({
      title: `${version} only`,
      finds: ['tls.old-protocol'],
      certificate: async () => ({ ...good, minVersion: 'TLSv1', maxVersion: version, ciphers: 'DEFAULT@SECLEVEL=0' }),
    }),
  ),
  {
    title: 'no TLS',
    finds: ['tls.not-tls'],
    plan: async () => ({
      host: `${NAME}:${await port('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')}`,
    }),
  },
  {
    title: 'a client certificate that is demanded',
    finds: ['tls.handshake'],
    certificate: async () => ({
      ...good,
      requestCert: true,
      rejectUnauthorized: true,
      ca: other.pem,
      maxVersion: 'TLSv1.2',
    }),
  },

  // Clocks
  {
    title: 'a clock that is two minutes slow',
    finds: ['clock.wrong'],
    plan: () => ({ now: () => Date.now() - 120_000 }),
  },
  {
    title: 'a clock that is two minutes fast',
    finds: ['clock.wrong'],
    plan: () => ({ now: () => Date.now() + 120_000 }),
  },
  {
    title: 'a registry whose clock is an hour fast',
    finds: ['clock.wrong'],
    relay: rename((name, value) => [
      name,
      name === 'Date' ? new Date(Date.parse(value) + 3_600_000).toUTCString() : value,
    ]),
  },
  {
    title: 'a clock two years ahead, by which the certificate has expired',
    finds: ['clock.wrong'],
    plan: () => ({ now: () => Date.now() + 2 * YEAR }),
  },
  { title: 'a clock at its factory setting', finds: ['clock.wrong'], plan: () => ({ now: () => Date.now() - YEAR }) },

  // What answers
  {
    title: 'a web page under the name',
    finds: ['challenge.missing'],
    relay: says(200, { 'Content-Type': 'text/html' }, '<html>Welcome</html>'),
  },
  {
    title: 'network rules',
    finds: ['challenge.forbidden'],
    relay: says(403, {}, '{"errors":[{"code":"DENIED","message":"client with IP is not allowed access"}]}'),
  },
  {
    title: 'a 401 that says nothing',
    finds: ['challenge.malformed'],
    relay: rename((name, value) => (name === 'WWW-Authenticate' ? undefined : [name, value])),
  },
  {
    title: 'a proxy that asks for itself',
    finds: ['challenge.no-bearer'],
    relay: says(401, { 'WWW-Authenticate': 'Basic realm="proxy"' }),
  },

  // Proxies
  { title: 'a redirect to http', finds: ['proxy.redirect'], relay: says(301, { Location: `http://${NAME}/v2/` }) },
  {
    title: 'a redirect to another name',
    finds: ['proxy.redirect'],
    relay: says(307, { Location: 'https://sso.site.example/' }),
  },
  {
    title: 'X-Forwarded-Proto: http',
    finds: ['proxy.forwarded-proto'],
    relay: {
      changeRequest: (headers) => {
        headers['x-forwarded-proto'] = 'http';
      },
    },
  },
  {
    title: 'no X-Forwarded-Proto',
    finds: ['proxy.forwarded-proto'],
    relay: {
      changeRequest: (headers) => {
        delete headers['x-forwarded-proto'];
      },
    },
  },
  {
    title: 'X-Forwarded-Host of an inner name',
    finds: ['proxy.forwarded-host'],
    relay: {
      changeRequest: (headers) => {
        headers['x-forwarded-host'] = 'inner.example';
      },
    },
  },
  {
    title: 'Host of an inner name',
    finds: ['proxy.forwarded-host'],
    relay: {
      changeRequest: (headers) => {
        headers.host = 'localhost:5000';
      },
    },
  },
  {
    title: 'Authorization that is lost',
    finds: ['proxy.authorization-lost'],
    relay: {
      changeRequest: (headers) => {
        delete headers.authorization;
      },
    },
  },
  {
    title: 'names of headers in lower case',
    finds: ['proxy.header-case'],
    relay: rename((name, value) => [name.toLowerCase(), value]),
  },
  {
    title: 'names of headers in upper case',
    finds: ['proxy.header-case'],
    relay: rename((name, value) => [name.toUpperCase(), value]),
  },
  {
    title: 'headers that are lost',
    finds: ['proxy.header-lost'],
    relay: rename((name, value) => (name.startsWith('X-Ms-') ? undefined : [name, value])),
  },
  { title: 'Location rewritten to http', finds: ['proxy.location-scheme'], relay: location(`http://${NAME}PATH`) },
  {
    title: 'Location rewritten to another host',
    finds: ['proxy.location-host'],
    relay: location('https://inner.examplePATH'),
  },
  { title: 'Location without the port', finds: ['proxy.location-host'], relay: location(`https://${NAME}PATH`) },
  { title: 'uploads that are kept until they are whole', finds: ['proxy.buffers-uploads'], relay: { buffers: true } },
  {
    title: 'a limit of 1 MB',
    finds: ['proxy.body-limit'],
    relay: {
      answer: (request, response) => {
        if (Number(request.headers['content-length'] ?? 0) <= 1_000_000) return false;
        request.resume();
        request.on('end', () =>
          response.writeHead(413, { 'Content-Type': 'text/html' }).end('<html>413 Request Entity Too Large</html>'),
        );
        return true;
      },
    },
  },
  { title: 'uploads that are cut at 1 MB', finds: ['proxy.body-cut'], relay: { cutUploadsAt: 1_000_000 } },
  { title: 'uploads that are changed', finds: ['proxy.body-changed'], relay: { changeUploads: true } },
  { title: 'downloads that are cut at 1 MB', finds: ['proxy.download-cut'], relay: { cutDownloadsAt: 1_000_000 } },
  { title: 'downloads that are changed', finds: ['proxy.body-changed'], relay: { changeDownloads: true } },
  {
    title: 'a registry that is down behind its proxy',
    finds: ['proxy.gateway'],
    relay: says(502, {}, '<html>502 Bad Gateway</html>'),
  },
  { title: 'a slow way down', finds: ['speed.slow-pull'], relay: { slow: { down: 60 } } },
  { title: 'a slow way up', finds: ['speed.slow-push'], relay: { slow: { up: 60 } } },

  // Sign-in and content
  {
    title: 'a wrong password',
    finds: ['token.refused'],
    plan: () => ({ identity: { kind: 'password', username: 'nobody', password: 'wrong' } }),
  },
  {
    title: 'a token for the site that is none',
    finds: ['token.refresh-refused'],
    plan: () => ({ identity: { kind: 'site', accessToken: 'x.y.z', tenant: 'x' } }),
  },
  {
    title: 'too many requests',
    finds: ['token.too-many-requests'],
    relay: {
      answer: (request, response) => {
        if (!request.url?.startsWith('/oauth2/')) return false;
        response.writeHead(429, { 'Retry-After': '30' }).end();
        return true;
      },
    },
  },

  ...HOST_CASES,
];

it('an address that drops packets is told from one that refuses', () => {
  const silent = { address: '10.0.0.9', error: 'ETIMEDOUT', connectMs: 5000 };
  const faults = (reached: NameObservation['reached']) =>
    judgeName(NAME, { lookupMs: 1, reached }).map(({ fault }) => fault);
  expect(faults([silent])).toEqual(['connect.timed-out']);
  expect(faults([silent, { ...silent, error: 'EHOSTUNREACH' }])).toEqual(['connect.timed-out']);
  expect(faults([{ ...silent, error: 'ECONNREFUSED' }])).toEqual(['connect.refused']);
});

it('every fault that can be found was planted', () => {
  const planted = new Set(CASES.flatMap(({ finds }) => finds));
  // Planted by tests of their own: above, and in transfer.test.ts.
  const elsewhere = [
    'connect.timed-out',
    'push.refused',
    'pull.refused',
    'pull.data-host',
    'delete.refused',
    'rights.lacking',
  ];
  expect(
    Object.keys(FAULTS)
      .filter((name) => !planted.has(name as FaultName))
      .sort(),
  ).toEqual(elsewhere.sort());
});

describe('planted faults', () => {
  it.each(CASES)('$title', { timeout: 60_000 }, async (one) => {
    const report = await look(one);
    expect(report.findings.map(({ fault, seen }) => `${fault}: ${seen}`).join('\n')).toMatch(
      new RegExp(`^${one.finds.map((fault) => `${fault.replace('.', '\\.')}: .*`).join('\\n')}$`),
    );
    for (const { fix, code } of report.findings) {
      expect(fix).not.toBe('');
      expect(fix).not.toContain('{host');
      expect(code).toMatch(/^[A-Z_]+_ERROR$/);
    }
    expect(registry.problems).toEqual([]);
  });
});
