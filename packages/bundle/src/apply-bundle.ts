import type { Readable } from 'node:stream';
import { blobPath } from '@holdfast/oci/archive/oci-layout';
import { type Digest, digestAlgorithm, digestOf } from '@holdfast/oci/digest';
import type { BlobUpload } from '@holdfast/oci/registry/push-client';
import {
  type BundleDocument,
  type BundledBlob,
  type BundledManifest,
  type BundledTag,
  contentAt,
  parseBundle,
} from './documents.ts';
import type { Kept, Staging } from './staging.ts';
import { type Volume, type VolumeSet, verifyVolume } from './volumes.ts';

const BLOBS_AT_ONCE = 3;

export interface TagPlan extends BundledTag {
  /** `superseded`: a later bundle has moved it, so this one leaves it alone. */
  readonly state: 'new' | 'same' | 'moves' | 'superseded';
  readonly previous: Digest | undefined;
}

export interface BundlePlan {
  readonly missingVolumes: readonly number[];
  /** Blobs that would be sent from the volumes at hand, each once. */
  readonly blobsToSend: number;
  readonly bytesToSend: number;
  readonly manifestsToPut: number;
  /** What neither the volumes at hand nor the registry have. */
  readonly lacks: readonly string[];
  readonly tags: readonly TagPlan[];
}

/** What an apply would do; changes nothing, and reads no blob. Undefined when the bundle's document is in none of the volumes. */
export async function planVolumes(
  set: VolumeSet,
  target: Pick<ApplyTarget, 'findManifest' | 'findBlob'>,
  movedBy: ApplyOptions['movedBy'],
): Promise<BundlePlan | undefined> {
  const document = set.bundle?.document;
  if (!document) return undefined;
  const here = new Set(
    set.volumes
      .flatMap(({ document: { files } }) => files.map(({ path }) => contentAt(path)))
      .flatMap((content) => (typeof content === 'object' ? content.blob : [])),
  );
  const send = new Map<Digest, number>();
  const lacks = new Set<string>();
  let manifestsToPut = 0;
  for (const { repository, digest, blobs, held } of document.manifests) {
    const isThere = (await target.findManifest(repository, digest)) !== undefined;
    if (held && !isThere) lacks.add(`${repository}@${digest}`);
    if (held) continue;
    if (!isThere) manifestsToPut++;
    // Of what is there, a non-distributable layer may be missing.
    for (const place of blobs) {
      const blob = document.blobs[place] as BundledBlob;
      if (send.has(blob.digest) || (await target.findBlob(repository, blob.digest)) === blob.size) continue;
      const from = await Promise.all((blob.held ?? []).map((name) => target.findBlob(name, blob.digest)));
      if (here.has(blob.digest)) send.set(blob.digest, blob.size);
      else if (!from.includes(blob.size)) lacks.add(blob.digest);
    }
  }
  const tags: TagPlan[] = [];
  for (const tag of document.tags) {
    const previous = await target.findManifest(tag.repository, tag.tag);
    const isLater = (movedBy(tag) ?? '') > document.created;
    const state = previous === tag.digest ? 'same' : isLater ? 'superseded' : previous ? 'moves' : 'new';
    tags.push({ ...tag, state, previous });
  }
  const bytesToSend = [...send.values()].reduce((sum, size) => sum + size, 0);
  return { missingVolumes: set.missing, blobsToSend: send.size, bytesToSend, manifestsToPut, lacks: [...lacks], tags };
}

/** The far side: a registry as its client writes it. */
export interface ApplyTarget {
  findManifest(repository: string, reference: string): Promise<Digest | undefined>;
  findBlob(repository: string, digest: Digest): Promise<number | undefined>;
  mountBlob(repository: string, digest: Digest, from: string): Promise<boolean>;
  pushBlob(repository: string, upload: BlobUpload): Promise<void>;
  putManifest(repository: string, reference: string, mediaType: string, bytes: Uint8Array): Promise<void>;
  /** All of them or none, where the registry can do that. Answers those that it knows to be moved by a later bundle, and left alone. */
  moveTags(move: TagMove): Promise<readonly { readonly repository: string; readonly tag: string }[]>;
}

export interface TagMove {
  readonly bundle: Digest;
  readonly signer: string;
  /** When the bundle was made, by its own word. */
  readonly created: string;
  /** Numbers of the volumes that were at hand. */
  readonly volumes: readonly number[];
  readonly tags: readonly (BundledTag & { readonly mediaType: string; readonly bytes: Uint8Array | undefined })[];
}

