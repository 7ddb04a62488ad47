import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BootstrapFile, readBootstrap } from '../../apps/registry/src/bootstrap.ts';
import { loadConfig } from '../../apps/registry/src/config/load-config.ts';
import { createRegistry, type RunningRegistry } from '../../apps/registry/src/create-registry.ts';
import type { Resolve } from '../../apps/registry/src/outbound/resolver.ts';
import type { Clock } from '../../apps/registry/src/platform/clock.ts';
import { createLogger } from '../../apps/registry/src/telemetry/logger.ts';
import { requireDescribed } from './described.ts';
import { type Answer, HttpClient, RawConnection, type RequestOptions } from './http-client.ts';

export interface StartOptions {
  /** Off unless it is wanted: making the certificates takes a while. */
  readonly https?: boolean;
  /** The configuration file, as YAML. */
  readonly config?: string;
  readonly clock?: Clock;
  /** How names of other hosts become addresses. */
  readonly resolve?: Resolve;
  /** Runs before the first start, on the data folder that is still empty. */
  readonly prepare?: (dataDir: string) => Promise<void>;
}

export type AskOptions = RequestOptions & {
  /** `admin` (the default) signs in by Basic, `none` does not sign in, anything else is a Bearer token. */
  readonly as?: string;
};

export interface TestRegistry {
  readonly dataDir: string;
  readonly http: string;
  readonly https: string | undefined;
  readonly username: string;
  readonly password: string;
  readonly bootstrap: BootstrapFile;
  /** `Basic …` of the admin user. */
  readonly basic: string;
  /** Lines logged from `error` up since the first start: empty unless something unforeseen happened. */
  readonly problems: readonly string[];
  ask(method: string, target: string, options?: AskOptions): Promise<Answer>;
  /** A bearer token of the admin user for these scopes. */
  token(...scopes: string[]): Promise<string>;
  raw(): Promise<RawConnection>;
  /** The route table that this registry serves by. */
  readonly routes: RunningRegistry['routes'];
  /** Stops the server and starts it again on the same folder; the port changes. */
  restart(): Promise<void>;
  /** The two halves of a restart, for what happens in between. */
  halt(): Promise<void>;
  resume(): Promise<void>;
  stop(): Promise<void>;
}

/** A whole registry in this process, on a folder of its own and free ports of 127.0.0.1. `stop` removes the folder. */
export async function startRegistry(options: StartOptions = {}): Promise<TestRegistry> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-test-'));
  const dataDir = join(folder, 'data');
  const args = ['--data', dataDir, '--http', '127.0.0.1:0', '--https', options.https ? '127.0.0.1:0' : 'off'];
  if (options.config !== undefined) {
    await writeFile(join(folder, 'holdfast.yaml'), options.config);
    args.push('--config', join(folder, 'holdfast.yaml'));
  }
  const config = await loadConfig(args, {}, folder);
  await options.prepare?.(dataDir);
  const problems: string[] = [];
  const logger = createLogger({ level: 'error', terminal: false, stream: { write: (line) => problems.push(line) } });
  const { clock, resolve } = options;
  const start = () => createRegistry(config, { logger, ...(clock ? { clock } : {}), ...(resolve ? { resolve } : {}) });
  let running: RunningRegistry = await start();
  const bootstrap = await readBootstrap(dataDir);
  if (!bootstrap) throw new Error('the first start wrote no bootstrap file');
  const { username, password } = bootstrap.registry;
  const basic = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const http = () => running.site.http ?? '';
  let client = new HttpClient(http());
  const registry: TestRegistry = {
    dataDir,
    username,
    password,
    basic,
    problems,
    bootstrap,
    get http() {
      return http();
    },
    routes: () => running.routes(),
    get https() {
      return running.site.https;
    },
    ask: async (method, target, { as = 'admin', headers, ...rest } = {}) => {
      const authorization = as === 'none' ? {} : { Authorization: as === 'admin' ? basic : `Bearer ${as}` };
      const answer = await client.request(method, target, { ...rest, headers: { ...authorization, ...headers } });
      // Only now, since it reads all planes: the first request finds its plane unread.
      requireDescribed(await running.routes(), method, target, answer);
      return answer;
    },
    token: async (...scopes) => {
      const query = scopes.map((scope) => `scope=${encodeURIComponent(scope)}`).join('&');
      const answer = await registry.ask('GET', `/oauth2/token?service=test&${query}`);
      return answer.json<{ access_token: string }>().access_token;
    },
    raw: () => RawConnection.open(http()),
    restart: async () => {
      await registry.halt();
      await registry.resume();
    },
    halt: async () => {
      await running.stop();
      await client.close();
    },
    resume: async () => {
      running = await start();
      client = new HttpClient(http());
    },
    stop: async () => {
      await registry.halt();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return registry;
}
