import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { digestOf } from '@holdfast/oci/digest';
import { MEDIA_TYPE } from '@holdfast/oci/media-types';
import { type ServerProcess, startProcess } from '../../attacks/support/process.ts';
import { Random } from '../../fault/random.ts';
import type { Answer } from '../../support/http-client.ts';
import { newContent } from './content.ts';
import { type Ask, ask, openSite, type Site } from './site.ts';
import { Trial } from './trial.ts';

const SESSIONS = 3;
/** The requests that a refusal was asked for, by status. */
const seen = new Map<number, number>();

/** The answer must be this refusal, and say in whole seconds when to come again. */
function expectLater(what: string, answer: Answer, status: number): void {
  const retry = answer.header('Retry-After');
  if (answer.status !== status) throw new Error(`${what}: ${answer.status} instead of ${status}: ${answer.text}`);
  if (!/^[1-9]\d*$/.test(retry ?? '')) throw new Error(`${what}: ${status} with Retry-After ${retry}`);
  seen.set(status, (seen.get(status) ?? 0) + 1);
}

function expectDone(what: string, answer: Answer, status: number): void {
  if (answer.status !== status) throw new Error(`${what}: ${answer.status} instead of ${status}: ${answer.text}`);
}

/** Limits of the running server; only those that hold now, so that they can be lifted again. */
function limit({ pid }: ServerProcess, resource: 'nofile' | 'fsize', value: string): void {
  execFileSync('prlimit', ['--pid', String(pid), `--${resource}=${value}:`]);
}

/** On one connection that is kept: a server that may open nothing more accepts none. */
const siteOf = (server: ServerProcess): Site => openSite(server.http, server);
const trialOn = (site: Site) => new Trial(site, 'refused/app', newContent(new Random(17), 100_000));

async function stop(server: ServerProcess): Promise<void> {
  server.child.kill('SIGTERM');
  await server.exited;
}

/** More uploads at once than one principal may have. */
export async function tooManyUploads(work: string): Promise<number> {
  const config = join(work, 'few-uploads.yaml');
  writeFileSync(config, `uploads: { perPrincipal: ${SESSIONS} }\n`);
  const server = await startProcess({ dataDir: join(work, 'few'), shell: `exec "$@" --config '${config}'` });
  try {
    const site = siteOf(server);
    const trial = trialOn(site);
    const { layer } = trial.content;
    const uploads = trial.path('blobs/uploads/');
    for (let i = 0; i < SESSIONS; i++) await trial.openSession();
    const requests: Ask[] = [
      { method: 'POST', target: uploads },
      { method: 'POST', target: `${uploads}?digest-algorithm=sha512` },
      { method: 'POST', target: `${uploads}?mount=${digestOf(layer)}&from=refused/none` },
      { method: 'POST', target: `${uploads}?digest=${digestOf(layer)}`, body: layer },
    ];
    for (const request of requests) expectLater(`POST ${request.target}`, await ask(site, request), 429);
    const many = await Promise.all(Array.from({ length: 20 }, () => ask(site, { method: 'POST', target: uploads })));
    for (const answer of many) expectLater('one of many', answer, 429);
    expectDone('the end of an upload', await ask(site, { method: 'DELETE', target: trial.session ?? '' }), 204);
    for (const request of requests.slice(3)) expectDone('the repeated POST', await ask(site, request), 201);
    expectDone('the repeated POST', await ask(site, requests[0] as Ask), 202);
  } finally {
    await stop(server);
  }
  return seen.get(429) ?? 0;
}

const EVENTS_TOLD_MS = 2500;

/** A server that may open no file, then one that may write none, then one whose database has failed for good. */
export async function failingStorage(work: string): Promise<number> {
  const dataDir = join(work, 'failing');
  let server = await startProcess({ dataDir });
  try {
    await withoutDescriptors(server);
    await withoutWriting(server);
    const later = await withoutDatabase(server);
    await stop(server);
    server = await startProcess({ dataDir });
    await repeat(siteOf(server), later);
  } finally {
    await stop(server);
  }
  return seen.get(503) ?? 0;
}

