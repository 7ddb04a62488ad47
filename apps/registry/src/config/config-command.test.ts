import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { runConfigCommand } from './config-command.ts';
import { loadConfig } from './load-config.ts';

const folder = mkdtempSync(join(tmpdir(), 'config-command-'));
afterAll(() => rmSync(folder, { recursive: true }));
const path = join(folder, 'holdfast.yaml');
writeFileSync(join(folder, 'token'), 'hunter2');
writeFileSync(
  path,
  'domain: redmond.ext.corp\nhttps: "[::1]:5443"\nproxies: [10.0.0.1]\nmetrics:\n  token: { file: token }\ntls:\n',
);

describe('holdfast config explain', () => {
  it('tells every value and where it came from', async () => {
    const text = await runConfigCommand(['explain', '--http', 'off', path], { HOLDFAST_PUBLIC_PORT: '443' }, '/srv');
    const line = (key: string) => text.split('\n').find((each) => each.trimStart().startsWith(`${key}:`));
    expect(line('data')).toMatch(/^data: \/srv\/\.holdfast +# default$/);
    expect(line('http')).toMatch(/^http: off +# flag --http$/);
    expect(line('publicPort')).toMatch(/^publicPort: 443 +# environment HOLDFAST_PUBLIC_PORT$/);
    expect(line('domain')).toMatch(/^domain: redmond\.ext\.corp +# file .*holdfast\.yaml, line 1$/);
    expect(text).toMatch(/^ {2}# certificate: +# not set$/m);
  });

  it('shows where a secret is kept, never the secret', async () => {
    const text = await runConfigCommand(['explain', path], {}, folder);
    expect(text).not.toContain('hunter2');
    expect(text).toContain(join(folder, 'token'));
  });

  it('prints a file that means the same', async () => {
    const again = join(folder, 'again.yaml');
    writeFileSync(again, await runConfigCommand(['explain', path], {}, folder));
    expect(await loadConfig(['--config', again], {}, '/')).toEqual(await loadConfig(['--config', path], {}, folder));
  });
});

describe('holdfast config check', () => {
  it('says that a right file is right', async () => {
    expect(await runConfigCommand(['check', '--config', path], {}, folder)).toBe(`${path} is right.\n`);
  });

  it('refuses a wrong one', async () => {
    const wrong = join(folder, 'wrong.yaml');
    writeFileSync(wrong, 'domian: a.b\n');
    await expect(runConfigCommand(['check', wrong], {}, folder)).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining("unknown key 'domian'; the nearest known key is 'domain'"),
    });
  });
});

describe('holdfast config schema', () => {
  it('is a JSON Schema that knows every key', async () => {
    const schema = JSON.parse(await runConfigCommand(['schema'], {}, folder));
    expect(schema.$schema).toContain('2020-12');
    expect(schema.properties.tokens.properties.accessMinutes).toMatchObject({ type: 'integer', default: 75 });
    const explained = parse(await runConfigCommand(['explain'], {}, folder));
    for (const key of Object.keys(explained)) expect(schema.properties).toHaveProperty(key);
  });
});

describe('holdfast config', () => {
  it('refuses what it does not know', async () => {
    await expect(runConfigCommand([], {}, folder)).rejects.toMatchObject({ exitCode: 2 });
    await expect(runConfigCommand(['chekc'], {}, folder)).rejects.toThrow("the nearest is 'config check'");
    await expect(runConfigCommand(['check', path, 'more'], {}, folder)).rejects.toThrow("unexpected argument 'more'");
  });
});
