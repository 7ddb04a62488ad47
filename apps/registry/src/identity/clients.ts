import { hash, timingSafeEqual } from 'node:crypto';
import type { ApplicationCredentialRow, ServicePrincipalRow } from '../metadata/directory.ts';
import type { MetadataReader, MetadataStore } from '../metadata/metadata-store.ts';
import { BoundedCache } from '../platform/bounded-cache.ts';
import type { Clock } from '../platform/clock.ts';
import { readAssertion, verifyAssertion } from './client-assertion.ts';
import type { SignInEndpoints } from './endpoints.ts';
import { oauthError } from './oauth-error.ts';
import type { RedirectUri } from './redirects.ts';
import type { Refused } from './refused.ts';

/** Programs that everybody has: their ids are in the clients' code. */
const AZURE_CLI = '04b07795-8ddb-461a-bbee-02f9e1bf7b46';
const AZURE_POWERSHELL = '1950a258-227b-4e31-a9cf-717495945fc2';
/** The portal's id on every Azure. */
const PORTAL = 'c44b4083-3bb0-49c1-b47d-974e53cbdf3c';

const KEPT_CLIENTS = 1000;
const MAX_SECRET_BYTES = 1024;
const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A program that asks for tokens. */
export interface Client {
  readonly appId: string;
  readonly name: string;
  /** May ask in a person's name without a secret of its own. */
  readonly publicUse: boolean;
  readonly redirectUris: readonly RedirectUri[];
  /** What it is by itself; undefined for the programs that everybody has. */
  readonly servicePrincipal?: ServicePrincipalRow | undefined;
  readonly credentials: readonly ApplicationCredentialRow[];
}

/** How a client says which one it is. */
export interface ClientAuthentication {
  readonly clientId: string;
  readonly secret?: string | undefined;
  readonly assertion?: string | undefined;
  /** The names under which the client knows this service: an assertion is for one of them. */
  readonly audiences: readonly string[];
}

export interface AuthenticatedClient {
  readonly client: Client;
  /** What it showed; undefined for a public client, which shows nothing. */
  readonly credential?: ApplicationCredentialRow | undefined;
}

export interface ClientDependencies {
  readonly metadata: MetadataStore;
  readonly clock: Clock;
  readonly endpoints: () => SignInEndpoints;
}

/** Finds clients and believes them. What was read is good while the generation stands still. */
export class Clients {
  readonly #d: ClientDependencies;
  readonly #kept = new BoundedCache<{ readonly generation: number; readonly client: Client }>(KEPT_CLIENTS);

  constructor(d: ClientDependencies) {
    this.#d = d;
  }

  async find(clientId: string): Promise<Client | undefined> {
    const appId = clientId.toLowerCase();
    if (!GUID.test(appId)) return undefined;
    const firstParty = this.#firstParty(appId);
    if (firstParty) return firstParty;
    const { read } = this.#d.metadata;
    const generation = await read.generation.current();
    const kept = this.#kept.get(appId);
    if (kept?.generation === generation) return kept.client;
    const client = await this.#load(read, appId);
    // Only those that exist are kept, so made-up ids cannot fill the memory.
    if (client) this.#kept.set(appId, { generation, client });
    else this.#kept.delete(appId);
    return client;
  }