export interface ApplyOptions {
  readonly target: ApplyTarget;
  readonly staging: Kept;
  /** When the bundle that moved a tag last was created, as far as it is known: an older bundle leaves the tag alone. */
  readonly movedBy: (tag: BundledTag) => string | undefined;
  /** Of each part that was verified. */
  readonly onBytes?: (count: number) => void;
}

export interface Applied {
  readonly state: 'applied';
  readonly tags: readonly BundledTag[];
  /** Tags that a later bundle has moved. */
  readonly superseded: readonly BundledTag[];
  readonly blobs: number;
  readonly document: BundleDocument;
}

export interface Incomplete {
  readonly state: 'incomplete';
  readonly missingVolumes: readonly number[];
  /** `repository@digest` of manifests, and digests of blobs, that the far side was thought to have. For a receipt. */
  readonly lacks: readonly string[];
  readonly document: BundleDocument | undefined;
}

/**
 * Brings in the volumes that are at hand:
 *
 *     verify all bytes ─► keep documents, manifests, pieces ─► blobs ─► is everything there? ─► manifests ─► tags, together
 *
 * No manifest and no tag changes before the question is answered with yes. May be repeated at any time, with any volumes of
 * the bundle: what is there is not sent again. Throws `VolumeRefused`, and what the registry refuses.
 */
export async function applyVolumes(set: VolumeSet, options: ApplyOptions): Promise<Applied | Incomplete> {
  const { staging, onBytes } = options;
  for (const volume of set.volumes) await verifyVolume(volume, onBytes);
  const kept = await staging.file('holdfast/bundle.json');
  const document = set.bundle?.document ?? (kept && digestOf(kept) === set.digest ? parseBundle(kept) : undefined);
  for (const volume of set.volumes) await staging.keep(volume, mayBeManifest(document));
  if (!document) return { state: 'incomplete', missingVolumes: set.missing, lacks: [], document: undefined };
  const run = new Run(set, document, options);
  const sent = await run.bringBlobs();
  const lacks = await run.findLacks();
  if (lacks.missing > 0 || lacks.held.length > 0) {
    const missingVolumes = lacks.missing > 0 ? set.missing : [];
    return { state: 'incomplete', missingVolumes, lacks: lacks.held, document };
  }
  await run.putManifests();
  const { moved, superseded } = await run.moveTags();
  return { state: 'applied', tags: moved, superseded, blobs: sent, document };
}

