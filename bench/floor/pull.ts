import { closeSync, openSync, read, readSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { Readers } from '../../apps/registry/src/http/readers.ts';
import { SendBuffers } from '../../apps/registry/src/http/send-buffers.ts';

/** What was quickest of everything tried (ADR 0009). */
const MOST = 2 * 1024 * 1024;
const LEAST = 512 * 1024;
const memory = new SendBuffers();
const readers = new Readers();
const readAside = promisify(read);

/** From the page cache into a buffer and from there into the socket; what is behind the first piece is read in threads, beside the writing of what was read before. */
export async function pull(response: ServerResponse, path: string, size: number): Promise<void> {
  const file = openSync(path, 'r');
  const leave = memory.enter();
  const most = Math.min(MOST, Math.max(LEAST, size / 2));
  const take = (at: number) => memory.take(Math.min(size - at, most));
  try {
    response.writeHead(200, { 'Content-Type': 'application/octet-stream', 'Content-Length': size });
    let buffer = take(0);
    let length = readSync(file, buffer, 0, Math.min(size, buffer.length), 0);
    for (let at = 0; ; ) {
      const bytes = buffer.subarray(0, length);
      const written = new Promise<void>((resolve) => response.write(bytes, () => resolve()));
      at += length;
      const wanted = Math.min(size - at, most);
      if (wanted > 0) await readers.enter(wanted, true);
      const next = wanted > 0 ? take(at) : undefined;
      const ahead =
        next && readThere(file, next, Math.min(wanted, next.length), at).finally(() => readers.leave(wanted));
      await written;
      memory.give(buffer);
      if (!next || !ahead) break;
      buffer = next;
      length = await ahead;
    }
    response.end();
  } finally {
    leave();
    closeSync(file);
  }
}

async function readThere(file: number, into: Buffer, length: number, at: number): Promise<number> {
  return (await readAside(file, into, 0, length, at)).bytesRead;
}
