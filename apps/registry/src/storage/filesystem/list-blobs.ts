import { join } from 'node:path';
import type { Digest, DigestAlgorithm } from '@holdfast/oci/digest';
import type { BlobInfo } from '../blob-store.ts';
import type { FileSystem } from './file-system.ts';
import type { Layout } from './layout.ts';

const HEX: Record<DigestAlgorithm, RegExp> = { sha256: /^[0-9a-f]{64}$/, sha512: /^[0-9a-f]{128}$/ };
const FAN_OUT = /^[0-9a-f]{2}$/;

/** Walks the tree a few entries at a time. Whatever does not lie where a commit would have put it is not a blob. */
export async function* listBlobs(
  files: FileSystem,
  layout: Layout,
  algorithms: readonly DigestAlgorithm[],
  olderThan: Date | undefined,
): AsyncGenerator<BlobInfo> {
  for (const algorithm of algorithms) {
    const byAlgorithm = join(layout.blobs, algorithm);
    for await (const folder of files.entries(byAlgorithm)) {
      if (!folder.isFolder || !FAN_OUT.test(folder.name)) continue;
      for await (const entry of files.entries(join(byAlgorithm, folder.name))) {
        if (!HEX[algorithm].test(entry.name) || !entry.name.startsWith(folder.name)) continue;
        const info = await files.stat(join(byAlgorithm, folder.name, entry.name));
        if (!info?.isFile) continue; // deleted a moment ago, or never a blob
        if (olderThan !== undefined && info.modified >= olderThan) continue;
        yield { digest: `${algorithm}:${entry.name}` as Digest, size: info.size, modified: info.modified };
      }
    }
  }
}
