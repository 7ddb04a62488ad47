import type { CopyCounts } from '../backup/copy-blobs.ts';
import { ProgressLine, sizeText } from './progress-line.ts';

type Shown = Readonly<Record<'blobs' | 'bytes' | 'copied' | 'copiedBytes', number>>;

/** How far a copy of blobs is, on stderr: for a backup and for its way back. */
export async function withCopyProgress<T>(
  work: (progress: (counts: CopyCounts, digest: string) => void) => Promise<T>,
): Promise<T> {
  const line = new ProgressLine<Shown>(
    process.stderr,
    ({ blobs, copied, copiedBytes }) => `${blobs} blobs, ${copied} copied, ${sizeText(copiedBytes)}`,
  );
  try {
    return await work(({ blobs, bytes, copied, copiedBytes }, digest) => {
      line.at(digest);
      line.show({ blobs, bytes, copied, copiedBytes });
    });
  } finally {
    line.end();
  }
}
