import { closeSync, openSync, read, readSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { SendBuffers } from '../../apps/registry/src/http/send-buffers.ts';
import { PieceSize } from '../../apps/registry/src/platform/piece-size.ts';

/** What was quickest of everything tried (ADR 0009). */
const pieces = new PieceSize({ sizes: [256 * 1024, 2 * 1024 * 1024], window: 64 * 1024 * 1024 });
const memory = new SendBuffers();
const readAside = promisify(read);
let aside = 0;

/** From the page cache into a buffer and from there into the socket; one read at a time in a thread, beside the writing of what was read before. */
export async function pull(response: ServerResponse, path: string, size: number): Promise<void> {
  const file = openSync(path, 'r');
  const leave = memory.enter();
  try {
    response.writeHead(200, { 'Content-Type': 'application/octet-stream', 'Content-Length': size });
    let buffer = memory.take(Math.min(size, pieces.bytes));
    let length = readSync(file, buffer, 0, Math.min(size, buffer.length), 0);
    for (let at = length; ; at += length) {
      const bytes = buffer.subarray(0, length);
      const written = new Promise<void>((resolve) => response.write(bytes, () => resolve()));
      pieces.done(length);
      const take = () => memory.take(Math.min(size - at, pieces.bytes));
      const next = at < size && aside === 0 ? take() : undefined;
      const ahead = next && readThere(file, next, Math.min(size - at, next.length), at);
      await written;
      memory.give(buffer);
      if (at >= size) break;
      buffer = next ?? take();
      length = ahead ? await ahead : readSync(file, buffer, 0, Math.min(size - at, buffer.length), at);
    }
    response.end();
  } finally {
    leave();
    closeSync(file);
  }
}

async function readThere(file: number, into: Buffer, length: number, at: number): Promise<number> {
  aside += 1;
  try {
    return (await readAside(file, into, 0, length, at)).bytesRead;
  } finally {
    aside -= 1;
  }
}
