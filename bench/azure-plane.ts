/**
 * `node bench/azure-plane.ts [--repositories N] [--registries N] [--assignments N] [--out FILE]`: what calls of the Azure
 * plane take on a site of that size, how many tokens a second of CPU time makes, and what the authorisation of a request
 * costs. Bars of the issue: 20 ms a call, 3,000 tokens a CPU-second over HTTPS, 50 µs (cached) and 300 µs (not).
 *
 * Calls are made one after the other on one connection. Their time is the server's own, from its request log: from the head of
 * the request to the end of the answer. Exit code 1 when a call was not answered with 200.
 */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request as plainRequest } from 'node:http';
import { Agent as TlsAgent, request as tlsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createAuthorizer } from '../apps/registry/src/access/authorizer.ts';
import { BUILT_IN_ROLES } from '../apps/registry/src/access/built-in-roles.ts';
import type { DirectoryPrincipal } from '../apps/registry/src/access/principal.ts';
import { createRights } from '../apps/registry/src/access/rights.ts';
import { registryScope } from '../apps/registry/src/access/scope-path.ts';
import type { BootstrapFile } from '../apps/registry/src/bootstrap.ts';
import type { MetadataStore } from '../apps/registry/src/metadata/metadata-store.ts';
import { openSqliteMetadataStore } from '../apps/registry/src/metadata/sqlite/open.ts';
import { cpuSeconds } from './process-usage.ts';
import { holdfast } from './programs.ts';
import { fill, REPOSITORY } from './scale-rows.ts';
import { Server } from './server.ts';

const { values: options } = parseArgs({
  options: {
    repositories: { type: 'string', default: '100000' },
    registries: { type: 'string', default: '1000' },
    assignments: { type: 'string', default: '10000' },
    seconds: { type: 'string', default: '5' },
    out: { type: 'string' },
  },
});
const size = {
  repositories: Number(options.repositories),
  registries: Number(options.registries),
  assignments: Number(options.assignments),
};
const seconds = Number(options.seconds);
const REQUESTS = 200;
const WARM_UP = 20;
const BATCH = 1000;
const TOKEN_CONNECTIONS = 16;

interface Figure {
  readonly what: string;
  readonly median: number;
  readonly p95: number;
  readonly unit: string;
  readonly bar: string;
}

const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-azure-'));
const figures: Figure[] = [];
let failed = false;
const tell = (figure: Figure) => {
  figures.push(figure);
  const { what, median, p95, unit, bar } = figure;
  console.log(
    `${what.padEnd(64)} ${median.toFixed(2).padStart(9)} ${p95.toFixed(2).padStart(9)} ${unit.padEnd(14)} ${bar}`,
  );
};

try {
  await main();
} finally {
  Server.killAll();
  rmSync(folder, { recursive: true, force: true });
}
if (options.out) writeFileSync(options.out, `${JSON.stringify({ size, figures }, null, 2)}\n`);
process.exitCode = failed ? 1 : 0;

async function main(): Promise<void> {
  const program = holdfast(folder);
  await (await Server.start(program)).stop();
  const store = openSqliteMetadataStore({ path: join(folder, 'data/metadata.db') });
  await store.migrate();
  const begun = performance.now();
  await fillSite(store);
  console.log(`filled with ${JSON.stringify(size)} in ${((performance.now() - begun) / 1000).toFixed(1)} s`);
  console.log(`${''.padEnd(64)} ${'median'.padStart(9)} ${'p95'.padStart(9)}`);
  await authorisation(store);
  await store.close();
  const server = await Server.start(program);
  await calls(server);
  await server.stop();
  const [bin = ''] = program.command;
  const data = join(folder, 'data');
  const command = [bin, 'serve', '--data', data, '--http', 'off', '--https', '127.0.0.1:{port}'];
  await tokens({ ...program, command, tls: true });
}

/** The first two robots hold one assignment and a hundred; the others share the rest. */
async function fillSite(store: MetadataStore): Promise<void> {
  await fill(store, size.repositories);
  const { subscriptionId } = bootstrap();
  const now = new Date();
  const place = { subscriptionId, location: 'local', tags: '{}', createdAt: now, updatedAt: now };
  const names = Array.from({ length: size.registries }, (_, i) => `registry${String(i).padStart(5, '0')}`);
  const groupOf = (i: number) => `group${i % 50}`;
  await store.transaction(async (tx) => {
    for (let i = 0; i < 50; i++) await tx.resourceGroups.put({ ...place, name: groupOf(i) });
    for (const [i, name] of names.entries()) {
      await tx.registries.create({
        ...place,
        id: randomUUID(),
        name,
        resourceGroup: groupOf(i),
        sku: 'Standard',
        adminUserEnabled: false,
        anonymousPullEnabled: false,
        policies: '{}',
      });
    }
  });
  const roles = BUILT_IN_ROLES.map((role) => role.id);
  for (let from = 0; from < size.assignments; from += BATCH) {
    await store.transaction(async (tx) => {
      for (let i = from; i < Math.min(from + BATCH, size.assignments); i++) {
        const n = i % names.length;
        const scope = `/subscriptions/${subscriptionId}/resourceGroups/${groupOf(n)}/providers/Microsoft.ContainerRegistry/registries/${names[n]}`;
        await tx.roleAssignments.insert({
          id: randomUUID(),
          scope,
          scopeKey: scope.toLowerCase(),
          roleId: roles[Math.floor(i / names.length) % roles.length] as string,
          principalId: i === 0 ? 'robot-of-one' : i <= 100 ? 'robot-of-hundred' : `robot-${i % 3000}`,
          principalType: 'ServicePrincipal',
          createdAt: now,
          createdBy: 'bench',
        });
      }
    });
  }
}

