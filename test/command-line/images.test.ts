import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestHex, digestOf } from '@holdfast/oci/digest';
import { MEDIA_TYPE } from '@holdfast/oci/media-types';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  newBytes,
  pushBlob,
  pushImage,
  pushIndex,
  type TestImage,
} from '../../apps/registry/src/distribution/test-content.ts';
import { CommandLine } from '../support/command-line.ts';
import { startRegistry, type TestRegistry } from '../support/start-registry.ts';

let site: TestRegistry;
let cli: CommandLine;
let host: string;
let image: TestImage;
let index: { digest: string };
let signature: TestImage;
let credentials: string[];
beforeAll(async () => {
  site = await startRegistry();
  host = new URL(site.http).host;
  cli = new CommandLine();
  credentials = ['-u', site.username, '-p', site.password];
  image = await pushImage(site, 'team/app', { tag: 'v1' });
  index = await pushIndex(site, 'team/app', [image, await pushImage(site, 'team/app')], { tag: 'multi' });
  const { mediaType, digest, size } = image;
  signature = await pushImage(site, 'team/app', {
    members: { artifactType: 'application/x.signature', subject: { mediaType, digest, size } },
  });
});
afterAll(async () => {
  cli.remove();
  expect(site.problems).toEqual([]);
  await site.stop();
});

interface Report {
  readonly digest: string;
  readonly manifests: number;
  readonly blobs: { copied: number; mounted: number; there: number };
  readonly bytes: number;
  readonly leftOut: number;
}
const layout = (name: string) => join(cli.home, name);
const bytesOf = async (repository: string, reference: string) =>
  (await site.ask('GET', `/v2/${repository}/manifests/${reference}`)).body;

describe('holdfast pull and push', () => {
  it('carry an image through a folder byte for byte, with its signature', async () => {
    const pulled = await cli.json<Report>('pull', ...credentials, `${host}/team/app:v1`, layout('one'));
    expect(pulled).toMatchObject({
      digest: image.digest,
      manifests: 2,
      blobs: { copied: 4, mounted: 0, there: 0 },
      leftOut: 0,
    });
    for (const name of readdirSync(join(layout('one'), 'blobs/sha256'))) {
      expect(digestOf(readFileSync(join(layout('one'), 'blobs/sha256', name)))).toBe(`sha256:${name}`);
    }
    const pushed = await cli.json<Report>('push', ...credentials, layout('one'), `${host}/carried/app:v9`);
    expect(pushed).toMatchObject({ digest: image.digest, manifests: 2 });
    expect(await bytesOf('carried/app', 'v9')).toEqual(image.bytes);
    expect(await bytesOf('carried/app', signature.digest)).toEqual(signature.bytes);
    const referrers = await site.ask('GET', `/v2/carried/app/referrers/${image.digest}`);
    expect(referrers.json<{ manifests: unknown[] }>().manifests).toHaveLength(1);
    const again = await cli.json<Report>('push', ...credentials, layout('one'), `${host}/carried/app:v9`);
    expect(again).toMatchObject({ bytes: 0, blobs: { copied: 0, there: 4 } });
  });

  it('carry an index with all that is below it, and leave referrers behind when told to', async () => {
    const report = await cli.json<Report>(
      'pull',
      ...credentials,
      '--no-referrers',
      `${host}/team/app:multi`,
      layout('multi'),
    );
    expect(report).toMatchObject({ digest: index.digest, manifests: 3, blobs: { copied: 4 } });
    await cli.text('push', ...credentials, layout('multi:multi'), `${host}/carried/multi:multi`);
    expect(digestOf(await bytesOf('carried/multi', 'multi'))).toBe(index.digest);
  });

  it('leave non-distributable layers out and say so, or take them along', async () => {
    const foreign = await pushBlob(site, 'foreign/app', newBytes(), MEDIA_TYPE.ociForeignLayerGzip);
    await pushImage(site, 'foreign/app', { tag: 'v1', layers: [foreign] });
    const without = await cli.run('pull', ...credentials, `${host}/foreign/app:v1`, layout('without'));
    expect([without.status, without.stderr]).toEqual([
      0,
      expect.stringContaining('1 non-distributable layers were left out'),
    ]);
    expect(JSON.parse(without.stdout)).toMatchObject({ leftOut: 1, blobs: { copied: 1 } });
    const all = await cli.json<Report>(
      'pull',
      ...credentials,
      '--allow-nondistributable-artifacts',
      `${host}/foreign/app:v1`,
      layout('with'),
    );
    expect(all).toMatchObject({ leftOut: 0, blobs: { copied: 2 } });
  });

  it('stop at a blob of the folder that was changed, before a tag shows it', async () => {
    await cli.text('pull', ...credentials, `${host}/team/app:v1`, layout('changed'));
    const path = join(layout('changed'), 'blobs/sha256', digestHex(image.layers[0]?.digest as never));
    const bytes = readFileSync(path);
    bytes.writeUInt8(bytes.readUInt8(0) ^ 1, 0);
    rmSync(path);
    writeFileSync(path, bytes);
    // Into another registry, which has nothing of it yet.
    const other = await startRegistry();
    try {
      const to = `${new URL(other.http).host}/app:v1`;
      const refused = await cli.run('push', '-u', other.username, '-p', other.password, layout('changed'), to);
      expect([refused.status, refused.stdout]).toEqual([1, '']);
      expect((await other.ask('GET', '/v2/app/manifests/v1')).status).toBe(404);
    } finally {
      await other.stop();
    }
  });

  it('go on as JSON lines on stderr where there is no terminal, and silently when told to', async () => {
    const big = await pushBlob(site, 'big/app', newBytes(64_000_000));
    await pushImage(site, 'big/app', { tag: 'v1', layers: [big] });
    const quiet = await cli.run('pull', ...credentials, '--progress', 'none', `${host}/big/app:v1`, layout('quiet'));
    expect([quiet.status, quiet.stderr]).toEqual([0, '']);
    const { stderr } = await cli.run('pull', ...credentials, `${host}/big/app:v1`, layout('big'));
    for (const line of stderr.split('\n').filter(Boolean))
      expect(JSON.parse(line)).toMatchObject({ event: 'progress' });
  });
});

