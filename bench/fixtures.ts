/** Fills a registry with what the workloads read: the same, over HTTP, for ours and the peers. */
import { createHash } from 'node:crypto';
import { mustRun } from './run-client.ts';
import type { Server } from './server.ts';
import { type Fixture, type Need, REPOSITORY, type Sizes } from './workloads.ts';

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const FILL_CONNECTIONS = 8;
const LAYER_BYTES = 2048;

type Filled = { -readonly [K in keyof Fixture]: Fixture[K] };

/** The fixture of one server, made as far as it is needed. */
export class Fixtures {
  readonly #server: Server;
  readonly #sizes: Sizes;
  readonly #made = new Set<Need>();
  readonly fixture: Filled = { small: [], large: [], huge: [], layers: [], manifests: [], template: '' };

  constructor(server: Server, sizes: Sizes) {
    this.#server = server;
    this.#sizes = sizes;
  }

  async ensure(needs: readonly Need[]): Promise<void> {
    for (const need of needs) {
      if (this.#made.has(need)) continue;
      this.#made.add(need);
      await this.#make(need);
    }
  }

  #make(need: Need): Promise<void> {
    switch (need) {
      case 'small':
        return this.#blobs(need, 16);
      case 'large':
        return this.#blobs(need, 4);
      case 'huge':
        return this.#blobs(need, 1);
      case 'manifests':
        return this.#manifests();
      case 'tags':
        return this.#tags();
      case 'catalog':
        return this.#catalog();
    }
  }

  async #blobs(size: 'small' | 'large' | 'huge', count: number): Promise<void> {
    this.fixture[size] = await this.#push(REPOSITORY.blobs, this.#sizes[size], count);
  }

  async #push(repository: string, bytes: number, count: number): Promise<readonly string[]> {
    const job = { kind: 'push', repository, bytes, count, connections: 1 } as const;
    return (await mustRun(this.#server.asAdmin(), job)).digests;
  }

  /** An image of a config and five layers; a hundred of them, which differ in an annotation. */
  async #manifests(): Promise<void> {
    const repository = REPOSITORY.manifests;
    const [config = '', ...layers] = await this.#push(repository, LAYER_BYTES, 6);
    this.fixture.layers = [config, ...layers];
    this.fixture.template = image(config, layers);
    const bodies = Array.from({ length: 100 }, (_, i) => annotated(this.fixture.template, String(i)));
    this.fixture.manifests = bodies.map((body) => `sha256:${createHash('sha256').update(body).digest('hex')}`);
    const series = bodies.map((body, i) => ({
      method: 'PUT' as const,
      path: `/v2/${repository}/manifests/t${i}`,
      body,
      type: MANIFEST,
      count: 1,
      status: 201,
    }));
    await mustRun(this.#server.asAdmin(), { kind: 'fill', connections: 1, series });
  }

  async #tags(): Promise<void> {
    const repository = REPOSITORY.tags;
    const [blob = ''] = await this.#push(repository, LAYER_BYTES, 1);
    const path = `/v2/${repository}/manifests/t{i}`;
    const put = { method: 'PUT', path, body: image(blob, [blob]), type: MANIFEST, status: 201 } as const;
    const series = [{ ...put, count: this.#sizes.listed }];
    await mustRun(this.#server.asAdmin(), { kind: 'fill', connections: FILL_CONNECTIONS, series });
  }

  async #catalog(): Promise<void> {
    const source = REPOSITORY.blobs;
    const [blob = ''] = await this.#push(source, LAYER_BYTES, 1);
    const count = this.#sizes.listed;
    const uploads = `/v2/catalog/r{i}/blobs/uploads/?mount=${blob}&from=${source}`;
    const mount = { method: 'POST', path: uploads, count, status: 201 } as const;
    const path = '/v2/catalog/r{i}/manifests/latest';
    const put = { method: 'PUT', path, body: image(blob, [blob]), type: MANIFEST, count, status: 201 } as const;
    await mustRun(this.#server.asAdmin(), { kind: 'fill', connections: FILL_CONNECTIONS, series: [mount, put] });
  }
}

function image(config: string, layers: readonly string[]): string {
  const descriptor = (mediaType: string) => (digest: string) => ({ mediaType, digest, size: LAYER_BYTES });
  return JSON.stringify({
    schemaVersion: 2,
    mediaType: MANIFEST,
    config: descriptor('application/vnd.oci.image.config.v1+json')(config),
    layers: layers.map(descriptor('application/vnd.oci.image.layer.v1.tar+gzip')),
  });
}

function annotated(manifest: string, value: string): string {
  return JSON.stringify({ ...(JSON.parse(manifest) as object), annotations: { 'org.example.number': value } });
}
