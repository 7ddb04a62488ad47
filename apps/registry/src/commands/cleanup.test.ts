import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AzureSite, REGISTRIES, startAzureSite } from '../../../../test/support/azure-site.ts';
import { pushImage, type TestImage } from '../distribution/test-content.ts';
import { FakeClock } from '../platform/clock.ts';

const main = join(import.meta.dirname, '../main.ts');
const DAY = 86_400_000;

let site: AzureSite;
const images: TestImage[] = [];
beforeAll(async () => {
  // The server lives ten days ago, so that for the commands everything that it has is old.
  site = await startAzureSite({ clock: new FakeClock(new Date(Date.now() - 10 * DAY)) });
  images.push(await pushImage(site, 'shop/one'), await pushImage(site, 'shop/one', { tag: 'v1' }));
  const properties = { repositories: ['shop/*'], tags: { match: ['v*'], notPulledForDays: 30 }, untagged: { days: 7 } };
  const path = `${site.group}/${REGISTRIES}/registry/cleanupPolicies/weekly`;
  expect((await site.arm('PUT', path, { body: { properties } })).status).toBe(201);
});
afterAll(async () => {
  expect(site.problems).toEqual([]);
  await site.stop();
});

async function run(...args: string[]) {
  const child = spawn(process.execPath, [main, 'cleanup', ...args, '--data', site.dataDir], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const told = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (told.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (told.stderr += chunk.toString()));
  const [status] = (await once(child, 'close')) as [number];
  return { status, ...told };
}

describe('holdfast cleanup', () => {
  it('explains itself, and refuses what it cannot mean', async () => {
    expect(await run('--help')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('Usage: holdfast cleanup'),
    });
    for (const wrong of [['--registry', 'registry'], ['--dry-run', '--policy', 'weekly'], ['--now']]) {
      expect((await run(...wrong)).status, wrong.join(' ')).toBe(2);
    }
    expect(await run('--dry-run', '--registry', 'nowhere')).toMatchObject({ status: 3, stdout: '' });
    expect(await run('--dry-run', '--registry', 'registry', '--policy', 'no')).toMatchObject({ status: 3, stdout: '' });
  });

  it('says beside a running server what a policy would take, though it is disabled, and why the rest stays', async () => {
    expect(await run('--dry-run')).toMatchObject({ status: 0, stdout: '' });
    const dry = ['--dry-run', '--registry', 'registry', '--policy', 'weekly'];
    expect((await run(...dry)).stdout).toMatch(
      new RegExp(
        '^registry/shop/one: 0 tags and 1 manifests go, 1 stay\n' +
          '  stays :v1  weekly: it was pushed 20\\S+Z, less than 30 days ago\n' +
          `  goes  @${images[0]?.digest}  weekly: no tag for 7 days\n$`,
      ),
    );
    const lines = (await run(...dry, '--json')).stdout.trim().split('\n');
    expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
      { registry: 'registry', repository: 'shop/one', tag: 'v1', decision: 'stays', reason: 'pulled' },
      { digest: images[0]?.digest, decision: 'goes', policy: 'weekly', reason: 'policy' },
    ]);
    expect(await run()).toMatchObject({ status: 1, stdout: '', stderr: expect.stringContaining('--dry-run') });
  });

  it('carries the enabled policies out while no server runs', async () => {
    const properties = { policies: { retentionPolicy: { days: 7, status: 'enabled' } } };
    expect((await site.arm('PATCH', `${site.group}/${REGISTRIES}/registry`, { body: { properties } })).status).toBe(
      200,
    );
    await site.halt();
    expect((await run('--json')).stdout).toBe('{"tags":0,"manifests":1}\n');
    expect((await run()).stdout).toBe('0 tags and 0 manifests were taken away.\n');
    await site.resume();
    expect((await site.ask('HEAD', `/v2/shop/one/manifests/${images[0]?.digest}`)).status).toBe(404);
    expect((await site.ask('HEAD', '/v2/shop/one/manifests/v1')).status).toBe(200);
  });
});
