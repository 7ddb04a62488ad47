import type { Digest } from '@holdfast/oci/digest';
import type { Damage, DamageKind } from '../metadata/metadata-store.ts';
import { DomainError } from '../platform/domain-error.ts';

const WHAT: Readonly<Record<DamageKind, string>> = {
  missing: 'are missing',
  'wrong-size': 'have another length than they must have',
  'wrong-bytes': 'do not have their digest any more',
  unreadable: 'cannot be read from the disk',
};

/** For a sentence that begins with "the stored bytes". */
export function damageText({ kind, since }: Damage): string {
  return `${WHAT[kind]} (found ${since.toISOString()})`;
}

/** A blob that is refused until it is healed: for clients it is not there, so that those that push send it again. */
export function blobDamaged(digest: Digest, damage: Damage): DomainError {
  return new DomainError(
    'not-found',
    'blob.damaged',
    `blob unknown to registry: the stored bytes of ${digest} ${damageText(damage)}, so they are not served. Push the blob again, to any repository: that heals it everywhere.`,
    { detail: { digest, damage: damage.kind, since: damage.since.toISOString() } },
  );
}

export function manifestDamaged(digest: Digest, since: Date): DomainError {
  const damage: Damage = { kind: 'wrong-bytes', since };
  return new DomainError(
    'not-found',
    'manifest.damaged',
    `manifest unknown: the stored bytes of ${digest} ${damageText(damage)}, so they are not served. Push the manifest again, to any repository: that heals it everywhere.`,
    { detail: { digest, damage: damage.kind, since: since.toISOString() } },
  );
}
