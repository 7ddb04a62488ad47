import { Readable } from 'node:stream';
import { type Descriptor, readDescriptor } from '../descriptor.ts';
import { type Digest, digestAlgorithm, digestOf, parseDigest } from '../digest.ts';
import { decodeJson, isJsonObject } from '../json-document.ts';
import { MEDIA_TYPE, normaliseMediaType } from '../media-types.ts';
import { RegistryAuthorization, type RegistryCredentials } from './authorization.ts';
import { discard, readUpTo } from './read-up-to.ts';
import { RegistryError, refusedBy } from './registry-error.ts';
import type { PullTransport, RegistryAnswer, RegistryTransport } from './transport.ts';

/** Manifests of more are no manifests (distribution spec, "Pushing Manifests"). */
const MANIFEST_BYTES = 4 * 1024 * 1024;
/** Of a page of a listing. */
const LIST_BYTES = 16 * 1024 * 1024;
const TIMEOUT_MS = 60_000;
const REDIRECTS = 5;
/** How often a blob is taken up again in its middle: in all, and without a byte that came. */
const BREAKS = 50;
const VAIN_BREAKS = 4;
const PAGES = 10_000;
/** Worth asking again: too many requests, and whatever a proxy says of a registry that is away for a moment. */
const PASSING: ReadonlySet<number> = new Set([429, 502, 503, 504]);
const LONGEST_WAIT_MS = 30_000;

const MANIFEST_TYPES = [
  MEDIA_TYPE.ociIndex,
  MEDIA_TYPE.dockerList,
  MEDIA_TYPE.ociImage,
  MEDIA_TYPE.dockerImage,
  MEDIA_TYPE.ociArtifact,
  '*/*;q=0.1',
].join(', ');

export interface PulledManifest {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly bytes: Buffer;
}

export interface RegistryClientOptions<T = RegistryTransport> {
  readonly transport: T;
  /** `host` or `host:port`. */
  readonly host: string;
  readonly plainHttp: boolean;
  readonly credentials?: RegistryCredentials | undefined;
  /** How often a request is sent again that failed or met a passing trouble, with waits of 0.5 s, 1 s, 2 s …; 0 by default. */
  readonly retries?: number;
  readonly userAgent: string;
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  readonly signal?: AbortSignal | undefined;
}

interface Request {
  readonly method?: 'GET' | 'HEAD';
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * A registry as a client reads it: `/v2` with token or Basic sign-in. What it gives is verified by digest, or its caller is
 * told to (`blob`). Throws `RegistryError`, and what the transport throws.
 * https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pull
 */
export class PullClient<T extends PullTransport = PullTransport> {
  readonly base: URL;
  protected readonly options: RegistryClientOptions<T>;
  protected readonly authorization: RegistryAuthorization;

  constructor(options: RegistryClientOptions<T>) {
    this.options = options;
    this.base = new URL(`${options.plainHttp ? 'http' : 'https'}://${apiHost(options.host)}/`);
    this.authorization = new RegistryAuthorization({ ...options, base: this.base });
  }

  /** Its bytes with the digest that they really have. `reference` is a tag or a digest. */
  async manifest(repository: string, reference: string): Promise<PulledManifest> {
    const what = this.name(repository, reference);
    const answer = await this.get(repository, `manifests/${reference}`, { headers: { Accept: MANIFEST_TYPES } });
    if (answer.status !== 200) throw await refusedBy(what, answer);
    const { bytes, cut } = await readUpTo(answer, MANIFEST_BYTES).catch((cause: unknown) => {
      throw new RegistryError(what, 'the connection broke before its manifest was complete', { cause });
    });
    if (cut) {
      const why = `its manifest has more than ${MANIFEST_BYTES} bytes, the most that a manifest has`;
      throw new RegistryError(what, why);
    }
    const said = parseDigest(answer.headers['docker-content-digest'] ?? '');
    const expected = parseDigest(reference) ?? said;
    const digest = digestOf(bytes, expected && digestAlgorithm(expected));
    if (expected !== undefined && digest !== expected) {
      throw new RegistryError(what, `the bytes of its manifest have the digest ${digest}, not ${expected}`);
    }
    return { digest, bytes, mediaType: normaliseMediaType(answer.headers['content-type'] ?? '') };
  }

  /** The digest that a tag has, or that a digest is there; undefined when there is none. */
  async findManifest(repository: string, reference: string): Promise<Digest | undefined> {
    const answer = await this.get(repository, `manifests/${reference}`, {
      method: 'HEAD',
      headers: { Accept: MANIFEST_TYPES },
    });
    await discard(answer);
    if (answer.status === 404) return undefined;
    if (answer.status !== 200) throw await refusedBy(this.name(repository, reference), answer);
    const digest = parseDigest(answer.headers['docker-content-digest'] ?? '') ?? parseDigest(reference);
    return digest ?? (await this.manifest(repository, reference)).digest;
  }