/** In this process, on the store itself: what the door asks at every request. */
async function authorisation(store: MetadataStore): Promise<void> {
  const { read } = store;
  const registry = await read.registries.byName('registry00000');
  if (!registry) throw new Error('no registry');
  const resource = registryScope(registry, 'team/app');
  for (const id of ['robot-of-one', 'robot-of-hundred']) {
    const principal: DirectoryPrincipal = { kind: 'service-principal', id, name: id, registry: registry.id };
    const authorizer = () =>
      createAuthorizer({
        rights: createRights({ read, groupsOf: () => [] }),
        anonymousPull: () => false,
        deletedAt: () => undefined,
      });
    const warm = authorizer();
    const cached: number[] = [];
    const uncached: number[] = [];
    for (let i = 0; i < 5000; i++) {
      const fresh = authorizer();
      uncached.push(await micros(() => fresh.check({ principal, action: 'pull', resource })));
      cached.push(await micros(() => warm.check({ principal, action: 'pull', resource })));
    }
    tell({ what: `authorisation, ${id}, rights known`, ...spread(cached.slice(500)), unit: 'µs', bar: '50 µs' });
    tell({ what: `authorisation, ${id}, rights not known`, ...spread(uncached.slice(500)), unit: 'µs', bar: '300 µs' });
  }
}

async function micros(work: () => unknown): Promise<number> {
  const begun = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - begun) / 1000;
}

