import { connect, type Socket } from 'node:net';

export interface RawAnswer {
  /** All bytes that came back. */
  readonly text: string;
  /** The status lines in it, in order. */
  readonly statuses: readonly number[];
  readonly closed: boolean;
}

export interface RawOptions {
  /** Ends as soon as this many answers began to arrive; otherwise when the server closes. */
  readonly answers?: number;
  readonly timeoutMs?: number;
  /** Closes the sending side behind the bytes. */
  readonly end?: boolean;
}

/** Every byte is the test's own: sends them, and reads until the server closes, enough came, or the time is up. */
export function sendRaw(base: string, bytes: string | Uint8Array, options: RawOptions = {}): Promise<RawAnswer> {
  const { hostname, port } = new URL(base);
  const { answers = Number.POSITIVE_INFINITY, timeoutMs = 4000, end = false } = options;
  const socket: Socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
  let text = '';
  return new Promise((resolve) => {
    const finish = (closed: boolean) => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ text, statuses: statusesOf(text), closed });
    };
    const timer = setTimeout(() => finish(false), timeoutMs);
    socket.on('error', () => finish(true)).on('end', () => finish(true));
    socket.on('close', () => finish(true));
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      if (answers < Number.POSITIVE_INFINITY && statusesOf(text).length >= answers && text.includes('\r\n\r\n'))
        setTimeout(() => finish(false), 30);
    });
    socket.on('connect', () => (end ? socket.end(bytes) : socket.write(bytes)));
  });
}

function statusesOf(text: string): number[] {
  return [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map((match) => Number(match[1]));
}

/** Every final answer in the text has a correlation id. */
export function allHaveIds(answer: RawAnswer): boolean {
  const final = answer.statuses.filter((status) => status >= 200).length;
  const ids = answer.text.match(/X-Ms-Correlation-Request-Id: [0-9a-f]{8}-[0-9a-f-]{27}\r\n/g)?.length ?? 0;
  return ids === final && final > 0;
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Asks until it is so, at most for `ms`. */
export async function until(so: () => boolean | Promise<boolean>, ms = 5000): Promise<boolean> {
  const end = performance.now() + ms;
  while (performance.now() < end) {
    if (await so()) return true;
    await pause(20);
  }
  return so();
}