async function withoutDescriptors(server: ServerProcess): Promise<void> {
  const site = siteOf(server);
  const trial = trialOn(site);
  await trial.pushImage('one');
  const blob = trial.path(`blobs/${digestOf(trial.content.layer)}`);
  const uploads = trial.path('blobs/uploads/');
  const { loose } = trial.content;
  const requests: [Ask, repeated: number][] = [
    [{ method: 'GET', target: blob }, 200],
    [{ method: 'GET', target: blob, headers: { Range: 'bytes=5-' } }, 206],
    [{ method: 'POST', target: uploads }, 202],
    [{ method: 'POST', target: `${uploads}?digest=${digestOf(loose)}`, body: loose }, 201],
  ];
  const before = softLimit(server, 'Max open files');
  limit(server, 'nofile', '1');
  for (const [request] of requests) expectLater(`${request.method} without descriptors`, await ask(site, request), 503);
  limit(server, 'nofile', before);
  for (const [request, status] of requests) expectDone('repeated with descriptors', await ask(site, request), status);
}

async function withoutWriting(server: ServerProcess): Promise<void> {
  const site = siteOf(server);
  const trial = trialOn(site);
  const { layer } = trial.content;
  await trial.openSession();
  await trial.demand(202, trial.patch(0, 1000));
  const monolithic = trial.path(`blobs/uploads/?digest=${digestOf(layer)}`);
  const requests: Ask[] = [
    trial.patch(1000, layer.length),
    { ...trial.close(layer.subarray(1000)), headers: { 'Content-Range': `1000-${layer.length - 1}` } },
    { method: 'POST', target: monolithic, body: layer },
  ];
  // Events of what was pushed are told meanwhile: marking one as told would be a write that fails, too, and of the database.
  await delay(EVENTS_TOLD_MS);
  limit(server, 'fsize', '0');
  for (const request of requests) expectLater(`${request.method} without writing`, await ask(site, request), 503);
  limit(server, 'fsize', 'unlimited');
  if ((await trial.offset()) !== 1000) throw new Error('a refused chunk moved the session');
  expectDone('the repeated chunk', await ask(site, requests[0] as Ask), 202);
  expectDone('the closing', await ask(site, trial.close()), 201);
}

/** What was refused, and what its repetition is answered once the server has been started anew. */
type Later = readonly (readonly [request: Ask, repeated: number])[];

async function withoutDatabase(server: ServerProcess): Promise<Later> {
  const site = siteOf(server);
  const trial = trialOn(site);
  const { layer, loose, manifest, index } = trial.content;
  await trial.pushImage('one');
  await trial.demand(201, trial.putManifest('two', index, MEDIA_TYPE.ociIndex));
  await trial.openSession();
  const later: Later = [
    [trial.putManifest('three'), 201],
    [trial.putManifest(digestOf(manifest)), 201],
    [trial.patch(0, 1000), 202],
    [{ method: 'DELETE', target: trial.session ?? '' }, 204],
    [{ method: 'POST', target: trial.path('blobs/uploads/') }, 202],
    [{ method: 'POST', target: `/v2/refused/other/blobs/uploads/?mount=${digestOf(layer)}&from=refused/app` }, 201],
    [{ method: 'POST', target: trial.path(`blobs/uploads/?digest=${digestOf(loose)}`), body: loose }, 201],
    [{ method: 'DELETE', target: trial.path('manifests/one') }, 202],
    [{ method: 'DELETE', target: trial.path(`manifests/${digestOf(index)}`) }, 202],
    [{ method: 'DELETE', target: trial.path(`blobs/${digestOf(loose)}`) }, 202],
  ];
  limit(server, 'fsize', '0');
  for (const [request] of later.slice(0, 1)) expectLater('the write that fails', await ask(site, request), 503);
  limit(server, 'fsize', 'unlimited');
  for (const [request] of later) {
    expectLater(`${request.method} ${request.target} without a database`, await ask(site, request), 503);
  }
  expectLater('GET /readyz', await ask(site, { method: 'GET', target: '/readyz' }), 503);
  await trial.demand(200, { method: 'GET', target: trial.path(`blobs/${digestOf(layer)}`) }); // pulls go on
  return later;
}

async function repeat(site: Site, later: Later): Promise<void> {
  for (const [request, status] of later) expectDone(`${request.method} repeated`, await ask(site, request), status);
}

/** `Max open files 1024 524288 files` → `1024` */
function softLimit({ pid }: ServerProcess, name: string): string {
  const line = readFileSync(`/proc/${pid}/limits`, 'utf8')
    .split('\n')
    .find((text) => text.startsWith(name));
  const [value = ''] = line?.slice(name.length).trim().split(/\s+/) ?? [];
  return value;
}
