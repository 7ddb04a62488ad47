import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Relay } from './relay.ts';

const PROGRAM = join(import.meta.dirname, '../../bin/holdfast');

/** A server in a process of its own, with a store of its own, behind a relay that tells how far somebody came with it. */
export class Site {
  readonly data: string;
  readonly relay = new Relay();
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
      this.#port = Number(new URL((JSON.parse(line) as { http: string }).http).port);
      break;
    }
    await this.relay.listen(this.#port);
    const file = JSON.parse(await readFile(join(this.data, 'bootstrap.json'), 'utf8')) as {
      registry: { password: string };
    };
    this.#password = file.registry.password;
  }

  /** For good. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM');
    this.relay.close();
  }

  /** As by a loss of power: nothing is written that was not. */
  kill(): Promise<void> {
    return this.#end('SIGKILL');
  }

  async killAndStart(): Promise<void> {
    await this.kill();
    await this.start();
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await ended;
  }

  /** For whom the relay shall count. */
  get host(): string {
    return this.relay.host;
  }

  /** For everybody else. */
  get directHost(): string {
    return `127.0.0.1:${this.#port}`;
  }

  get credentials() {
    return { username: 'registry', password: this.#password };
  }
}

export interface Keys {
  /** Names of key files, without .key and .pub. */
  readonly near: string;
  readonly far: string;
  readonly stranger: string;
}

/** Two sites with nothing between them but files. */
export interface Gap {
  readonly folder: string;
  readonly near: Site;
  readonly far: Site;
  readonly keys: Keys;
}

/** In a folder of its own, which stays when the work fails. */
export async function acrossGap<T>(work: (gap: Gap) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-air-gap-'));
  const [near, far] = [new Site(join(folder, 'near')), new Site(join(folder, 'far'))];
  const keys = { near: join(folder, 'near-key'), far: join(folder, 'far-key'), stranger: join(folder, 'stranger-key') };
  try {
    await Promise.all([near.start(), far.start()]);
    for (const name of Object.values(keys)) await holdfast(near, ['bundle', 'keygen', '-f', name]);
    const result = await work({ folder, near, far, keys });
    await Promise.all([near.stop(), far.stop()]);
    await rm(folder, { recursive: true });
    return result;
  } finally {
    await Promise.all([near.stop(), far.stop()]);
  }
}

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  /** Kills the command (SIGKILL) at that moment. */
  readonly killAt?: Promise<void>;
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
  void options.killAt?.then(() => child.kill('SIGKILL'));
  const out = { stdout: '', stderr: '' };
  child.stdout.on('data', (bytes: Buffer) => {
    out.stdout += bytes.toString();
  });
  child.stderr.on('data', (bytes: Buffer) => {
    out.stderr += bytes.toString();
  });
  return new Promise((resolve) => {
    child.on('close', (code) => resolve({ code, ...out }));
  });
}
