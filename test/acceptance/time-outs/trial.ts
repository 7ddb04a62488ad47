import { digestOf } from '@holdfast/oci/digest';
import { MEDIA_TYPE } from '@holdfast/oci/media-types';
import type { Answer } from '../../support/http-client.ts';
import { type Content, digestNames } from './content.ts';
import { type Ask, ask, type Site } from './site.ts';

/** One repository with content of its own, in which one request is cut once. */
export class Trial {
  readonly site: Site;
  readonly repository: string;
  readonly content: Content;
  /** Address of the upload session, once there is one. */
  session: string | undefined;
  readonly #names: ReadonlyMap<string, string>;

  constructor(site: Site, repository: string, content: Content) {
    this.site = site;
    this.repository = repository;
    this.content = content;
    this.#names = digestNames(content);
  }

  path(rest: string): string {
    return `/v2/${this.repository}/${rest}`;
  }

  /** On a connection that holds; anything but `status` is an error. */
  async demand(status: number, request: Ask): Promise<Answer> {
    const answer = await ask(this.site, request);
    if (answer.status === status) return answer;
    throw new Error(`${request.method} ${request.target}: ${answer.status} instead of ${status}: ${answer.text}`);
  }

  async pushBlob(bytes: Buffer): Promise<void> {
    const target = this.path(`blobs/uploads/?digest=${digestOf(bytes)}`);
    await this.demand(201, { method: 'POST', target, body: bytes });
  }

  /** The image by its tag, or only by its digest. */
  async pushImage(tag?: string): Promise<void> {
    const { layer, config, loose, manifest } = this.content;
    for (const bytes of [layer, config, loose]) await this.pushBlob(bytes);
    await this.demand(201, this.putManifest(tag ?? digestOf(manifest)));
  }

  putManifest(reference: string, bytes = this.content.manifest, mediaType: string = MEDIA_TYPE.ociImage): Ask {
    const headers = { 'Content-Type': mediaType };
    return { method: 'PUT', target: this.path(`manifests/${reference}`), headers, body: bytes };
  }

  async openSession(query = ''): Promise<void> {
    const answer = await this.demand(202, { method: 'POST', target: this.path(`blobs/uploads/${query}`) });
    this.session = answer.header('Location') ?? '';
  }

  /** Bytes that the server acknowledged. */
  async offset(): Promise<number> {
    const answer = await this.demand(204, { method: 'GET', target: this.session ?? '' });
    return Number(answer.header('Holdfast-Upload-Offset'));
  }

  patch(from: number, to: number): Ask {
    const headers = { 'Content-Range': `${from}-${to - 1}`, 'Content-Type': 'application/octet-stream' };
    return { method: 'PATCH', target: this.session ?? '', headers, body: this.content.layer.subarray(from, to) };
  }

  close(body?: Buffer, algorithm: 'sha256' | 'sha512' = 'sha256'): Ask {
    const target = `${this.session}?digest=${digestOf(this.content.layer, algorithm)}`;
    return {
      method: 'PUT',
      target,
      headers: { 'Content-Type': 'application/octet-stream' },
      ...(body ? { body } : {}),
    };
  }

  /** An answer without what differs between two runs: names, digests, sessions, and what no two answers share. */
  normal(answer: Answer): string {
    const passing = /^(?:date|x-ms-correlation-request-id|connection|keep-alive)$/i;
    const headers: string[] = [];
    for (let i = 0; i < answer.rawHeaders.length; i += 2) {
      const [name = '', value = ''] = answer.rawHeaders.slice(i, i + 2);
      if (!passing.test(name)) headers.push(`${name}: ${value}`);
    }
    const isText = /json/.test(answer.header('Content-Type') ?? '');
    const body = isText ? answer.text.replace(/\(correlation id [0-9a-f-]{36}\)/g, '') : digestOf(answer.body);
    let text = [answer.status, ...headers, answer.body.length === 0 ? '' : body].join('\n');
    for (const [digest, name] of this.#names) text = text.replaceAll(digest, name);
    if (this.session) text = text.replaceAll(this.session.slice(-36), '<session>');
    return text.replaceAll(this.repository, '<repository>');
  }

  /** All that the repository shows of itself, and where the session is. */
  async state(): Promise<string> {
    const { layer, config, loose, manifest, index } = this.content;
    const manifests = ['one', 'two', digestOf(manifest), digestOf(index)].map((name) => `manifests/${name}`);
    const blobs = [digestOf(layer), digestOf(layer, 'sha512'), digestOf(config), digestOf(loose)];
    const targets = ['tags/list', ...manifests, ...blobs.map((digest) => `blobs/${digest}`)].map((t) => this.path(t));
    const session = this.session ? [this.session] : [];
    const answers = await Promise.all(
      [...targets, ...session].map(async (target) => this.normal(await ask(this.site, { method: 'GET', target }))),
    );
    return answers.join('\n\n');
  }
}
