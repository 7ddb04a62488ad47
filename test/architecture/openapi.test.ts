import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Station } from '../../apps/registry/src/bundle/test-station.ts';
import { BODIES } from '../../tools/openapi/bodies.ts';
import { AZURE_CLI } from '../attacks/support/sign-in.ts';
import { pushImage } from '../e2e/support/images.ts';
import { type AzureSite, REGISTRIES, startAzureSite, valuesOf } from '../support/azure-site.ts';
import { problemOf, witnessed } from '../support/described.ts';
import { Answer } from '../support/http-client.ts';
import { deploy, templateOf } from '../support/templates.ts';

// The description of the API is complete and true: each operation that can succeed does so here once, and every answer
// that any test gets is held against what is said of it (test/support/described.ts).

let site: AzureSite;
let registry: string;
let administration: string;
let operator: string;
beforeAll(async () => {
  site = await startAzureSite({ config: 'scanner: { url: "http://127.0.0.1:9/" }\n' });
  registry = `${site.group}/${REGISTRIES}/registry`;
  administration = await site.administration();
  operator = await site.operator();
});
afterAll(() => site.stop());

/** AcrPull, which is the same everywhere. */
const ROLE_OF_PULLS = '/providers/Microsoft.Authorization/roleDefinitions/7f951dda-4ed3-4680-a7ca-43fe172d538d';
const pathOf = (address = '') => address.replace(/^https?:\/\/[^/]+/, '');
const AUTHORIZATION = 'providers/Microsoft.Authorization';
const succeeds = async (asked: Promise<Answer>): Promise<Answer> => {
  const answer = await asked;
  expect(answer.status, answer.text).toBeLessThan(400);
  return answer;
};
const arm = (method: string, path: string, body?: unknown, version?: string) =>
  succeeds(site.arm(method, path, { ...(body === undefined ? {} : { body }), ...(version ? { version } : {}) }));
const byOperator = (method: string, path: string, body?: unknown) =>
  succeeds(site.arm(method, `${administration}${path}`, { as: operator, ...(body === undefined ? {} : { body }) }));
const graph = (method: string, path: string, body?: unknown) => succeeds(site.graph(method, path, body));
const ask = (method: string, path: string, body?: unknown) =>
  succeeds(site.ask(method, path, body === undefined ? {} : { body: JSON.stringify(body) }));
/** Of nobody who has signed in; what only the host of sign-ins answers has it. */
const open = (method: string, path: string, form?: Record<string, string>) => {
  const host = path.startsWith('/adfs') || form?.service || path.startsWith('/metadata') ? {} : { Host: login() };
  const type = form ? { 'Content-Type': 'application/x-www-form-urlencoded' } : {};
  const body = form ? { body: new URLSearchParams(form).toString() } : {};
  return succeeds(site.ask(method, path, { as: 'none', headers: { ...host, ...type }, ...body }));
};
const login = () => `login.${site.bootstrap.domain}`;
/** Made, changed, looked at, listed, deleted, and not there any more. */
async function lives(list: string, name: string, body: unknown, more: { patch?: unknown; version?: string } = {}) {
  const { patch, version } = more;
  for (const made of [1, 2])
    expect((await arm('PUT', `${list}/${name}`, body, version)).status).toBeLessThan(made + 201);
  if (patch !== undefined) await arm('PATCH', `${list}/${name}`, patch, version);
  await arm('GET', `${list}/${name}`, undefined, version);
  await arm('GET', list, undefined, version);
  return async () => {
    for (const gone of [1, 2]) expect((await arm('DELETE', `${list}/${name}`, undefined, version)).status, `${gone}`);
  };
}

