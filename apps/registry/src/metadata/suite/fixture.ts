import type { Digest } from '@holdfast/oci/digest';
import type { RepositoryName, TagName } from '@holdfast/oci/reference';
import type { UploadId } from '../../storage/blob-store.ts';
import type {
  ManifestReference,
  ManifestRow,
  MetadataStore,
  MetadataTx,
  RepositoryId,
  UploadRow,
} from '../metadata-store.ts';
import { registryRow } from '../test-rows.ts';

/** What the parts of the contract suite work on: a fresh store with one registry and two repositories. */
export interface Fixture {
  store: MetadataStore;
  one: RepositoryId;
  two: RepositoryId;
  repository(path: string, when?: Date): Promise<RepositoryId>;
  /** Puts a manifest into the repository, so that lists show it. */
  listed(path: string): Promise<void>;
  push(row: ManifestRow, references?: ManifestReference[]): Promise<boolean>;
}

export const at = (seconds: number): Date => new Date(Date.UTC(2026, 0, 1) + seconds * 1000);
export const digest = (n: number): Digest => `sha256:${n.toString(16).padStart(64, '0')}` as Digest;
export const repositoryName = (name: string): RepositoryName => name as RepositoryName;
export const tagName = (name: string): TagName => name as TagName;
export const registry = registryRow({ id: 'r1', name: 'Contoso', createdAt: at(0) });
export const manifestType = 'application/vnd.oci.image.manifest.v1+json';

export function manifestRow(repositoryId: RepositoryId, n: number, more: Partial<ManifestRow> = {}): ManifestRow {
  return {
    repositoryId,
    digest: digest(n),
    mediaType: manifestType,
    size: 7,
    pushedBy: 'alice',
    pushedAt: at(n),
    ...more,
  };
}

export const layer = (n: number): ManifestReference => ({
  digest: digest(n),
  kind: 'layer',
  mediaType: 'application/gzip',
  size: 10,
});
export const bytes = (n: number): Uint8Array => Buffer.from(`bytes ${n}`);
export const shuffled = ['b', 'B', 'a', 'a-b', 'a/b', 'a.b', 'a0', 'A', '_', 'z', 'aa', 'Z'];
export const inBinaryOrder = [...shuffled].sort((x, y) => Buffer.compare(Buffer.from(x), Buffer.from(y)));

export function upload(more: Partial<UploadRow> & Pick<UploadRow, 'repositoryId'>): UploadRow {
  const state = { offset: 0, opaque: undefined };
  return {
    id: 'u1' as UploadId,
    principal: 'alice',
    state,
    startedAt: at(0),
    updatedAt: at(0),
    ...more,
  };
}

export async function repositoryIdOf(tx: MetadataTx, path: string): Promise<RepositoryId> {
  const row = await tx.repositories.find('r1', repositoryName(path));
  if (!row) throw new Error(`no repository ${path}`);
  return row.id;
}

/** All pages of three, one after the other. */
export async function walk<T extends string>(
  list: (page: { last?: string | undefined; limit?: number | undefined }) => Promise<T[]> | T[],
): Promise<T[]> {
  const all: T[] = [];
  for (;;) {
    const page = await list({ last: all.at(-1), limit: 3 });
    all.push(...page);
    if (page.length < 3) return all;
  }
}
