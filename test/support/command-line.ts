import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

const checkout = join(import.meta.dirname, '../..');

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Running {
  readonly child: ChildProcess;
  readonly told: { stdout: string; stderr: string };
  readonly ended: Promise<Ended>;
}

/** The command line in a process of its own, for a user of its own: nobody's home folder is seen or written to. */
export class CommandLine {
  readonly home = mkdtempSync(join(tmpdir(), 'hf-cli-'));
  /** In the environment of each command. */
  readonly env: Record<string, string> = {
    HOME: this.home,
    HOLDFAST_CONFIG_DIR: join(this.home, 'config'),
    DOCKER_CONFIG: join(this.home, 'docker'),
    REGISTRY_AUTH_FILE: join(this.home, 'podman/auth.json'),
    // The programs beside holdfast, and the Node that this runs on.
    PATH: [join(checkout, 'bin'), dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter),
  };

  /** By bin/holdfast when `program` names it or one beside it, else by its entry, which starts faster. */
  start(args: readonly string[], { input = '', program }: { input?: string; program?: string } = {}): Running {
    const [file, first] = program
      ? [join(checkout, 'bin', program), []]
      : [process.execPath, [join(checkout, 'apps/cli/src/main.ts')]];
    const child = spawn(file, [...first, ...args], { env: this.env, stdio: 'pipe' });
    const told = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk: Buffer) => (told.stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (told.stderr += chunk.toString()));
    child.stdin.on('error', () => {}); // it may end without reading
    child.stdin.end(input);
    const ended = once(child, 'close').then(([status]) => ({ status: status as number | null, ...told }));
    return { child, told, ended };
  }

  run(...args: string[]): Promise<Ended> {
    return this.start(args).ended;
  }

  /** What a command printed; it must succeed. */
  async text(...args: string[]): Promise<string> {
    const { status, stdout, stderr } = await this.run(...args);
    if (status !== 0) throw new Error(`holdfast ${args.join(' ')}: ${status} ${stderr}`);
    return stdout;
  }

  async json<T>(...args: string[]): Promise<T> {
    return JSON.parse(await this.text(...args)) as T;
  }

  remove(): void {
    rmSync(this.home, { recursive: true, force: true });
  }
}
