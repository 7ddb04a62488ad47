import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { openFileTree } from './file-tree.ts';

it('a folder has its files by the same paths however it is called, and no links', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-tree-'));
  await mkdir(join(folder, 'blobs'));
  await writeFile(join(folder, 'blobs/a'), 'content');
  await symlink('/etc/passwd', join(folder, 'blobs/b'));
  const here = `./${relative(process.cwd(), folder)}`;
  for (const location of [folder, `${folder}/`, here, `${here}/`]) {
    const tree = await openFileTree(location);
    expect([...tree.paths]).toEqual([['blobs/a', 7]]);
    expect((await buffer(tree.read('blobs/a', 3))).toString()).toBe('tent');
  }
  await rm(folder, { recursive: true });
});
