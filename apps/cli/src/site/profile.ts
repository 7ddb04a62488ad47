import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { CommandError } from '../command-error.ts';

/** Where the planes of a site answer, as its metadata says. */
export interface Endpoints {
  /** Without a slash at the end, as all of these. */
  readonly management: string;
  /** AD FS shape: `…/adfs`; tokens come from `…/oauth2/token` below it. */
  readonly login: string;
  readonly graph: string;
  /** What tokens for the resource manager and for the directory are asked for. */
  readonly audience: string;
  readonly graphAudience: string;
  /** `azsacr.<domain>[:port]`: login servers are `<registry>.` and this. */
  readonly registrySuffix: string;
  /** Set when the site was reached by a name of its machine: then all planes, and the registry `registry`, are by path there. */
  readonly byPath?: string;
}

export interface Subscription {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly tenantId: string;
}

export interface User {
  readonly name: string;
  readonly type: 'user' | 'servicePrincipal';
  /** Of a service principal. */
  readonly secret?: string;
  /** Of a person; one for all audiences. */
  readonly refreshToken?: string;
}

export interface CachedToken {
  readonly token: string;
  /** Milliseconds since 1970. */
  readonly expires: number;
}

/** What `holdfast login` remembers. */
export interface Profile {
  readonly endpoints?: Endpoints;
  readonly user?: User;
  readonly subscriptions?: readonly Subscription[];
  /** Id of the one that commands use unless they are given another. */
  readonly subscription?: string;
  /** PEM text: the file that it came from may be gone. */
  readonly ca?: string;
  readonly tokens?: Readonly<Record<string, CachedToken>>;
}

/** `HOLDFAST_CONFIG_DIR`, else the usual place of the system. */
export function configDirOf(env: Readonly<NodeJS.ProcessEnv>, platform: NodeJS.Platform): string {
  if (env.HOLDFAST_CONFIG_DIR) return env.HOLDFAST_CONFIG_DIR;
  if (platform === 'win32' && env.APPDATA) return join(env.APPDATA, 'holdfast');
  return join(env.XDG_CONFIG_HOME || join(env.HOME || homedir(), '.config'), 'holdfast');
}

const pathOf = (configDir: string): string => join(configDir, 'profile.json');

export async function readProfile(configDir: string): Promise<Profile> {
  const path = pathOf(configDir);
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Profile;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new CommandError(`${path} cannot be read: ${(error as Error).message}. Remove it and sign in again.`);
  }
}

/** Only its owner can read it, from the first byte on. */
export async function writeProfile(configDir: string, profile: Profile): Promise<void> {
  await writePrivately(pathOf(configDir), `${JSON.stringify(profile, undefined, 2)}\n`);
}

export async function removeProfile(configDir: string): Promise<void> {
  await rm(pathOf(configDir), { force: true });
}

/** Whole or not at all, since several commands may write at a time. */
export async function writePrivately(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.${randomUUID()}`;
  try {
    await writeFile(temporary, text, { mode: 0o600, flag: 'wx' });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