  /** Throws `oauth.invalid-client` unless the client is who it says. */
  async authenticate(given: ClientAuthentication): Promise<AuthenticatedClient> {
    const { clientId, secret, assertion } = given;
    const client = await this.find(clientId);
    if (!client) {
      throw oauthError(
        'oauth.unauthorized-client',
        700016,
        `Application with identifier '${shownId(clientId)}' was not found in the directory of this site. Check the application id.`,
      );
    }
    if (secret !== undefined && assertion !== undefined) {
      throw oauthError(
        'oauth.invalid-request',
        90023,
        'The request shows a client_secret and a client_assertion. Send one of them.',
      );
    }
    if (client.servicePrincipal && !client.servicePrincipal.enabled) {
      throw oauthError(
        'oauth.unauthorized-client',
        7000112,
        `Application '${client.appId}'(${client.name}) is disabled.`,
      );
    }
    if (secret !== undefined) return { client, credential: this.#bySecret(client, secret) };
    if (assertion !== undefined)
      return { client, credential: await this.#byAssertion(client, assertion, given.audiences) };
    if (client.publicUse) return { client };
    throw oauthError(
      'oauth.invalid-client',
      7000218,
      "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
    );
  }

  /** The secret of a service principal, shown as a password at a registry; undefined for a wrong one. */
  async verifySecret(
    clientId: string,
    secret: string,
  ): Promise<{ servicePrincipal: ServicePrincipalRow; credential: ApplicationCredentialRow } | Refused | undefined> {
    const client = await this.find(clientId);
    const servicePrincipal = client?.servicePrincipal;
    const credential = matchingSecret(client?.credentials ?? [], secret);
    if (!servicePrincipal || !credential) return undefined;
    // From here on the caller has proved the secret, and is told.
    const who = servicePrincipal.id;
    if (!servicePrincipal.enabled) return { refused: 'account-disabled', who };
    if (credential.endsAt <= this.#d.clock.now())
      return { refused: 'credential-expired', since: credential.endsAt, who };
    return this.#inForce(credential) ? { servicePrincipal, credential } : undefined;
  }

  #bySecret(client: Client, secret: string): ApplicationCredentialRow {
    if (client.publicUse && client.credentials.length === 0) {
      throw oauthError(
        'oauth.invalid-client',
        700025,
        "Client is public so neither 'client_assertion' nor 'client_secret' should be presented.",
      );
    }
    const found = matchingSecret(client.credentials, secret);
    if (!found) {
      throw oauthError(
        'oauth.invalid-client',
        7000215,
        `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${client.appId}'.`,
      );
    }
    if (!this.#inForce(found)) {
      throw oauthError(
        'oauth.invalid-client',
        7000222,
        `The provided client secret keys for app '${client.appId}' are expired. Create new ones: az ad sp credential reset --id ${client.appId}.`,
      );
    }
    return found;
  }

  async #byAssertion(client: Client, text: string, audiences: readonly string[]): Promise<ApplicationCredentialRow> {
    const now = this.#d.clock.now();
    const assertion = readAssertion(text, { clientId: client.appId, audiences, now });
    const certificates = client.credentials.filter((c) => c.kind === 'certificate' && this.#inForce(c));
    const credential = await verifyAssertion(assertion, certificates);
    const fresh = await this.#d.metadata.transaction((tx) =>
      tx.clientAssertions.use(client.appId, assertion.jti, assertion.usedUntil),
    );
    if (fresh) return credential;
    throw oauthError(
      'oauth.invalid-client',
      700030,
      'The client assertion was shown before, and each is good for one request. Sign a new one, with a jti of its own.',
    );
  }

  #inForce({ startsAt, endsAt }: ApplicationCredentialRow): boolean {
    const now = this.#d.clock.now();
    return startsAt <= now && now < endsAt;
  }

  #firstParty(appId: string): Client | undefined {
    const loopback: RedirectUri[] = [{ uri: 'http://localhost', kind: 'public' }];
    const base = { appId, publicUse: true, credentials: [] };
    if (appId === AZURE_CLI) return { ...base, name: 'Microsoft Azure CLI', redirectUris: loopback };
    if (appId === AZURE_POWERSHELL) return { ...base, name: 'Microsoft Azure PowerShell', redirectUris: loopback };
    if (appId !== PORTAL) return undefined;
    return { ...base, name: 'Holdfast', redirectUris: portalAddresses(this.#d.endpoints().portal) };
  }

  async #load(read: MetadataReader, appId: string): Promise<Client | undefined> {
    const application = await read.applications.byAppId(appId);
    if (!application) return undefined;
    return {
      appId,
      name: application.displayName,
      publicUse: application.publicClient,
      redirectUris: JSON.parse(application.redirectUris) as RedirectUri[],
      servicePrincipal: await read.servicePrincipals.byAppId(appId),
      credentials: await read.applicationCredentials.ofApplication(appId),
    };
  }
}

/** On its own host, and below `/portal/` on the person's own machine, where no name need resolve. */
function portalAddresses(portal: string): RedirectUri[] {
  const { protocol, port } = new URL(portal);
  const secure = ['localhost', '127.0.0.1'].map((host): RedirectUri => {
    return { uri: `${protocol}//${host}${port && `:${port}`}/portal/`, kind: 'spa' };
  });
  return [{ uri: `${portal}/`, kind: 'spa' }, { uri: 'http://localhost/portal/', kind: 'public' }, ...secure];
}

/** Every secret is compared, whichever one it is. */
function matchingSecret(
  credentials: readonly ApplicationCredentialRow[],
  secret: string,
): ApplicationCredentialRow | undefined {
  if (Buffer.byteLength(secret) > MAX_SECRET_BYTES) return undefined;
  const digest = hash('sha256', secret, 'buffer');
  let found: ApplicationCredentialRow | undefined;
  for (const credential of credentials) {
    if (credential.digest && timingSafeEqual(digest, credential.digest)) found = credential;
  }
  return found;
}

function shownId(text: string): string {
  return text.replace(/[^\w.@-]/g, '?').slice(0, 100);
}
