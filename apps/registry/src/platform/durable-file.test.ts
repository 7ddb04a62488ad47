import { mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeFolderDurably, replaceFile } from './durable-file.ts';
import { systemIds } from './ids.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hf-durable-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('replaceFile', () => {
  it('replaces the whole file with the mode asked for, whatever the umask', async () => {
    const path = join(folder, 'one');
    for (const text of ['a longer text', 'short']) await replaceFile(path, text, 0o640, systemIds);
    expect(await readFile(path, 'utf8')).toBe('short');
    expect((await stat(path)).mode & 0o777).toBe(0o640);
  });

  it('leaves nothing behind when it fails: a half-written file may hold a secret', async () => {
    await mkdir(join(folder, 'in-the-way', 'x'), { recursive: true });
    await expect(replaceFile(join(folder, 'in-the-way'), 'secret', 0o600, systemIds)).rejects.toThrow();
    expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });
});

describe('makeFolderDurably', () => {
  it('makes every folder on the way with the mode, and is content with one that is there', async () => {
    const path = join(folder, 'a/b/c');
    await makeFolderDurably(path, 0o700);
    await makeFolderDurably(path, 0o700);
    expect((await stat(join(folder, 'a'))).mode & 0o777).toBe(0o700);
    expect((await stat(path)).isDirectory()).toBe(true);
  });
});
