import { spawn } from 'node:child_process';
import { access, readFile, realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { CommandError } from '../command-error.ts';
import { writePrivately } from '../site/profile.ts';
import type { Credentials } from '../site/registry-client.ts';

/** Where container tools look for passwords. https://docs.docker.com/reference/cli/docker/login/, containers-auth.json(5) */
export interface Environment {
  readonly env: Readonly<NodeJS.ProcessEnv>;
  readonly platform: NodeJS.Platform;
}

interface AuthFile {
  auths?: Record<string, { auth?: string; identitytoken?: string }>;
  credsStore?: string;
  credHelpers?: Record<string, string>;
  [other: string]: unknown;
}

export const dockerFile = ({ env }: Environment): string =>
  join(env.DOCKER_CONFIG || join(homeOf(env), '.docker'), 'config.json');

export function podmanFile({ env, platform }: Environment): string {
  if (env.REGISTRY_AUTH_FILE) return env.REGISTRY_AUTH_FILE;
  if (platform === 'linux' && env.XDG_RUNTIME_DIR) return join(env.XDG_RUNTIME_DIR, 'containers/auth.json');
  return join(env.XDG_CONFIG_HOME || join(homeOf(env), '.config'), 'containers/auth.json');
}

const homeOf = (env: Readonly<NodeJS.ProcessEnv>): string => env.HOME || homedir();

/** Whether Podman is used here: its program or its file is there. Docker's file is written anyway; others read it, too. */
export async function hasPodman(environment: Environment): Promise<boolean> {
  const { env } = environment;
  const folders = (env.PATH ?? '').split(delimiter).filter(Boolean);
  return exists([podmanFile(environment), ...folders.map((folder) => join(folder, 'podman'))]);
}

async function exists(paths: readonly string[]): Promise<boolean> {
  const found = await Promise.all(
    paths.map((path) =>
      access(path).then(
        () => true,
        () => false,
      ),
    ),
  );
  return found.includes(true);
}

/** Puts the password for a registry where the file says: into it, or into the store that it names. */
export async function storeCredentials(path: string, host: string, { username, password }: Credentials): Promise<void> {
  const file = await readAuthFile(path);
  const helper = file.credHelpers?.[host] ?? file.credsStore;
  if (helper) {
    await runHelper(helper, 'store', JSON.stringify({ ServerURL: host, Username: username, Secret: password }));
    // An entry without a secret is how docker notes that the store has one.
    await writeAuthFile(path, { ...file, auths: { ...file.auths, [host]: {} } });
    return;
  }
  const auth = Buffer.from(`${username}:${password}`).toString('base64');
  await writeAuthFile(path, { ...file, auths: { ...file.auths, [host]: { auth } } });
}

/** Lets the file ask a credential helper whenever a password for the registry is needed; one that is in it goes. */
export async function useHelper(path: string, host: string, helper: string): Promise<void> {
  const file = await readAuthFile(path);
  const { [host]: _old, ...auths } = file.auths ?? {};
  await writeAuthFile(path, { ...file, auths, credHelpers: { ...file.credHelpers, [host]: helper } });
}

/** The password that a file has for a registry, or that the helper that it names gives out. */
export async function findCredentials(path: string, host: string): Promise<Credentials | undefined> {
  const file = await readAuthFile(path);
  const helper = file.credHelpers?.[host] ?? file.credsStore;
  if (helper) {
    const answer = await runHelper(helper, 'get', host).catch(() => undefined);
    const found = answer === undefined ? undefined : (JSON.parse(answer) as { Username: string; Secret: string });
    if (found) return { username: found.Username, password: found.Secret };
  }
  const entry = file.auths?.[host] ?? file.auths?.[`https://${host}`];
  const [username, ...rest] = Buffer.from(entry?.auth ?? '', 'base64')
    .toString()
    .split(':');
  return username && rest.length > 0 ? { username, password: rest.join(':') } : undefined;
}

async function readAuthFile(path: string): Promise<AuthFile> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new CommandError(`${path} cannot be read: ${(error as Error).message}.`);
  }
  if (text.trim() === '') return {};
  try {
    return JSON.parse(text) as AuthFile;
  } catch {
    throw new CommandError(`${path} is no JSON, so it is left as it is. Mend it, or move it away, and sign in again.`);
  }
}

/** A link to the file stays one. */
async function writeAuthFile(path: string, file: AuthFile): Promise<void> {
  const target = await realpath(path).catch(() => path);
  await writePrivately(target, `${JSON.stringify(file, undefined, '\t')}\n`);
}

/** `docker-credential-<name> <verb>`: https://github.com/docker/docker-credential-helpers#development */
async function runHelper(name: string, verb: string, input: string): Promise<string> {
  const program = `docker-credential-${name}`;
  const child = spawn(program, [verb], { stdio: ['pipe', 'pipe', 'ignore'] });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stdin.on('error', () => {}); // it ended early; its status says so
  child.stdin.end(input);
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once('error', (error) => reject(new CommandError(`${program} cannot be run: ${error.message}.`)));
    child.once('close', resolve);
  });
  const output = Buffer.concat(chunks).toString();
  if (status !== 0) throw new CommandError(`${program} ${verb} failed: ${output.trim() || `it ended with ${status}`}.`);
  return output;
}
