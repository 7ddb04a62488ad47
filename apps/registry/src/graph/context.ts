import type { Directory } from '../identity/directory.ts';
import type { People } from '../identity/people.ts';
import type { MetadataStore } from '../metadata/metadata-store.ts';
import type { Clock } from '../platform/clock.ts';

/** Everything that the subset of Microsoft Graph stands on. */
export interface Graph {
  readonly metadata: MetadataStore;
  readonly directory: Directory;
  readonly people: People;
  readonly clock: Clock;
  readonly tenantId: () => Promise<string>;
  readonly domain: string;
}
