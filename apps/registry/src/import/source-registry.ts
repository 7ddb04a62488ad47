import { Readable } from 'node:stream';
import { type Digest, digestAlgorithm, digestOf, parseDigest } from '@holdfast/oci/digest';
import { MEDIA_TYPE, normaliseMediaType } from '@holdfast/oci/media-types';
import type { Outbound, OutboundAnswer } from '../outbound/outbound.ts';
import { readUpTo } from '../outbound/outbound.ts';
import type { Clock } from '../platform/clock.ts';
import { DomainError } from '../platform/domain-error.ts';
import type { SourceCredentials } from './image-import.ts';
import { formatImageReference, type ImageReference } from './image-reference.ts';
import { SourceAuthorization } from './source-authorization.ts';
import { refusedBySource, sourceFailed } from './source-errors.ts';

/** Manifests of more are no manifests (distribution spec, "Pushing Manifests"). */
const MANIFEST_BYTES = 4 * 1024 * 1024;
const ERROR_BYTES = 16 * 1024;
const TIMEOUT_MS = 60_000;
const REDIRECTS = 5;
/** How often a blob is taken up again in its middle: in all, and without a byte that came. */
const BREAKS = 50;
const VAIN_BREAKS = 4;

const MANIFEST_TYPES = [
  MEDIA_TYPE.ociIndex,
  MEDIA_TYPE.dockerList,
  MEDIA_TYPE.ociImage,
  MEDIA_TYPE.dockerImage,
  MEDIA_TYPE.ociArtifact,
  '*/*;q=0.1',
].join(', ');

export interface SourceManifest {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly bytes: Buffer;
}

export interface SourceRegistryOptions {
  readonly outbound: Outbound;
  readonly host: string;
  /** Only for hosts that an operator named. */
  readonly plainHttp: boolean;
  readonly credentials?: SourceCredentials | undefined;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** One repository of another registry, as a client reads it: `/v2`, token or Basic sign-in, ranges. */
export class SourceRegistry {
  readonly #options: SourceRegistryOptions;
  readonly #base: URL;
  readonly #repository: string;
  readonly #authorization: SourceAuthorization;

  constructor(options: SourceRegistryOptions, repository: string) {
    this.#options = options;
    this.#base = new URL(`${options.plainHttp ? 'http' : 'https'}://${apiHost(options.host)}/`);
    this.#repository = isDockerHub(options.host) && !repository.includes('/') ? `library/${repository}` : repository;
    this.#authorization = new SourceAuthorization({ ...options, base: this.#base, repository: this.#repository });
  }

  /** Its bytes with the digest that they really have. */
  async manifest(reference: ImageReference['reference']): Promise<SourceManifest> {
    const what = this.#name(reference);
    const text = 'tag' in reference ? reference.tag : reference.digest;
    const answer = await this.#get(`manifests/${text}`, { Accept: MANIFEST_TYPES });
    if (answer.status !== 200) throw await this.#refusal(answer, what);
    const { bytes, cut } = await this.#read(answer, MANIFEST_BYTES, what);
    if (cut)
      throw sourceFailed(what, `its manifest has more than ${MANIFEST_BYTES} bytes, the most that a manifest has`);
    const said = parseDigest(answer.headers['docker-content-digest'] ?? '');
    const expected = 'digest' in reference ? reference.digest : said;
    const digest = digestOf(bytes, expected && digestAlgorithm(expected));
    if (expected !== undefined && digest !== expected) {
      throw sourceFailed(what, `the bytes of its manifest have the digest ${digest}, not ${expected}`);
    }
    return { digest, bytes, mediaType: normaliseMediaType(answer.headers['content-type'] ?? '') };
  }

  /** The blob as one stream, taken up again where a connection broke; undefined when it is not there. */
  async blob(digest: Digest, size: number): Promise<Readable | undefined> {
    const first = await this.#get(`blobs/${digest}`, {});
    if (first.status === 404) {
      first.body.destroy();
      return undefined;
    }
    if (first.status !== 200) throw await this.#refusal(first, this.#name({ digest }));
    return Readable.from(this.#resuming(first, digest, size), { objectMode: false });
  }

  async *#resuming(first: OutboundAnswer, digest: Digest, size: number): AsyncGenerator<Buffer> {
    const what = this.#name({ digest });
    const { clock, signal } = this.#options;
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
            throw sourceFailed(what, `it sends more than the ${size} bytes that its manifest announces`);
          yield bytes;
        }
      } catch (error) {
        if (error instanceof DomainError && error.code === 'import.source-failed') throw error;
        failure = error;
      } finally {
        answer.body.destroy();
      }
      if (received === size) return;
      signal.throwIfAborted();
      vain = received > before ? 0 : vain + 1;
      if (breaks === BREAKS || vain === VAIN_BREAKS) {
        throw sourceFailed(
          what,
          `the connection broke again and again, last after ${received} of ${size} bytes`,
          failure,
        );
      }
      await clock.sleep(vain * 1000, signal);
      answer = await this.#goOn(digest, received, what);
    }
  }

  async #goOn(digest: Digest, received: number, what: string): Promise<OutboundAnswer> {
    const answer = await this.#get(`blobs/${digest}`, received === 0 ? {} : { Range: `bytes=${received}-` });
    if (received === 0 ? answer.status === 200 : answer.status === 206 && startOf(answer) === received) return answer;
    if (answer.status !== 206 && answer.status !== 200) throw await this.#refusal(answer, what);
    answer.body.destroy();
    throw sourceFailed(what, `the connection broke after ${received} bytes, and it does not answer Range (RFC 9110)`);
  }

  async #get(path: string, headers: Readonly<Record<string, string>>): Promise<OutboundAnswer> {
    const { outbound, signal } = this.#options;
    const url = new URL(`/v2/${this.#repository}/${path}`, this.#base);
    const ask = (authorization: Readonly<Record<string, string>>) =>
      outbound.send({
        method: 'GET',
        url,
        headers: { 'User-Agent': 'holdfast-import', ...headers, ...authorization },
        timeoutMs: TIMEOUT_MS,
        redirects: REDIRECTS,
        signal,
      });
    const answer = await ask(this.#authorization.headers());
    // Not of a host that it was redirected to: what that one asks for, it is not given.
    if (answer.status !== 401 || answer.url.origin !== this.#base.origin) return answer;
    answer.body.destroy();
    return ask(await this.#authorization.answer(answer.headers['www-authenticate'] ?? ''));
  }

  async #read(answer: OutboundAnswer, limit: number, what: string) {
    return readUpTo(answer, limit).catch((cause: unknown) => {
      throw sourceFailed(what, 'the connection broke before its manifest was complete', cause);
    });
  }

  async #refusal(answer: OutboundAnswer, what: string): Promise<DomainError> {
    const body = await readUpTo(answer, ERROR_BYTES).catch(() => undefined);
    return refusedBySource(what, answer, body?.bytes.toString('utf8') ?? '');
  }

  #name(reference: ImageReference['reference']): string {
    const image = formatImageReference({ repository: this.#repository as ImageReference['repository'], reference });
    return `${this.#options.host}/${image}`;
  }
}

function startOf({ headers }: OutboundAnswer): number | undefined {
  const start = /^bytes (\d+)-/.exec(headers['content-range'] ?? '')?.[1];
  return start === undefined ? undefined : Number(start);
}

const isDockerHub = (host: string) =>
  ['docker.io', 'index.docker.io', 'registry-1.docker.io'].includes(host.toLowerCase());

/** The one registry whose API is on another name than images are called by. */
const apiHost = (host: string) => (isDockerHub(host) ? 'registry-1.docker.io' : host);