describe('holdfast copy', () => {
  it('mounts what the registry has already, and sends the rest to another one', async () => {
    const mounted = await cli.json<Report>(
      'copy',
      ...credentials,
      '--source-username',
      site.username,
      '--source-password',
      site.password,
      `${host}/team/app:v1`,
      `${host}/mounted/app:v1`,
    );
    expect(mounted).toMatchObject({ bytes: 0, blobs: { copied: 0, mounted: 4 } });
    const other = await startRegistry();
    try {
      const to = `${new URL(other.http).host}/app:v1`;
      const args = [
        '-u',
        other.username,
        '-p',
        other.password,
        '--source-username',
        site.username,
        '--source-password',
        site.password,
      ];
      const copied = await cli.json<Report>('copy', ...args, `${host}/team/app:v1`, to);
      expect(copied).toMatchObject({ digest: image.digest, blobs: { copied: 4, mounted: 0 } });
      expect((await other.ask('GET', '/v2/app/manifests/v1')).body).toEqual(image.bytes);
    } finally {
      await other.stop();
    }
  });
});

describe('holdfast ls, inspect and retag', () => {
  it('list repositories and tags', async () => {
    expect(await cli.json('ls', ...credentials, host)).toContain('team/app');
    expect(await cli.json('ls', ...credentials, `${host}/team/app`)).toEqual(['multi', 'v1']);
    expect((await cli.run('ls', ...credentials, `${host}/no/such`)).status).toBe(3);
  });

  it('show an image and an index', async () => {
    const shown = await cli.json<Record<string, unknown>>('inspect', ...credentials, `${host}/team/app:v1`);
    expect(shown).toMatchObject({
      name: `${host}/team/app`,
      digest: image.digest,
      kind: 'image',
      layers: image.layers,
      config: { random: expect.any(String) },
      referrers: [{ digest: signature.digest }],
      platforms: [],
    });
    const many = await cli.json<{ platforms: unknown[]; size: null }>(
      'inspect',
      ...credentials,
      `${host}/team/app:multi`,
    );
    expect([many.platforms.length, many.size]).toEqual([2, null]);
    expect((await cli.run('inspect', ...credentials, `${host}/team/app:none`)).status).toBe(3);
  });

  it('give another tag to the same bytes', async () => {
    await cli.text('retag', ...credentials, `${host}/team/app:v1`, 'stable', 'v1.0');
    for (const tag of ['stable', 'v1.0']) expect(await bytesOf('team/app', tag)).toEqual(image.bytes);
    expect((await cli.run('retag', ...credentials, `${host}/team/app:v1`, 'no/tag')).status).toBe(2);
  });

  it("sign in by Docker's file, and are refused without anything", async () => {
    await cli.text('acr', 'login', '-n', host, ...credentials, '--into', 'docker');
    expect(await cli.json('ls', host)).toContain('team/app');
    rmSync(join(cli.home, 'docker'), { recursive: true });
    expect((await cli.run('ls', host)).status).toBe(1);
  });
});

