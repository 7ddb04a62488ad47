import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const PROGRAM = join(import.meta.dirname, '../../bin/holdfast');

/** A server in a process of its own, with a store of its own. */
export class Site {
  readonly data: string;
  host = '';
  #process: ChildProcess | undefined;
  #port = 0;
  #password = '';

  constructor(data: string) {
    this.data = data;
  }

  async start(): Promise<void> {
    const args = ['serve', '--data', this.data, '--http', `127.0.0.1:${this.#port}`, '--https', 'off'];
    const child = spawn(PROGRAM, args, { stdio: ['ignore', 'pipe', 'ignore'] });
    this.#process = child;
    for await (const line of createInterface({ input: child.stdout })) {
      if (!line.startsWith('{')) continue;
      this.host = new URL((JSON.parse(line) as { http: string }).http).host;
      break;
    }
    this.#port = Number(this.host.split(':')[1]);
    const file = JSON.parse(await readFile(join(this.data, 'bootstrap.json'), 'utf8')) as {
      registry: { password: string };
    };
    this.#password = file.registry.password;
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const child = this.#process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await ended;
  }

  get credentials() {
    return { username: 'registry', password: this.#password };
  }
}

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  /** Kills the command (SIGKILL) so many milliseconds after its start. */
  readonly killAfter?: number;
  /** Kilobytes that a file may have, as on a disk that gets full. */
  readonly fileLimit?: number;
}

/** Runs `holdfast` as somebody at a terminal of that site would. */
export function holdfast(site: Site, args: readonly string[], options: CommandOptions = {}): Promise<Outcome> {
  const { username, password } = site.credentials;
  const env = { ...process.env, HOLDFAST_REGISTRY_USERNAME: username, HOLDFAST_REGISTRY_PASSWORD: password };
  const command =
    options.fileLimit === undefined
      ? { file: PROGRAM, args }
      : {
          file: 'bash',
          args: ['-c', `ulimit -f ${options.fileLimit}; trap '' XFSZ; exec "$0" "$@"`, PROGRAM, ...args],
        };
  const child = spawn(command.file, command.args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const timer =
    options.killAfter === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), options.killAfter);
  const out = { stdout: '', stderr: '' };
  child.stdout.on('data', (bytes: Buffer) => {
    out.stdout += bytes.toString();
  });
  child.stderr.on('data', (bytes: Buffer) => {
    out.stderr += bytes.toString();
  });
  return new Promise((resolve) => {
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code, ...out });
    });
  });
}
