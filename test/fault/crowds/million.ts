import { digestOf } from '@holdfast/oci/digest';
import { MEDIA_TYPE } from '@holdfast/oci/media-types';
import type { Answer, HttpClient } from '../../support/http-client.ts';
import { closeScene, openScene, quantile, residentMiB, timesOf } from './scene.ts';
import { writeRows } from './write-rows.ts';

const ROWS = 1_000_000;
const HOUR_MS = 3_600_000;
/** Among a million rows, a request may take this much longer than without: less than counting or listing them does. */
const FACTOR = 3;
const ALLOWANCE_MS = 5;

function insertSessions(dataDir: string, principal: string, updatedAt: number): void {
  writeRows(
    dataDir,
    ROWS / 2,
    `INSERT INTO uploads (id, repository_id, principal, offset_bytes, opaque, started_at, updated_at, completed)
     SELECT printf('%08x-0000-4000-8000-%012x', i, ?), (SELECT min(id) FROM repositories), ?, 0, NULL, ?, ?, NULL FROM n`,
    ...[principal.length, principal, updatedAt, updatedAt],
  );
}

async function opening(client: HttpClient): Promise<void> {
  const answer = await client.request('POST', '/v2/m/blobs/uploads/');
  if (answer.status !== 202) throw new Error(`a session was answered with ${answer.status}: ${answer.text}`);
  await client.request('DELETE', answer.header('Location') ?? '');
}

const median = async (work: () => Promise<unknown>) => quantile(await timesOf(30, work), 0.5);

/** A24: half a million sessions that their owner left, half a million of another that count. */
export async function amongSessions(dataDir: string): Promise<string[]> {
  const fresh = await openScene(dataDir);
  const without = await median(() => opening(fresh.server.client));
  await closeScene(fresh);
  insertSessions(dataDir, 'admin-user:registry', Date.now() - HOUR_MS);
  insertSessions(dataDir, 'admin-user:another', Date.now());
  const scene = await openScene(dataDir, { loot: fresh.loot });
  try {
    const among = await median(() => opening(scene.server.client));
    const answers: Answer[] = [];
    const refused = await median(async () => {
      answers.push(await scene.neighbour.request('POST', '/v2/m/blobs/uploads/'));
    });
    const other = await median(() => scene.neighbour.request('GET', '/v2/'));
    console.log(
      `   a session opened and cancelled in ${without.toFixed(1)} ms without, ${among.toFixed(1)} ms among ${ROWS} others; ` +
        `refused among ${ROWS / 2} open ones in ${refused.toFixed(1)} ms, GET /v2/ ${other.toFixed(1)} ms`,
    );
    return [
      ...(answers.some(({ status }) => status !== 429) ? ['a session beyond the limit was not refused with 429'] : []),
      ...(among > without * FACTOR + ALLOWANCE_MS ? [`opening takes ${among.toFixed(1)} ms`] : []),
      ...(refused > other * FACTOR + ALLOWANCE_MS ? [`refusing takes ${refused.toFixed(1)} ms`] : []),
    ];
  } finally {
    await closeScene(scene);
  }
}

const SUBJECT = digestOf('the subject of a million');

/** A21: a million referrers of one subject; a page of them costs a page, first, last or filtered. */
export async function amongReferrers(dataDir: string): Promise<string[]> {
  const fresh = await openScene(dataDir);
  const config = { mediaType: MEDIA_TYPE.ociConfig, digest: digestOf('{}'), size: 2 };
  await fresh.server.client.request('POST', `/v2/m/blobs/uploads/?digest=${config.digest}`, { body: '{}' });
  const subject = { mediaType: MEDIA_TYPE.ociImage, digest: SUBJECT, size: 1 };
  const body = JSON.stringify({ schemaVersion: 2, mediaType: MEDIA_TYPE.ociImage, config, layers: [], subject });
  const headers = { 'Content-Type': MEDIA_TYPE.ociImage };
  const pushed = await fresh.server.client.request('PUT', '/v2/m/manifests/one', { body, headers });
  if (pushed.status !== 201) throw new Error(`the first referrer was answered with ${pushed.status}`);
  const page = (client: HttpClient, query: string) => client.request('GET', `/v2/m/referrers/${SUBJECT}?${query}`);
  const without = await median(() => page(fresh.server.client, 'n=100'));
  await closeScene(fresh);
  writeRows(
    dataDir,
    ROWS,
    `INSERT INTO manifests (repository_id, digest, media_type, size, artifact_type, config_media_type, subject,
       annotations, pushed_by, pushed_at)
     SELECT (SELECT repository_id FROM tags WHERE name = 'one'), printf('sha256:%064x', i * 16), ?, 1,
       CASE WHEN i % 1000 = 0 THEN 'a/rare' ELSE 'a/b' END, NULL, ?, '{"i":"' || i || '"}', 'admin-user:registry', 0 FROM n`,
    ...[MEDIA_TYPE.ociImage, SUBJECT],
  );
  const scene = await openScene(dataDir, { loot: fresh.loot });
  const { client } = scene.server;
  const complaints: string[] = [];
  try {
    const late = `sha256:${((ROWS - 50) * 16).toString(16).padStart(64, '0')}`;
    const before = residentMiB(scene.server);
    for (const [name, query, entries] of [
      ['the first page', 'n=100', 100],
      ['a page far behind', `n=100&last=${late}`, 51],
      ['a page of one in a thousand', 'n=100&artifactType=a/rare', 100],
    ] as const) {
      const answers: Answer[] = [];
      const ms = await median(async () => answers.push(await page(client, query)));
      const { manifests } = answers[0]?.json<{ manifests: unknown[] }>() ?? { manifests: [] };
      console.log(`   ${name} of ${ROWS} referrers in ${ms.toFixed(1)} ms, without them ${without.toFixed(1)} ms`);
      if (manifests.length < entries || manifests.length > 100)
        complaints.push(`${name} has ${manifests.length} entries`);
      if (ms > without * FACTOR + 2 * ALLOWANCE_MS) complaints.push(`${name} takes ${ms.toFixed(1)} ms`);
    }
    const all = await page(client, '');
    if (!/rel="next"/.test(all.header('Link') ?? '')) complaints.push('a list without n has no Link to its rest');
    if (all.body.length > 1024 * 1024) complaints.push(`a list without n has ${all.body.length} bytes`);
    const grown = residentMiB(scene.server) - before;
    if (grown > 100) complaints.push(`memory grew by ${grown.toFixed(0)} MiB`);
  } finally {
    await closeScene(scene);
  }
  return complaints;
}