describe('the command line', () => {
  it('explains itself, and ends with 2 where it is not understood', async () => {
    const helps = [['--help'], ['acr', '--help'], ['help', 'acr', 'import'], ['acr', 'repository', 'delete', '-h']];
    for (const ended of await Promise.all(helps.map((args) => cli.run(...args)))) {
      expect(ended).toMatchObject({ status: 0, stderr: '', stdout: expect.stringContaining('Usage: holdfast') });
    }
    const wrong = [[], ['acr', 'shwo'], ['frob'], ['acr', 'show'], ['acr', 'list', '--frob']];
    for (const ended of await Promise.all(wrong.map((args) => cli.run(...args)))) {
      expect(ended).toMatchObject({ status: 2, stdout: '', stderr: expect.stringContaining('ERROR: ') });
    }
  }, 120_000);

  it('is what bin/holdfast starts for all but the commands of the site', async () => {
    const { stdout } = await cli.start(['--help'], { program: 'holdfast' }).ended;
    const sites = /more commands, each with --help: ([^.]+)\./.exec(stdout)?.[1]?.split(', ') ?? [];
    const main = join(import.meta.dirname, '../../apps/registry/src/main.ts');
    const server = execFileSync(process.execPath, [main, '--help'], { encoding: 'utf8' });
    const known = [...(server.split('Flags, each')[0]?.matchAll(/^ {2}([a-z]+) +\S/gm) ?? [])].map(([, name]) => name);
    expect(sites).toEqual(known);
    const helps = await Promise.all(sites.map((name) => cli.start([name, '--help'], { program: 'holdfast' }).ended));
    for (const { stdout: help } of helps) expect(help).not.toContain('Options of every command');
  }, 120_000);

  it('completes commands, options and values', async () => {
    const next = async (...words: string[]) =>
      (await cli.text('completion', 'words', '--', ...words)).trimEnd().split('\n');
    expect(await next()).toEqual(expect.arrayContaining(['login', 'acr', 'push']));
    expect(await next('acr', 'webhook')).toEqual([
      'list',
      'create',
      'show',
      'update',
      'delete',
      'get-config',
      'ping',
      'list-events',
    ]);
    expect(await next('acr', 'list')).toEqual(expect.arrayContaining(['--output', '--query']));
    expect(await next('acr', 'list', '-o')).toContain('table');
    expect(await next('acr', 'repository', 'update', '--write-enabled')).toEqual(['true', 'false']);
    const script = `${await cli.text('completion', 'bash')}COMP_WORDS=(holdfast acr repository sh); COMP_CWORD=3; _holdfast; echo "\${COMPREPLY[@]}"`;
    expect(execFileSync('bash', ['-c', script], { env: cli.env, encoding: 'utf8' })).toBe(
      'show show-tags show-manifests\n',
    );
    expect((await cli.run('completion', 'csh')).status).toBe(2);
  }, 120_000);
});
