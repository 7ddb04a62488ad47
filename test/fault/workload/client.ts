import { type Digest, type DigestAlgorithm, digestOf } from '@holdfast/oci/digest';
import { MEDIA_TYPE } from '@holdfast/oci/media-types';
import { bytesOf, type Random } from '../random.ts';
import { type Access, type At, type KnownManifest, type Pieces, Refused } from './access.ts';
import type { Content, Mark, Operation, Outcome } from './operation.ts';

interface OpenUpload {
  readonly id: string;
  readonly repository: string;
  readonly content: Content;
  offset: number;
}

/** What the clients remember of the answers, to ask for things that make sense; they share it. */
export class Memory {
  readonly blobs = new Map<string, Map<Digest, Content>>();
  manifests: KnownManifest[] = [];
  count = 0;

  in(repository: string): Map<Digest, Content> {
    const own = this.blobs.get(repository) ?? new Map<Digest, Content>();
    this.blobs.set(repository, own);
    return own;
  }
}

const REPOSITORIES = ['app', 'base/os', 'team/x'];
const TAGS = ['latest', 'v1', 'v2', 'edge'];
const SMALL = 40;
const LARGE = 4;

/** One of few contents, so that they meet; some above a MiB, some empty, some ending at a sector. */
function contentOf(random: Random, algorithm: DigestAlgorithm = 'sha256'): Content {
  const large = random.chance(0.06);
  const seed = large ? 1000 + random.below(LARGE) : random.below(SMALL);
  const size = large ? 1_100_000 + (seed % LARGE) * 300_007 : ([0, 1, 512, 4096][seed] ?? (seed * 617) % 20_000);
  return { seed, size, digest: digestFor(seed, size, algorithm) };
}

const digests = new Map<string, Digest>();

function digestFor(seed: number, size: number, algorithm: DigestAlgorithm): Digest {
  const key = `${seed}:${size}:${algorithm}`;
  const digest = digests.get(key) ?? digestOf(bytesOf(seed, size), algorithm);
  digests.set(key, digest);
  return digest;
}

/** One client: asks for one thing after the other, at random, and marks what it asks for and what it was told. */
export class Client {
  readonly #access: Access;
  readonly #random: Random;
  readonly #memory: Memory;
  readonly #mark: (mark: Mark) => void;
  readonly #uploads: OpenUpload[] = [];

  constructor(access: Access, random: Random, memory: Memory, mark: (mark: Mark) => void) {
    this.#access = access;
    this.#random = random;
    this.#memory = memory;
    this.#mark = mark;
  }

