import { type EventEmitter, once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../platform/clock.ts';
import { openLogStream } from './log-stream.ts';
import { createLogger } from './logger.ts';
import { createRequestLog } from './request-log.ts';

let folder: string;
let fd: number;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-log-'));
  fd = openSync(join(folder, 'log'), 'w');
});
afterEach(async () => {
  for (const stream of opened.splice(0)) {
    stream.end(); // with its descriptor
    await once(stream, 'close');
  }
  rmSync(folder, { recursive: true });
});

const ignored = () => undefined;
/** Pino's own. */
type LogFile = ReturnType<typeof openLogStream> & EventEmitter & { fd: number; flushSync(): void; end(): void };
const opened: LogFile[] = [];
function open(): LogFile {
  const stream = openLogStream(fd, { lost: ignored, recovered: ignored }) as LogFile;
  opened.push(stream);
  return stream;
}
const written = () => readFileSync(join(folder, 'log'), 'utf8');
const line = (n: number, characters = 20) => `${String(n).padEnd(characters - 1, '.')}\n`;

describe('the log of a descriptor', () => {
  it('has all lines when it was flushed for the end of the process, with nobody left to wait', () => {
    const stream = open();
    for (let n = 0; n < 50; n++) stream.write(line(n));
    stream.flushSync();
    expect(written()).toBe(Array.from({ length: 50 }, (_, n) => line(n)).join(''));
  });

  it('is written half a second later at most, however few lines there are', async () => {
    open().write(line(1));
    expect(written()).toBe('');
    await sleep(700);
    expect(written()).toBe(line(1));
  });

  it('is written when there is much of it', async () => {
    const stream = open();
    for (let n = 0; n < 17; n++) stream.write(line(n, 1000));
    await sleep(100);
    expect(written()).toHaveLength(17_000);
  });

  it('has what was held when it is ended', async () => {
    const stream = open();
    stream.write(line(1));
    stream.end();
    await once(opened.pop() as LogFile, 'close');
    expect(written()).toBe(line(1));
  });

  it('is tried again by itself where it could not be written', async () => {
    const stream = open();
    const readOnly = openSync(join(folder, 'log'), 'r');
    stream.fd = readOnly;
    stream.write(line(1));
    await sleep(700);
    expect(written()).toBe('');
    stream.fd = fd;
    await sleep(700);
    expect(written()).toBe(line(1));
    closeSync(readOnly);
  });

  it('has the lines of requests between the others, in their order', () => {
    const COUNT = 80; // one batch: one that a thread still writes may come behind what is flushed
    const stream = open();
    const logger = createLogger({ level: 'info', terminal: false, stream });
    const record = createRequestLog(logger, systemClock);
    const request = { method: 'GET', status: 200, ms: 1, bytes: 1, route: 'r', principal: 'p', client: 'c' };
    for (let n = 0; n < COUNT; n += 2) {
      logger.warn({ n }, 'between');
      record({ ...request, url: `/${n + 1}`, agent: undefined, correlationId: 'x' });
    }
    stream.flushSync();
    const lines = written().trimEnd().split('\n');
    const numbers = lines.map((text) => JSON.parse(text) as { n?: number; url?: string });
    expect(numbers.map(({ n, url }) => n ?? Number(url?.slice(1)))).toEqual(Array.from({ length: COUNT }, (_, n) => n));
  });
});