  /** The size of a blob; undefined when the repository has none of that digest. */
  async findBlob(repository: string, digest: Digest): Promise<number | undefined> {
    const answer = await this.get(repository, `blobs/${digest}`, { method: 'HEAD' });
    await discard(answer);
    if (answer.status === 404) return undefined;
    if (answer.status !== 200) throw await refusedBy(this.name(repository, digest), answer);
    return Number(answer.headers['content-length']);
  }

  /**
   * The blob as one stream of at most `size` bytes, taken up again where a connection broke; undefined when it is not
   * there. Its digest is for the reader to verify, who must hash what arrives anyway.
   */
  async blob(repository: string, digest: Digest, size: number): Promise<Readable | undefined> {
    const first = await this.get(repository, `blobs/${digest}`, {});
    if (first.status === 404) {
      await discard(first);
      return undefined;
    }
    if (first.status !== 200) throw await refusedBy(this.name(repository, digest), first);
    return Readable.from(this.#resuming(first, repository, digest, size), { objectMode: false });
  }

  /** All tags, page by page. Nothing when there is no such repository. */
  async *tags(repository: string): AsyncGenerator<string> {
    for await (const page of this.#pages(`${this.path(repository)}/tags/list?n=1000`, [pull(this.path(repository))])) {
      for (const tag of Array.isArray(page.tags) ? page.tags : []) if (typeof tag === 'string') yield tag;
    }
  }

  /** All repositories that the registry shows. */
  async *repositories(): AsyncGenerator<string> {
    for await (const page of this.#pages('_catalog?n=1000', ['registry:catalog:*'])) {
      for (const name of Array.isArray(page.repositories) ? page.repositories : []) {
        if (typeof name === 'string') yield name;
      }
    }
  }

  /**
   * What names the manifest as its subject. By the API; of a registry that has none, by the tag `sha256-…` in its place.
   * https://github.com/opencontainers/distribution-spec/blob/main/spec.md#referrers-tag-schema
   */
  async referrers(repository: string, subject: Digest): Promise<readonly Descriptor[]> {
    const found: Descriptor[] = [];
    let known = false;
    for await (const page of this.#pages(`${this.path(repository)}/referrers/${subject}`, [
      pull(this.path(repository)),
    ])) {
      known = true;
      found.push(...descriptorsOf(page.manifests));
    }
    if (known) return found;
    const tag = subject.replace(':', '-').slice(0, 128);
    if ((await this.findManifest(repository, tag)) === undefined) return [];
    const { bytes } = await this.manifest(repository, tag);
    const json = decodeJson(bytes);
    return 'value' in json && isJsonObject(json.value) ? descriptorsOf(json.value.manifests) : [];
  }

  /** What a registry's own API says of one thing, as JSON; undefined when it has no such address, or no such thing. */
  async ask(path: string, scopes: readonly string[]): Promise<Readonly<Record<string, unknown>> | undefined> {
    const answer = await this.#ask(new URL(path, this.base), scopes, {});
    if (answer.status !== 200) {
      if (answer.status !== 404) throw await refusedBy(`${this.options.host}${path}`, answer);
      await discard(answer);
      return undefined;
    }
    const { bytes } = await readUpTo(answer, LIST_BYTES);
    const json = decodeJson(bytes);
    return 'value' in json && isJsonObject(json.value) ? json.value : undefined;
  }

  /** `host/repository:tag` or `host/repository@digest`. */
  protected name(repository: string, reference: string): string {
    return `${this.options.host}/${repository}${parseDigest(reference) ? '@' : ':'}${reference}`;
  }

  /** The repository's name in addresses. */
  protected path(repository: string): string {
    return isDockerHub(this.options.host) && !repository.includes('/') ? `library/${repository}` : repository;
  }

  protected get(repository: string, path: string, request: Request): Promise<RegistryAnswer> {
    const name = this.path(repository);
    return this.#ask(new URL(`/v2/${name}/${path}`, this.base), [pull(name)], request);
  }

  /** Sends as `send` does, signed in, and again when it may help. `send` must be able to send several times. */
  protected async persist(
    scopes: readonly string[],
    send: (authorization: Readonly<Record<string, string>>) => Promise<RegistryAnswer>,
  ): Promise<RegistryAnswer> {
    const { retries = 0, sleep, signal } = this.options;
    for (let tries = 0; ; tries++) {
      signal?.throwIfAborted();
      let answer: RegistryAnswer;
      try {
        answer = await this.#signedIn(scopes, send);
      } catch (error) {
        if (tries >= retries || error instanceof RegistryError || signal?.aborted) throw error;
        await sleep(500 * 2 ** tries, signal);
        continue;
      }
      if (tries >= retries || !PASSING.has(answer.status)) return answer;
      await discard(answer);
      const asked = Number(answer.headers['retry-after']) * 1000;
      await sleep(Math.min(asked > 0 ? asked : 500 * 2 ** tries, LONGEST_WAIT_MS), signal);
    }
  }

