import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { digestOf } from '@holdfast/oci/digest';
import { ask, openSite, type Site } from './site.ts';

const PUSHERS = 16;
const BLOB_BYTES = 64 * 1024 * 1024;
const SLICE = 256 * 1024;

interface Order {
  readonly base: string;
  readonly account: { readonly username: string; readonly password: string };
}

/** What the pushers have done so far. */
export interface Progress {
  readonly bytes: number;
  readonly blobs: number;
}

/** 16 connections of another process that push blobs of 64 MiB for as long as they are let. */
export class Load {
  readonly #child: ChildProcess;
  #progress: Progress = { bytes: 0, blobs: 0 };
  #failure: Error | undefined;

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.on('message', (message: Progress) => {
      this.#progress = message;
    });
    child.on('exit', (code) => {
      this.#failure = new Error(`the pushers ended by themselves: ${code}`);
    });
  }

  /** Resolves when every pusher is at work. */
  static async start({ base, username, password }: Site): Promise<Load> {
    const load = new Load(fork(import.meta.filename));
    const order: Order = { base, account: { username, password } };
    load.#child.send(order);
    while (load.progress.bytes < PUSHERS * SLICE * 4) await sleep(20);
    return load;
  }

  get progress(): Progress {
    if (this.#failure) throw this.#failure;
    return this.#progress;
  }

  async stop(): Promise<void> {
    this.#child.removeAllListeners('exit');
    this.#child.kill('SIGKILL');
    await once(this.#child, 'exit');
  }
}

/** As docker does: POST, PATCH streamed, PUT. The digest is known before, so that hashing here takes nothing from the server. */
async function push(site: Site, blob: Buffer, digest: string, count: (bytes: number) => void): Promise<void> {
  const uploads = '/v2/faq17/load/blobs/uploads/';
  const session = (await ask(site, { method: 'POST', target: uploads })).header('Location') ?? '';
  const slices = function* () {
    for (let at = 0; at < blob.length; at += SLICE) {
      count(Math.min(SLICE, blob.length - at));
      yield blob.subarray(at, at + SLICE);
    }
  };
  const patched = await site.client.request('PATCH', session, { body: Readable.from(slices()) });
  const closed = await ask(site, { method: 'PUT', target: `${session}?digest=${digest}` });
  if (patched.status !== 202 || closed.status !== 201)
    throw new Error(`${patched.status} ${closed.status} ${closed.text}`);
}

async function pushForEver({ base, account }: Order): Promise<void> {
  let bytes = 0;
  let blobs = 0;
  setInterval(() => process.send?.({ bytes, blobs }), 50);
  const common = randomBytes(BLOB_BYTES);
  const pushers = Array.from({ length: PUSHERS }, async (_, number) => {
    const site = openSite(base, account);
    const blob = Buffer.from(common);
    blob.writeUInt32BE(number, 0);
    const digest = digestOf(blob);
    for (;;) {
      await push(site, blob, digest, (more) => {
        bytes += more;
      });
      blobs += 1;
    }
  });
  await Promise.all(pushers);
}

if (process.send) {
  process.once('disconnect', () => process.exit(0));
  process.once('message', (order: Order) => void pushForEver(order));
}
