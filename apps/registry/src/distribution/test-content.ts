import { type Digest, type DigestAlgorithm, digestOf } from '@holdfast/oci/digest';
import { MEDIA_TYPE } from '@holdfast/oci/media-types';
import { expect } from 'vitest';
import type { Answer } from '../../../../test/support/http-client.ts';
import type { TestRegistry } from '../../../../test/support/start-registry.ts';
import { systemIds } from '../platform/ids.ts';

export interface TestDescriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
}

/** Bytes that nobody has pushed yet. */
export function newBytes(length = 1000): Buffer {
  return systemIds.bytes(length);
}

export function descriptorOf(bytes: Uint8Array | string, mediaType: string, algorithm?: DigestAlgorithm) {
  return { mediaType, digest: digestOf(bytes, algorithm), size: Buffer.byteLength(bytes) };
}

/** Pushes a blob in one request and answers its descriptor. */
export async function pushBlob(
  registry: TestRegistry,
  repository: string,
  bytes: Uint8Array | string = newBytes(),
  mediaType: string = MEDIA_TYPE.ociLayerGzip,
): Promise<TestDescriptor> {
  const descriptor = descriptorOf(bytes, mediaType);
  const target = `/v2/${repository}/blobs/uploads/?digest=${descriptor.digest}`;
  const answer = await registry.ask('POST', target, { body: bytes });
  expect(answer.status, answer.text).toBe(201);
  return descriptor;
}

/** Opens an upload session and answers its location. */
export async function startUpload(registry: TestRegistry, repository: string, query = ''): Promise<string> {
  const answer = await registry.ask('POST', `/v2/${repository}/blobs/uploads/${query}`);
  expect(answer.status, answer.text).toBe(202);
  return answer.header('Location') ?? '';
}

export interface TestImage extends TestDescriptor {
  readonly bytes: Buffer;
  readonly layers: readonly TestDescriptor[];
}

/** The bytes of a manifest: written with blanks, so that whoever serialises it anew is found out. */
export function manifestBytes(document: Record<string, unknown>): Buffer {
  return Buffer.from(JSON.stringify(document, null, 3));
}

/** Pushes an image with a config and layers of its own; by its digest when there is no tag. */
export async function pushImage(
  registry: TestRegistry,
  repository: string,
  options: { tag?: string; members?: Record<string, unknown>; layers?: readonly TestDescriptor[] } = {},
): Promise<TestImage> {
  const layers = options.layers ?? [await pushBlob(registry, repository)];
  const document = {
    schemaVersion: 2,
    mediaType: MEDIA_TYPE.ociImage,
    config: await pushBlob(
      registry,
      repository,
      JSON.stringify({ random: newBytes(16).toString('hex') }),
      MEDIA_TYPE.ociConfig,
    ),
    layers,
    ...options.members,
  };
  const bytes = manifestBytes(document);
  const pushed = await pushManifest(registry, repository, bytes, MEDIA_TYPE.ociImage, options.tag);
  expect(pushed.status, pushed.text).toBe(201);
  return { ...descriptorOf(bytes, MEDIA_TYPE.ociImage), bytes, layers };
}

/** `reference`: a tag, or a digest, or nothing for the manifest's own digest. */
export function pushManifest(
  registry: TestRegistry,
  repository: string,
  bytes: Uint8Array,
  mediaType: string,
  reference: string = digestOf(bytes),
): Promise<Answer> {
  const headers = { 'Content-Type': mediaType };
  return registry.ask('PUT', `/v2/${repository}/manifests/${reference}`, { headers, body: bytes });
}

export async function pushIndex(
  registry: TestRegistry,
  repository: string,
  children: readonly TestDescriptor[],
  options: { tag?: string; members?: Record<string, unknown> } = {},
): Promise<TestDescriptor & { bytes: Buffer }> {
  const manifests = children.map(({ mediaType, digest, size }) => ({ mediaType, digest, size }));
  const bytes = manifestBytes({ schemaVersion: 2, mediaType: MEDIA_TYPE.ociIndex, manifests, ...options.members });
  const pushed = await pushManifest(registry, repository, bytes, MEDIA_TYPE.ociIndex, options.tag);
  expect(pushed.status, pushed.text).toBe(201);
  return { ...descriptorOf(bytes, MEDIA_TYPE.ociIndex), bytes };
}

/** The answer is the OCI error envelope and nothing else, with this status and code. */
export function expectError(answer: Answer, status: number, code: string): { message: string; detail: unknown } {
  expect([answer.status, answer.text]).toEqual([status, expect.stringContaining(`"${code}"`)]);
  expect(answer.header('Content-Type')).toBe('application/json; charset=utf-8');
  expect(answer.header('Content-Length')).toBe(String(answer.body.length));
  const body = answer.json<{ errors: { code: string; message: string; detail?: unknown }[] }>();
  expect(Object.keys(body)).toEqual(['errors']);
  expect(body.errors).toHaveLength(1);
  const [error] = body.errors;
  if (!error) throw new Error('no error in the envelope');
  expect(Object.keys(error).filter((key) => !['code', 'message', 'detail'].includes(key))).toEqual([]);
  expect(error.code).toBe(code);
  expect(error.message).toMatch(/^\S.* \(correlation id [0-9a-f-]{36}\)$/s);
  return { message: error.message, detail: error.detail };
}
