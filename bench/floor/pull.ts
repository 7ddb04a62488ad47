import { closeSync, openSync, read, readSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { promisify } from 'node:util';

/** What was quickest of everything tried (ADR 0009). */
const BUFFER_BYTES = 256 * 1024;
const readAside = promisify(read);
let aside = 0;

/** From the page cache into a buffer and from there into the socket; one read at a time in a thread, beside the writing of what was read before. */
export async function pull(response: ServerResponse, path: string, size: number): Promise<void> {
  const file = openSync(path, 'r');
  try {
    response.writeHead(200, { 'Content-Type': 'application/octet-stream', 'Content-Length': size });
    const buffers = [Buffer.allocUnsafeSlow(BUFFER_BYTES), Buffer.allocUnsafeSlow(BUFFER_BYTES)] as const;
    let ahead: Promise<{ bytesRead: number }> | undefined;
    for (let at = 0, turn: 0 | 1 = 0; at < size; ) {
      const buffer = buffers[turn];
      const length = ahead ? (await ahead).bytesRead : readSync(file, buffer, 0, BUFFER_BYTES, at);
      ahead = undefined;
      at += length;
      const written = new Promise<void>((resolve) => response.write(buffer.subarray(0, length), () => resolve()));
      if (at < size && aside === 0) {
        turn = turn === 0 ? 1 : 0;
        aside += 1;
        ahead = readAside(file, buffers[turn], 0, BUFFER_BYTES, at).finally(() => (aside -= 1));
      }
      await written;
    }
    response.end();
  } finally {
    closeSync(file);
  }
}
