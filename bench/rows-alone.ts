/** What bounds the pushes of manifests: their rows alone, written as the floor writes them, with no HTTP and nobody who asks. */
import { createHash, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { type Pushed, Rows, readPushed } from './floor/rows.ts';
import type { RowsAlone } from './results.ts';
import { REPOSITORY } from './workloads.ts';

const LAYERS = 5;
const TRIES = 3;
/** More than can be written in the time. */
const A_SECOND = 8000;

/** The least of three tries, each for `seconds`, with one push at a time and with sixteen that share commits. */
export async function measureRows(folder: string, seconds: number): Promise<RowsAlone[]> {
  const rows = new Rows(join(folder, 'rows-alone'));
  const digests = Array.from({ length: LAYERS + 1 }, (_, i) => digestOf(`layer ${i}`));
  for (const digest of digests) await rows.link(REPOSITORY.manifests, digest, 2048);
  const all: RowsAlone[] = [];
  for (const connections of [1, 16]) {
    const tries: number[] = [];
    for (let i = 0; i < TRIES; i++) tries.push(await once(rows, manifests(digests, seconds), connections, seconds));
    all.push({ connections, microseconds: Math.round(Math.min(...tries)) });
  }
  rows.close();
  return all;
}

/** Microseconds for each. */
async function once(rows: Rows, waiting: Pushed[], connections: number, seconds: number): Promise<number> {
  const begun = performance.now();
  const end = begun + seconds * 1000;
  let done = 0;
  const one = async () => {
    for (let next = waiting.pop(); next && performance.now() < end; next = waiting.pop()) {
      await rows.keep(REPOSITORY.manifests, next.digest.slice(-20), next);
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: connections }, one));
  return ((performance.now() - begun) * 1000) / done;
}

function manifests([config = '', ...layers]: readonly string[], seconds: number): Pushed[] {
  const named = (mediaType: string, digest: string) => ({ mediaType, digest, size: 2048 });
  const image = {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: named('application/vnd.oci.image.config.v1+json', config),
    layers: layers.map((digest) => named('application/vnd.oci.image.layer.v1.tar+gzip', digest)),
  };
  return Array.from({ length: Math.ceil(A_SECOND * seconds) }, () =>
    readPushed(Buffer.from(JSON.stringify({ ...image, annotations: { 'org.example.run': randomUUID() } }))),
  );
}

function digestOf(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}
