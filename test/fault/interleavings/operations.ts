import { Readable } from 'node:stream';
import type { RepositoryName, TagName } from '@holdfast/oci/reference';
import { deleteRepository } from '../../../apps/registry/src/content/delete-repository.ts';
import { recordVerdict } from '../../../apps/registry/src/content/quarantine-verdict.ts';
import { deleteBlob } from '../../../apps/registry/src/distribution/blobs.ts';
import {
  auditEntry,
  type Caller,
  type Distribution,
  originOf,
} from '../../../apps/registry/src/distribution/context.ts';
import { deleteReference, getManifest, putManifest } from '../../../apps/registry/src/distribution/manifests.ts';
import {
  appendChunk,
  completeUpload,
  mountBlob,
  startUpload,
  uploadMonolithic,
} from '../../../apps/registry/src/distribution/uploads.ts';
import { cleanUpAll } from '../../../apps/registry/src/jobs/clean-up.ts';
import { sweepBlobs, sweepOrphans } from '../../../apps/registry/src/jobs/sweep-blobs.ts';
import type { LockedObject } from '../../../apps/registry/src/metadata/locks.ts';
import { changeAttributes } from '../../../apps/registry/src/metadata-api/attributes.ts';
import { restore } from '../../../apps/registry/src/metadata-api/deleted.ts';
import type { FakeClock } from '../../../apps/registry/src/platform/clock.ts';
import { BLOBS, CONTENT, type KnownBlob, type KnownContent } from './content.ts';

/** One thing that an actor does. Places are those of `BLOBS` and `CONTENT`. */
export type Operation =
  | { readonly does: 'push blob' | 'push in chunks' | 'break off' | 'delete blob'; repository: string; blob: number }
  | { readonly does: 'mount'; repository: string; from: string; blob: number }
  | { readonly does: 'push manifest'; repository: string; content: number; tags: readonly string[] }
  | { readonly does: 'untag' | 'pull tag' | 'lock tag' | 'unlock tag'; repository: string; tag: string }
  | {
      readonly does:
        | 'delete manifest'
        | 'restore manifest'
        | 'pull manifest'
        | 'pass'
        | 'fail'
        | 'lock manifest'
        | 'unlock manifest';
      repository: string;
      content: number;
    }
  | { readonly does: 'delete repository' | 'lock repository' | 'unlock repository'; repository: string }
  | { readonly does: 'collect garbage' | 'clean up' }
  | { readonly does: 'wait'; minutes: number };

/** `manifest` says which one a pull was given. */
export type Answer = { readonly manifest?: string; readonly nothing?: boolean };

export interface Scene {
  readonly d: Distribution;
  readonly clock: FakeClock;
  readonly graceHours: number;
  caller(number: number, repository: string): Caller;
}

/** A body of 5 MiB is announced, so that room is reserved for it, and never comes. */
const ANNOUNCED = 5 * 2 ** 20;
const ALWAYS = { signal: new AbortController().signal, stillMine: async () => true };

/** Does it as the server would. Throws a `DomainError` when it is refused, and `BrokenOff`. */
export async function perform(scene: Scene, number: number, operation: Operation): Promise<Answer> {
  const { d, clock, graceHours } = scene;
  switch (operation.does) {
    case 'wait':
      clock.advance(operation.minutes * 60_000);
      return {};
    case 'collect garbage': {
      const { metadata, blobs } = d;
      await sweepBlobs({ metadata, blobs, clock, graceHours }).run(ALWAYS);
      await sweepOrphans({ metadata, blobs, clock, graceHours }).run(ALWAYS);
      return {};
    }
    case 'clean up':
      await cleanUpAll({ ...d, pulls: undefined }, ALWAYS.stillMine);
      return {};
    default:
      return inRepository(d, scene.caller(number, operation.repository), operation);
  }
}

type InRepository = Extract<Operation, { repository: string }>;

async function inRepository(d: Distribution, caller: Caller, operation: InRepository): Promise<Answer> {
  if ('blob' in operation) return onBlob(d, caller, operation);
  if ('content' in operation) return onManifest(d, caller, operation);
  if ('tag' in operation) return onTag(d, caller, operation);
  if (operation.does !== 'delete repository') return lock(d, caller, operation.does, 'repository', '');
  const audit = auditEntry(d, caller, 'repository.delete', caller.repository);
  const { registry, repository } = caller;
  const gone = await deleteRepository(d, { registry, repository, origin: originOf(caller), audit });
  return { nothing: gone === undefined };
}

