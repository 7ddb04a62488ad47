import { createHash } from 'node:crypto';
import type { Digest } from '@holdfast/oci/digest';
import type { RepositoryName, TagName } from '@holdfast/oci/reference';
import type {
  ManifestRow,
  MetadataStore,
  MetadataTx,
  RepositoryId,
} from '../apps/registry/src/metadata/metadata-store.ts';

export const REPOSITORY = 'scale/tags';
const BATCH = 2000;
const INDEX = 'application/vnd.oci.image.index.v1+json';

const digestOf = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}` as Digest;
/** Every second manifest of the big repository refers to the first of these, ten to the other. */
export const MANY = digestOf('the subject of many');
export const FEW = digestOf('the subject of few');

/** One repository of `level` tags, and `level` repositories. */
export async function fill(store: MetadataStore, level: number): Promise<void> {
  const registryId = (await store.read.registries.byName('registry'))?.id;
  if (registryId === undefined) throw new Error('the first start made no registry');
  const now = new Date();
  const create = (tx: MetadataTx, name: string) =>
    tx.repositories.findOrCreate(registryId, name as RepositoryName, now);
  const tagged = (await store.transaction((tx) => create(tx, REPOSITORY))).id;
  for (let from = 0; from < level; from += BATCH) {
    const numbers = Array.from({ length: Math.min(BATCH, level - from) }, (_, i) => from + i);
    await store.transaction(async (tx) => {
      for (const n of numbers) {
        const name = String(n).padStart(7, '0');
        const body = Buffer.from(
          `{"schemaVersion":2,"mediaType":"${INDEX}","manifests":[],"annotations":{"n":"${name}"}}`,
        );
        await tx.manifests.insert(row(tagged, digestOf(body.toString()), body.length, subjectOf(n), now), body, []);
        await tx.tags.put(tagged, `t${name}` as TagName, digestOf(body.toString()), now);
        const repository = await create(tx, `scale/r${name}`);
        const same = Buffer.from(`{"schemaVersion":2,"mediaType":"${INDEX}","manifests":[]}`);
        await tx.manifests.insert(row(repository.id, digestOf(same.toString()), same.length, undefined, now), same, []);
      }
    });
  }
}

function subjectOf(n: number): Digest | undefined {
  if (n % 2 === 0) return MANY;
  return n < 20 ? FEW : undefined;
}

function row(
  repositoryId: RepositoryId,
  digest: Digest,
  size: number,
  subject: Digest | undefined,
  now: Date,
): ManifestRow {
  const artifactType = 'application/vnd.example.report';
  return { repositoryId, digest, mediaType: INDEX, size, artifactType, subject, pushedBy: 'bench', pushedAt: now };
}
