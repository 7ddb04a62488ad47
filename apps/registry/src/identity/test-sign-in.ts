import { openMemoryMetadataStore } from '../metadata/sqlite/open.ts';
import { registryRow } from '../metadata/test-rows.ts';
import { FakeClock } from '../platform/clock.ts';
import { systemIds } from '../platform/ids.ts';
import { type PreparedAccounts, prepareAccounts, writeAccounts } from './bootstrap-accounts.ts';
import { Directory } from './directory.ts';
import type { Authority } from './endpoints.ts';
import { readParameters } from './parameters.ts';
import { createSecretBox } from './sealed-secrets.ts';
import { createSignIn } from './sign-in.ts';

export const ENDPOINTS = {
  management: 'https://management.site.test',
  portal: 'https://portal.site.test',
  graph: 'https://graph.site.test',
  authority: 'https://adfs.site.test/adfs',
  login: 'https://login.site.test',
};
export const AUDIENCE = `${ENDPOINTS.management}/audience`;
export const AZURE_CLI = '04b07795-8ddb-461a-bbee-02f9e1bf7b46';
export const CALLER = { id: 'tester', client: '192.0.2.1', correlationId: 'c' };
export const ADFS: Authority = {
  shape: 'adfs',
  issuer: ENDPOINTS.authority,
  tokenEndpoint: `${ENDPOINTS.authority}/oauth2/token/`,
};

/** Made once: hashing their passwords takes longer than a test. */
let preparing: Promise<PreparedAccounts> | undefined;

/** The sign-in service on a memory store, with the accounts of a first start and a registry. */
export async function createSignInSite() {
  const store = openMemoryMetadataStore();
  await store.migrate();
  const clock = new FakeClock();
  const ids = systemIds;
  const box = createSecretBox(ids.bytes(32), ids);
  const made = createSignIn({ metadata: store, box, clock, ids, domain: 'site.test', endpoints: () => ENDPOINTS });
  const directory = new Directory({ metadata: store, hasher: made.hasher, clock, ids });
  preparing ??= prepareAccounts(directory, ids, 'site.test');
  const prepared = await preparing;
  const accounts = await store.transaction(async (tx) => {
    await tx.settings.put('tenantId', '11111111-1111-4111-8111-111111111111');
    await tx.registries.create(registryRow({ id: 'r1', name: 'registry', createdAt: clock.now() }));
    return writeAccounts(tx, { directory, clock, ids }, prepared, 's1');
  });
  const { owner, servicePrincipal, application } = prepared;
  const grant = (form: Record<string, string>, more: { authority?: Authority; source?: string } = {}) =>
    made.signIn.grants.grant({
      parameters: readParameters(new URLSearchParams(form)),
      authority: ADFS,
      audiences: [ADFS.tokenEndpoint, ADFS.issuer],
      source: '192.0.2.1',
      ...more,
    });
  const app = { client_id: application.appId, client_secret: accounts.servicePrincipal.password };
  const person = { client_id: AZURE_CLI, username: owner.upn, password: accounts.owner.password };
  const everything = `${AUDIENCE}/.default openid profile offline_access`;
  return {
    ...made,
    store,
    clock,
    ids,
    box,
    directory,
    accounts,
    owner,
    servicePrincipal,
    application,
    grant,
    appToken: async (scope = `${AUDIENCE}/.default`) =>
      (await grant({ grant_type: 'client_credentials', ...app, scope })).answer,
    personToken: async (scope = everything) => (await grant({ grant_type: 'password', ...person, scope })).answer,
  };
}

export type SignInSite = Awaited<ReturnType<typeof createSignInSite>>;
