import type { Digest } from '@holdfast/oci/digest';
import type { RepositoryName, TagName } from '@holdfast/oci/reference';
import type { Kept } from '../../../apps/registry/src/metadata/consistency.ts';
import type { AuditRow, MetadataReader, RepositoryRow } from '../../../apps/registry/src/metadata/metadata-store.ts';
import type { OutboxPayload } from '../../../apps/registry/src/metadata/outbox.ts';
import type { BlobStore } from '../../../apps/registry/src/storage/blob-store.ts';
import { BLOBS, CONTENT, REPOSITORIES } from './content.ts';
import type { Operation } from './operations.ts';
import { ExpectedRepository, replay } from './replay.ts';

export interface Inspected {
  readonly read: MetadataReader;
  readonly blobs: BlobStore;
  readonly registryId: string;
  readonly now: Date;
  readonly graceHours: number;
  readonly quarantine: boolean;
  /** What is deleted can be restored. */
  readonly soft: boolean;
  /** By correlation id. */
  readonly operations: ReadonlyMap<string, Operation>;
}

const ALL = 1_000_000;

/** What is wrong while nobody is in a call, whoever is half through an operation. */
export async function inspect(scene: Inspected): Promise<{ complaints: string[]; rows: AuditRow[] }> {
  const { read } = scene;
  const listed = await read.auditLog.list({ from: new Date(0), until: new Date(scene.now.getTime() + 1) }, ALL);
  const rows = [...listed].reverse();
  const expected = replay(rows, scene.operations, scene);
  const complaints = [...expected.complaints, ...(await events(scene, rows)), ...(await figures(scene))];
  for (const name of REPOSITORIES) {
    const own = expected.repositories.get(name) ?? new ExpectedRepository();
    const row = await read.repositories.find(scene.registryId, name as RepositoryName);
    complaints.push(...(await compare(scene, name, row, own)));
  }
  for (const digest of expected.restorable) complaints.push(...(await restorableBytes(scene, digest)));
  return { complaints, rows };
}

async function restorableBytes({ blobs }: Inspected, digest: string): Promise<string[]> {
  const named = CONTENT.find((content) => content.digest === digest)?.blobs ?? [];
  const lost: string[] = [];
  for (const place of named) {
    const blob = BLOBS[place]?.digest as Digest;
    if (!(await blobs.stat(blob))) lost.push(`the bytes of ${blob}, which the deleted ${digest} names, are lost`);
  }
  return lost;
}

async function compare(
  scene: Inspected,
  name: string,
  row: RepositoryRow | undefined,
  expected: ExpectedRepository,
): Promise<string[]> {
  const { read } = scene;
  const complaints: string[] = [];
  const manifests = row ? await read.deletions.manifestsOf(row.id, { limit: ALL }) : [];
  const lost = [...expected.manifests].filter((digest) => !manifests.includes(digest as Digest));
  const left = manifests.filter((digest) => !expected.manifests.has(digest));
  complaints.push(...lost.map((digest) => `${name}: the manifest ${digest} is lost`));
  complaints.push(...left.map((digest) => `${name}: the manifest ${digest} is there though it was deleted`));
  const tags = row ? await read.tags.list(row.id, { limit: ALL }) : [];
  for (const tag of new Set([...tags, ...expected.tags.keys()])) {
    const named = row && (await read.tags.find(row.id, tag as TagName))?.digest;
    if (named !== expected.tags.get(tag))
      complaints.push(`${name}: the tag ${tag} is ${named}, not ${expected.tags.get(tag)}`);
  }
  const needed = new Map<string, string>();
  for (const digest of manifests) {
    const own = CONTENT.find((content) => content.digest === digest);
    const references = row ? await read.manifests.references(row.id, digest) : [];
    if (references.length !== (own ? own.blobs.length + own.children.length : 0))
      complaints.push(`${name}: ${digest} has lost references`);
    const reachable = row && (tags.length === 0 ? undefined : await isTagged(read, row, digest));
    for (const { kind, digest: below } of references) {
      if (kind !== 'manifest') needed.set(below, `named by ${digest}`);
      else if (reachable && !manifests.includes(below))
        complaints.push(`${name}: the child ${below} of ${digest} is lost`);
    }
  }
  const graceBegins = scene.now.getTime() - scene.graceHours * 3_600_000;
  for (const [digest, time] of expected.links) if (time.getTime() > graceBegins) needed.set(digest, 'pushed just now');
  for (const [digest, why] of needed) complaints.push(...(await storedBlob(scene, name, row, digest as Digest, why)));
  return complaints;
}

