import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HttpClient } from '../../support/http-client.ts';
import { basic } from './workbench.ts';

const BIN = join(import.meta.dirname, '../../../bin/holdfast');

/** Of the bootstrap file: what a script signs in to the Azure plane with. */
export interface AzureAccess {
  readonly subscriptionId: string;
  readonly servicePrincipal: { readonly appId: string; readonly password: string };
  readonly endpoints: { readonly management: string };
}

export interface ServerProcess {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly dataDir: string;
  readonly http: string;
  readonly https: string | undefined;
  readonly username: string;
  readonly password: string;
  readonly azure: AzureAccess;
  readonly basic: string;
  readonly client: HttpClient;
  /** What it has written so far. */
  readonly output: { stdout: string; stderr: string };
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null; ms: number }>;
}

export interface ProcessOptions {
  readonly dataDir: string;
  readonly https?: boolean;
  /** The configuration file, as YAML; it is written beside the data folder. */
  readonly config?: string;
  /** A shell line in which `"$@"` is the server, for limits and redirections. */
  readonly shell?: string;
  /** Where this process sees the data folder, when the server lives in a mount namespace of its own. */
  readonly seenAt?: (pid: number) => string;
}

/** Folders under one root, removed at the end. */
export function newFolder(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'holdfast-attack-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Whether a file system can be mounted in a namespace of one's own: as root, or where user namespaces are allowed. */
export function canMount(at: string): boolean {
  try {
    execFileSync('unshare', ['-Urm', 'mount', '-t', 'tmpfs', 'tmpfs', at], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** A child that is in the set while it runs, so that it can be killed at the end of a test that failed. */
export function watchedSpawn(running: Set<ChildProcess>, command: string, args: readonly string[]): ChildProcess {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

/** The real server as its users run it: `bin/holdfast serve`. Whoever starts it kills it. */
export async function startProcess(options: ProcessOptions): Promise<ServerProcess> {
  const { dataDir, https = false, config, shell = 'exec "$@"' } = options;
  const listen = ['--http', '127.0.0.1:0', '--https', https ? '127.0.0.1:0' : 'off'];
  if (config !== undefined) {
    writeFileSync(`${dataDir}.yaml`, config);
    listen.push('--config', `${dataDir}.yaml`);
  }
  const child = spawn('sh', ['-c', shell, 'sh', BIN, 'serve', '--data', dataDir, ...listen], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const begun = performance.now();
  const output = { stdout: '', stderr: '' };
  const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null; ms: number }>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal, ms: performance.now() - begun }));
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    output.stderr += chunk.toString();
  });
  const ready = await new Promise<{ http: string; https?: string }>((resolve, reject) => {
    child.stdout?.on('data', (chunk: Buffer) => {
      output.stdout += chunk.toString();
      if (output.stdout.includes('\n')) resolve(JSON.parse(output.stdout.split('\n')[0] ?? '') as { http: string });
    });
    child.once('exit', () => reject(new Error(`the server did not start: ${output.stderr}`)));
  });
  const pid = child.pid ?? 0;
  const bootstrap = JSON.parse(readFileSync(join(options.seenAt?.(pid) ?? dataDir, 'bootstrap.json'), 'utf8')) as {
    registry: { username: string; password: string };
  } & AzureAccess;
  const { username, password } = bootstrap.registry;
  const authorization = basic(username, password);
  const client = new HttpClient(ready.http, { headers: { Authorization: authorization } });
  return {
    child,
    pid,
    dataDir,
    http: ready.http,
    https: ready.https,
    username,
    password,
    basic: authorization,
    azure: bootstrap,
    client,
    output,
    exited,
  };
}
