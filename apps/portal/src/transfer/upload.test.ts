import { describe, expect, it } from 'vitest';
import type { StationFile } from './station.ts';
import { endsUpload, fingerprint, sendFile, type UploadProgress, type UploadTarget } from './upload.ts';

class Refused extends Error {}

/** A server in memory that keeps what it was sent, and breaks off when it is told to. */
class Server implements UploadTarget {
  bytes = new Uint8Array(0);
  breaks: ('before' | 'after')[] = [];
  refuses = false;
  completion: Partial<StationFile> = { state: 'ready' };
  readonly sent: [offset: number, length: number][] = [];

  #told(more: Partial<StationFile> = {}): StationFile {
    return { id: 'f1', state: 'receiving', offset: this.bytes.length, ...more } as StationFile;
  }
  start = async () => this.#told();
  show = async () => this.#told();
  complete = async () => this.#told(this.completion);
  send: UploadTarget['send'] = async (_, offset, blob) => {
    this.sent.push([offset, blob.size]);
    if (this.refuses) throw new Refused('the quota is used up');
    const broken = this.breaks.shift();
    if (broken === 'before') throw new TypeError('network');
    if (offset !== this.bytes.length) throw new Refused(`not at ${offset}`);
    this.bytes = new Uint8Array([...this.bytes, ...new Uint8Array(await blob.arrayBuffer())]);
    if (broken === 'after') throw new TypeError('network');
    return this.#told();
  };
}

const content = Uint8Array.from({ length: 25 }, (_, i) => i);
const file = new Blob([content]);

async function send(server: Server, offset = 0, signal = new AbortController().signal) {
  const notes: UploadProgress[] = [];
  await sendFile(file, { id: 'f1', offset }, server, {
    signal,
    note: (progress) => notes.push(progress),
    isRefusal: (error) => error instanceof Refused,
    pause: async () => undefined,
    chunkBytes: 10,
  });
  return notes;
}

describe('the upload of a file', () => {
  it('comes chunk by chunk, is completed, and says how far it is', async () => {
    const server = new Server();
    const notes = await send(server);
    expect(server.bytes).toEqual(content);
    expect(server.sent.map(([offset]) => offset)).toEqual([0, 10, 20]);
    expect(notes.map(({ state, offset }) => [state, offset])).toEqual([
      ['sending', 0],
      ['sending', 10],
      ['sending', 20],
      ['done', 25],
    ]);
  });

  it('goes on where the server is, whether a chunk that broke off has arrived or not', async () => {
    const server = new Server();
    server.breaks = ['before', 'after', 'before'];
    const notes = await send(server);
    expect(server.bytes).toEqual(content);
    expect(notes.filter(({ state }) => state === 'waiting')).toHaveLength(3);
    expect(notes.at(-1)?.state).toBe('done');
  });

  it('goes on after a reload from what is there already', async () => {
    const server = new Server();
    server.bytes = content.slice(0, 20);
    await send(server, 20);
    expect(server.sent).toEqual([[20, 5]]);
    expect(server.bytes).toEqual(content);
  });

  it('ends with a refusal, and says which', async () => {
    const server = new Server();
    server.refuses = true;
    const notes = await send(server);
    expect(server.sent).toHaveLength(1);
    expect(notes.at(-1)).toMatchObject({ state: 'failed', reason: 'the quota is used up' });
  });

  it('tells when the whole of it was not accepted', async () => {
    const server = new Server();
    server.completion = { state: 'refused', reason: 'no trusted key signed it' };
    expect((await send(server)).at(-1)).toMatchObject({ state: 'refused', reason: 'no trusted key signed it' });
  });

  it('sends nothing more once it was given up', async () => {
    const server = new Server();
    expect(await send(server, 0, AbortSignal.abort())).toEqual([]);
    expect(server.sent).toEqual([]);
  });
});

describe('an answer', () => {
  it('ends an upload unless another request was faster, or the server is busy or ill', () => {
    expect([400, 401, 404, 405].map(endsUpload)).toEqual([true, true, true, true]);
    expect([408, 409, 416, 429, 500, 503, 507].some(endsUpload)).toBe(false);
  });
});

describe('the fingerprint of a file', () => {
  it('is another one when its first or its last bytes are others', async () => {
    const large = new Uint8Array(3 * 1024 * 1024);
    const of = async (at: number) => {
      const bytes = large.slice();
      bytes[at] = 1;
      return fingerprint(new Blob([bytes]));
    };
    const [first, same, last, whole] = await Promise.all([
      of(0),
      of(0),
      of(large.length - 1),
      fingerprint(new Blob([large])),
    ]);
    expect(first).toBe(same);
    expect(new Set([first, last, whole]).size).toBe(3);
  });
});