async function onBlob(
  d: Distribution,
  caller: Caller,
  operation: Extract<InRepository, { blob: number }>,
): Promise<Answer> {
  const { digest, bytes } = BLOBS[operation.blob] as KnownBlob;
  const signal = new AbortController().signal;
  const whole = () => ({ body: Readable.from([bytes]), length: bytes.length, signal });
  switch (operation.does) {
    case 'push blob':
      await uploadMonolithic(d, caller, digest, whole());
      return {};
    case 'break off':
      await uploadMonolithic(d, caller, digest, { body: Readable.from(brokenOff(bytes)), length: ANNOUNCED, signal });
      return {};
    case 'push in chunks': {
      const { id } = await startUpload(d, caller);
      await appendChunk(d, caller, id, whole());
      await completeUpload(d, caller, id, digest, undefined);
      return {};
    }
    case 'delete blob':
      await deleteBlob(d, caller, digest);
      return {};
    case 'mount':
      return { nothing: !(await mountBlob(d, caller, digest, operation.from as RepositoryName)) };
  }
}

/** What the connection of a client breaks with. */
export class BrokenOff extends Error {}

async function* brokenOff(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
  throw new BrokenOff('The connection broke.');
}

async function onManifest(
  d: Distribution,
  caller: Caller,
  operation: Extract<InRepository, { content: number }>,
): Promise<Answer> {
  const { digest, bytes, mediaType: contentType } = CONTENT[operation.content] as KnownContent;
  switch (operation.does) {
    case 'push manifest':
      await putManifest(d, caller, { reference: { digest }, contentType, bytes, tags: operation.tags as TagName[] });
      return {};
    case 'delete manifest':
      await deleteReference(d, caller, { digest });
      return {};
    case 'restore manifest':
      await restore(d, caller, digest, { tag: undefined, force: false });
      return {};
    case 'pull manifest':
      return { manifest: (await getManifest(d, caller, { digest })).content.digest };
    case 'pass':
    case 'fail':
      return judge(d, caller, operation.content, operation.does === 'pass' ? 'Passed' : 'Failed');
    case 'lock manifest':
    case 'unlock manifest':
      return lock(d, caller, operation.does, 'manifest', digest);
  }
}

async function onTag(d: Distribution, caller: Caller, operation: Extract<InRepository, { tag: string }>) {
  const tag = operation.tag as TagName;
  switch (operation.does) {
    case 'untag':
      await deleteReference(d, caller, { tag });
      return {};
    case 'pull tag':
      return { manifest: (await getManifest(d, caller, { tag })).content.digest };
    case 'lock tag':
    case 'unlock tag':
      return lock(d, caller, operation.does, 'tag', tag);
  }
}

async function judge(d: Distribution, caller: Caller, place: number, state: 'Passed' | 'Failed'): Promise<Answer> {
  const { registry, repository: name } = caller;
  const { digest } = CONTENT[place] as KnownContent;
  return d.metadata.transaction(async (tx) => {
    const repository = await tx.repositories.find(registry.id, name);
    if (!repository || !(await tx.manifests.find(repository.id, digest))) return { nothing: true };
    await recordVerdict(d, tx, { registry, repository, digest }, { state }, originOf(caller));
    await tx.audit.append(auditEntry(d, caller, `quarantine.${state}`, digest));
    return {};
  });
}

async function lock(
  d: Distribution,
  caller: Caller,
  does: string,
  kind: LockedObject['kind'],
  name: string,
): Promise<Answer> {
  return d.metadata.transaction(async (tx) => {
    const repository = await tx.repositories.find(caller.registry.id, caller.repository);
    if (!repository || repository.manifestCount === 0) return { nothing: true };
    if (kind === 'tag' && !(await tx.tags.find(repository.id, name as TagName))) return { nothing: true };
    if (kind === 'manifest' && !(await tx.manifests.find(repository.id, name as never))) return { nothing: true };
    const object = { repositoryId: repository.id, kind, name };
    return { nothing: !(await changeAttributes(d, tx, caller, object, { write: does.startsWith('unlock') })) };
  });
}