async function isTagged(read: MetadataReader, row: RepositoryRow, digest: Digest): Promise<boolean> {
  return (await read.tags.ofManifest(row.id, digest)).length > 0;
}

async function storedBlob(
  { read, blobs }: Inspected,
  name: string,
  row: RepositoryRow | undefined,
  digest: Digest,
  why: string,
): Promise<string[]> {
  const link = row && (await read.blobs.linked(row.id, digest));
  if (!link) return [`${name}: the link of ${digest}, ${why}, is lost`];
  const stored = await blobs.stat(digest);
  return stored?.size === link.size ? [] : [`${name}: the bytes of ${digest}, ${why}, are lost`];
}

const TELLS: Readonly<Record<string, readonly string[]>> = {
  'manifest.push': ['push', 'quarantine'],
  'tag.delete': ['untag'],
  'manifest.delete': ['delete'],
};

/** Each change has its events, and those of a repository are in the order of the changes. */
async function events({ read }: Inspected, rows: readonly AuditRow[]): Promise<string[]> {
  const complaints: string[] = [];
  const changes = rows.filter(({ action, outcome }) => outcome === 'done' && TELLS[action]);
  const actions = new Map(changes.map((row) => [row.correlationId, row.action]));
  const told = (await read.outbox.pending(ALL)).map(({ kind, payload }) => ({
    kind,
    ...(JSON.parse(payload) as OutboxPayload),
  }));
  for (const name of REPOSITORIES) {
    const order = told
      .filter(({ kind, target, correlationId }) => {
        return target.repository === name && TELLS[actions.get(correlationId) ?? '']?.includes(kind);
      })
      .map(({ correlationId }) => correlationId)
      .filter((id, place, all) => id !== all[place - 1]);
    const asked = changes
      .filter(({ repository }) => repository === name)
      .map(({ correlationId }) => correlationId)
      .filter((id, place, all) => id !== all[place - 1]); // a clean-up takes many things under one id
    const silent = asked.filter((id) => !order.includes(id));
    complaints.push(...silent.map((id) => `${name}: ${actions.get(id)} of ${id} has no event`));
    if (silent.length === 0 && order.join() !== asked.join()) complaints.push(`${name}: events are out of order`);
  }
  return complaints;
}

/** What is kept is what is counted. */
async function figures({ read, registryId }: Inspected): Promise<string[]> {
  const complaints: string[] = [];
  const same = (what: string, { kept, counted }: Kept): void => {
    if (kept !== counted) complaints.push(`${what}: ${kept} is kept, ${counted} is counted`);
  };
  const usage = await read.consistency.usage('');
  if (usage) same('usage of the registry', usage);
  const recounted = await read.usage.recount(registryId);
  same('usage of the registry, recounted', { kept: await read.usage.bytes(registryId), counted: recounted });
  for (const blob of await read.consistency.blobs({})) same(`links of ${blob.digest}`, blob);
  for (const row of await read.consistency.repositories(0 as RepositoryRow['id'], ALL)) {
    for (const what of ['manifests', 'tags', 'locks', 'bytes'] as const) same(`${what} of ${row.name}`, row[what]);
    for (const link of await read.consistency.links(row.id, {})) same(`names of ${link.digest}`, link);
  }
  return complaints;
}