async function calls(server: Server): Promise<void> {
  const base = `http://127.0.0.1:${server.port}`;
  const { subscriptionId, servicePrincipal, registry } = bootstrap();
  const answer = await fetch(`${base}/metadata/endpoints?api-version=2022-09-01`);
  const audience = ((await answer.json()) as { authentication: { audiences: string[] } }).authentication.audiences[0];
  const signedIn = await fetch(`${base}/adfs/oauth2/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: servicePrincipal.appId,
      client_secret: servicePrincipal.password,
      scope: `${audience}/.default`,
    }),
  });
  const owner = `Bearer ${((await signedIn.json()) as { access_token: string }).access_token}`;
  const admin = `Basic ${Buffer.from(`${registry.username}:${registry.password}`).toString('base64')}`;
  const s = `/subscriptions/${subscriptionId}`;
  const one = `${s}/resourceGroups/group1/providers/Microsoft.ContainerRegistry/registries/registry00001`;
  const filter = encodeURIComponent("resourceType eq 'Microsoft.ContainerRegistry/registries'");
  const arm: [string, string][] = [
    ['subscriptions', '/subscriptions?'],
    ['resource groups', `${s}/resourceGroups?`],
    ['resources by type', `${s}/resources?$filter=${filter}&`],
    ['registries of the subscription', `${s}/providers/Microsoft.ContainerRegistry/registries?`],
    ['one registry', `${one}?`],
    [
      'usages of the large registry',
      `${s}/resourceGroups/default/providers/Microsoft.ContainerRegistry/registries/registry/listUsages?`,
    ],
    ['webhooks of a registry', `${one}/webhooks?`],
    ['role definitions', `${one}/providers/Microsoft.Authorization/roleDefinitions?`],
    ['role assignments at a registry', `${one}/providers/Microsoft.Authorization/roleAssignments?$filter=atScope()&`],
    ['role assignments of the subscription, page', `${s}/providers/Microsoft.Authorization/roleAssignments?`],
    [
      'role assignments of one principal',
      `${s}/providers/Microsoft.Authorization/roleAssignments?$filter=principalId%20eq%20'${randomUUID()}'&`,
    ],
  ];
  for (const [what, path] of arm) {
    tell({
      what: `ARM: ${what}`,
      ...(await timed(server.port, `${path}api-version=2022-04-01`, owner)),
      unit: 'ms',
      bar: '20 ms',
    });
  }
  const acr: [string, string][] = [
    ['catalog', '/acr/v1/_catalog?n=100'],
    ['catalog, from the middle', `/acr/v1/_catalog?n=100&last=scale/r0${Math.floor(size.repositories / 2)}`],
    ['one repository', `/acr/v1/${REPOSITORY}`],
    ['tags by name', `/acr/v1/${REPOSITORY}/_tags?n=100`],
    ['tags, newest first', `/acr/v1/${REPOSITORY}/_tags?n=100&orderby=timedesc`],
    [
      'tags, newest first, from the middle',
      `/acr/v1/${REPOSITORY}/_tags?n=100&orderby=timedesc&last=t${String(Math.floor(size.repositories / 2)).padStart(7, '0')}`,
    ],
    ['tags, page of 1000', `/acr/v1/${REPOSITORY}/_tags?n=1000`],
    ['one tag', `/acr/v1/${REPOSITORY}/_tags/t0000001`],
    ['manifests', `/acr/v1/${REPOSITORY}/_manifests?n=100`],
    ['manifests, newest first', `/acr/v1/${REPOSITORY}/_manifests?n=100&orderby=timedesc`],
  ];
  for (const [what, path] of acr) {
    tell({ what: `/acr/v1: ${what}`, ...(await timed(server.port, path, admin)), unit: 'ms', bar: '20 ms' });
  }
}

function bootstrap(): BootstrapFile {
  return JSON.parse(readFileSync(join(folder, 'data/bootstrap.json'), 'utf8')) as BootstrapFile;
}

async function timed(port: number, path: string, authorization: string): Promise<{ median: number; p95: number }> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  for (let i = 0; i < REQUESTS + WARM_UP; i++) {
    const status = await new Promise<number>((resolve, reject) => {
      const request = plainRequest({ host: '127.0.0.1', port, path, agent, headers: { Authorization: authorization } });
      request.once('response', (response) => response.resume().once('end', () => resolve(response.statusCode ?? 0)));
      request.once('error', reject).end();
    });
    if (status !== 200) {
      failed = true;
      console.log(`FAILED: ${path} answered ${status}`);
      break;
    }
  }
  agent.destroy();
  return spread(await loggedTimes(path));
}

/** What the server's request log says of the calls of `path` after the first ones, in milliseconds. */
async function loggedTimes(path: string): Promise<number[]> {
  const deadline = performance.now() + 5000;
  for (;;) {
    const lines = readFileSync(join(folder, 'server.log'), 'utf8').split('\n').slice(0, -1);
    const times = lines
      .filter((line) => line.startsWith('{"level"'))
      .map((line) => JSON.parse(line) as { url?: string; ms: number })
      .filter((line) => line.url === path)
      .map((line) => line.ms);
    if (times.length >= REQUESTS + WARM_UP) return times.slice(WARM_UP);
    if (performance.now() > deadline) throw new Error(`${times.length} calls of ${path} are in the log`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Client credentials over HTTPS, each a signature of its own, on connections that are kept. */
async function tokens(program: ReturnType<typeof holdfast>): Promise<void> {
  const server = await Server.start(program);
  const { servicePrincipal, caCertificate } = bootstrap();
  const ca = readFileSync(join(folder, 'data', caCertificate ?? ''), 'utf8');
  const agent = new TlsAgent({ keepAlive: true, maxSockets: TOKEN_CONNECTIONS, ca });
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: servicePrincipal.appId,
    client_secret: servicePrincipal.password,
    scope: `${bootstrap().endpoints.management}/audience/.default`,
  }).toString();
  const ask = () =>
    new Promise<void>((resolve, reject) => {
      const headers = { 'Content-Type': 'application/x-www-form-urlencoded', 'Content-Length': body.length };
      const request = tlsRequest({
        host: 'localhost',
        port: server.port,
        path: '/adfs/oauth2/token',
        method: 'POST',
        agent,
        headers,
      });
      request.once('response', (response) => {
        if (response.statusCode !== 200) reject(new Error(`token: ${response.statusCode}`));
        response.resume().once('end', resolve);
      });
      request.once('error', reject).end(body);
    });
  for (let i = 0; i < 200; i++) await ask();
  const rates: number[] = [];
  for (let round = 0; round < 5; round++) {
    const before = cpuSeconds(server.pid);
    const until = performance.now() + seconds * 1000;
    let made = 0;
    await Promise.all(
      Array.from({ length: TOKEN_CONNECTIONS }, async () => {
        while (performance.now() < until) {
          await ask();
          made += 1;
        }
      }),
    );
    rates.push(made / (cpuSeconds(server.pid) - before));
  }
  agent.destroy();
  await server.stop();
  rates.sort((a, b) => a - b);
  const [least = 0] = rates;
  tell({
    what: 'client-credential tokens over HTTPS (p95: the least)',
    median: rates[2] ?? 0,
    p95: least,
    unit: 'per CPU-second',
    bar: '3000',
  });
}

function spread(values: readonly number[]): { median: number; p95: number } {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (part: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
  return { median: at(0.5), p95: at(0.95) };
}
