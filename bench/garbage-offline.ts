/**
 * The peer's collection, for which it must be stopped or read-only, beside ours on the same images: getting rid of every two-hundredth
 * image, which has no tag. The peer looks at all tags for each of its manifests, so it is broken off after some minutes. Ours is
 * `holdfast gc` on a stopped server after those manifests were deleted, and that is counted, too.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Digest } from '@holdfast/oci/digest';
import { openSqliteMetadataStore } from '../apps/registry/src/metadata/sqlite/open.ts';
import type { OfflineResults } from './garbage-results.ts';
import {
  deleteImages,
  fileOf,
  imageOf,
  LAYERS,
  REPOSITORY,
  repositoryOf,
  storeImages,
  writeBlob,
} from './garbage-stock.ts';
import { settle } from './measure.ts';
import { distribution, holdfast, installPeer, versionOf } from './programs.ts';
import { median } from './results.ts';
import { Server } from './server.ts';

const ROUNDS = 1;
const PATIENCE_MS = 300_000;
const isTagged = (n: number) => n % 200 !== 0;

/** Undefined when the peer is not installed. */
export async function measureOffline(folder: string, manifests: number): Promise<OfflineResults | undefined> {
  const binary = installPeer(false);
  if (!binary) return undefined;
  const names = Array.from({ length: manifests }, (_, n) => `offline ${n}`);
  const untagged = names.filter((_, n) => !isTagged(n));
  const rounds: OfflineResults['rounds'][number][] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const ours = await collectOurs(join(folder, 'ours'), names, untagged);
    const peer = collectPeer(join(folder, 'peer'), binary, names, untagged);
    const { seconds, finished } = peer;
    console.log(
      `offline, ${manifests} manifests: ours ${ours.toFixed(2)} s, the peer ${seconds.toFixed(2)} s${finished ? '' : ', broken off'}`,
    );
    rounds.push({ ours, peer: seconds, peerFinished: finished });
  }
  return {
    manifests,
    untagged: untagged.length,
    freedBlobs: untagged.length * LAYERS,
    rounds,
    ratio: median(rounds.map(({ ours, peer }) => peer / ours)),
    peerVersion: versionOf(binary),
  };
}

async function collectOurs(folder: string, names: readonly string[], untagged: readonly string[]): Promise<number> {
  const program = holdfast(folder);
  const [bin = ''] = program.command;
  const data = join(folder, 'data');
  await (await Server.start(program)).stop();
  const open = () => openSqliteMetadataStore({ path: join(data, 'metadata.db') });
  const store = open();
  await storeImages(store, data, await repositoryOf(store), names, isTagged);
  await store.close();
  settle(folder);
  const begun = performance.now();
  const again = open();
  await deleteImages(again, await repositoryOf(again), untagged);
  await again.close();
  execFileSync(bin, ['gc', '--data', data], { stdio: 'ignore' });
  const seconds = (performance.now() - begun) / 1000;
  checkFreed(names, untagged, (digest) => fileOf(data, digest));
  rmSync(folder, { recursive: true, force: true });
  return seconds;
}

/** Its folder is written as it would write it itself: a link (a file with the digest) for each layer, revision and tag. */
function collectPeer(
  folder: string,
  binary: string,
  names: readonly string[],
  untagged: readonly string[],
): { readonly seconds: number; readonly finished: boolean } {
  const { command } = distribution('distribution', binary, folder);
  const root = join(folder, 'data/docker/registry/v2');
  const blobFile = (digest: Digest) => join(root, 'blobs/sha256', digest.slice(7, 9), digest.slice(7), 'data');
  const link = (place: string, digest: Digest) =>
    writeBlob(join(root, 'repositories', REPOSITORY, place, 'link'), Buffer.from(digest));
  for (const [n, name] of names.entries()) {
    const { digest, bytes, layers } = imageOf(name);
    for (const layer of layers) {
      writeBlob(blobFile(layer.digest), layer.content);
      link(`_layers/sha256/${layer.digest.slice(7)}`, layer.digest);
    }
    writeBlob(blobFile(digest), bytes);
    link(`_manifests/revisions/sha256/${digest.slice(7)}`, digest);
    if (!isTagged(n)) continue;
    link(`_manifests/tags/s${n}/current`, digest);
    link(`_manifests/tags/s${n}/index/sha256/${digest.slice(7)}`, digest);
  }
  settle(folder);
  const config = command.at(-1) ?? '';
  const begun = performance.now();
  const { status, error } = spawnSync(binary, ['garbage-collect', '--delete-untagged', config], {
    stdio: 'ignore',
    timeout: PATIENCE_MS,
  });
  const seconds = (performance.now() - begun) / 1000;
  const finished = status === 0;
  if (finished) checkFreed(names, untagged, blobFile);
  else if (!error || !('code' in error) || error.code !== 'ETIMEDOUT')
    throw error ?? new Error(`it ended with ${status}`);
  rmSync(folder, { recursive: true, force: true });
  return { seconds, finished };
}

/** A collection that frees the wrong things is no figure. */
function checkFreed(names: readonly string[], untagged: readonly string[], file: (digest: Digest) => string): void {
  const gone = new Set(untagged);
  for (const name of names) {
    for (const { digest } of imageOf(name).layers) {
      if (existsSync(file(digest)) === gone.has(name)) throw new Error(`${name}: ${digest} was dealt with wrongly`);
    }
  }
}
