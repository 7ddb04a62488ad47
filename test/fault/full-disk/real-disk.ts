import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf } from '@holdfast/oci/digest';
import { MEDIA_TYPE } from '@holdfast/oci/media-types';
import { type ServerProcess, startProcess } from '../../attacks/support/process.ts';
import { bytesOf } from '../random.ts';

/** KiB that are left when the pushes come: from nothing, over single pages of the database, to most of a blob. */
const LEFT = [0, 4, 8, 12, 16, 24, 32, 48, 64, 96, 128, 256, 512, 1024];
const KIB = 1024;

/** The real server on 16 MiB, filled to all but a few KiB; there is space again, and no restart. */
export async function fillRealDisk(folder: string): Promise<{ complaints: string[]; refused: number; done: number }> {
  const mount = join(folder, 'mount');
  mkdirSync(mount);
  const dataDir = join(mount, 'data');
  const seenAt = (pid: number): string => join(`/proc/${pid}/root`, dataDir);
  const shell = `exec unshare -Urm sh -c 'mount -t tmpfs -o size=16m tmpfs ${mount} && exec "$@"' sh "$@"`;
  const server = await startProcess({ dataDir, seenAt, shell });
  const disk = new FilledDisk(server, seenAt(server.pid));
  try {
    await disk.begin();
    for (const left of LEFT) await disk.round(left);
  } finally {
    await server.client.close();
    server.child.kill('SIGTERM');
    await server.exited;
  }
  return disk;
}

class FilledDisk {
  readonly complaints: string[] = [];
  refused = 0;
  done = 0;
  readonly #server: ServerProcess;
  readonly #folder: string;
  readonly #kept = bytesOf(7, 200_000);
  #count = 0;

  constructor(server: ServerProcess, folder: string) {
    this.#server = server;
    this.#folder = folder;
  }

  async begin(): Promise<void> {
    await this.#push(this.#kept, 'whole', false);
    await this.#manifest('kept', false);
  }

  async round(left: number): Promise<void> {
    const filler = join(this.#folder, 'filler');
    this.#fill(filler, left);
    await this.#push(bytesOf(100 + left, 2_000_000), 'chunked', true);
    await this.#push(bytesOf(200 + left, 3000), 'whole', true);
    await this.#manifest(`full-${left}`, true);
    await this.#pull();
    rmSync(filler);
    const again = this.complaints.length;
    await this.#push(bytesOf(300 + left, 3000), 'chunked', false);
    await this.#manifest(`again-${left}`, false);
    if (this.complaints.length > again) this.complaints.push(`it did not recover from ${left} KiB`);
  }

  /** The server's own jobs write a little now and then: what was free may be less by the time it is filled. */
  #fill(filler: string, left: number): void {
    for (let tries = 1; ; tries++) {
      const { bavail, bsize } = statfsSync(this.#folder);
      try {
        writeFileSync(filler, Buffer.alloc(Math.max(0, bavail * bsize - left * KIB)));
        return;
      } catch (error) {
        rmSync(filler, { force: true });
        if (tries === 5 || (error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      }
    }
  }

  async #ask(what: string, method: string, path: string, mayBeFull: boolean, body?: Buffer, type?: string) {
    const headers = type ? { 'Content-Type': type } : {};
    const answer = await this.#server.client.request(method, path, body ? { body, headers } : { headers });
    if (answer.status === 507 && mayBeFull) {
      this.refused += 1;
      if (!/full/.test(answer.text)) this.complaints.push(`${what}: 507 does not say that it is full: ${answer.text}`);
    } else if (answer.status >= 300) this.complaints.push(`${what}: ${answer.status} ${answer.text}`);
    else this.done += 1;
    return answer;
  }

  async #push(bytes: Buffer, how: 'whole' | 'chunked', mayBeFull: boolean): Promise<void> {
    const digest = digestOf(bytes);
    const uploads = '/v2/app/blobs/uploads/';
    if (how === 'whole') {
      await this.#ask('a blob', 'POST', `${uploads}?digest=${digest}`, mayBeFull, bytes);
      return;
    }
    const begun = await this.#ask('the start of an upload', 'POST', uploads, mayBeFull);
    const location = begun.header('Location');
    if (begun.status !== 202 || !location) return;
    const chunk = await this.#ask('a chunk', 'PATCH', location, mayBeFull, bytes);
    if (chunk.status === 202) await this.#ask('the end of an upload', 'PUT', `${location}?digest=${digest}`, mayBeFull);
    else await this.#ask('the cancelling of an upload', 'DELETE', location, true);
  }

  async #manifest(tag: string, mayBeFull: boolean): Promise<void> {
    const config = { mediaType: MEDIA_TYPE.ociConfig, digest: digestOf(this.#kept), size: this.#kept.length };
    const annotations = { note: bytesOf(this.#count++, 15_000).toString('base64') };
    const document = { schemaVersion: 2, mediaType: MEDIA_TYPE.ociImage, config, layers: [], annotations };
    const bytes = Buffer.from(JSON.stringify(document));
    await this.#ask('a manifest', 'PUT', `/v2/app/manifests/${tag}`, mayBeFull, bytes, MEDIA_TYPE.ociImage);
  }

  async #pull(): Promise<void> {
    const blob = await this.#ask('a pull', 'GET', `/v2/app/blobs/${digestOf(this.#kept)}`, false);
    if (!blob.body.equals(this.#kept)) this.complaints.push('a pull from the full disk gave other bytes');
    await this.#ask('a pull of a manifest', 'GET', '/v2/app/manifests/kept', false);
  }
}
