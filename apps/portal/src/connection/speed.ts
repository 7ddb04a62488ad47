import type { Api } from '../api/planes.ts';
import { answered } from '../api/refusal.ts';
import { formatBytes } from '../format.ts';

/** Between this browser and the registry, as a client meets it: names, proxies and TLS included. */
export interface Speed {
  readonly bytes: number;
  /** To the answer: the registry has hashed the bytes and made them durable. */
  readonly upMs: number;
  readonly downMs: number;
  /** The quickest of some answers that have no body to speak of. */
  readonly latencyMs: number;
}

const BYTES = 16 * 1024 * 1024;
/** What a browser gives at once. */
const MOST_RANDOM = 65_536;
const ROUNDS = 5;

/**
 * Pushes random bytes, which no proxy has and no layer of the network packs, as a blob without a manifest, and gets them back. No
 * list shows it, and garbage collection frees it.
 */
export async function measureSpeed(api: Api, repository: string): Promise<Speed> {
  const body = randomBytes(BYTES);
  const digest = await digestOf(body);
  const path = { name: repository };
  const probing = () => answered(api.GET('/v2/', { parseAs: 'text' }));
  await probing(); // a connection, and a token
  const waits: number[] = [];
  for (let i = 0; i < ROUNDS; i++) waits.push(await timed(probing));
  const params = { path, query: { digest } as never };
  const headers = { 'Content-Type': 'application/octet-stream' };
  const upMs = await timed(() =>
    answered(
      api.POST('/v2/{name}/blobs/uploads/', {
        params,
        headers,
        parseAs: 'text',
        ...({ body, bodySerializer: (bytes: unknown) => bytes } as object),
      }),
    ),
  );
  const got = { params: { path: { ...path, digest } }, parseAs: 'arrayBuffer', cache: 'no-store' } as const;
  const downMs = await timed(() => answered(api.GET('/v2/{name}/blobs/{digest}', got)));
  return { bytes: BYTES, upMs, downMs, latencyMs: Math.min(...waits) };
}

/** As sizes are written, a second. */
export const formatRate = (bytes: number, ms: number): string => `${formatBytes((bytes / Math.max(ms, 1)) * 1000)}/s`;

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

function randomBytes(count: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(count);
  for (let at = 0; at < count; at += MOST_RANDOM) crypto.getRandomValues(bytes.subarray(at, at + MOST_RANDOM));
  return bytes;
}

async function digestOf(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return `sha256:${[...hash].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}
