import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { type ByteFile, indexTar, openByteFile } from '@holdfast/oci/archive/file-tree';
import { type Digest, digestAlgorithm, digestHex, digestOf } from '@holdfast/oci/digest';
import {
  type BundleDocument,
  contentAt,
  expectedDigest,
  PATHS,
  parseBundle,
  parseVolume,
  type VolumeDocument,
  type VolumeFile,
} from './documents.ts';
import { type KeyId, signerOf, type TrustedKey } from './signing.ts';

const DOCUMENT_BYTES = 256 * 1024 * 1024;
const SIGNATURE_BYTES = 1024;

/** Why a volume is not taken; the message is for people. */
export class VolumeRefused extends Error {
  readonly location: string;
  constructor(location: string, why: string, cause?: unknown) {
    super(`${location} is not taken: ${why}`, { cause });
    this.location = location;
  }
}

/** A volume whose list is signed by a trusted key, and that has the files of the list and no others. */
export interface Volume {
  readonly location: string;
  readonly document: VolumeDocument;
  readonly signer: KeyId;
  /** Where it has `holdfast/bundle.json`. */
  readonly bundle: SignedBundle | undefined;
  read(path: string): Readable;
}

export interface SignedBundle {
  readonly document: BundleDocument;
  readonly bytes: Buffer;
  readonly signature: string;
}

/**
 * A path of this machine, or bytes that lie elsewhere. Reads no more than its list and its documents; `verifyVolume` reads the
 * rest. Throws `VolumeRefused`.
 */
export async function openVolume(place: string | ByteFile, trusted: readonly TrustedKey[]): Promise<Volume> {
  const file = typeof place === 'string' ? await openByteFile(place) : place;
  try {
    return await open(file, trusted);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw error;
    throw new VolumeRefused(file.location, error instanceof Error ? error.message : String(error), error);
  }
}

async function open(file: ByteFile, trusted: readonly TrustedKey[]): Promise<Volume> {
  const { location } = file;
  const places = await indexTar(file, { strict: true });
  const read = (path: string): Readable => {
    const place = places.get(path);
    if (!place) throw new Error(`it has no ${path}`);
    return place.size === 0 ? Readable.from([]) : file.read(place.offset, place.offset + place.size);
  };
  const small = async (path: string, limit: number): Promise<Buffer> => {
    const size = places.get(path)?.size;
    if (size === undefined || size > limit) throw new Error(`it has no ${path}, so it is no volume of a bundle`);
    return size === 0 ? Buffer.alloc(0) : buffer(read(path));
  };
  const listing = await small(PATHS.volume, DOCUMENT_BYTES);
  const signer = signerOf(trusted, listing, (await small(PATHS.volumeSignature, SIGNATURE_BYTES)).toString());
  if (!signer) throw new Error('no trusted key signed its list of files');
  const document = parseVolume(listing);
  requireListed(document.files, places);
  const bundle = places.has(PATHS.bundle) ? await readBundle(small, document, trusted, signer) : undefined;
  return { location, document, signer, bundle, read };
}

function requireListed(files: readonly VolumeFile[], places: ReadonlyMap<string, { size: number }>): void {
  const listed = new Map(files.map((file) => [file.path, file]));
  if (listed.size !== files.length) throw new Error('its list names a file twice');
  for (const [path, { size }] of places) {
    if (path === PATHS.volume || path === PATHS.volumeSignature) continue;
    const file = listed.get(path);
    if (!file || contentAt(path) === undefined)
      throw new Error(`it has a file that is not in its list: ${path.slice(0, 200)}`);
    if (file.size !== size) throw new Error(`its file ${path} has ${size} bytes, and should have ${file.size}`);
  }
  for (const path of listed.keys()) if (!places.has(path)) throw new Error(`it lacks its file ${path}`);
}

async function readBundle(
  small: (path: string, limit: number) => Promise<Buffer>,
  { bundle, of }: VolumeDocument,
  trusted: readonly TrustedKey[],
  signer: KeyId,
): Promise<SignedBundle> {
  const bytes = await small(PATHS.bundle, DOCUMENT_BYTES);
  const signature = (await small(PATHS.bundleSignature, SIGNATURE_BYTES)).toString();
  if (digestOf(bytes) !== bundle) throw new Error(`its ${PATHS.bundle} is not that of its own bundle`);
  if (signerOf(trusted, bytes, signature) !== signer) throw new Error(`its ${PATHS.bundle} has another signature`);
  const document = parseBundle(bytes);
  if (document.volumes !== of) throw new Error(`it says ${of} volumes, and its bundle ${document.volumes}`);
  return { document, bytes, signature };
}

/** Hashes every file of the volume. Throws `VolumeRefused` that names the first that is wrong. */
export async function verifyVolume(volume: Volume, onBytes: (count: number) => void = () => {}): Promise<void> {
  for (const file of volume.document.files) {
    const { path, size } = file;
    const expected = expectedDigest(file) as Digest; // or it would not have been opened
    const hash = createHash(digestAlgorithm(expected));
    if (size > 0) {
      for await (const bytes of volume.read(path) as AsyncIterable<Buffer>) {
        hash.update(bytes);
        onBytes(bytes.length);
      }
    }
    if (hash.digest('hex') !== digestHex(expected)) {
      throw new VolumeRefused(volume.location, `the bytes of its file ${path} are not those that were signed`);
    }
  }
}

/** The volumes of one bundle that are at hand. */
export interface VolumeSet {
  readonly digest: Digest;
  readonly signer: KeyId;
  readonly of: number;
  readonly volumes: readonly Volume[];
  readonly bundle: SignedBundle | undefined;
  /** Numbers of those that are not here. */
  readonly missing: readonly number[];
}

/** By bundle, older ones first; of a volume that is there twice, one. */
export function groupVolumes(volumes: readonly Volume[]): VolumeSet[] {
  const sets = Map.groupBy(volumes, ({ document, signer }) => `${document.bundle} ${signer} ${document.of}`);
  return [...sets.values()]
    .map((all): VolumeSet => {
      const byNumber = new Map(all.map((volume) => [volume.document.number, volume]));
      const [first] = all as [Volume];
      const { bundle, of } = first.document;
      const missing = Array.from({ length: Math.min(of, 10_000) }, (_, i) => i + 1).filter((n) => !byNumber.has(n));
      const document = all.find((volume) => volume.bundle)?.bundle;
      return { digest: bundle, signer: first.signer, of, volumes: [...byNumber.values()], bundle: document, missing };
    })
    .sort((a, b) => ((a.bundle?.document.created ?? '') < (b.bundle?.document.created ?? '') ? -1 : 1));
}
