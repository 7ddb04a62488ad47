import type { ApplyTarget } from '@holdfast/bundle/apply-bundle';
import { type Collected, type CollectedManifest, collect } from '@holdfast/bundle/collect';
import type { SelectedImage } from '@holdfast/bundle/select';
import { openDockerArchive } from '@holdfast/oci/archive/docker-archive';
import { openTar } from '@holdfast/oci/archive/file-tree';
import { openOciLayout } from '@holdfast/oci/archive/oci-layout';
import type { ContentSource } from '@holdfast/oci/content-source';
import { DomainError } from '../platform/domain-error.ts';
import type { UploadId } from '../storage/blob-store.ts';
import { counting } from './apply.ts';
import { type Bundles, bundleAudit } from './context.ts';
import { logCustody } from './custody.ts';
import { byteFile, discardFiles, requireFile } from './files.ts';
import type { OperationWork } from './operations.ts';
import { targetHere } from './target-here.ts';

export interface ImportRequest {
  readonly file: UploadId;
  /** Name of what a layout has under tags alone. */
  readonly repository?: string | undefined;
}

/** Pushes what an archive of `docker save`, or an OCI layout in a tar file, has. When all of it is here, the archive goes. */
export function importWork(d: Bundles): OperationWork {
  return async (run) => {
    const { file, repository } = JSON.parse(run.row.request) as ImportRequest;
    const caller = await run.who();
    const row = await requireFile(d, caller, file);
    const source = await inWords(row.name, async () => {
      const tree = await openTar(byteFile(d.blobs, row));
      return tree.paths.has('index.json') ? openOciLayout(tree, repository) : openDockerArchive(tree);
    });
    const images = await imagesIn(source);
    if (images.length === 0) throw unreadable(row.name, 'it names no image; save it by name and tag');
    const collected = await inWords(row.name, () => collect(source, images));
    const target = targetHere(d, run.who, { signal: run.signal, onSent: counting(run, 'sending', row.size) });
    const pushed = new Map<string, string>();
    for (const manifest of collected.manifests.values()) await pushWhole(source, target, manifest, pushed);
    await tagAll(target, collected);
    const tags = collected.tags.map(({ repository: name, tag }) => `${name}:${tag}`);
    await d.metadata.transaction(async (tx) => {
      await logCustody(d, tx, caller, {
        action: 'imported',
        file: row.name,
        carriedBy: row.carriedBy,
        tags: tags.length,
      });
      await tx.audit.append(bundleAudit(d, caller, 'bundle.import', `${row.name}: ${tags.slice(0, 20).join(',')}`));
    });
    await discardFiles(d, [row]);
    return { file, tags };
  };
}

async function imagesIn(source: ContentSource): Promise<SelectedImage[]> {
  const images: SelectedImage[] = [];
  for await (const repository of source.repositories()) {
    for await (const tag of source.tags(repository)) images.push({ repository, tag, reference: tag });
  }
  return images;
}

/** Its blobs, then itself by its digest. What it names was pushed before. */
async function pushWhole(
  source: ContentSource,
  target: ApplyTarget,
  { repository, digest, mediaType, bytes, blobs }: CollectedManifest,
  pushed: Map<string, string>,
): Promise<void> {
  for (const blob of blobs) {
    const from = pushed.get(blob.digest);
    const isThere =
      (await target.findBlob(repository, blob.digest)) === blob.size ||
      (from !== undefined && from !== repository && (await target.mountBlob(repository, blob.digest, from)));
    pushed.set(blob.digest, repository);
    if (isThere) continue;
    const open = async () => {
      const stream = await source.blob(repository, blob.digest, blob.size);
      if (!stream) throw unreadable(repository, `it lacks the blob ${blob.digest}`);
      return stream;
    };
    await target.pushBlob(repository, { digest: blob.digest, size: blob.size, open });
  }
  await target.putManifest(repository, digest, mediaType, bytes);
}

async function tagAll(target: ApplyTarget, { tags, manifests }: Collected): Promise<void> {
  for (const { repository, tag, digest } of tags) {
    const { mediaType, bytes } = manifests.get(`${repository}@${digest}`) as CollectedManifest;
    if ((await target.findManifest(repository, tag)) !== digest) {
      await target.putManifest(repository, tag, mediaType, bytes);
    }
  }
}

/** Readers of archives throw clauses. */
async function inWords<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof DomainError || !(error instanceof Error) || 'code' in error) throw error;
    throw unreadable(name, error.message);
  }
}

function unreadable(name: string, why: string): DomainError {
  return new DomainError(
    'conflict',
    'bundle.refused',
    `${name} cannot be imported: ${why}. Send what docker save or an OCI tool wrote, as one tar file.`,
  );
}
