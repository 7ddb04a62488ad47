import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { BlobLink } from '../metadata/metadata-store.ts';
import { DomainError } from '../platform/domain-error.ts';
import type { BlobStore, ByteRange } from '../storage/blob-store.ts';
import { versionOf } from '../storage/file-version.ts';
import type { Exchange, Headers } from './exchange.ts';
import { SendBuffers } from './send-buffers.ts';

/** Shared by all downloads of this process, because its memory is. */
export const sendBuffers = new SendBuffers();

export interface BlobAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly range?: ByteRange | undefined;
}

/** Whether the stored bytes of this version may be sent; what it throws is answered instead of them. */
export type Admit = (version: string) => Promise<boolean>;

/**
 * Sends a blob or a range of it, by the fastest way that its store has. `replaced`: nothing was sent, because the bytes that
 * it had opened are no longer those that are stored. Throws `blob.corrupt` for bytes that are missing or of another length.
 */
export async function sendBlob(
  exchange: Exchange,
  blobs: BlobStore,
  blob: BlobLink,
  { status, headers, range }: BlobAnswer,
  admit: Admit,
): Promise<'sent' | 'replaced'> {
  const { response } = exchange;
  const start = range?.start ?? 0;
  const length = range ? range.end - range.start + 1 : blob.size;
  const writeHead = () =>
    response.writeHead(status, { ...exchange.baseHeaders(), 'Content-Length': length, ...headers });
  if (!blobs.localPath) {
    const info = await blobs.stat(blob.digest);
    if (info?.size !== blob.size) throw corrupt(blob, new Error(`there are ${info?.size ?? 'no'} bytes`));
    if (!(await admit(info.version))) return 'replaced';
    const stream = await blobs.read(blob.digest, { signal: exchange.signal, ...(range ? { range } : {}) });
    writeHead();
    exchange.bytesSent += length;
    await pipeline(stream, response);
    return 'sent';
  }
  const file = await openBlob(blobs.localPath(blob.digest), blob, admit);
  if (!file) return 'replaced';
  const leave = sendBuffers.enter();
  try {
    writeHead();
    await sendFile(exchange, file, start, length);
    return 'sent';
  } finally {
    leave();
    await file.close();
  }
}

/** Opens the file and makes sure that it is as long as it must be, and that just this file may be sent; undefined when it may not. */
async function openBlob(path: string, blob: BlobLink, admit: Admit): Promise<FileHandle | undefined> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW).catch((cause: unknown) => {
    throw ABSENT.has((cause as NodeJS.ErrnoException).code) ? corrupt(blob, cause) : unreadable(cause);
  });
  try {
    const stats = await file.stat();
    if (stats.size !== blob.size) throw corrupt(blob, new Error(`the file has ${stats.size} bytes`));
    if (await admit(versionOf(stats))) return file;
  } catch (error) {
    await file.close();
    throw error;
  }
  await file.close();
  return undefined;
}

/** Only these say that the bytes are gone; EMFILE, EIO or EACCES say that the machine has a problem. */
const ABSENT: ReadonlySet<string | undefined> = new Set(['ENOENT', 'ENOTDIR', 'EISDIR', 'ELOOP']);

function unreadable(cause: unknown): DomainError {
  return new DomainError('unavailable', 'server.unavailable', 'The blob cannot be read just now. Try again.', {
    cause,
  });
}

function corrupt(blob: BlobLink, cause: unknown): DomainError {
  return new DomainError(
    'internal',
    'blob.corrupt',
    `The stored bytes of ${blob.digest} are missing or changed just now, so they are not served. Ask again; if it stays, push the blob again.`,
    { detail: { digest: blob.digest }, cause },
  );
}

/** Reads into shared buffers, the next read under way while the former buffer goes out, as long as there is memory for it. */
async function sendFile(exchange: Exchange, file: FileHandle, start: number, length: number): Promise<void> {
  const { response } = exchange;
  let position = start;
  let left = length;
  let sending: Promise<void> = Promise.resolve();
  try {
    while (left > 0) {
      if (sendBuffers.exhausted) await sending;
      const buffer = sendBuffers.take();
      const wanted = Math.min(left, buffer.length);
      const { bytesRead } = await file.read(buffer, 0, wanted, position).catch((error: unknown) => {
        sendBuffers.give(buffer);
        throw error;
      });
      position += bytesRead;
      left -= bytesRead;
      await sending.catch((error: unknown) => {
        sendBuffers.give(buffer);
        throw error;
      });
      if (bytesRead === 0 || exchange.signal.aborted) {
        sendBuffers.give(buffer);
        break;
      }
      exchange.bytesSent += bytesRead;
      const sent = bytesRead === buffer.length ? buffer : buffer.subarray(0, bytesRead);
      sending = write(exchange, sent).then(
        () => sendBuffers.give(buffer),
        (error: unknown) => {
          sendBuffers.discard(buffer);
          throw error;
        },
      );
      // Awaited one round later, after the next read: failing before that (the client hung up) would end the process.
      sending.catch(() => undefined);
    }
    await sending;
  } catch (error) {
    await Promise.allSettled([sending]);
    if (exchange.signal.aborted) return; // the client went away: nobody is left to tell
    response.destroy();
    throw error;
  }
  if (left === 0) response.end();
  else if (!exchange.signal.aborted) throw new Error(`the file became ${left} bytes shorter while it was sent`);
}

/** Resolves when the bytes have left for the socket, so that the buffer may be filled again; rejects when they never will. */
function write({ response, signal }: Exchange, bytes: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    // Node forgets the callbacks of what it still holds when the client hangs up.
    const gone = () => reject(signal.reason);
    signal.addEventListener('abort', gone, { once: true });
    response.write(bytes, (error) => {
      signal.removeEventListener('abort', gone);
      if (error) reject(error);
      else resolve();
    });
  });
}
