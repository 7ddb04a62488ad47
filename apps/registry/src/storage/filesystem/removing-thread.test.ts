import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { remover } from './removing-thread.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hf-remove-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

it('removes what is asked in one turn, and says of each what failed', async () => {
  const good = Array.from({ length: 100 }, (_, i) => join(folder, `file${i}`));
  for (const path of good) writeFileSync(path, '');
  mkdirSync(join(folder, 'folder'));
  const asked = ['absent', 'folder'].map((name) => remover.remove(join(folder, name)));
  const results = await Promise.allSettled([...good.map((path) => remover.remove(path)), ...asked]);
  expect(results.slice(0, 100).every(({ status }) => status === 'fulfilled')).toBe(true);
  expect(results.slice(100)).toMatchObject([
    { reason: { code: 'ENOENT' } },
    { reason: { code: expect.stringMatching(/^(EISDIR|EPERM)$/) } },
  ]);
  expect(readdirSync(folder)).toEqual(['folder']);
});

it.runIf(process.platform === 'linux')('lets the other threads go first', async () => {
  const path = join(folder, 'file');
  writeFileSync(path, '');
  await remover.remove(path);
  expect(existsSync(path)).toBe(false);
  // The 19th field of stat(5), and the 17th behind the name in brackets.
  const nice = (task: string) =>
    Number(readFileSync(`/proc/self/task/${task}/stat`, 'latin1').split(') ').at(-1)?.split(' ')[16]);
  const levels = readdirSync('/proc/self/task').map(nice);
  const own = nice(String(process.pid));
  expect(levels.filter((level) => level > own)).toHaveLength(1);
});
