import type { Readable } from 'node:stream';
import type { Digest } from '../digest.ts';
import { PullClient, type RegistryClientOptions } from './pull-client.ts';
import { discard, readUpTo } from './read-up-to.ts';
import { RegistryError, refusedBy } from './registry-error.ts';
import type { RegistryAnswer, RegistryRequest, RegistryTransport } from './transport.ts';

/** Of a blob: the registry hashes and stores all of it before it answers. */
const UPLOAD_MS = 600_000;
const TIMEOUT_MS = 60_000;

const CALL_BYTES = 64 * 1024 * 1024;

export interface BlobUpload {
  readonly digest: Digest;
  readonly size: number;
  /** Gives the bytes from an offset on; called again for each try. */
  readonly open: (offset: number) => Readable | Promise<Readable>;
  /** Bytes in one request; all of them unless said. For proxies that take bodies of a certain size only. */
  readonly chunkBytes?: number;
}

export interface PushClientOptions extends RegistryClientOptions<RegistryTransport> {
  readonly credentials?: RegistryClientOptions['credentials'];
}

/**
 * A registry as a client writes it. An upload that breaks is begun anew, since what the registry kept of it is not known to
 * all of them. https://github.com/opencontainers/distribution-spec/blob/main/spec.md#push
 */
export class PushClient extends PullClient<RegistryTransport> {
  constructor(options: PushClientOptions) {
    super(options);
  }

  /** Whether the registry has linked the blob from another of its repositories; it may want the bytes instead. */
  async mountBlob(repository: string, digest: Digest, from: string): Promise<boolean> {
    const url = this.#url(repository, 'blobs/uploads/');
    url.searchParams.set('mount', digest);
    url.searchParams.set('from', this.path(from));
    const scopes = [...this.#scopes(repository), `repository:${this.path(from)}:pull`];
    const answer = await this.#send(scopes, { method: 'POST', url, timeoutMs: TIMEOUT_MS });
    await discard(answer);
    if (answer.status === 201) return true;
    if (answer.status !== 202) return false; // who may not pull there, is told so by some and given a session by others
    await this.#cancel(repository, answer);
    return false;
  }

  /** Monolithic, or in chunks of the size that is asked for. Throws unless the registry has the blob when it resolves. */
  async pushBlob(repository: string, upload: BlobUpload): Promise<void> {
    const { retries = 0, sleep, signal } = this.options;
    for (let tries = 0; ; tries++) {
      try {
        await this.#upload(repository, upload);
        return;
      } catch (error) {
        const refused = error instanceof RegistryError && !(error.status !== undefined && error.status >= 500);
        if (refused || tries >= retries || signal?.aborted) throw error;
        await sleep(500 * 2 ** tries, signal);
      }
    }
  }

  /** By a tag or by its digest; what it names must be there. */
  async putManifest(repository: string, reference: string, mediaType: string, bytes: Uint8Array): Promise<void> {
    const answer = await this.#send(this.#scopes(repository), {
      method: 'PUT',
      url: this.#url(repository, `manifests/${reference}`),
      headers: { 'Content-Type': mediaType },
      body: bytes,
      timeoutMs: TIMEOUT_MS,
    });
    if (answer.status !== 201) throw await refusedBy(this.name(repository, reference), answer);
    await discard(answer);
  }

  /** A call of a registry's own API, as JSON; undefined when it has none of that address. */
  async call(path: string, scopes: readonly string[], body: object): Promise<unknown> {
    const answer = await this.#send(scopes, {
      method: 'POST',
      url: new URL(path, this.base),
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
      timeoutMs: UPLOAD_MS,
    });
    if (answer.status === 200) return JSON.parse((await readUpTo(answer, CALL_BYTES)).bytes.toString('utf8'));
    if (answer.status !== 404 && answer.status !== 405) throw await refusedBy(`${this.options.host}${path}`, answer);
    const refusal = await refusedBy(`${this.options.host}${path}`, answer);
    if (/route|Nothing answers|page not found/.test(refusal.said) || refusal.said === '') return undefined;
    throw refusal;
  }

  async #upload(repository: string, upload: BlobUpload): Promise<void> {
    const { digest, size, chunkBytes = size } = upload;
    const what = this.name(repository, digest);
    const scopes = this.#scopes(repository);
    const begin = { method: 'POST', url: this.#url(repository, 'blobs/uploads/'), timeoutMs: TIMEOUT_MS } as const;
    const begun = await this.#send(scopes, begin);
    if (begun.status !== 202) throw await refusedBy(what, begun);
    await discard(begun);
    let location = this.#location(begun, what);
    let offset = 0;
    for (; size - offset > chunkBytes; offset += chunkBytes) {
      const headers = { 'Content-Range': `${offset}-${offset + chunkBytes - 1}` };
      const answer = await this.#sendOnce(scopes, 'PATCH', location, upload, offset, chunkBytes, headers);
      if (answer.status !== 202) throw await refusedBy(what, answer);
      await discard(answer);
      location = this.#location(answer, what);
    }
    location.searchParams.set('digest', digest);
    const headers: Record<string, string> = offset > 0 ? { 'Content-Range': `${offset}-${size - 1}` } : {};
    const answer = await this.#sendOnce(scopes, 'PUT', location, upload, offset, size - offset, headers);
    if (answer.status !== 201) throw await refusedBy(what, answer);
    await discard(answer);
  }

  /** A streamed body cannot be sent twice, so a passing trouble of it is one of the whole upload. */
  async #sendOnce(
    scopes: readonly string[],
    method: 'PATCH' | 'PUT',
    url: URL,
    { open }: BlobUpload,
    offset: number,
    length: number,
    headers: Readonly<Record<string, string>>,
  ): Promise<RegistryAnswer> {
    const stream = await open(offset);
    try {
      return await this.options.transport.send({
        method,
        url,
        headers: {
          'User-Agent': this.options.userAgent,
          'Content-Type': 'application/octet-stream',
          ...headers,
          ...(url.origin === this.base.origin ? this.authorization.headers(scopes) : {}),
        },
        body: { stream, length },
        timeoutMs: UPLOAD_MS,
        signal: this.options.signal,
      });
    } finally {
      stream.destroy();
    }
  }

  #send(scopes: readonly string[], request: RegistryRequest): Promise<RegistryAnswer> {
    const { transport, userAgent, signal } = this.options;
    return this.persist(scopes, (authorization) =>
      transport.send({
        ...request,
        headers: { 'User-Agent': userAgent, ...request.headers, ...authorization },
        signal,
      }),
    );
  }

  async #cancel(repository: string, answer: RegistryAnswer): Promise<void> {
    const url = this.#location(answer, repository);
    const ended = await this.#send(this.#scopes(repository), { method: 'DELETE', url, timeoutMs: TIMEOUT_MS });
    await discard(ended);
  }

  #location(answer: RegistryAnswer, what: string): URL {
    const { location = '' } = answer.headers;
    if (location === '' || !URL.canParse(location, answer.url.href)) {
      throw new RegistryError(what, 'it began an upload without saying where');
    }
    return new URL(location, answer.url);
  }

  #url(repository: string, path: string): URL {
    return new URL(`/v2/${this.path(repository)}/${path}`, this.base);
  }

  #scopes(repository: string): readonly string[] {
    return [`repository:${this.path(repository)}:pull,push`];
  }
}
