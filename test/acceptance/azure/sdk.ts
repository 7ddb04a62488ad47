// The Azure SDKs against the site that sdk.sh started; what they read is compared, what they wrote is read back.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ContainerRegistryManagementClient } from '@azure/arm-containerregistry';
import { ContainerRegistryClient, ContainerRegistryContentClient } from '@azure/container-registry';
import { ClientSecretCredential, UsernamePasswordCredential } from '@azure/identity';

interface Site {
  domain: string;
  subscription: string;
  tenant: string;
  app: string;
  secret: string;
  owner: string;
  ownerPassword: string;
  region: string;
  registry: string;
  layout: string;
  digest: string;
}
const site = JSON.parse(process.env.SITE ?? '') as Site;
const audience = `https://management.${site.domain}/audience`;
const group = 'sdk-group';
const CLI = '04b07795-8ddb-461a-bbee-02f9e1bf7b46';

/** AD FS shape: the tenant is `adfs`. */
const robot = new ClientSecretCredential('adfs', site.app, site.secret, {
  authorityHost: `https://adfs.${site.domain}`,
  disableInstanceDiscovery: true,
});
/** Entra shape of the same. */
const entra = new ClientSecretCredential(site.tenant, site.app, site.secret, {
  authorityHost: `https://login.${site.domain}`,
  disableInstanceDiscovery: true,
});
const person = new UsernamePasswordCredential('adfs', CLI, site.owner, site.ownerPassword, {
  authorityHost: `https://adfs.${site.domain}`,
  disableInstanceDiscovery: true,
});

async function all<T>(list: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of list) items.push(item);
  return items;
}
const ok = (what: string) => console.log(`   ok: ${what}`);

async function manage(): Promise<void> {
  for (const [name, credential] of Object.entries({ robot, entra, person })) {
    const token = await credential.getToken(`${audience}/.default`);
    assert.match(token?.token ?? '', /^ey/);
    ok(`@azure/identity signs in: ${name}`);
  }
  const options = { endpoint: `https://management.${site.domain}`, credentialScopes: [`${audience}/.default`] };
  const arm = new ContainerRegistryManagementClient(robot, site.subscription, options);
  const token = (await robot.getToken(`${audience}/.default`))?.token;
  const made = await fetch(
    `https://management.${site.domain}/subscriptions/${site.subscription}/resourceGroups/${group}?api-version=2021-04-01`,
    {
      method: 'PUT',
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ location: site.region }),
    },
  );
  assert.equal(made.status, 201);
  const type = 'Microsoft.ContainerRegistry/registries' as const;
  assert.equal((await arm.registries.checkNameAvailability({ name: site.registry, type })).nameAvailable, true);
  const created = await arm.registries.create(group, site.registry, {
    location: site.region,
    sku: { name: 'Premium' },
    adminUserEnabled: true,
  });
  assert.equal(created.loginServer, `${site.registry}.azsacr.${site.domain}`);
  ok('registries.create');
  assert.equal((await arm.registries.get(group, site.registry)).name, site.registry);
  assert.equal((await arm.registries.checkNameAvailability({ name: site.registry, type })).nameAvailable, false);
  assert.equal((await arm.registries.update(group, site.registry, { tags: { a: 'b' } })).tags?.a, 'b');
  assert.ok((await all(arm.registries.list())).some(({ name }) => name === site.registry));
  assert.equal((await all(arm.registries.listByResourceGroup(group))).length, 1);
  ok('registries: get, checkNameAvailability, update, list, listByResourceGroup');
  const listed = await arm.registries.listCredentials(group, site.registry);
  const renewed = await arm.registries.regenerateCredential(group, site.registry, { name: 'password2' });
  assert.equal(renewed.passwords?.[0]?.value, listed.passwords?.[0]?.value);
  assert.notEqual(renewed.passwords?.[1]?.value, listed.passwords?.[1]?.value);
  writeFileSync(join(process.env.WORK ?? '.', 'sdk-password'), listed.passwords?.[0]?.value ?? '');
  const usages = (await arm.registries.listUsages(group, site.registry)).value ?? [];
  assert.deepEqual(
    usages.slice(0, 2).map(({ name }) => name),
    ['Size', 'Webhooks'],
  );
  ok('registries: listCredentials, regenerateCredential, listUsages');
  await webhooks(arm);
  await tokens(arm);
  assert.deepEqual(await all(arm.replications.list(group, site.registry)), []);
  assert.ok((await all(arm.operations.list())).length > 10);
  ok('replications.list, operations.list');
}

