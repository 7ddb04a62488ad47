import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemIds } from '../platform/ids.ts';
import { createSecretBox, openMasterKey, sealedSecretsExist } from './sealed-secrets.ts';
import { createTestSite, createWatchedStore, REGISTRY } from './test-site.ts';

describe('a secret box', () => {
  const box = createSecretBox(systemIds.bytes(32), systemIds);

  it('opens what it sealed, in the same context', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (text, context) => {
        expect(box.open(box.seal(text, context), context)).toBe(text);
      }),
    );
  });

  it('opens nothing in another context, so a row cannot be copied over another', () => {
    const sealed = box.seal('secret', 'credential:a:password');
    expect(() => box.open(sealed, 'credential:b:password')).toThrow(/credential:b:password/);
  });

  it('opens nothing of which one bit was changed', () => {
    const sealed = box.seal('secret', 'c');
    for (let i = 0; i < sealed.length; i++) {
      const changed = Uint8Array.from(sealed);
      changed[i] = (changed[i] ?? 0) ^ 1;
      expect(() => box.open(changed, 'c')).toThrow('cannot be opened');
    }
  });

  it('opens nothing that was cut short, or sealed with another key', () => {
    const sealed = box.seal('secret', 'c');
    for (const length of [0, 12, 27, sealed.length - 1]) {
      expect(() => box.open(sealed.subarray(0, length), 'c')).toThrow('cannot be opened');
    }
    expect(() => createSecretBox(systemIds.bytes(32), systemIds).open(sealed, 'c')).toThrow('another master key');
  });

  it('seals the same text to other bytes each time, and never shows it', () => {
    const [a, b] = [box.seal('secret-text', 'c'), box.seal('secret-text', 'c')];
    expect(Buffer.from(a).equals(b)).toBe(false);
    expect(Buffer.from(a).includes('secret-text')).toBe(false);
  });
});

/** The database holds nothing sealed yet. */
const EMPTY = { sealedSecretsExist: async () => false };

describe('the master key', () => {
  let dir: string;
  let path: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'holdfast-master-key-'));
    path = join(dir, 'secrets', 'master.key');
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  it('is made at the first start, for its owner only, and leaves no temporary file', async () => {
    await openMasterKey(dir, systemIds, EMPTY);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await stat(join(dir, 'secrets'))).mode & 0o777).toBe(0o700);
    expect(await readdir(join(dir, 'secrets'))).toEqual(['master.key']);
  });

  it('opens after a restart what was sealed before', async () => {
    const sealed = (await openMasterKey(dir, systemIds, EMPTY)).seal('text', 'c');
    expect((await openMasterKey(dir, systemIds, EMPTY)).open(sealed, 'c')).toBe('text');
  });

  it('is not made anew while the database holds sealed secrets', async () => {
    const start = openMasterKey(dir, systemIds, { sealedSecretsExist: async () => true });
    await expect(start).rejects.toThrow(/is missing, but the database holds secrets.*from its backup/s);
    await expect(stat(path)).rejects.toThrow('ENOENT');
  });

  it('is refused when the file holds something else', async () => {
    await openMasterKey(dir, systemIds, EMPTY);
    for (const text of ['', 'short', 'A'.repeat(100)]) {
      await writeFile(path, text);
      await expect(openMasterKey(dir, systemIds, EMPTY)).rejects.toThrow('is not a master key');
      expect(await readFile(path, 'utf8')).toBe(text);
    }
  });

  it('gets its mode back when a backup tool loosened it', async () => {
    await openMasterKey(dir, systemIds, EMPTY);
    await chmod(path, 0o644);
    await openMasterKey(dir, systemIds, EMPTY);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('is known to be needed when passwords or signing keys are stored', async () => {
    expect(await sealedSecretsExist((await createWatchedStore()).read, REGISTRY.name)).toBe(false);
    const { store } = await createTestSite();
    expect(await sealedSecretsExist(store.read, REGISTRY.name)).toBe(true);
  });
});
