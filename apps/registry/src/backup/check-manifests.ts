import { type Digest, digestAlgorithm, digestOf } from '@holdfast/oci/digest';
import type { MetadataReader } from '../metadata/metadata-store.ts';
import type { DomainError } from '../platform/domain-error.ts';

const PAGE = 200;

/**
 * Compares every manifest, which is in the database, with its digest. Answers how many there are and which are known to be
 * damaged. Damage that was not known is the error of `fail`.
 */
export async function checkManifests(
  { integrity }: MetadataReader,
  fail: (what: string) => DomainError,
): Promise<{ count: number; damaged: Digest[] }> {
  const damaged: Digest[] = [];
  let count = 0;
  for (let last: string | undefined; ; ) {
    const page = await integrity.manifests({ last, limit: PAGE });
    for (const digest of page) {
      count += 1;
      const stored = await integrity.manifest(digest);
      if (stored?.damagedAt) damaged.push(digest);
      else if (!stored || digestOf(stored.bytes, digestAlgorithm(digest)) !== digest)
        throw fail(`the manifest ${digest} has other bytes than its digest says`);
    }
    if (page.length < PAGE) return { count, damaged };
    last = page.at(-1);
  }
}
