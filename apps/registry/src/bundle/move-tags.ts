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

export interface MovedTags {
  /** How many were elsewhere before. */
  readonly moved: number;
  /** Those that a later bundle has moved. */
  readonly superseded: readonly MovedTag[];
}

/**
 * Moves all tags of a bundle, or none of them: a pull sees the state before it or after it. Their manifests were pushed
 * before, by digest, as everybody pushes them, so quotas and the quarantine have had their say; what a manifest in quarantine
 * hides, it hides behind its new tag, too. A tag that is there already is left as it is, so this may be repeated.
 * Of two bundles that move a tag the later one counts, whichever comes first: the others leave it alone. Throws `name.unknown`, `manifest.unknown`, `manifest.damaged`, `content.locked`, `content.immutable`.
 */
export async function moveTags(d: Distribution, caller: BundleCaller, move: TagMove): Promise<MovedTags> {
  return d.metadata.transaction(async (tx) => {
    const { bundle, signer, created, volumes, bytes, seconds } = move;
    const { registry } = caller;
    const tags: MovedTag[] = [];
    const superseded: MovedTag[] = [];
    for (const one of move.tags) {
      const last = created === undefined ? undefined : await tx.bundles.lastMove(registry.id, one.repository, one.tag);
      (last !== undefined && last > (created as string) ? superseded : tags).push(one);
    }
    let moved = 0;
    for (const [repository, some] of Map.groupBy(tags, (one) => one.repository)) {
      moved += await moveTagsOf(d, tx, { ...caller, repository }, move, some);
    }
    for (const { repository, tag } of created === undefined ? [] : tags) {
      await tx.bundles.noteMove(registry.id, repository, tag, created as string);
    }
    const detail = { created, bytes, seconds, tags: tags.length, ...(volumes ? { volumes } : {}) };
    await logCustody(d, tx, caller, { action: 'applied', bundle, signer, ...detail });
    return { moved, superseded };
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
