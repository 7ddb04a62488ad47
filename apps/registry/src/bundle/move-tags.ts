import { parseManifest } from '@holdfast/oci/manifest';
import type { RepositoryName } from '@holdfast/oci/reference';
import { requireMutable } from '../content/immutable-tags.ts';
import { requireUnlocked } from '../content/locks.ts';
import { auditEntry, type Caller, type Distribution } from '../distribution/context.ts';
import { announcePush, requireChildren, unknownManifest } from '../distribution/manifests.ts';
import type { MetadataTx } from '../metadata/metadata-store.ts';
import { DomainError } from '../platform/domain-error.ts';
import type { BundleCaller } from './caller.ts';
import { logCustody } from './custody.ts';
import type { MovedTag, TagMove } from './tag-move.ts';

/**
 * Moves all tags of a bundle, or none of them: a pull sees the state before it or after it. Their manifests were pushed
 * before, by digest, as everybody pushes them, so quotas and the quarantine have had their say; what a manifest in quarantine
 * hides, it hides behind its new tag, too. A tag that is there already is left as it is, so this may be repeated.
 * Answers how many moved. Throws `name.unknown`, `manifest.unknown`, `manifest.damaged`, `content.locked`, `content.immutable`.
 */
export async function moveTags(d: Distribution, caller: BundleCaller, move: TagMove): Promise<number> {
  return d.metadata.transaction(async (tx) => {
    let moved = 0;
    for (const [repository, tags] of Map.groupBy(move.tags, (one) => one.repository)) {
      moved += await moveTagsOf(d, tx, { ...caller, repository }, move, tags);
    }
    const { bundle, signer, created, volumes, bytes, seconds, tags } = move;
    for (const { repository, tag } of created === undefined ? [] : tags) {
      await tx.bundles.noteMove(caller.registry.id, repository, tag, created as string);
    }
    const detail = { created, bytes, seconds, tags: tags.length, ...(volumes ? { volumes } : {}) };
    await logCustody(d, tx, caller, { action: 'applied', bundle, signer, ...detail });
    return moved;
  });
}

async function moveTagsOf(
  d: Distribution,
  tx: MetadataTx,
  caller: Caller,
  { bundle, signer }: TagMove,
  tags: readonly MovedTag[],
): Promise<number> {
  const { registry, repository } = caller;
  const row = await tx.repositories.find(registry.id, repository);
  const now = d.clock.now();
  const moved: string[] = [];
  for (const { tag, digest } of tags) {
    const content = row && (await tx.manifests.content(row.id, digest));
    if (!row || !content) throw unknownManifest(caller, { digest });
    const parsed = parseManifest(content.bytes, content.mediaType);
    if (content.damagedAt || !parsed.ok) throw damaged(repository, digest);
    if ((await tx.tags.find(row.id, tag))?.digest === digest) continue;
    await requireUnlocked(tx.locks, registry.name, row, 'put-tag', { tag });
    await requireMutable(tx, registry.name, row, { operation: 'put-tag', tag, digest });
    const read = { digest, manifest: parsed.manifest, bytes: content.bytes, platform: {} };
    await requireChildren(d, tx, row.id, read);
    await tx.tags.put(row.id, tag, digest, now);
    await announcePush(d, tx, caller, row.id, read, [tag]);
    moved.push(tag);
  }
  const target = `${moved.join(',')} of bundle ${bundle} signed by ${signer}`;
  if (moved.length > 0) await tx.audit.append(auditEntry(d, caller, 'bundle.apply', target));
  return moved.length;
}

function damaged(repository: RepositoryName, digest: string): DomainError {
  return new DomainError(
    'not-found',
    'manifest.damaged',
    `The manifest ${repository}@${digest} is damaged here, so no tag was moved. Apply the bundle again, which pushes it anew.`,
  );
}
