// `npm run release [-- --out DIR]`: the archive for sites without internet, for the architecture this runs on.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { collectFiles, sha256 } from './release/contents.ts';
import { makeTarGz } from './release/tar.ts';

const root = join(import.meta.dirname, '..');
const { values } = parseArgs({ options: { out: { type: 'string', default: 'dist' } } });
const out = resolve(root, values.out);
const begun = performance.now();

const { name, files } = await collectFiles(root, process.arch);
// SOURCE_DATE_EPOCH is the convention of reproducible builds; without it a fixed day, never today.
const seconds = Number(process.env.SOURCE_DATE_EPOCH ?? Date.UTC(2026, 0, 1) / 1000);
const archive = makeTarGz(name, files, seconds);

mkdirSync(out, { recursive: true });
const path = join(out, `${name}.tar.gz`);
writeFileSync(path, archive);
writeFileSync(join(out, 'SHA256SUMS'), `${sha256(archive)}  ${name}.tar.gz\n`);

// The least that must be true of it: it unpacks, and what is inside runs.
const trial = mkdtempSync(join(tmpdir(), 'holdfast-release-'));
try {
  execFileSync('tar', ['-xzf', path, '-C', trial]);
  execFileSync(join(trial, name, 'bin/holdfast'), ['--help'], { env: { PATH: process.env.PATH } });
} finally {
  rmSync(trial, { recursive: true });
}

console.log(`${path}
${(archive.length / 2 ** 20).toFixed(1)} MiB, ${files.length} files, in ${((performance.now() - begun) / 1000).toFixed(1)} s
SHA-256 ${sha256(archive)}`);
