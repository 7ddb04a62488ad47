import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bootstrap-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function run(...args: string[]) {
  const main = join(import.meta.dirname, '../main.ts');
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, 'bootstrap', ...args, '--data', folder], {
    encoding: 'utf8',
    cwd: folder,
  });
  return { status, stdout, stderr };
}

describe('holdfast bootstrap show', () => {
  it('shows one value as it is, or the whole file', () => {
    writeFileSync(join(folder, 'bootstrap.json'), '{"registry":{"password":"secret"}}');
    expect(run('show', 'registry.password')).toMatchObject({ status: 0, stdout: 'secret\n' });
    expect(JSON.parse(run('show').stdout)).toEqual({ registry: { password: 'secret' } });
  });

  it('ends with 3 when there is nothing to show: no such value, or no file', () => {
    expect(run('show')).toMatchObject({
      status: 3,
      stdout: '',
      stderr: expect.stringContaining('name its folder with --data'),
    });
    writeFileSync(join(folder, 'bootstrap.json'), '{}');
    const missing = run('show', 'registry.password');
    expect(missing).toMatchObject({ status: 3, stderr: expect.stringContaining('has no "registry.password"') });
  });
});
