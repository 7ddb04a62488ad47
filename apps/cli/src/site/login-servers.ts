import type { Context } from '../command.ts';
import { CommandError } from '../command-error.ts';
import { send } from './http.ts';
import type { Endpoints } from './profile.ts';
import { getRegistry, registryId } from './registries.ts';
import type { Session } from './session.ts';

/** Where a registry's content is. */
export interface LoginServer {
  /** As clients name it: host, with the port when it is not 443. */
  readonly host: string;
  /** `https://host`, and plain HTTP on loopback only. */
  readonly origin: string;
}

/** The registry that a machine's own names and addresses lead to. */
const DEFAULT_REGISTRY = 'registry';
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/;

/** Whether it is a host rather than a registry's name, which has letters and digits only. */
export const isHost = (name: string): boolean => /[.:]/.test(name) || name === 'localhost';

/** Whether the host is one of the site's registries: nobody else gets a token of the site. */
export function isOfSite({ registrySuffix, byPath }: Endpoints, host: string): boolean {
  const lower = host.toLowerCase();
  return lower.endsWith(`.${registrySuffix.toLowerCase()}`) || (byPath !== undefined && new URL(byPath).host === lower);
}

/** The login server of a registry: by the resource manager; for who may not see it there, by the site's suffix. */
export async function findLoginServer(context: Context, name: string, session?: Session): Promise<LoginServer> {
  if (isHost(name)) return atHost(name);
  const endpoints = session?.endpoints ?? context.profile.endpoints;
  if (!endpoints) {
    throw new CommandError(
      `No site is known to look for the registry '${name}'. Give its login server as the name, or holdfast login first.`,
      2,
    );
  }
  if (!session) return bySuffix(endpoints, name);
  try {
    const id = await registryId(session, name, undefined, context.subscription);
    const { properties } = await getRegistry(session, id);
    return endpoints.byPath ? byPath(endpoints.byPath, name, properties.loginServer) : atHost(properties.loginServer);
  } catch (error) {
    // With AcrPull or AcrPush alone the resource manager shows no registry, yet its content is there.
    if (error instanceof CommandError && error.exitCode === 3) return bySuffix(endpoints, name);
    throw error;
  }
}

const bySuffix = (endpoints: Endpoints, name: string): LoginServer | Promise<LoginServer> => {
  const host = `${name.toLowerCase()}.${endpoints.registrySuffix}`;
  return endpoints.byPath ? byPath(endpoints.byPath, name, host) : atHost(host);
};

function byPath(origin: string, name: string, host: string): LoginServer | Promise<LoginServer> {
  return name.toLowerCase() === DEFAULT_REGISTRY ? { host: new URL(origin).host, origin } : atHost(host);
}

/** As docker does: a server on loopback may speak plain HTTP, no other. */
async function atHost(host: string): Promise<LoginServer> {
  const lower = host
    .toLowerCase()
    .replace(/^https?:\/\//, '')
    .replace(/\/.*$/, '');
  const secure = { host: lower, origin: `https://${lower}` };
  if (!LOOPBACK.test(lower)) return secure;
  try {
    await send(`${secure.origin}/v2/`);
    return secure;
  } catch (error) {
    const plain = { host: lower, origin: `http://${lower}` };
    const answer = await send(`${plain.origin}/v2/`).catch(() => undefined);
    if (answer) return plain;
    throw error;
  }
}
