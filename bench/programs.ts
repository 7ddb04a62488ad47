/** What is started: Holdfast of this checkout or of a packed archive, and the peers in their fastest form. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AUTHORIZATION } from './floor/duties.ts';
import { DUTIES, DUTIES_TWICE, FLOOR } from './results.ts';
import type { Program } from './server.ts';

const root = join(import.meta.dirname, '..');

export function holdfast(
  folder: string,
  more: { side?: string; bin?: string; env?: Record<string, string> } = {},
): Program {
  const bin = more.bin ?? join(root, 'bin/holdfast');
  const data = join(folder, 'data');
  return {
    side: more.side ?? 'holdfast',
    command: [bin, 'serve', '--data', data, '--http', '127.0.0.1:{port}', '--https', 'off'],
    env: more.env ?? {},
    folder,
    signsIn: true,
  };
}

/** What does only what the workloads ask (`bench/floor`). */
export function floor(folder: string): Program {
  const program = join(import.meta.dirname, 'floor/server.ts');
  const command = [process.execPath, program, '{port}', join(folder, 'data')];
  return { side: FLOOR, command, env: { UV_THREADPOOL_SIZE: '8' }, folder, signsIn: false };
}

/** The same with what the contract asks for when a manifest is read or pushed, in one process and in two. */
export function floorWithDuties(folder: (side: string) => string): Program[] {
  return [DUTIES, DUTIES_TWICE].map((side, i) => {
    const least = floor(folder(side));
    return { ...least, side, command: [...least.command, String(i + 1)], authorization: AUTHORIZATION };
  });
}

/** Blob descriptors in memory, errors only in the log, no access log, no sign-in. */
export function distribution(side: string, binary: string, folder: string): Program {
  const config = `version: 0.1
log:
  level: error
  accesslog:
    disabled: true
storage:
  cache:
    blobdescriptor: inmemory
  delete:
    enabled: true
  filesystem:
    rootdirectory: ${join(folder, 'data')}
http:
  addr: 127.0.0.1:0
`;
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'config.yml');
  writeFileSync(file, config);
  return { side, command: [binary, 'serve', file], folder, signsIn: false };
}

const INSTALLER = join(root, 'test/acceptance/install-clients.sh');

/** Where the clients of the acceptance run are that no package brings. */
export function clientsFolder(): string {
  return execFileSync('bash', [INSTALLER, '--bin'], { encoding: 'utf8' }).trim();
}

/** The peer, as the acceptance run drives it, too; undefined when it is not there and may not be built (minutes), or cannot be. */
export function installPeer(mayBuild: boolean): string | undefined {
  const binary = join(clientsFolder(), 'distribution-registry');
  if (existsSync(binary)) return binary;
  if (!mayBuild) return undefined;
  console.log('Building the peer …');
  const built = spawnSync('bash', [INSTALLER, 'distribution-registry'], { stdio: ['ignore', 'inherit', 'inherit'] });
  if (built.status === 0) return binary;
  console.log('The peer could not be built; only Holdfast is measured. It needs Go and its module proxy.');
  return undefined;
}

/** As Debian packages it, older; undefined when it is not installed. */
export function debianPeer(): string | undefined {
  return ['/usr/bin/docker-registry'].find((path) => existsSync(path));
}

/** The version that a peer's binary tells. */
export function versionOf(binary: string): string {
  const told = spawnSync(binary, ['--version'], { encoding: 'utf8' }).stdout.trim();
  return told.split(/\s+/).at(-1) ?? 'unknown';
}

function newestArchive(dist: string): string | undefined {
  if (!existsSync(dist)) return undefined;
  const archives = readdirSync(dist).filter((name) => name.endsWith('.tar.gz') && name.includes(process.arch));
  const made = (path: string) => statSync(path).mtimeMs;
  return archives.map((name) => join(dist, name)).toSorted((a, b) => made(b) - made(a))[0];
}

/** The newest archive of `npm run release` for this processor, unpacked below `folder`; undefined when there is none. */
export function unpackArchive(folder: string, file?: string): string | undefined {
  const archive = file ?? newestArchive(join(root, 'dist'));
  if (!archive) return undefined;
  mkdirSync(folder, { recursive: true });
  execFileSync('tar', ['-xzf', archive, '-C', folder]);
  const [top = ''] = readdirSync(folder);
  return join(folder, top, 'bin/holdfast');
}

const SHIM = `#define A __attribute__((visibility("default")))
A int fsync(int fd) { (void)fd; return 0; }
A int fdatasync(int fd) { (void)fd; return 0; }
A int sync_file_range(int fd, long long o, long long n, unsigned f) { (void)fd; (void)o; (void)n; (void)f; return 0; }
`;

/**
 * Holdfast has no switch that turns its durability off, and shall have none. For a comparison like with like a library
 * that is loaded before the C library's answers every fsync at once. Undefined without a C compiler.
 */
export function noFsyncEnvironment(folder: string): Record<string, string> | undefined {
  mkdirSync(folder, { recursive: true });
  const source = join(folder, 'no-fsync.c');
  const library = join(folder, 'no-fsync.so');
  writeFileSync(source, SHIM);
  const compiler = process.env.CC || 'cc';
  const built = spawnSync(compiler, ['-shared', '-fPIC', '-O2', '-o', library, source], { stdio: 'ignore' });
  return built.status === 0 ? { LD_PRELOAD: library } : undefined;
}
