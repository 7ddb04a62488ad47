import { hash } from 'node:crypto';
import type { AzureSite } from '../../support/azure-site.ts';

const digestOf = (bytes: Buffer | string) => `sha256:${hash('sha256', bytes, 'hex')}`;
const IMAGE = 'application/vnd.oci.image.manifest.v1+json';
const INDEX = 'application/vnd.oci.image.index.v1+json';

interface ImageOptions {
  readonly layers?: readonly Buffer[];
  readonly annotations?: Readonly<Record<string, string>>;
  readonly history?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly architecture?: string;
  readonly subject?: { readonly mediaType: string; readonly digest: string; readonly size: number };
  readonly artifactType?: string;
}

async function pushBlob(site: AzureSite, repository: string, bytes: Buffer) {
  const started = await site.ask('POST', `/v2/${repository}/blobs/uploads/`);
  const digest = digestOf(bytes);
  const put = await site.ask('PUT', `${started.header('Location')}?digest=${digest}`, { body: bytes });
  if (put.status !== 201) throw new Error(`blob: ${put.status} ${put.text}`);
  return { digest, size: bytes.length };
}

async function putManifest(
  site: AzureSite,
  repository: string,
  reference: string | undefined,
  mediaType: string,
  value: object,
) {
  const body = JSON.stringify(value);
  const digest = digestOf(body);
  const answer = await site.ask('PUT', `/v2/${repository}/manifests/${reference ?? digest}`, {
    headers: { 'Content-Type': mediaType },
    body,
  });
  if (answer.status !== 201) throw new Error(`manifest: ${answer.status} ${answer.text}`);
  return { mediaType, digest, size: Buffer.byteLength(body) };
}

/** A whole image by the real protocol; its layers need not be archives. */
export async function pushImage(
  site: AzureSite,
  repository: string,
  tag: string | undefined,
  options: ImageOptions = {},
) {
  const layers = options.layers ?? [Buffer.from(`layer of ${repository}`)];
  const { architecture = 'amd64', history = [], labels } = options;
  const config = Buffer.from(
    JSON.stringify({
      architecture,
      os: 'linux',
      created: '2026-11-20T10:00:00Z',
      config: { Env: ['PATH=/bin'], Cmd: ['/app'], ...(labels ? { Labels: labels } : {}) },
      history: history.map((created_by) => ({ created_by })),
      rootfs: { type: 'layers', diff_ids: [] },
    }),
  );
  const manifest = {
    schemaVersion: 2,
    mediaType: IMAGE,
    ...(options.artifactType ? { artifactType: options.artifactType } : {}),
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', ...(await pushBlob(site, repository, config)) },
    layers: await Promise.all(
      layers.map(async (layer) => ({
        mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
        ...(await pushBlob(site, repository, layer)),
      })),
    ),
    ...(options.annotations ? { annotations: options.annotations } : {}),
    ...(options.subject ? { subject: options.subject } : {}),
  };
  return putManifest(site, repository, tag, IMAGE, manifest);
}

/** An image for two platforms. */
export async function pushIndex(site: AzureSite, repository: string, tag: string) {
  const children = await Promise.all(
    ['amd64', 'arm64'].map(async (architecture) => ({
      ...(await pushImage(site, repository, undefined, { architecture, layers: [Buffer.from(`for ${architecture}`)] })),
      platform: { os: 'linux', architecture },
    })),
  );
  return putManifest(site, repository, tag, INDEX, { schemaVersion: 2, mediaType: INDEX, manifests: children });
}
