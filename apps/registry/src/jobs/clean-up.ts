import { type CleanUpDependencies, cleanUpRegistry } from '../content/clean-up/carry-out.ts';
import type { RegistryRow } from '../metadata/metadata-store.ts';
import type { Job } from './worker.ts';

const PAGE = 100;

/** Takes what clean-up policies take, registry by registry, every hour. The bytes are freed by `sweep-blobs`, after their grace period. */
export function cleanUp(d: CleanUpDependencies): Job {
  return {
    kind: 'clean-up',
    everySeconds: 3600,
    run: async ({ signal, stillMine }) => cleanUpAll(d, async () => !signal.aborted && (await stillMine())),
  };
}

/** All registries; stops when `go` says so. */
export async function cleanUpAll(
  d: CleanUpDependencies,
  go: () => Promise<boolean>,
): Promise<{ tags: number; manifests: number }> {
  const counts = { tags: 0, manifests: 0 };
  for (let last: string | undefined; await go(); ) {
    const page: RegistryRow[] = await d.metadata.read.registries.list({}, { last, limit: PAGE });
    for (const registry of page) {
      const taken = await cleanUpRegistry(d, registry, go);
      counts.tags += taken.tags;
      counts.manifests += taken.manifests;
    }
    last = page.at(-1)?.name.toLowerCase();
    if (page.length < PAGE) break;
  }
  return counts;
}
