import { type Place, START } from '../integrity/walk.ts';
import type { MetadataStore } from '../metadata/metadata-store.ts';

/** One pass over everything that is stored. Times in milliseconds since 1970. */
export interface ScrubProgress {
  readonly startedAt: number;
  readonly finishedAt?: number | undefined;
  readonly place: Place;
  readonly blobs: number;
  readonly manifests: number;
  readonly bytes: number;
  readonly damaged: number;
}

const SETTING = 'scrub.progress';

export const newPass = (now: Date): ScrubProgress => ({
  startedAt: now.getTime(),
  place: START,
  blobs: 0,
  manifests: 0,
  bytes: 0,
  damaged: 0,
});

/** The last pass, finished or not; undefined before the first one. */
export async function readProgress(metadata: MetadataStore): Promise<ScrubProgress | undefined> {
  const text = await metadata.read.settings.get(SETTING);
  return text === undefined ? undefined : (JSON.parse(text) as ScrubProgress);
}

export async function saveProgress(metadata: MetadataStore, progress: ScrubProgress): Promise<void> {
  await metadata.transaction((tx) => tx.settings.put(SETTING, JSON.stringify(progress)));
}
