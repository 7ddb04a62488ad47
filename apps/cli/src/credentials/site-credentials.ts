import type { Context } from '../command.ts';
import { CommandError } from '../command-error.ts';
import { isOfSite } from '../site/login-servers.ts';
import { type Credentials, RegistryClient } from '../site/registry-client.ts';
import { Session } from '../site/session.ts';

/** A token for the registry at a host, if it is one of the site that is signed in to; undefined for all others. */
export async function siteCredentials(context: Context, host: string): Promise<Credentials | undefined> {
  if (!Session.isPossible(context)) return undefined;
  const session = await Session.open(context);
  if (!isOfSite(session.endpoints, host)) return undefined;
  return (await RegistryClient.open(context, { name: host })).credentials;
}

/** When a token of the registry ends, in seconds from now; of anything else 0. */
export function secondsLeft(token: string, now: number): number {
  try {
    const { exp } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { exp?: number };
    return exp === undefined ? 0 : Math.max(0, Math.floor(exp - now / 1000));
  } catch {
    return 0;
  }
}

/** `https://host/path` and `host/path` → `host`. */
export function hostOf(reference: string): string {
  const host =
    reference
      .trim()
      .replace(/^https?:\/\//, '')
      .split('/')[0] ?? '';
  if (host === '') throw new CommandError('No registry was named on stdin.', 2);
  return host;
}