  async #signedIn(
    scopes: readonly string[],
    send: (authorization: Readonly<Record<string, string>>) => Promise<RegistryAnswer>,
  ): Promise<RegistryAnswer> {
    const answer = await send(this.authorization.headers(scopes));
    // Not of a host that it was redirected to: what that one asks for, it is not given.
    if (answer.status !== 401 || answer.url.origin !== this.base.origin) return answer;
    await discard(answer);
    return send(await this.authorization.answer(answer.headers['www-authenticate'] ?? '', scopes));
  }

  #ask(url: URL, scopes: readonly string[], { method = 'GET', headers = {} }: Request): Promise<RegistryAnswer> {
    const { transport, userAgent, signal } = this.options;
    return this.persist(scopes, (authorization) =>
      transport.send({
        method,
        url,
        headers: { 'User-Agent': userAgent, ...headers, ...authorization },
        timeoutMs: TIMEOUT_MS,
        redirects: REDIRECTS,
        signal,
      }),
    );
  }

  /** Pages by `Link`, of this registry only; none when the first is not found. */
  async *#pages(first: string, scopes: readonly string[]): AsyncGenerator<Readonly<Record<string, unknown>>> {
    let url = new URL(`/v2/${first}`, this.base);
    for (let page = 0; page < PAGES; page++) {
      const what = `${this.options.host}${url.pathname}`;
      const answer = await this.#ask(url, scopes, {});
      if (answer.status === 404) {
        await discard(answer);
        return;
      }
      if (answer.status !== 200) throw await refusedBy(what, answer);
      const { bytes, cut } = await readUpTo(answer, LIST_BYTES);
      const json = decodeJson(bytes);
      if (cut || !('value' in json) || !isJsonObject(json.value))
        throw new RegistryError(what, 'its list is too long, or is no JSON object');
      yield json.value;
      const next = /<([^>]*)>\s*;\s*rel="?next"?/i.exec(answer.headers.link ?? '')?.[1];
      if (next === undefined) return;
      const following = URL.canParse(next, url.href) ? new URL(next, url) : undefined;
      if (following?.origin !== this.base.origin) throw new RegistryError(what, 'its next page is on another host');
      url = following;
    }
    throw new RegistryError(this.options.host, `its list has more than ${PAGES} pages`);
  }

  async *#resuming(first: RegistryAnswer, repository: string, digest: Digest, size: number): AsyncGenerator<Buffer> {
    const what = this.name(repository, digest);
    const { sleep, signal } = this.options;
    let answer = first;
    let received = 0;
    let vain = 0;
    for (let breaks = 1; ; breaks++) {
      const before = received;
      let failure: unknown;
      try {
        for await (const bytes of answer.body as AsyncIterable<Buffer>) {
          received += bytes.length;
          if (received > size)
            throw new RegistryError(what, `it sends more than the ${size} bytes that its manifest announces`);
          yield bytes;
        }
      } catch (error) {
        if (error instanceof RegistryError) throw error;
        failure = error;
      } finally {
        answer.body.destroy();
      }
      if (received === size) return;
      signal?.throwIfAborted();
      vain = received > before ? 0 : vain + 1;
      if (breaks === BREAKS || vain === VAIN_BREAKS) {
        const why = `the connection broke again and again, last after ${received} of ${size} bytes`;
        throw new RegistryError(what, why, { cause: failure });
      }
      await sleep(vain * 1000, signal);
      answer = await this.#goOn(repository, digest, received, what);
    }
  }

  async #goOn(repository: string, digest: Digest, received: number, what: string): Promise<RegistryAnswer> {
    const range = received === 0 ? {} : { Range: `bytes=${received}-` };
    const answer = await this.get(repository, `blobs/${digest}`, { headers: range });
    if (received === 0 ? answer.status === 200 : answer.status === 206 && startOf(answer) === received) return answer;
    if (answer.status !== 206 && answer.status !== 200) throw await refusedBy(what, answer);
    answer.body.destroy();
    const why = `the connection broke after ${received} bytes, and it does not answer Range (RFC 9110)`;
    throw new RegistryError(what, why);
  }
}

const pull = (name: string) => `repository:${name}:pull`;

/** Those that can be read; another client's mistakes are not this one's. */
function descriptorsOf(list: unknown): Descriptor[] {
  return (Array.isArray(list) ? list : []).flatMap((entry, i) => {
    try {
      return [readDescriptor(entry, `manifests[${i}]`)];
    } catch {
      return [];
    }
  });
}

function startOf({ headers }: RegistryAnswer): number | undefined {
  const start = /^bytes (\d+)-/.exec(headers['content-range'] ?? '')?.[1];
  return start === undefined ? undefined : Number(start);
}

const isDockerHub = (host: string) =>
  ['docker.io', 'index.docker.io', 'registry-1.docker.io'].includes(host.toLowerCase());

/** The one registry whose API is on another name than images are called by. */
const apiHost = (host: string) => (isDockerHub(host) ? 'registry-1.docker.io' : host);
