import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf } from '@holdfast/oci/digest';
import { MEDIA_TYPE } from '@holdfast/oci/media-types';
import { FakeClock } from '../../../apps/registry/src/platform/clock.ts';
import { checkSweep } from '../check/check-recovery.ts';
import { readState } from '../check/read-state.ts';
import { bytesOf } from '../random.ts';
import { type Access, Refused } from '../workload/access.ts';
import { directAccess } from '../workload/direct-access.ts';
import { type Composition, createRegistryRow, openComposition } from '../workload/stores.ts';
import { faultyDisk } from './faulty-disk.ts';

const LARGE = bytesOf(1, 2_500_000);
const SMALL = bytesOf(2, 3000);

interface Answer {
  readonly step: string;
  readonly refused?: Refused;
}

/** A disk that is full from its n-th write on, for every n; then there is space again. */
export async function fullAtEveryWrite(folder: string): Promise<{ writes: number; complaints: string[] }> {
  const complaints: string[] = [];
  let writes = 0;
  for (let n = 1; ; n++) {
    const home = join(folder, `write-${n}`);
    mkdirSync(home);
    const disk = faultyDisk();
    const clock = new FakeClock(new Date());
    const composition = await openComposition(home, { clock, planted: disk.under });
    await createRegistryRow(composition.metadata);
    const access = directAccess(composition);
    const complain = (text: string): void => void complaints.push(`full from write ${n} on: ${text}`);
    const kept = bytesOf(9, 5000);
    await pushWhole(access, kept);
    const before = disk.calls;
    disk.isFull = (call) => call >= before + n;
    const answers = await pushAll(access);
    writes = disk.calls - before;
    for (const { step, refused } of answers) {
      if (refused && refused.code !== 'storage.full') complain(`${step} was answered with ${refused.code}`);
      if (refused && !/full/.test(refused.message)) complain(`${step} does not say so: ${refused.message}`);
    }
    if (!(await isReadable(composition, kept))) complain('what was there could not be read');
    disk.isFull = () => false;
    const again = await pushAll(access);
    for (const { step, refused } of again) if (refused) complain(`with space again, ${step}: ${refused.message}`);
    clock.advance(3_600_000);
    await checkSweep(home, readState(home), composition, clock, complain);
    await composition.close();
    if (answers.every(({ refused }) => !refused)) break; // n is beyond the last write
  }
  return { writes, complaints };
}

async function pushWhole(access: Access, bytes: Buffer): Promise<void> {
  const content = { seed: 0, size: bytes.length, digest: digestOf(bytes) };
  await access.pushBlob({ number: 1, repository: 'app' }, content, { pieces: [bytes], length: bytes.length });
}

/** A blob in chunks, one in one request, and a manifest; each step is tried whatever came of the one before. */
async function pushAll(access: Access): Promise<Answer[]> {
  const at = { number: 2, repository: 'app' };
  const answers: Answer[] = [];
  const step = async <T>(name: string, work: () => Promise<T>): Promise<T | undefined> => {
    try {
      const value = await work();
      answers.push({ step: name });
      return value;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      answers.push({ step: name, refused: error });
      return undefined;
    }
  };
  const upload = await step('start', () => access.startUpload(at));
  const half = LARGE.length / 2;
  let offset = 0;
  for (const to of [half, LARGE.length]) {
    const pieces = { pieces: [LARGE.subarray(offset, to)], length: to - offset, from: offset };
    const reached = upload ? await step(`chunk to ${to}`, () => access.append(at, upload, pieces)) : undefined;
    offset = reached ?? offset;
  }
  if (upload && offset === LARGE.length) {
    await step('close', () => access.complete(at, upload, digestOf(LARGE), undefined));
  } else if (upload) await access.cancel(at, upload);
  const pushed = await step('whole blob', async () => {
    await pushWhole(access, SMALL);
    return true;
  });
  if (!pushed) return answers;
  const config = { mediaType: MEDIA_TYPE.ociConfig, digest: digestOf(SMALL), size: SMALL.length };
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: MEDIA_TYPE.ociImage, config, layers: [] }));
  const manifest = { repository: 'app', digest: digestOf(bytes), bytes, mediaType: MEDIA_TYPE.ociImage };
  await step('manifest', () => access.pushManifest(at, manifest, ['latest'], true));
  return answers;
}

async function isReadable({ blobs }: Composition, bytes: Buffer): Promise<boolean> {
  const hash = createHash('sha256');
  for await (const chunk of await blobs.read(digestOf(bytes))) hash.update(chunk as Buffer);
  return `sha256:${hash.digest('hex')}` === digestOf(bytes);
}