/** Into a second registry, from the first: the content client pushed there before. */
async function importImage(): Promise<void> {
  const options = { endpoint: `https://management.${site.domain}`, credentialScopes: [`${audience}/.default`] };
  const arm = new ContainerRegistryManagementClient(robot, site.subscription, options);
  const second = `${site.registry}b`;
  const { id } = await arm.registries.get(group, site.registry);
  await arm.registries.create(group, second, { location: site.region, sku: { name: 'Standard' } });
  const source = { ...(id ? { resourceId: id } : {}), sourceImage: 'team/app:v1' };
  await arm.registries.importImage(group, second, { source, targetTags: ['team/app:v1'], mode: 'NoForce' });
  const again = arm.registries.importImage(group, second, { source, targetTags: ['team/app:v1'], mode: 'NoForce' });
  await assert.rejects(again, { statusCode: 409 });
  const usages = (await arm.registries.listUsages(group, second)).value ?? [];
  assert.ok((usages[0]?.currentValue ?? 0) > 100_000);
  await arm.registries.delete(group, second);
  await assert.rejects(arm.registries.get(group, second), { statusCode: 404 });
  ok('registries: importImage, delete');
}

async function webhooks(arm: ContainerRegistryManagementClient): Promise<void> {
  await arm.webhooks.create(group, site.registry, 'sdkhook', {
    location: site.region,
    serviceUri: 'https://hook.invalid/x',
    customHeaders: { 'X-A': '1' },
    actions: ['push'],
    status: 'enabled',
  });
  assert.equal((await arm.webhooks.get(group, site.registry, 'sdkhook')).status, 'enabled');
  assert.equal((await all(arm.webhooks.list(group, site.registry))).length, 1);
  assert.equal((await arm.webhooks.update(group, site.registry, 'sdkhook', { status: 'disabled' })).status, 'disabled');
  assert.equal(
    (await arm.webhooks.getCallbackConfig(group, site.registry, 'sdkhook')).serviceUri,
    'https://hook.invalid/x',
  );
  assert.match((await arm.webhooks.ping(group, site.registry, 'sdkhook')).id ?? '', /^[0-9a-f-]{36}$/);
  await all(arm.webhooks.listEvents(group, site.registry, 'sdkhook'));
  await arm.webhooks.delete(group, site.registry, 'sdkhook');
  assert.deepEqual(await all(arm.webhooks.list(group, site.registry)), []);
  ok('webhooks: create, get, list, update, getCallbackConfig, ping, listEvents, delete');
}

async function tokens(arm: ContainerRegistryManagementClient): Promise<void> {
  const actions = ['repositories/team/app/content/read', 'repositories/team/app/metadata/read'];
  const map = await arm.scopeMaps.create(group, site.registry, 'sdkmap', { actions, description: 'd' });
  assert.deepEqual((await arm.scopeMaps.get(group, site.registry, 'sdkmap')).actions, actions);
  await arm.scopeMaps.update(group, site.registry, 'sdkmap', { description: 'e' });
  assert.ok((await all(arm.scopeMaps.list(group, site.registry))).some(({ name }) => name === 'sdkmap'));
  const token = await arm.tokens.create(group, site.registry, 'sdktoken', {
    scopeMapId: map.id ?? '',
    status: 'enabled',
  });
  const generated = await arm.registries.generateCredentials(group, site.registry, { tokenId: token.id ?? '' });
  assert.equal(generated.passwords?.length, 2);
  assert.equal((await arm.tokens.update(group, site.registry, 'sdktoken', { status: 'disabled' })).status, 'disabled');
  assert.equal((await all(arm.tokens.list(group, site.registry))).length, 1);
  await arm.tokens.delete(group, site.registry, 'sdktoken');
  await arm.scopeMaps.delete(group, site.registry, 'sdkmap');
  ok('scopeMaps and tokens: create, get, list, update, generateCredentials, delete');
}