/** What an apply of these volumes would write to the machine that it runs on, beside what it wrote before. */
export async function bytesToStage({ volumes, bundle }: VolumeSet, staging: Staging): Promise<number> {
  const sizes = volumes.map((volume) => staging.bytesToKeep(volume, mayBeManifest(bundle?.document)));
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

/** Before the list of manifests is known, anything small may be one. */
function mayBeManifest(document: BundleDocument | undefined): (digest: Digest) => boolean {
  const manifests = new Set(document?.manifests.map(({ digest }) => digest));
  return (digest) => !document || manifests.has(digest);
}

class Run {
  readonly #set: VolumeSet;
  readonly #document: BundleDocument;
  readonly #options: ApplyOptions;
  readonly #whole = new Map<Digest, Volume>();
  /** `repository@digest` of blobs that the registry has said it has, or has taken. */
  readonly #there = new Set<string>();
  #blobsSent = 0;

  constructor(set: VolumeSet, document: BundleDocument, options: ApplyOptions) {
    this.#set = set;
    this.#document = document;
    this.#options = options;
    for (const volume of set.volumes) {
      for (const { path } of volume.document.files) {
        const content = contentAt(path);
        if (typeof content === 'object' && content.offset === undefined) this.#whole.set(content.blob, volume);
      }
    }
  }

  /** Into every repository that needs them, as far as they can be had. Answers how many were sent. */
  async bringBlobs(): Promise<number> {
    const waiting = this.#needed();
    const done = new Map<Digest, string>();
    const work = async () => {
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        const { blob, repository } = next;
        const isThere =
          (await this.#isThere(repository, blob)) ||
          (await this.#mounted(repository, blob, done.get(blob.digest))) ||
          (await this.#sent(repository, blob));
        if (!isThere) continue;
        done.set(blob.digest, repository);
        this.#there.add(`${repository}@${blob.digest}`);
      }
    };
    const ended = await Promise.allSettled(Array.from({ length: BLOBS_AT_ONCE }, work));
    for (const one of ended) if (one.status === 'rejected') throw one.reason;
    return this.#blobsSent;
  }

  /** What keeps the bundle from being whole: how much of its own, and what the far side was thought to have. */
  async findLacks(): Promise<{ missing: number; held: string[] }> {
    const held: string[] = [];
    let missing = 0;
    for (const { repository, digest, held: assumed } of this.#document.manifests) {
      if (assumed) {
        if ((await this.#options.target.findManifest(repository, digest)) === undefined) {
          held.push(`${repository}@${digest}`);
        }
      } else if (!(await this.#options.staging.manifest(digest))) missing++;
    }
    for (const { blob, repository } of this.#needed()) {
      if (this.#there.has(`${repository}@${blob.digest}`)) continue;
      if (blob.held) held.push(blob.digest);
      else missing++;
    }
    return { missing, held: [...new Set(held)] };
  }

  async putManifests(): Promise<void> {
    for (const { repository, digest, mediaType, held } of this.#document.manifests) {
      if (held) continue;
      await this.#options.target.putManifest(repository, digest, mediaType, await this.#manifestBytes(digest));
    }
  }

  async moveTags(): Promise<{ moved: BundledTag[]; superseded: BundledTag[] }> {
    const { created, tags, manifests } = this.#document;
    const isLater = (tag: BundledTag) => (this.#options.movedBy(tag) ?? '') > created;
    const moved = tags.filter((tag) => !isLater(tag));
    const types = new Map(manifests.map((one) => [`${one.repository}@${one.digest}`, one]));
    const described = [];
    for (const tag of moved) {
      const { mediaType } = types.get(`${tag.repository}@${tag.digest}`) as BundledManifest;
      described.push({ ...tag, mediaType, bytes: await this.#options.staging.manifest(tag.digest) });
    }
    const { digest: bundle, signer } = this.#set;
    const volumes = this.#set.volumes.map(({ document: { number } }) => number).sort((a, b) => a - b);
    const move = { bundle, signer, created, volumes, tags: described };
    const nameOf = ({ repository, tag }: { repository: string; tag: string }) => `${repository}:${tag}`;
    const left = new Set(described.length > 0 ? (await this.#options.target.moveTags(move)).map(nameOf) : []);
    const isLeft = (tag: BundledTag) => left.has(nameOf(tag));
    return {
      moved: moved.filter((tag) => !isLeft(tag)),
      superseded: tags.filter((tag) => isLater(tag) || isLeft(tag)),
    };
  }

  #needed(): { blob: BundledBlob; repository: string }[] {
    const needed = new Map<string, { blob: BundledBlob; repository: string }>();
    for (const { repository, blobs, held } of this.#document.manifests) {
      if (held) continue;
      for (const place of blobs) {
        const blob = this.#document.blobs[place];
        if (blob) needed.set(`${repository}@${blob.digest}`, { blob, repository });
      }
    }
    return [...needed.values()];
  }

  async #isThere(repository: string, { digest, size }: BundledBlob): Promise<boolean> {
    return (await this.#options.target.findBlob(repository, digest)) === size;
  }

  async #mounted(repository: string, { digest, held = [] }: BundledBlob, sibling?: string): Promise<boolean> {
    for (const from of new Set([...(sibling === undefined ? [] : [sibling]), ...held])) {
      if (from !== repository && (await this.#options.target.mountBlob(repository, digest, from))) return true;
    }
    return false;
  }

  async #sent(repository: string, { digest, size }: BundledBlob): Promise<boolean> {
    const volume = this.#whole.get(digest);
    const pieces = volume ? undefined : await this.#options.staging.joined(digest, size);
    const open: ((offset: number) => Readable) | undefined = volume
      ? () => volume.read(blobPath(digest))
      : pieces && ((offset) => pieces.open(offset));
    if (!open) return false;
    await this.#options.target.pushBlob(repository, { digest, size, open });
    this.#blobsSent++;
    return true;
  }

  async #manifestBytes(digest: Digest): Promise<Buffer> {
    const bytes = await this.#options.staging.manifest(digest);
    if (bytes && digestOf(bytes, digestAlgorithm(digest)) === digest) return bytes;
    throw new Error(`the staged manifest ${digest} was changed or taken away; apply its volume again`);
  }
}
