import { expect } from 'vitest';
import type { Answer } from '../../../../test/support/http-client.ts';
import type { AskOptions, TestRegistry } from '../../../../test/support/start-registry.ts';

const BASE = '/holdfast/v1';

export interface ToldOperation {
  readonly id: string;
  readonly state: string;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly code: string; readonly message: string };
}
export interface ToldFile {
  readonly id: string;
  readonly state: string;
  readonly offset: number;
  readonly bundle?: string;
  readonly reason?: string;
}

/** The transfer station of a registry, as its portal uses it. */
export class Station {
  readonly site: TestRegistry;
  readonly as: string | undefined;

  constructor(site: TestRegistry, as?: string) {
    this.site = site;
    this.as = as;
  }

  ask(method: string, path: string, body?: object, more: AskOptions = {}): Promise<Answer> {
    return this.site.ask(method, `${BASE}${path}`, {
      ...(this.as === undefined ? {} : { as: this.as }),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...more,
    });
  }

  async get<T>(path: string): Promise<T> {
    const answer = await this.ask('GET', path);
    expect(answer.status, answer.text).toBe(200);
    return answer.json<T>();
  }

  /** Polls until it has ended. */
  async ended(accepted: Answer): Promise<ToldOperation> {
    expect(accepted.status, accepted.text).toBe(202);
    const address = (accepted.header('Location') ?? '').slice(BASE.length);
    for (;;) {
      const operation = await this.get<ToldOperation>(address);
      if (operation.state !== 'running') return operation;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  async done(method: string, path: string, body?: object): Promise<Readonly<Record<string, unknown>>> {
    const operation = await this.ended(await this.ask(method, path, body));
    expect(operation.error).toBeUndefined();
    expect(operation.state).toBe('succeeded');
    return operation.result ?? {};
  }

  async create(images: readonly string[], more: object = {}): Promise<{ bundle: string; volumes: number }> {
    return (await this.done('POST', '/_bundles', { images, ...more })) as never;
  }

  async download(bundle: string, number: number): Promise<Buffer> {
    const answer = await this.ask('GET', `/_bundles/${bundle}/_volumes/${number}`);
    expect(answer.status, answer.text.slice(0, 300)).toBe(200);
    return answer.body;
  }

  async volumes(bundle: string, count: number): Promise<Buffer[]> {
    const all: Buffer[] = [];
    for (let number = 1; number <= count; number++) all.push(await this.download(bundle, number));
    return all;
  }

  async start(size: number, more: object = {}): Promise<string> {
    const answer = await this.ask('POST', '/_files', { name: 'volume.tar', size, ...more });
    expect(answer.status, answer.text).toBe(201);
    return answer.json<ToldFile>().id;
  }

  send(id: string, bytes: Uint8Array, start = 0): Promise<Answer> {
    const headers = { 'Content-Range': `bytes ${start}-${start + bytes.length - 1}/*` };
    return this.ask('PATCH', `/_files/${id}`, undefined, { headers, body: bytes });
  }

  async upload(bytes: Uint8Array, more: object = {}): Promise<ToldFile> {
    const id = await this.start(bytes.length, more);
    const sent = await this.send(id, bytes);
    expect(sent.status, sent.text).toBe(200);
    const completed = await this.ask('POST', `/_files/${id}/_complete`);
    expect(completed.status, completed.text).toBe(200);
    return completed.json<ToldFile>();
  }

  async key(): Promise<{ id: string; publicKey: string }> {
    return this.get('/_key');
  }
}
