/** A registry under measurement: its process, its folder, how to sign in, where its blobs lie. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Target } from './jobs.ts';

export interface Program {
  /** Name of its column. */
  readonly side: string;
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly folder: string;
  /** Holdfast signs in; the peers are open. */
  readonly signsIn: boolean;
  /** What its clients show when it signs nobody in. */
  readonly authorization?: string;
  /** Its port speaks TLS, with a certificate of its own. */
  readonly tls?: boolean;
}

const START_SECONDS = 60;
const STOP_SECONDS = 30;

const running = new Set<ChildProcess>();

export class Server implements Target {
  readonly side: string;
  readonly pid: number;
  readonly port: number;
  /** From spawn to the first answer on /v2/. */
  readonly readyMs: number;
  readonly folder: string;
  authorization: string | undefined;
  readonly #signsIn: boolean;
  readonly #child: ChildProcess;

  private constructor(program: Program, child: ChildProcess, port: number, readyMs: number) {
    this.side = program.side;
    this.folder = program.folder;
    this.pid = child.pid ?? 0;
    this.port = port;
    this.readyMs = readyMs;
    this.#signsIn = program.signsIn;
    this.authorization = program.authorization;
    this.#child = child;
  }

  /** `{port}` in the command is replaced by a free one. The log goes to a file in the program's folder. */
  static async start(program: Program): Promise<Server> {
    mkdirSync(program.folder, { recursive: true });
    const port = await freePort();
    const log = openSync(join(program.folder, 'server.log'), 'a');
    const [command = '', ...args] = program.command.map((word) => word.replaceAll('{port}', String(port)));
    const env = { ...untouched(), ...program.env, REGISTRY_HTTP_ADDR: `127.0.0.1:${port}` };
    const begun = performance.now();
    const child = spawn(command, args, { stdio: ['ignore', log, log], env });
    running.add(child);
    child.once('exit', () => running.delete(child));
    let failure: string | undefined;
    child.once('error', (error) => (failure = error.message));
    child.once('exit', (code) => (failure = `it ended with code ${code}`));
    for (let status = 0; status !== 200 && status !== 401; status = await answerOf(port, program.tls)) {
      if (performance.now() - begun > START_SECONDS * 1000) failure ??= 'it did not answer in time';
      if (failure) {
        child.kill('SIGKILL');
        const text = readFileSync(join(program.folder, 'server.log'), 'utf8');
        throw new Error(`${program.side} did not start: ${failure}\n${text.slice(-2000)}`);
      }
      await sleep(1);
    }
    return new Server(program, child, port, performance.now() - begun);
  }

  /** A Bearer token of the admin user for everything that is measured; the fixtures are made with Basic. */
  async signIn(repositories: readonly string[]): Promise<void> {
    if (!this.#signsIn) return;
    const scopes = [...repositories.map((name) => `repository:${name}:pull,push,metadata_read`), 'registry:catalog:*'];
    const query = scopes.map((scope) => `scope=${encodeURIComponent(scope)}`).join('&');
    const url = `http://127.0.0.1:${this.port}/oauth2/token?service=bench&${query}`;
    const answer = await fetch(url, { headers: { Authorization: this.#basic(), Connection: 'close' } });
    if (answer.status !== 200) throw new Error(`no token: ${answer.status} ${await answer.text()}`);
    this.authorization = `Bearer ${((await answer.json()) as { access_token: string }).access_token}`;
  }

  /** For requests outside the clock, to any repository. */
  asAdmin(): Target {
    return { port: this.port, pid: this.pid, authorization: this.#signsIn ? this.#basic() : this.authorization };
  }

  /** Takes the bytes of pushed blobs from the disk, behind the server's back: they are never asked for again. */
  removeBlobs(digests: readonly string[]): void {
    for (const digest of digests) {
      const hex = digest.slice('sha256:'.length);
      const short = hex.slice(0, 2);
      const path = this.#signsIn
        ? join(this.folder, 'data/blobs/sha256', short, hex)
        : join(this.folder, 'data/docker/registry/v2/blobs/sha256', short, hex);
      rmSync(path, { recursive: true, force: true });
    }
  }

  /** When the benchmark itself is ended. */
  static killAll(): void {
    for (const child of running) child.kill('SIGKILL');
  }

  async stop(): Promise<void> {
    const child = this.#child;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_SECONDS * 1000);
    await ended;
    clearTimeout(timer);
  }

  #basic(): string {
    const file = JSON.parse(readFileSync(join(this.folder, 'data/bootstrap.json'), 'utf8')) as {
      registry: { username: string; password: string };
    };
    const { username, password } = file.registry;
    return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  }
}

/** The environment without what configures a registry or its Node: each side is measured as it is shipped. */
function untouched(): NodeJS.ProcessEnv {
  const configures = /^(HOLDFAST_|REGISTRY_|NODE_|OTEL_|GOMAXPROCS|GOGC|GOMEMLIMIT|UV_)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !configures.test(name)));
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** 0 while nobody listens. */
function answerOf(port: number, tls = false): Promise<number> {
  return new Promise((resolve) => {
    const ask = tls ? tlsRequest : request;
    const where = { host: '127.0.0.1', port, path: '/v2/', agent: false } as const;
    // Only whether it answers is asked here; whoever sends secrets checks the certificate.
    const asked = ask(tls ? { ...where, rejectUnauthorized: false } : where, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    asked.on('error', () => resolve(0));
    asked.end();
  });
}
