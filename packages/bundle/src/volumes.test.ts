import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openFileTree } from '@holdfast/oci/archive/file-tree';
import { openOciLayout } from '@holdfast/oci/archive/oci-layout';
import { BLOCK, TAR_END, tarHeader } from '@holdfast/oci/archive/tar-header';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { VOLUME_FORMAT } from './documents.ts';
import { signBytes } from './signing.ts';
import { memorySource, testKey, writeBundle } from './test-bundle.ts';
import { groupVolumes, openVolume, verifyVolume } from './volumes.ts';

const { key, trusted } = testKey();
const source = memorySource();
const image = source.image('team/app', '1', randomBytes(50_000), randomBytes(3000), Buffer.alloc(0));
const signature = source.signature('team/app', image, randomBytes(500));
let made: Awaited<ReturnType<typeof writeBundle>>;
let scratch: string;
beforeAll(async () => {
  made = await writeBundle(source, key, { volumeBytes: 24_000 });
  scratch = await mkdtemp(join(tmpdir(), 'holdfast-volume-'));
});
afterAll(async () => {
  await rm(made.folder, { recursive: true });
  await rm(scratch, { recursive: true });
});

const check = async (path: string) => verifyVolume(await openVolume(path, trusted));
const refusal = async (bytes: Buffer) => {
  const path = join(scratch, 'volume.tar');
  await writeFile(path, bytes);
  return check(path).then(
    () => 'taken',
    (error: Error) => error.message,
  );
};

describe('volumes', () => {
  it('are no larger than asked for, verify, and know which of them are missing', async () => {
    expect(made.files.length).toBeGreaterThan(2);
    for (const file of made.files) {
      expect((await stat(file)).size).toBeLessThanOrEqual(24_000);
      await check(file);
    }
    const some = await Promise.all(made.files.slice(1).map((file) => openVolume(file, trusted)));
    expect(groupVolumes([...some, ...some])).toMatchObject([{ missing: [1], of: made.files.length }]);
  });

  it('that are one are an OCI layout with the images, and what refers to them', async () => {
    const { files, folder } = await writeBundle(source, key);
    const layout = await openOciLayout(await openFileTree(files[0] as string));
    expect((await layout.manifest('team/app', '1')).digest).toBe(image);
    expect(await layout.referrers('team/app', image)).toMatchObject([{ digest: signature }]);
    await rm(folder, { recursive: true });
  });

  it('with any one byte flipped, or cut anywhere, are refused', { timeout: 120_000 }, async () => {
    const bytes = await readFile(made.files[0] as string);
    const harmless = (at: number) => padding(bytes).some(([from, to]) => at >= from && at < to);
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: bytes.length - 1 }), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        fc.pre(!harmless(at));
        const copy = Buffer.from(bytes);
        copy[at] = (copy[at] ?? 0) ^ flip;
        expect(await refusal(copy), `byte ${at}`).not.toBe('taken');
      }),
      { numRuns: 200 },
    );
    for (const length of [0, 1, 511, 512, bytes.length >> 1, bytes.length - 1500]) {
      expect(await refusal(bytes.subarray(0, length)), `${length} bytes`).not.toBe('taken');
    }
  });

  it('of a signer that nobody trusts are refused', async () => {
    const stranger = await writeBundle(source, testKey().key);
    await expect(check(stranger.files[0] as string)).rejects.toThrow(/no trusted key/);
    await rm(stranger.folder, { recursive: true });
  });
});

/** Where the tar format has bytes that mean nothing: fill-bytes behind the content of files. */
function padding(bytes: Buffer): [number, number][] {
  const found: [number, number][] = [];
  for (let at = 0; at < bytes.length - TAR_END.length; ) {
    const size = Number.parseInt(bytes.subarray(at + 124, at + 135).toString(), 8);
    const end = at + BLOCK + size;
    const next = at + BLOCK + Math.ceil(size / BLOCK) * BLOCK;
    found.push([end, next]);
    at = next;
  }
  found.push([bytes.length - BLOCK, bytes.length]); // the second of the two empty blocks
  return found;
}

const digest = `sha256:${'0'.repeat(64)}`;

/** A signed volume whatever it has: what somebody could make who has the key, or tricked who has it. */
function forged(
  entries: readonly [path: string, content: Buffer, type?: string][],
  listed = entries,
  said = (path: string): string | undefined => (path.startsWith('blobs/') ? undefined : digest),
): Buffer {
  const file = (path: string, content: Buffer, type = '0') => {
    const header = tarHeader({ path, size: content.length });
    if (type !== '0') {
      header.write(type, 156);
      header.write('        ', 148);
      const sum = header.reduce((total, byte) => total + byte, 0);
      header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    }
    return [header, content, Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK)];
  };
  const files = listed.map(([path, content]) => ({ path, size: content.length, digest: said(path) }));
  const listing = Buffer.from(JSON.stringify({ format: VOLUME_FORMAT, bundle: digest, number: 1, of: 1, files }));
  return Buffer.concat([
    ...entries.flatMap((entry) => file(...entry)),
    ...file('holdfast/volume.json', listing),
    ...file('holdfast/volume.json.sig', Buffer.from(signBytes(key, listing))),
    TAR_END,
  ]);
}

describe('a volume is refused, even with a good signature, that has', () => {
  const some = Buffer.from('x');
  const blob = `blobs/sha256/${'a'.repeat(64)}`;
  it.each<[string, [string, Buffer, string?][]]>([
    ['a path that climbs', [['../../etc/passwd', some]]],
    ['an absolute path', [['/etc/passwd', some]]],
    ['a blob whose name climbs', [['blobs/sha256/../../x', some]]],
    ['a name in capitals', [[blob.replaceAll('a', 'A'), some]]],
    ['a file of another kind', [['roles.json', some]]],
    ['a symbolic link', [[blob, Buffer.alloc(0), '2']]],
    ['a hard link', [[blob, Buffer.alloc(0), '1']]],
    ['a device', [[blob, Buffer.alloc(0), '3']]],
    ['a folder', [[blob, Buffer.alloc(0), '5']]],
    [
      'a file twice',
      [
        [blob, some],
        [blob, some],
      ],
    ],
  ])('%s', async (_, entries) => {
    expect(await refusal(forged(entries))).toMatch(/is not taken/);
  });

  it('a file that is not in its list, and a list with a file that it has not', async () => {
    expect(await refusal(forged([[blob, some]], []))).toMatch(/not in its list/);
    expect(await refusal(forged([], [[blob, some]]))).toMatch(/lacks its file/);
    expect(await refusal(forged([[blob, some]], [[blob, Buffer.from('xy')]]))).toMatch(/should have 2/);
  });

  it('the document of another bundle', async () => {
    const other = Buffer.from('{}');
    const signed: [string, Buffer][] = [
      ['holdfast/bundle.json', other],
      ['holdfast/bundle.json.sig', Buffer.from(signBytes(key, other))],
    ];
    expect(await refusal(forged(signed))).toMatch(/not that of its own bundle/);
  });

  it('another digest of a file than its path says, or none where the path says none', async () => {
    const whole: [string, Buffer] = [blob, some];
    expect(await refusal(forged([whole], [whole], () => digest))).toMatch(/member "files"/);
    const piece: [string, Buffer] = [`${blob.replace('blobs', 'pieces')}/${'0'.repeat(16)}`, some];
    expect(await refusal(forged([piece], [piece], () => undefined))).toMatch(/member "files"/);
  });

  it('bytes that are not those of their name', async () => {
    expect(await refusal(forged([[blob, some]]))).toMatch(/not those that were signed/);
  });
});
