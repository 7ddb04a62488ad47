import { MEDIA_TYPE } from '@holdfast/oci/media-types';
import { closeScene, openScene, quantile, smallWork } from './scene.ts';
import { writeRows } from './write-rows.ts';

const DEPTH = 10_000;
const PARENTS = 100_000;
const MAX_MS = 1500;
const REPOSITORY = "(SELECT id FROM repositories WHERE name = 'deep')";
/** Behind the number of the manifest that opened the scene. */
const FIRST_NUMBER = 100;
const digest = (i: number) => `sha256:${i.toString(16).padStart(64, '0')}`;

/**
 * A18: a chain of 10,000 indexes, each of which names the one below it twice (2^10,000 ways lead down), and one manifest
 * in 100,000 indexes. Whether something tagged holds the bottom is found in bounded time, and so is its deletion.
 */
export async function amongIndexes(dataDir: string): Promise<string[]> {
  const fresh = await openScene(dataDir);
  const body = JSON.stringify({ schemaVersion: 2, mediaType: MEDIA_TYPE.ociIndex, manifests: [] });
  const headers = { 'Content-Type': MEDIA_TYPE.ociIndex };
  const pushed = await fresh.server.client.request('PUT', '/v2/deep/manifests/first', { body, headers });
  if (pushed.status !== 201) throw new Error(`the first index was answered with ${pushed.status}`);
  await closeScene(fresh);
  insertIndexes(dataDir);
  const scene = await openScene(dataDir, { loot: fresh.loot });
  const { client } = scene.server;
  const complaints: string[] = [];
  const expectStatus = async (what: string, method: string, reference: string, status: number) => {
    const begun = performance.now();
    const [answer, beside] = await Promise.all([
      client.request(method, `/v2/deep/manifests/${reference}`),
      smallWork(scene.neighbour, 20),
    ]);
    const ms = performance.now() - begun;
    console.log(`   ${what}: ${answer.status}, the neighbour's slowest beside it ${quantile(beside, 1).toFixed(1)} ms`);
    if (answer.status !== status) complaints.push(`${what} was answered with ${answer.status}, not ${status}`);
    if (ms > MAX_MS) complaints.push(`${what} took ${ms.toFixed(0)} ms`);
  };
  try {
    await expectStatus('the bottom of a tagged chain', 'DELETE', digest(1), 405);
    await expectStatus('the tag at its top', 'DELETE', 'top', 202);
    await expectStatus('the bottom of an untagged chain', 'DELETE', digest(1), 202);
    await expectStatus('a child of 100,000 indexes, the last of them tagged', 'DELETE', digest(DEPTH + 1), 405);
    await expectStatus('the tag of that one', 'DELETE', 'wide', 202);
    await expectStatus('a child of 100,000 untagged indexes', 'DELETE', digest(DEPTH + 1), 202);
  } finally {
    await closeScene(scene);
  }
  return complaints;
}

function insertIndexes(dataDir: string): void {
  const rows = DEPTH + 1 + PARENTS;
  const hex = (i: string) => `printf('sha256:%064x', ${i})`;
  writeRows(
    dataDir,
    rows,
    `INSERT INTO manifests (repository_id, digest, media_type, size, artifact_type, config_media_type, subject,
       annotations, pushed_by, pushed_at)
     SELECT ${REPOSITORY}, ${hex('i')}, ?, 1, NULL, NULL, NULL, NULL, 'admin-user:registry', 0 FROM n`,
    MEDIA_TYPE.ociIndex,
  );
  writeRows(
    dataDir,
    rows,
    `INSERT INTO manifest_metadata (id, repository_id, digest, media_type, image_size, child_count, created_at, updated_at, untagged_at)
     SELECT i + ${FIRST_NUMBER}, ${REPOSITORY}, ${hex('i')}, ?, 1, 1, 0, 0, 0 FROM n`,
    MEDIA_TYPE.ociIndex,
  );
  const references =
    'INSERT INTO manifest_references (repository_id, manifest_id, place, digest, kind, media_type, size)';
  for (const place of [0, 1]) {
    const below = `SELECT ${REPOSITORY}, i + 1 + ${FIRST_NUMBER}, ?, ${hex('i')}, 'manifest', ?, 1 FROM n`;
    writeRows(dataDir, DEPTH - 1, `${references} ${below}`, place, MEDIA_TYPE.ociIndex);
  }
  const wide = `SELECT ${REPOSITORY}, i + ? + ${FIRST_NUMBER}, 0, ?, 'manifest', ?, 1 FROM n`;
  writeRows(dataDir, PARENTS, `${references} ${wide}`, DEPTH + 1, digest(DEPTH + 1), MEDIA_TYPE.ociIndex);
  const tag = `INSERT INTO tags (repository_id, name, digest, created_at, updated_at) SELECT ${REPOSITORY}, ?, ?, 0, 0 FROM n`;
  writeRows(dataDir, 1, tag, 'top', digest(DEPTH));
  writeRows(dataDir, 1, tag, 'wide', digest(rows));
  const count = `UPDATE repositories SET tag_count = tag_count + 2, manifest_count = manifest_count + ? WHERE id = ${REPOSITORY}`;
  writeRows(dataDir, 1, count, rows);
}
