import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { createFetchTransport } from '@holdfast/oci/registry/fetch-transport';
import { PushClient } from '@holdfast/oci/registry/push-client';
import type { RegistryTransport } from '@holdfast/oci/registry/transport';
import type { Context } from '../command.ts';
import { wrongUsage } from '../command-error.ts';
import { dockerFile, findCredentials, podmanFile } from '../credentials/auth-files.ts';
import { siteCredentials } from '../credentials/site-credentials.ts';
import { findLoginServer, isHost, type LoginServer } from '../site/login-servers.ts';
import type { Credentials } from '../site/registry-client.ts';
import { Session } from '../site/session.ts';
import { plain, RepositorySource } from './repository-source.ts';
import type { Digest, ImageSource, ImageTarget, PulledManifest } from './store.ts';

/** `HOST/REPOSITORY[:TAG|@DIGEST]`; a registry of the site may be called by its name alone. */
export interface ImageReference {
  readonly registry: string;
  readonly repository: string;
  readonly tag?: string;
  readonly digest?: string;
}

export function parseReference(text: string): ImageReference {
  const parts = /^([^/]+)\/([^@]+?)(?::([^/:@]+))?(?:@(.+))?$/.exec(text);
  const [, registry, repository, tag, digest] = parts ?? [];
  if (registry === undefined || repository === undefined) {
    throw wrongUsage(
      `'${text}' names no image: write REGISTRY/REPOSITORY:TAG, the registry by its login server or its name.`,
    );
  }
  return { registry, repository, ...(tag === undefined ? {} : { tag }), ...(digest === undefined ? {} : { digest }) };
}

export interface GivenCredentials {
  readonly username?: string | undefined;
  readonly password?: string | undefined;
}

export interface Connection {
  readonly client: PushClient;
  readonly transport: RegistryTransport;
  readonly credentials: Credentials | undefined;
}

export async function openRegistry(context: Context, name: string, given?: GivenCredentials): Promise<PushClient> {
  return (await connect(context, name, given)).client;
}

/** A registry's client, signed in as given, else as the site's user, else as Docker's or Podman's file says, else not at all. */
export async function connect(context: Context, name: string, given: GivenCredentials = {}): Promise<Connection> {
  const session = !isHost(name) && Session.isPossible(context) ? await Session.open(context) : undefined;
  const server = await findLoginServer(context, name, session);
  const transport = createFetchTransport();
  const credentials = await credentialsFor(context, server, given);
  const client = new PushClient({
    transport,
    host: server.host,
    plainHttp: server.origin.startsWith('http:'),
    credentials,
    retries: 4,
    userAgent: 'holdfast',
    sleep: (ms, signal) => sleep(ms, undefined, { signal }),
  });
  return { client, transport, credentials };
}

async function credentialsFor(
  context: Context,
  { host }: LoginServer,
  given: GivenCredentials,
): Promise<Credentials | undefined> {
  const { username, password } = given;
  if (username !== undefined && password !== undefined) return { username, password };
  if (username !== undefined || password !== undefined)
    throw wrongUsage('A name needs a password beside it, and a password a name.');
  const own = await siteCredentials(context, host);
  if (own) return own;
  for (const file of [dockerFile(context), podmanFile(context)]) {
    const found = await findCredentials(file, host);
    if (found) return found;
  }
  return undefined;
}

/** One repository of a registry, to be read and written. */
export class RegistryStore extends RepositorySource implements ImageTarget {
  readonly #client: PushClient;

  constructor(client: PushClient, repository: string) {
    super(client, repository, `${client.base.host}/${repository}`);
    this.#client = client;
  }

  async hasBlob(digest: Digest): Promise<boolean> {
    return (await plain(this.#client.findBlob(this.repository, digest))) !== undefined;
  }

  async mount(digest: Digest, from: ImageSource): Promise<boolean> {
    if (!(from instanceof RegistryStore) || from.#client.base.host !== this.#client.base.host) return false;
    return plain(this.#client.mountBlob(this.repository, digest, from.repository));
  }

  putBlob(digest: Digest, size: number, open: () => Promise<Readable>): Promise<void> {
    return plain(this.#client.pushBlob(this.repository, { digest, size, open }));
  }

  putManifest({ digest, mediaType, bytes }: PulledManifest, tag?: string): Promise<void> {
    return plain(this.#client.putManifest(this.repository, tag ?? digest, mediaType, bytes));
  }
}
