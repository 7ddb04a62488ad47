import type { ServerResponse } from 'node:http';
import { digestOf } from '@holdfast/oci/digest';
import { MEDIA_TYPE } from '@holdfast/oci/media-types';
import { type ReceivedRequest, startReceiver, type TestReceiver } from '../outbound/test-receiver.ts';

/** A registry that serves what it was given, and may be told to serve it badly. */
export interface TestSource extends TestReceiver {
  /** Answers in the place of the registry; false leaves it to it. */
  disturb: (request: ReceivedRequest, response: ServerResponse) => boolean;
  blob(bytes: Buffer): string;
  blobs(): Buffer[];
  /** Tagged, or known by its digest alone. */
  manifest(document: Record<string, unknown>, mediaType?: string, tag?: string): { digest: string; size: number };
  image(tag: string | undefined, ...layers: Buffer[]): { digest: string; size: number; mediaType: string };
}

export async function startSource(): Promise<TestSource> {
  const blobs = new Map<string, Buffer>();
  const manifests = new Map<string, { bytes: Buffer; mediaType: string }>();
  const receiver = await startReceiver((request, response) => {
    if (source.disturb(request, response)) return;
    const [, kind, reference = ''] = /\/(manifests|blobs)\/([^/?]+)$/.exec(request.url) ?? [];
    const manifest = kind === 'manifests' ? manifests.get(reference) : undefined;
    const blob = kind === 'blobs' ? blobs.get(reference) : undefined;
    if (manifest) {
      const headers = { 'Content-Type': manifest.mediaType, 'Docker-Content-Digest': digestOf(manifest.bytes) };
      response.writeHead(200, headers).end(manifest.bytes);
    } else if (blob) sendRange(request, response, blob);
    else {
      const errors = [{ code: kind === 'manifests' ? 'MANIFEST_UNKNOWN' : 'BLOB_UNKNOWN', message: 'no such thing' }];
      response.writeHead(404, { 'Content-Type': 'application/json' }).end(JSON.stringify({ errors }));
    }
  });
  const source: TestSource = {
    ...receiver,
    disturb: () => false,
    blobs: () => [...blobs.values()],
    blob: (bytes) => {
      blobs.set(digestOf(bytes), bytes);
      return digestOf(bytes);
    },
    manifest: (document, mediaType = MEDIA_TYPE.ociImage, tag) => {
      const bytes = Buffer.from(JSON.stringify(document, null, 2));
      for (const name of [digestOf(bytes), tag]) if (name) manifests.set(name, { bytes, mediaType });
      return { digest: digestOf(bytes), size: bytes.length };
    },
    image: (tag, ...layers) => {
      const config = Buffer.from(JSON.stringify({ layers: layers.length, tag }));
      const described = (bytes: Buffer, mediaType: string) => ({
        mediaType,
        digest: source.blob(bytes),
        size: bytes.length,
      });
      const document = {
        schemaVersion: 2,
        mediaType: MEDIA_TYPE.ociImage,
        config: described(config, MEDIA_TYPE.ociConfig),
        layers: layers.map((layer) => described(layer, MEDIA_TYPE.ociLayerGzip)),
      };
      return { ...source.manifest(document, MEDIA_TYPE.ociImage, tag), mediaType: MEDIA_TYPE.ociImage };
    },
  };
  return source;
}

function sendRange(request: ReceivedRequest, response: ServerResponse, blob: Buffer): void {
  const start = /^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1];
  if (start === undefined) return void response.writeHead(200, { 'Content-Length': blob.length }).end(blob);
  const rest = blob.subarray(Number(start));
  const range = `bytes ${start}-${blob.length - 1}/${blob.length}`;
  response.writeHead(206, { 'Content-Range': range, 'Content-Length': rest.length }).end(rest);
}