describe('the resource manager’s answers are as described', () => {
  it('of the site, its subscription, groups and providers', async () => {
    for (const version of ['2015-01-01', '2019-05-01', '2022-09-01'])
      await open('GET', `/metadata/endpoints?api-version=${version}`);
    await arm('GET', '/tenants');
    await arm('GET', '/subscriptions');
    await arm('GET', site.subscription);
    await arm('GET', `${site.subscription}/locations`);
    for (const at of ['', site.subscription]) {
      await arm('GET', `${at}/providers`);
      await arm('GET', `${at}/providers/Microsoft.Authorization`);
    }
    await arm('POST', `${site.subscription}/providers/Microsoft.Resources/register`);
    await arm('POST', `${site.subscription}/providers/Microsoft.Resources/unregister`);
    await arm('GET', '/providers/Microsoft.ContainerRegistry/operations');
    await arm('GET', `${site.subscription}/resources`);
    await arm('GET', `${site.group}/resources`);
    const group = `${site.subscription}/resourceGroups/other`;
    await arm('PUT', group, { location: 'local' });
    await arm('PUT', group, { location: 'local', tags: { a: 'b' } });
    await arm('PATCH', group, { tags: { a: 'c' } });
    await arm('HEAD', group);
    await arm('GET', group);
    await arm('GET', `${site.subscription}/resourceGroups`);
    await arm('DELETE', group);
  });

  it('of rights and locks', async () => {
    const robot = await site.robot();
    const roles = `${site.subscription}/${AUTHORIZATION}/roleDefinitions`;
    const role = {
      roleName: 'Looker',
      description: 'looks',
      type: 'CustomRole',
      permissions: [{ actions: ['*/read'], notActions: [] }],
      assignableScopes: [site.subscription],
    };
    const id = randomUUID();
    const gone = await lives(roles, id, { properties: role }, { version: '2022-04-01' });
    const assignments = `${site.group}/${AUTHORIZATION}/roleAssignments`;
    const properties = { roleDefinitionId: `${roles}/${id}`, principalId: robot.objectId, description: 'why' };
    const name = randomUUID();
    for (const version of ['2022-04-01', '2015-07-01'])
      await (await lives(assignments, name, { properties }, { version }))();
    await gone();
    await (await lives(roles, id, { properties: role }, { version: '2015-07-01' }))();
    await arm('GET', `${registry}/${AUTHORIZATION}/permissions`, undefined, '2022-04-01');
    const asked = `principalId=${robot.objectId}&action=pull`;
    await arm('GET', `${registry}/${AUTHORIZATION}/checkAccess?${asked}`);
    const locks = `${site.group}/${AUTHORIZATION}/locks`;
    const lock = { properties: { level: 'CanNotDelete', notes: 'why' } };
    await (await lives(locks, 'lock1', lock))();
    await arm('GET', `${site.subscription}/providers/Microsoft.Insights/eventtypes/management/values`);
  });

  it('of registries, whatever the version', async () => {
    const name = 'another1';
    for (const version of ['2019-05-01', '2023-07-01']) {
      const body = { location: 'local', sku: { name: 'Standard' }, properties: { adminUserEnabled: true } };
      const patch = { tags: { a: 'b' } };
      const gone = await lives(`${site.group}/${REGISTRIES}`, name, body, { patch, version });
      await arm('GET', `${site.subscription}/${REGISTRIES}`, undefined, version);
      await gone();
    }
    const check = `${site.subscription}/providers/Microsoft.ContainerRegistry/checkNameAvailability`;
    for (const wanted of ['registry', 'freename1', '-'])
      await arm('POST', check, { name: wanted, type: 'Microsoft.ContainerRegistry/registries' });
    await arm('POST', `${registry}/listCredentials`);
    await arm('GET', `${registry}/listUsages`);
    for (const kind of ['replications', 'tasks', 'taskRuns', 'runs', 'agentPools', 'cacheRules', 'credentialSets']) {
      await arm('GET', `${registry}/${kind}`);
      await arm('DELETE', `${registry}/${kind}/none`);
    }
    for (const kind of ['connectedRegistries', 'privateEndpointConnections', 'exportPipelines', 'importPipelines']) {
      await arm('GET', `${registry}/${kind}`);
      await arm('DELETE', `${registry}/${kind}/none`);
    }
  });

  it('of what is below a registry', async () => {
    const webhook = { serviceUri: 'https://hooks.example/in', actions: ['push'], status: 'enabled', scope: 'a/b:*' };
    const patch = { properties: { status: 'disabled' } };
    const noWebhook = await lives(
      `${registry}/webhooks`,
      'hook1',
      { location: 'local', properties: webhook },
      { patch },
    );
    await arm('POST', `${registry}/webhooks/hook1/ping`);
    await arm('POST', `${registry}/webhooks/hook1/getCallbackConfig`);
    await arm('POST', `${registry}/webhooks/hook1/replayEvents`, {});
    for (const method of ['POST', 'GET']) await arm(method, `${registry}/webhooks/hook1/listEvents`);
    await noWebhook();
    const version = '2020-11-01-preview';
    const map = { properties: { description: 'reads', actions: ['repositories/a/b/content/read'] } };
    const noMap = await lives(`${registry}/scopeMaps`, 'readers', map, { patch: map, version });
    const token = { properties: { scopeMapId: `${registry}/scopeMaps/readers`, status: 'enabled' } };
    const noToken = await lives(`${registry}/tokens`, 'reader', token, { patch: token, version });
    const expiry = new Date(Date.now() + 86_400_000).toISOString();
    await arm('POST', `${registry}/generateCredentials`, { tokenId: `${registry}/tokens/reader`, expiry }, version);
    await arm('GET', `${registry}/tokens/reader`, undefined, version);
    await noToken();
    await noMap();
    const tags = { match: ['v*'], except: ['v1'], keepLatest: 1, olderThanDays: 1, notPulledForDays: 1 };
    const cleanUp = { repositories: ['a/*'], untagged: { days: 1 }, tags, includeQuarantined: true };
    const noCleanUp = await lives(`${registry}/cleanupPolicies`, 'old-ones', { properties: cleanUp });
    await pushImage(site, 'a/c', 'v2');
    await pushImage(site, 'a/c', 'v3');
    const now = { repositories: ['a/*'], untagged: { days: 0 }, tags: { match: ['v*'], keepLatest: 1 } };
    await arm('POST', `${registry}/previewCleanup`, { properties: now });
    await arm('GET', `${registry}/previewCleanup?policy=old-ones`);
    await noCleanUp();
    const fixed = { repositories: ['a/*'], match: ['v*'], except: ['v1'], allowCleanUp: true };
    await (await lives(`${registry}/immutableTagPolicies`, 'fixed', { properties: fixed }))();
    await arm('GET', `${registry}/previewQuarantine`);
    const source = { resourceId: registry, sourceImage: 'a/c:v2' };
    await arm('POST', `${registry}/importImage`, { source, targetTags: ['copy/of:v2'], mode: 'Force' });
    await arm('POST', `${registry}/regenerateCredential`, { name: 'password2' });
  });

  it('of deployments', async () => {
    const group = `${site.subscription}/resourceGroups/deployed`;
    await arm('PUT', group, { location: 'local' });
    const webhook = { serviceUri: 'https://hooks.example/in', actions: ['push'] };
    const made = templateOf({
      parameters: { name: { type: 'string' } },
      resources: [
        {
          type: 'Microsoft.ContainerRegistry/registries',
          apiVersion: '2019-05-01',
          name: "[parameters('name')]",
          location: 'local',
          sku: { name: 'Standard' },
          resources: [
            {
              type: 'webhooks',
              apiVersion: '2019-05-01',
              name: 'hook1',
              location: 'local',
              dependsOn: ["[parameters('name')]"],
              properties: webhook,
            },
          ],
        },
      ],
      outputs: { name: { type: 'string', value: "[parameters('name')]" } },
    });
    const groups = templateOf({
      parameters: { name: { type: 'string' } },
      resources: [
        {
          type: 'Microsoft.Resources/resourceGroups',
          apiVersion: '2020-10-01',
          name: "[parameters('name')]",
          location: 'local',
        },
      ],
    });
    const properties = { principalId: randomUUID(), roleDefinitionId: ROLE_OF_PULLS };
    const failing = templateOf({
      resources: [
        {
          type: 'Microsoft.Authorization/roleAssignments',
          apiVersion: '2022-04-01',
          name: randomUUID(),
          properties,
        },
      ],
    });
    const levels: [string, Record<string, unknown>, string][] = [
      [group, made, 'deployed1'],
      [site.subscription, groups, 'deployed2'],
    ];
    for (const [scope, template, name] of levels) {
      const options = { group: scope, parameters: { name } };
      for (const action of ['/validate', '/whatIf'])
        await succeeds(deploy(site, 'one', template, { ...options, action }));
      for (const _ of [1, 2]) await succeeds(deploy(site, 'one', template, options));
      await succeeds(deploy(site, 'one', template, { ...options, action: '/whatIf' }));
      const failed = await succeeds(deploy(site, 'two', failing, { group: scope }));
      await succeeds(site.ask('GET', pathOf(failed.header('Azure-AsyncOperation')), { as: site.owner }));
      const all = `${scope}/providers/Microsoft.Resources/deployments`;
      await arm('GET', all);
      await arm('HEAD', `${all}/one`);
      await arm('GET', `${all}/one`);
      await arm('POST', `${all}/one/exportTemplate`);
      const plain = scope === group ? [`${group}/deployments/one/operations`] : [];
      for (const operations of [`${all}/one/operations`, `${all}/two/operations`, ...plain]) {
        const [operation] = valuesOf<{ operationId: string }>(await arm('GET', operations));
        await arm('GET', `${operations}/${operation?.operationId}`);
      }
      await arm('GET', `${all}/two`);
      await arm('DELETE', `${all}/one`);
    }
  });

  it('of the operator', async () => {
    const properties = { numberOfRegistries: 5, capacityPerRegistryInGiB: 10 };
    for (const _ of [1, 2]) await byOperator('PUT', '/quotas/small', { properties });
    await byOperator('GET', '/quotas/small');
    await byOperator('GET', '/quotas');
    const target = site.subscription.replace('/subscriptions/', '');
    await byOperator('PUT', `/quotas/small/subscriptions/${target}`);
    await byOperator('GET', '/quotas/small/subscriptions');
    for (const _ of [1, 2]) await byOperator('DELETE', `/quotas/small/subscriptions/${target}`);
    for (const _ of [1, 2]) await byOperator('DELETE', '/quotas/small');
    await byOperator('PUT', '/configurations/default', { properties: { maximumCapacityInGiB: 100 } });
    for (const path of ['/configurations', '/configurations/default', '/capacities', '/capacities/default'])
      await byOperator('GET', path);
    for (const path of ['/capacitySamples', '/registries', '/certificates', '/health']) await byOperator('GET', path);
    const [job] = valuesOf<{ id: string }>(await byOperator('GET', '/jobs'));
    const id = (job?.id ?? '').replace(/.*\//, '');
    for (const deed of ['pause', 'resume', 'run']) await byOperator('POST', `/jobs/${id}/${deed}`);
    await arm('GET', '/providers/Microsoft.ContainerRegistry.Admin/operations');
    const setup = `${administration.replace('Registry.Admin', 'Registry.Setup')}/setup`;
    await succeeds(site.arm('GET', setup, { as: operator }));
  });
});

describe('the registry’s answers are as described', () => {
  it('of images and their blobs', async () => {
    const image = await pushImage(site, 'd/e', 'v1');
    const manifest = (await ask('GET', '/v2/d/e/manifests/v1')).json<{ config: { digest: string } }>();
    const blob = manifest.config.digest;
    await ask('GET', '/v2/');
    await ask('GET', '/v2/_catalog');
    await ask('GET', '/v2/d/e/tags/list');
    await ask('HEAD', '/v2/d/e/manifests/v1');
    await succeeds(site.ask('GET', '/v2/d/e/manifests/v1', { headers: { 'If-None-Match': `"${image.digest}"` } }));
    await pushImage(site, 'd/e', undefined, { subject: image, annotations: { a: 'b' }, artifactType: 'application/x' });
    await ask('GET', `/v2/d/e/referrers/${image.digest}`);
    await ask('HEAD', `/v2/d/e/blobs/${blob}`);
    await ask('GET', `/v2/d/e/blobs/${blob}`);
    await succeeds(site.ask('GET', `/v2/d/e/blobs/${blob}`, { headers: { Range: 'bytes=0-3' } }));
    await ask('POST', `/v2/d/f/blobs/uploads/?mount=${blob}&from=d/e`);
    await ask('DELETE', `/v2/d/f/blobs/${blob}`);
    const upload = async () => (await ask('POST', '/v2/d/e/blobs/uploads/')).header('Location') ?? '';
    const one = await upload();
    await succeeds(site.ask('PATCH', one, { headers: { 'Content-Range': '0-3' }, body: 'abcd' }));
    await ask('GET', one);
    await ask('DELETE', one);
  });

  it('of tokens', async () => {
    await ask('GET', '/oauth2/token?service=registry&scope=repository:a/b:pull');
    const exchanged = await open('POST', '/oauth2/exchange', {
      grant_type: 'access_token',
      service: 'registry',
      access_token: site.owner,
    });
    const { refresh_token } = exchanged.json<{ refresh_token: string }>();
    await open('POST', '/oauth2/token', {
      grant_type: 'refresh_token',
      service: 'registry',
      scope: 'repository:a/b:pull',
      refresh_token,
    });
  });

  it('of the metadata API, and of what is deleted softly', async () => {
    const image = await pushImage(site, 'g/h', 'v1');
    await pushImage(site, 'g/h', 'v2', { layers: [Buffer.from('x')] });
    const { config } = (await ask('GET', '/v2/g/h/manifests/v1')).json<{ config: { digest: string } }>();
    for (const query of ['', '?details=true']) await ask('GET', `/acr/v1/_catalog${query}`);
    const tags = [
      '',
      '/_tags',
      '/_tags?include=manifest',
      '/_tags?orderby=size_desc',
      '/_tags/v1',
      '/_tags/v1/_explain',
    ];
    const manifests = ['/_manifests', `/_manifests/${image.digest}`, `/_manifests/${image.digest}/_explain`];
    for (const path of [...tags, ...manifests, '/_usage', `/_blobs/${config.digest}/_explain`])
      await ask('GET', `/acr/v1/g/h${path}`);
    for (const path of ['', '/_tags/v1', `/_manifests/${image.digest}`])
      await ask('PATCH', `/acr/v1/g/h${path}`, { writeEnabled: true });
    await ask('GET', `/acr/v1/g/h/_manifests/${image.digest}/_scan`);
    await ask('POST', `/acr/v1/g/h/_manifests/${image.digest}/_scan`);
    await ask('GET', `/acr/v1/g/h/_manifests/${image.digest}/_scan`);
    const softDeletePolicy = { status: 'enabled', retentionDays: 7 };
    await arm('PATCH', registry, { properties: { policies: { softDeletePolicy } } }, '2023-07-01');
    await ask('DELETE', `/acr/v1/g/h/_manifests/${image.digest}`);
    await ask('GET', '/acr/v1/_deleted/_catalog');
    await ask('GET', '/acr/v1/_deleted/g/h/_manifests');
    await ask('GET', '/acr/v1/_deleted/g/h/_tags');
    await ask('POST', `/acr/v1/_deleted/g/h/_manifests/${image.digest}`, { tag: 'v1' });
    await ask('DELETE', '/acr/v1/g/h/_tags/v1');
    await ask('DELETE', `/v2/g/h/manifests/${image.digest}`);
    await ask('DELETE', '/acr/v1/g/h');
    const off = { status: 'disabled', retentionDays: 7 };
    await arm('PATCH', registry, { properties: { policies: { softDeletePolicy: off } } }, '2023-07-01');
  });

  it('of the plan of a bundle and of tags that move together', async () => {
    const { digest } = await pushImage(site, 'i/j', 'v1');
    const tag = { repository: 'i/j', tag: 'v2', digest };
    await ask('POST', '/holdfast/v1/i/j/_plan', { bytes: 1, tags: [tag] });
    await ask('POST', '/holdfast/v1/i/j/_tags', { bundle: digest, signer: digest, tags: [tag] });
  });

  it('of the transfer station, from the estimate to the custody log', async () => {
    await pushImage(site, 'a/b', 'v1');
    const station = new Station(site);
    const images = ['a/b'];
    await succeeds(station.ask('POST', '/_bundles/_estimate', { images }));
    await succeeds(station.ask('POST', '/_bundles', { images }));
    const { bundle } = await station.create(images);
    const bytes = await station.download(bundle, 1);
    const manager = await site.robot('Contributor', registry);
    const basic = `Basic ${Buffer.from(`${manager.appId}:${manager.secret}`).toString('base64')}`;
    const token = await site.ask('GET', '/oauth2/token?service=registry&scope=registry:bundles:trust', {
      headers: { Authorization: basic },
    });
    const trust = new Station(site, token.json<{ access_token: string }>().access_token);
    await succeeds(station.ask('HEAD', `/_bundles/${bundle}/_volumes/1`));
    await station.upload(bytes, { carriedBy: 'somebody' });
    const unfinished = await station.start(10);
    await succeeds(station.ask('GET', `/_files/${unfinished}`));
    await succeeds(station.ask('POST', `/_bundles/${bundle}/_plan`));
    await station.done('POST', `/_bundles/${bundle}/_verify`);
    await station.done('POST', `/_bundles/${bundle}/_apply`);
    const applied = await station.ask('POST', `/_bundles/${bundle}/_apply`);
    const address = pathOf(applied.header('Location')).replace('/holdfast/v1', '');
    await succeeds(station.ask('DELETE', address));
    for (const path of ['/_files', '/_bundles', `/_bundles/${bundle}`, '/_operations', address, '/_key', '/_custody'])
      await succeeds(station.ask('GET', path));
    await succeeds(station.ask('GET', '/_receipt'));
    const { publicKey } = (await import('node:crypto')).generateKeyPairSync('ed25519');
    const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const signer = await succeeds(trust.ask('POST', '/_signers', { name: 'far', publicKey: pem }));
    await succeeds(station.ask('GET', '/_signers'));
    await succeeds(trust.ask('DELETE', `/_signers/${signer.json<{ id: string }>().id}`));
    await succeeds(station.ask('DELETE', `/_files/${unfinished}`));
    await succeeds(station.ask('DELETE', `/_bundles/${bundle}/_volumes/1`)); // its last one: the bundle is gone, too
    await succeeds(station.ask('DELETE', `/_bundles/${(await station.create(images)).bundle}`));
  });
});

describe('the directory’s answers are as described', () => {
  it('of people and groups', async () => {
    const upn = `ada@${(await graph('GET', '/users')).json<{ value: { userPrincipalName: string }[] }>().value[0]?.userPrincipalName.split('@')[1]}`;
    const user = (
      await graph('POST', '/users', {
        userPrincipalName: upn,
        displayName: 'Ada',
        accountEnabled: true,
        mailNickname: 'ada',
        passwordProfile: { password: 'seven quiet lanterns', forceChangePasswordNextSignIn: false },
      })
    ).json<{ id: string }>();
    const group = (
      await graph('POST', '/groups', {
        displayName: 'readers',
        mailNickname: 'readers',
        mailEnabled: false,
        securityEnabled: true,
      })
    ).json<{ id: string }>();
    await graph('GET', '/groups');
    await graph('GET', `/groups/${group.id}`);
    await graph('PATCH', `/groups/${group.id}`, { description: 'read' });
    await graph('POST', `/groups/${group.id}/members/$ref`, {
      '@odata.id': `https://graph.example/v1.0/directoryObjects/${user.id}`,
    });
    for (const path of ['members', 'owners']) await graph('GET', `/groups/${group.id}/${path}`);
    for (const of of [`users/${user.id}`, `groups/${group.id}`, `directoryObjects/${user.id}`])
      await graph('POST', `/${of}/getMemberGroups`, { securityEnabledOnly: true });
    await graph('POST', `/directoryObjects/${user.id}/checkMemberGroups`, { groupIds: [group.id] });
    await graph('GET', `/users/${user.id}/memberOf`);
    await graph('GET', '/me/memberOf');
    await graph('GET', '/me/ownedObjects');
    for (const id of [user.id, group.id]) await graph('GET', `/directoryObjects/${id}`);
    await graph('POST', '/directoryObjects/getByIds', { ids: [user.id, group.id] });
    await graph('GET', `/users/${user.id}`);
    await graph('PATCH', `/users/${user.id}`, { displayName: 'Ada L.' });
    await graph('DELETE', `/groups/${group.id}/members/${user.id}/$ref`);
    await graph('DELETE', `/groups/${group.id}`);
    await graph('DELETE', `/users/${user.id}`);
  });

  it('of programs', async () => {
    const application = (await graph('POST', '/applications', { displayName: 'program' })).json<{
      id: string;
      appId: string;
    }>();
    const principal = (await graph('POST', '/servicePrincipals', { appId: application.appId })).json<{ id: string }>();
    for (const path of [`/applications/${application.id}`, `/servicePrincipals/${principal.id}`]) {
      const added = await graph('POST', `${path}/addPassword`, { passwordCredential: { displayName: 'one' } });
      await graph('GET', path);
      await graph('GET', path.replace(/[^/]+$/, '').replace(/\/$/, ''));
      await graph('GET', `${path}/owners`);
      await graph('POST', `${path}/removePassword`, { keyId: added.json<{ keyId: string }>().keyId });
    }
    await graph('PATCH', `/applications/${application.id}`, { displayName: 'renamed' });
    await graph('PATCH', `/servicePrincipals/${principal.id}`, { accountEnabled: true });
    await graph('POST', `/servicePrincipals/${principal.id}/getMemberGroups`, { securityEnabledOnly: true });
    await graph('GET', `/directoryObjects/${principal.id}`);
    await graph('DELETE', `/servicePrincipals/${principal.id}`);
    await graph('DELETE', `/applications/${application.id}`);
  });
});

describe('signing in is as described', () => {
  it('for people and programs, in the first protocol and in the second', async () => {
    const { owner, servicePrincipal, tenantId } = site.bootstrap;
    const audience = `${site.bootstrap.endpoints.management}/audience`;
    const graphOf = (token: string) => (method: string, path: string, body?: unknown) =>
      succeeds(site.ask(method, `/v1.0${path}`, { as: token, body: JSON.stringify(body ?? {}) }));
    const program = {
      grant_type: 'client_credentials',
      client_id: servicePrincipal.appId,
      client_secret: servicePrincipal.password,
    };
    await open('POST', `/${tenantId}/oauth2/v2.0/token`, { ...program, scope: `${audience}/.default` });
    await open('POST', `/${tenantId}/oauth2/token`, { ...program, resource: audience });
    const person = await open('POST', '/adfs/oauth2/token', {
      grant_type: 'password',
      client_id: AZURE_CLI,
      username: owner.username,
      password: owner.password,
      scope: `${site.bootstrap.endpoints.management.replace('management.', 'graph.')}/.default openid offline_access`,
    });
    const me = graphOf(person.json<{ access_token: string }>().access_token);
    await succeeds(site.ask('GET', '/v1.0/me', { as: person.json<{ access_token: string }>().access_token }));
    await me('POST', '/me/changePassword', {
      currentPassword: owner.password,
      newPassword: 'wholly different words',
    });
    const asked = new URLSearchParams({
      client_id: AZURE_CLI,
      response_type: 'code',
      redirect_uri: 'http://localhost:8400',
      scope: 'openid',
      code_challenge: 'c'.repeat(43),
      code_challenge_method: 'S256',
    });
    for (const path of ['adfs/oauth2', `${tenantId}/oauth2/v2.0`, `${tenantId}/oauth2`])
      await open('GET', `/${path}/authorize?${asked}`);
    for (const path of ['adfs/oauth2', 'common/oauth2']) await open('GET', `/${path}/deviceauth`);
  });

  it('where clients find their way', async () => {
    const known = '.well-known/openid-configuration';
    const { tenantId } = (await arm('GET', '/tenants')).json<{ value: { tenantId: string }[] }>().value[0] ?? {};
    for (const path of ['adfs', 'adfs/adfs', `${tenantId}`, `${tenantId}/v2.0`]) await open('GET', `/${path}/${known}`);
    for (const path of ['adfs/discovery/keys', `${tenantId}/discovery/v2.0/keys`, `${tenantId}/discovery/keys`])
      await open('GET', `/${path}`);
    await open('GET', '/common/discovery/instance');
    await open('GET', '/common/userrealm/ada@example');
    await ask('GET', '/portal/settings.json');
    for (const path of ['adfs/oauth2', `${tenantId}/oauth2/v2.0`, `${tenantId}/oauth2`]) {
      await open('GET', `/${path}/logout`);
      await open('POST', `/${path}/devicecode`, { client_id: AZURE_CLI, scope: 'openid' });
    }
    for (const path of ['adfs/oauth2', `${tenantId}/oauth2/v2.0`])
      await open('POST', `/${path}/revoke`, { token: 'x' });
  });
});

/** What takes more than a request or two is asked by others, whose answers are held against the description, too. */
const ELSEWHERE = {
  'apps/registry/src/distribution/redirect.test.ts': ['download-get', 'download-head'],
  'apps/registry/src/bundle/station.test.ts': ['bundle-file-import'],
  'apps/registry/src/resource-manager/import.test.ts': ['operation-result'],
  'apps/registry/src/resource-manager/deployments-running.test.ts': [
    'group-deployment-cancel',
    'subscription-deployment-cancel',
  ],
  'test/attacks/identity-pages.test.ts': [
    'adfs-authorize-answer',
    'entra-authorize-answer',
    'entra-authorize-v1-answer',
    'adfs-device-answer',
    'entra-device-answer',
  ],
  'test/e2e/portal.e2e.ts': ['portal-page', 'portal-asset'],
};

describe('the description', () => {
  it('is believed of no answer that it does not fit', () => {
    const answer = (status: number, text: string, type = 'application/json') =>
      new Answer(status, ['Content-Type', type], Buffer.from(text));
    const found = (given: Answer) =>
      problemOf('subscription-deployment-status', BODIES['subscription-deployment-status'] ?? {}, given);
    expect(found(answer(200, '{"status":"Running"}'))).toBeUndefined();
    expect(found(answer(200, '{}'))).toContain('otherwise');
    expect(found(answer(200, '{"status":"Running","more":1}'))).toContain('otherwise');
    expect(found(answer(201, '{"status":"Running"}'))).toContain('with 200');
    expect(found(answer(200, '{"status":"Running"}', 'text/plain'))).toContain('as application/json');
    expect(found(answer(200, ''))).toContain('otherwise');
  });

  it('has no operation that this file does not see succeed, but for those that other tests ask', () => {
    const able = Object.entries(BODIES).filter(([, body]) => body.response || body.empty);
    const unseen = able.map(([name]) => name).filter((name) => !witnessed.has(name));
    expect(unseen.sort()).toEqual(Object.values(ELSEWHERE).flat().sort());
  });
});