  /** One to a few operations. */
  async step(): Promise<void> {
    const random = this.#random;
    const { sweep, expire } = this.#access;
    const choices: [number, () => Promise<unknown>][] = [
      [20, () => this.#push(random.pick(REPOSITORIES), contentOf(random))],
      [2, () => this.#pushCorrupt(random.pick(REPOSITORIES), contentOf(random))],
      [24, () => this.#chunked()],
      [10, () => this.#mount()],
      [24, () => this.#image()],
      [10, () => this.#retag()],
      [3, () => this.#index()],
      [6, () => this.#deleteTag()],
      [6, () => this.#deleteManifest()],
      [4, () => this.#deleteBlob()],
      [sweep ? 2 : 0, () => this.#run({ kind: 'sweep' }, async () => sweep?.())],
      [expire ? 0.4 : 0, () => this.#run({ kind: 'expire' }, async () => expire?.())],
    ];
    let at = random.next() * choices.reduce((sum, [weight]) => sum + weight, 0);
    const choice = choices.find(([weight]) => {
      at -= weight;
      return at < 0;
    });
    await choice?.[1]();
  }

  async #run(
    operation: Operation,
    act: (at: At) => Promise<unknown>,
    repository = 'repository' in operation ? operation.repository : '',
  ): Promise<Outcome> {
    const number = this.#memory.count++;
    this.#mark({ mark: 'begin', number, operation });
    let outcome: Outcome;
    try {
      const value = await act({ number, repository });
      outcome = typeof value === 'string' || typeof value === 'boolean' ? { ok: true, value } : { ok: true };
    } catch (error) {
      if (!(error instanceof Refused)) throw error; // Interrupted: it stays in flight
      outcome = { ok: false, code: error.code };
    }
    this.#mark({ mark: 'end', number, outcome });
    return outcome;
  }

  async #push(repository: string, content: Content): Promise<boolean> {
    const body = this.#pieces(bytesOf(content.seed, content.size));
    const outcome = await this.#run({ kind: 'blob.push', repository, content }, (at) =>
      this.#access.pushBlob(at, content, body),
    );
    if (outcome.ok) this.#memory.in(repository).set(content.digest, content);
    return outcome.ok;
  }

  async #pushCorrupt(repository: string, content: Content): Promise<void> {
    const body = this.#pieces(bytesOf(content.seed, content.size + 1));
    await this.#run({ kind: 'blob.push', repository, content }, (at) => this.#access.pushBlob(at, content, body));
  }

  async #chunked(): Promise<void> {
    const open = this.#uploads.length;
    if (open < 3 && (open === 0 || this.#random.chance(0.4))) return this.#startUpload();
    const upload = this.#random.pick(this.#uploads);
    if (this.#random.chance(0.05)) return this.#cancel(upload);
    if (upload.offset >= upload.content.size || this.#random.chance(0.25)) return this.#complete(upload);
    return this.#append(upload);
  }

  async #startUpload(): Promise<void> {
    const repository = this.#random.pick(REPOSITORIES);
    const content = contentOf(this.#random, this.#random.chance(0.25) ? 'sha512' : 'sha256');
    const outcome = await this.#run({ kind: 'upload.start', repository, content }, (at) =>
      this.#access.startUpload(at),
    );
    if (outcome.ok) this.#uploads.push({ id: String(outcome.value), repository, content, offset: 0 });
  }

  async #append(upload: OpenUpload): Promise<void> {
    const { content, id, offset: from, repository } = upload;
    const to = from + 1 + this.#random.below(content.size - from);
    const body = this.#pieces(bytesOf(content.seed, content.size).subarray(from, to), from);
    if (this.#access.sweep && this.#random.chance(0.1)) {
      // The client loses its connection within the chunk, and goes on from where it was.
      const broken = { kind: 'upload.append', upload: id, from, to: from } as const;
      const part = { ...body, pieces: body.pieces.slice(0, -1), breaksOff: true };
      await this.#run(broken, (at) => this.#access.append(at, id, part), repository);
    }
    const operation = { kind: 'upload.append', upload: id, from, to } as const;
    const outcome = await this.#run(operation, (at) => this.#access.append(at, id, body), repository);
    if (outcome.ok) upload.offset = to;
    else this.#forget(upload);
  }

  async #complete(upload: OpenUpload): Promise<void> {
    const { content, id, offset, repository } = upload;
    this.#forget(upload);
    const rest = bytesOf(content.seed, content.size).subarray(offset);
    const last = rest.length > 0 ? this.#pieces(rest, offset) : undefined;
    const outcome = await this.#run({ kind: 'blob.push', repository, content, upload: id }, (at) =>
      this.#access.complete(at, id, content.digest, last),
    );
    if (outcome.ok) this.#memory.in(repository).set(content.digest, content);
  }

  async #cancel(upload: OpenUpload): Promise<void> {
    this.#forget(upload);
    const { id, repository, content, offset } = upload;
    const operation = { kind: 'upload.cancel', upload: id } as const;
    if (this.#random.chance(0.5)) {
      await this.#run(operation, (at) => this.#access.cancel(at, id), repository);
      return;
    }
    // Closing it with a digest that its bytes do not have ends it, too.
    const corrupt = bytesOf(content.seed + 1, content.size - offset + 1);
    const last = { pieces: [corrupt], length: corrupt.length, from: offset };
    await this.#run(
      operation,
      async (at) => {
        const answer = await this.#access.complete(at, id, content.digest, last).catch((error: unknown) => error);
        if (!(answer instanceof Refused)) throw answer ?? new Error('corrupt bytes were taken');
        if (!['digest.invalid', 'http 400'].includes(answer.code)) throw answer;
      },
      repository,
    );
  }

  #forget(upload: OpenUpload): void {
    const at = this.#uploads.indexOf(upload);
    if (at >= 0) this.#uploads.splice(at, 1);
  }

  async #mount(): Promise<void> {
    const from = this.#random.pick(REPOSITORIES);
    const repository = this.#random.pick(REPOSITORIES);
    const known = [...this.#memory.in(from).values()];
    if (known.length === 0) return;
    const content = this.#random.pick(known);
    const operation = { kind: 'blob.mount', repository, from, digest: content.digest } as const;
    const outcome = await this.#run(operation, (at) => this.#access.mount(at, content.digest, from));
    if (outcome.ok && outcome.value === true) this.#memory.in(repository).set(content.digest, content);
  }

  /** Pushes what is missing, then the manifest, as a real client does it. */
  async #image(): Promise<void> {
    const repository = this.#random.pick(REPOSITORIES);
    const contents = Array.from({ length: 1 + this.#random.below(3) }, () => contentOf(this.#random));
    for (const content of contents) {
      if (!this.#memory.in(repository).has(content.digest) && !(await this.#push(repository, content))) return;
    }
    const descriptors = contents.map(({ digest, size }) => ({ mediaType: MEDIA_TYPE.ociLayer, digest, size }));
    const [config, ...layers] = descriptors;
    const note = bytesOf(this.#random.below(30), this.#random.pick([10, 10, 3000, 20_000])).toString('base64');
    const bytes = Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: MEDIA_TYPE.ociImage,
        config: { ...config, mediaType: MEDIA_TYPE.ociConfig },
        layers,
        annotations: { note },
      }),
    );
    await this.#pushManifest({ repository, digest: digestOf(bytes), bytes, mediaType: MEDIA_TYPE.ociImage });
  }

  async #index(): Promise<void> {
    const repository = this.#random.pick(REPOSITORIES);
    const images = this.#memory.manifests.filter(
      (m) => m.repository === repository && m.mediaType === MEDIA_TYPE.ociImage,
    );
    if (images.length === 0) return;
    const child = this.#random.pick(images);
    const manifests = [{ mediaType: child.mediaType, digest: child.digest, size: child.bytes.length }];
    const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: MEDIA_TYPE.ociIndex, manifests }));
    await this.#pushManifest({ repository, digest: digestOf(bytes), bytes, mediaType: MEDIA_TYPE.ociIndex });
  }

  async #retag(): Promise<void> {
    if (this.#memory.manifests.length > 0) await this.#pushManifest(this.#random.pick(this.#memory.manifests));
  }

  async #pushManifest(manifest: KnownManifest): Promise<void> {
    const { repository, digest } = manifest;
    const byTag = this.#random.chance(0.6);
    const tags = byTag ? [this.#random.pick(TAGS)] : TAGS.filter(() => this.#random.chance(0.3));
    const operation = { kind: 'manifest.push', repository, digest, tags, byTag } as const;
    const outcome = await this.#run(operation, (at) => this.#access.pushManifest(at, manifest, tags, byTag));
    const others = this.#memory.manifests.filter((m) => m.repository !== repository || m.digest !== digest);
    this.#memory.manifests = outcome.ok ? [...others, manifest] : others;
    // A blob that was swept meanwhile is pushed again the next time.
    if (!outcome.ok) this.#memory.blobs.delete(repository);
  }

  async #deleteTag(): Promise<void> {
    const repository = this.#random.pick(REPOSITORIES);
    const tag = this.#random.pick(TAGS);
    await this.#run({ kind: 'tag.delete', repository, tag }, (at) => this.#access.deleteManifest(at, { tag }));
  }

  async #deleteManifest(): Promise<void> {
    if (this.#memory.manifests.length === 0) return;
    const manifest = this.#random.pick(this.#memory.manifests);
    const { repository, digest } = manifest;
    const outcome = await this.#run({ kind: 'manifest.delete', repository, digest }, (at) =>
      this.#access.deleteManifest(at, { digest }),
    );
    if (outcome.ok) this.#memory.manifests = this.#memory.manifests.filter((m) => m !== manifest);
  }

  async #deleteBlob(): Promise<void> {
    const repository = this.#random.pick(REPOSITORIES);
    const known = [...this.#memory.in(repository).keys()];
    if (known.length === 0) return;
    const digest = this.#random.pick(known);
    const outcome = await this.#run({ kind: 'blob.delete', repository, digest }, (at) =>
      this.#access.deleteBlob(at, digest),
    );
    if (outcome.ok) this.#memory.in(repository).delete(digest);
  }

  #pieces(bytes: Buffer, offset?: number): Pieces {
    const pieces: Buffer[] = [];
    const size = Math.max(1, Math.ceil(bytes.length / (1 + this.#random.below(3))));
    for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.subarray(at, at + size));
    return { pieces, length: bytes.length, from: this.#random.chance(0.7) ? offset : undefined };
  }
}
