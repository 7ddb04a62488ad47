import { execFileSync } from 'node:child_process';
import { hash, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bundlePrograms } from '../../tools/release/bundle.ts';
import { makeTarGz } from '../../tools/release/tar.ts';
import { licensesText, readThirdParty, sbom } from '../../tools/release/third-parties.ts';
import { startProcess } from '../attacks/support/process.ts';

const root = join(import.meta.dirname, '../..');
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'release-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), content);
}

describe('the archive', () => {
  const files = [
    { path: 'bin/run', content: Buffer.from('#!/bin/sh\n'), executable: true },
    { path: 'lib/a.mjs', content: Buffer.alloc(512, 'a') },
    { path: 'lib/deep/empty', content: Buffer.alloc(0) },
    { path: 'README', content: Buffer.alloc(513, 'r') },
  ];

  it('is unpacked by tar, with the bytes, modes and time it was given', () => {
    write('a.tar.gz', makeTarGz('top', files, 1_767_225_600));
    execFileSync('tar', ['-xzf', 'a.tar.gz'], { cwd: folder });
    for (const { path, content, executable } of files) {
      expect(readFileSync(join(folder, 'top', path))).toEqual(content);
      const { mode, mtime } = statSync(join(folder, 'top', path));
      expect(mode & 0o111).toBe(executable ? 0o111 : 0);
      expect(mtime).toEqual(new Date('2026-01-01T00:00:00Z'));
    }
  });

  it('is the same whatever the order of the files, and carries nobody’s name', () => {
    const archive = makeTarGz('top', files, 0);
    expect(makeTarGz('top', files.toReversed(), 0)).toEqual(archive);
    const header = gunzipSync(archive).subarray(0, 512);
    expect(header.toString('ascii', 108, 124)).toBe('0000000\x000000000\x00');
    expect(header.toString('ascii', 265, 269)).toBe('root');
  });
});

describe('the bundle', () => {
  it('of the server hashes in a thread that starts from a function’s source text, and frees in one that is a file', async () => {
    const { files } = await bundlePrograms(root);
    for (const { path, content } of files) write(path, content);
    const main = join(folder, 'lib/main.mjs');
    const server = await startProcess({
      dataDir: join(folder, 'data'),
      shell: `shift; NODE_DEBUG=worker exec '${process.execPath}' '${main}' "$@"`,
    });
    try {
      const body = randomBytes(300_000);
      const digest = `sha256:${hash('sha256', body)}`;
      const pushed = await server.client.request('POST', `/v2/a/blobs/uploads/?digest=${digest}`, { body });
      expect([pushed.status, pushed.header('Docker-Content-Digest')]).toEqual([201, digest]);
      expect(server.output.stderr).toMatch(/^WORKER .*created Worker/m);
    } finally {
      server.child.kill('SIGTERM');
      await server.client.close();
      expect(await server.exited).toMatchObject({ code: 0 });
    }
    const database = new DatabaseSync(join(folder, 'data/metadata.db'));
    database.exec('UPDATE repository_blobs SET linked_at = 0');
    database.close();
    const freed = execFileSync(process.execPath, [main, 'gc', '--data', join(folder, 'data'), '--json'], {
      encoding: 'utf8',
    });
    expect(JSON.parse(freed)).toEqual({ unlinked: 1, freed: 1, bytes: 300_000, repositories: 0 });
  }, 120_000);

  it('of the server is the same each time, and all that is in it is named with its licence', async () => {
    const { files, packages } = await bundlePrograms(root);
    expect(await bundlePrograms(root)).toEqual({ files, packages });
    expect(files.map(({ path }) => path)).toContain('lib/main.mjs');
    for (const { content } of files) expect(Buffer.from(content).includes(root)).toBe(false);

    const parties = packages.map((path) => readThirdParty(root, path));
    expect(parties.map(({ name }) => name)).toEqual(expect.arrayContaining(['jose', 'pino', 'yaml']));
    const bom = JSON.parse(sbom('1.2.3', parties));
    expect(bom).toMatchObject({ bomFormat: 'CycloneDX', specVersion: '1.5', version: 1 });
    expect(bom.serialNumber).toMatch(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
    for (const component of bom.components) {
      expect(component.purl).toMatch(/^pkg:npm\/(%40[\w-]+\/)?[\w.-]+@\d+\.\d+\.\d+/);
      expect(component.hashes).toEqual([{ alg: 'SHA-512', content: expect.stringMatching(/^[0-9a-f]{128}$/) }]);
      expect(component.licenses).toHaveLength(1);
    }
    for (const party of parties) expect(licensesText(parties)).toContain(party.licenseText);
  }, 120_000);

  it('is refused if it would hold a package without a licence text', () => {
    write('node_modules/unlicensed/package.json', '{"name":"unlicensed","version":"1.0.0"}');
    expect(() => readThirdParty(folder, 'node_modules/unlicensed')).toThrow(/has no licence text/);
  });
});