async function content(): Promise<void> {
  const endpoint = `https://${site.registry}.azsacr.${site.domain}`;
  const client = new ContainerRegistryClient(endpoint, robot, { audience });
  assert.deepEqual(await all(client.listRepositoryNames()), ['team/app']);
  const repository = client.getRepository('team/app');
  const properties = await repository.getProperties();
  assert.deepEqual([properties.name, properties.tagCount, properties.manifestCount], ['team/app', 3, 1]);
  assert.equal((await repository.updateProperties({ canDelete: false })).canDelete, false);
  await assert.rejects(client.deleteRepository('team/app'), { statusCode: 405 });
  assert.equal((await repository.updateProperties({ canDelete: true })).canDelete, true);
  const [manifest] = await all(repository.listManifestProperties({ order: 'LastUpdatedOnDescending' }));
  assert.deepEqual(
    [manifest?.digest, manifest?.architecture, manifest?.operatingSystem],
    [site.digest, 'amd64', 'linux'],
  );
  ok('ContainerRegistryClient and ContainerRepository');
  const artifact = client.getArtifact('team/app', 'v1');
  assert.deepEqual((await artifact.getManifestProperties()).tags.toSorted(), ['v1', 'v2', 'v3']);
  assert.deepEqual((await all(artifact.listTagProperties())).map(({ name }) => name).toSorted(), ['v1', 'v2', 'v3']);
  assert.equal((await artifact.getTagProperties('v1')).digest, site.digest);
  assert.equal((await artifact.updateTagProperties('v1', { canWrite: false })).canWrite, false);
  assert.equal((await artifact.getManifestProperties()).canWrite, true); // a tag's lock is not its manifest's
  assert.equal((await artifact.updateTagProperties('v1', { canWrite: true })).canWrite, true);
  assert.equal((await artifact.updateManifestProperties({ canRead: true })).canRead, true);
  await artifact.deleteTag('v3');
  ok('RegistryArtifact');
  await contents(endpoint);
  await client.deleteRepository('sdk/content');
  assert.deepEqual(await all(client.listRepositoryNames()), ['team/app']);
  ok('deleteRepository');
  await importImage();
}

async function contents(endpoint: string): Promise<void> {
  const client = new ContainerRegistryContentClient(endpoint, 'sdk/content', robot, { audience });
  const bytes = Buffer.alloc(5 * 1024 * 1024, 'x');
  const layer = await client.uploadBlob(bytes);
  const config = await client.uploadBlob(Buffer.from('{}'));
  const manifest = {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest: config.digest, size: 2 },
    layers: [{ mediaType: 'application/vnd.oci.image.layer.v1.tar', digest: layer.digest, size: bytes.length }],
  };
  const set = await client.setManifest(manifest, { tag: 'latest' });
  const got = await client.getManifest('latest');
  assert.equal(got.digest, set.digest);
  const downloaded = await client.downloadBlob(layer.digest);
  const hash = createHash('sha256');
  for await (const chunk of downloaded.content) hash.update(chunk as Buffer);
  assert.equal(`sha256:${hash.digest('hex')}`, layer.digest);
  await client.deleteManifest(set.digest);
  await assert.rejects(client.getManifest('latest'), { statusCode: 404 });
  await client.setManifest(manifest, { tag: 'latest' });
  ok('ContainerRegistryContentClient: uploadBlob, setManifest, getManifest, downloadBlob, deleteManifest');
}

const half = process.argv[2];
await (half === 'manage' ? manage() : content());
