// What requests and answers hold, for the routes that the portal calls: by the name of the route. An answer that is not
// what is written here fails test/architecture/openapi.test.ts.

import { anything, type Body, flag, list, map, number, object, type Schema, text } from './schemas.ts';
import { STATION } from './station.ts';

export type { Body, Schema } from './schemas.ts';

const page = (items: Schema): Schema => object({ value: list(items), 'nextLink?': text });
const resource = (properties: Schema): Schema =>
  object({ id: text, name: text, 'type?': text, 'location?': text, 'tags?': map(text), properties });

const registry: Schema = object({
  id: text,
  name: text,
  location: text,
  sku: object({ name: text }),
  properties: object({
    loginServer: text,
    creationDate: text,
    provisioningState: text,
    adminUserEnabled: flag,
    'anonymousPullEnabled?': flag,
    'policies?': anything,
    'networkRuleSet?': anything,
  }),
});
const credentials: Schema = object({ username: text, passwords: list(object({ name: text, value: text })) });
const roleAssignment = resource(
  object({ roleDefinitionId: text, principalId: text, 'principalType?': text, scope: text, 'createdOn?': text }),
);
const roleDefinition = resource(object({ roleName: text, type: text, 'description?': text }));
const consideredAssignment = object({
  assignmentId: text,
  roleId: text,
  roleName: text,
  scope: text,
  principalId: text,
  principalName: text,
  covers: flag,
  gives: flag,
});
const quota = resource(object({ numberOfRegistries: number, capacityPerRegistryInGiB: number }));
const job = resource(
  object({
    kind: text,
    state: text,
    nextRun: text,
    'everySeconds?': number,
    'pausedSince?': text,
    attempts: number,
    'lastError?': text,
  }),
);
const webhook = resource(object({ status: text, 'scope?': text, actions: list(text) }));
const webhookEvent = object({
  id: text,
  'state?': text,
  'attempts?': number,
  'nextAttempt?': text,
  'eventRequestMessage?': object({ 'content?': anything }),
  'eventResponseMessage?': object({ 'statusCode?': anything }),
});
const scopeMap = resource(object({ actions: list(text), 'description?': text, 'type?': text }));
const token = resource(
  object({
    scopeMapId: text,
    status: text,
    'creationDate?': text,
    'credentials?': object({ 'passwords?': list(object({ name: text, 'expiry?': text })) }),
  }),
);
const tagRule = object({
  match: list(text),
  'except?': list(text),
  'keepLatest?': number,
  'olderThanDays?': number,
  'notPulledForDays?': number,
});
const cleanUpPolicy = resource(
  object({
    status: text,
    repositories: list(text),
    'untagged?': object({ days: number }),
    'tags?': tagRule,
    'includeQuarantined?': flag,
  }),
);
const immutableTags = resource(
  object({
    status: text,
    repositories: list(text),
    match: list(text),
    'except?': list(text),
    'allowCleanUp?': flag,
  }),
);
const cleanUp = object({
  repository: text,
  going: object({ tags: number, manifests: number }),
  staying: number,
  more: flag,
  items: list(object({ 'tag?': text, digest: text, decision: text, policy: text, reason: text, text: text })),
});
const lockFlags = { deleteEnabled: flag, writeEnabled: flag, readEnabled: flag, listEnabled: flag };
const locks = object(lockFlags);
/** Of lists by size or by last pull. */
const rank = { 'imageSize?': number, 'lastPullTime?': text };
const tag = object({
  name: text,
  digest: text,
  createdTime: text,
  lastUpdateTime: text,
  changeableAttributes: locks,
  'manifest?': object({
    mediaType: text,
    imageSize: number,
    'architecture?': text,
    'os?': text,
    'quarantineState?': text,
  }),
  ...rank,
});
const quarantine = { 'quarantineState?': text, 'quarantineDetails?': text };
const acrManifest = object({
  digest: text,
  imageSize: number,
  createdTime: text,
  lastUpdateTime: text,
  'architecture?': text,
  'os?': text,
  mediaType: text,
  'configMediaType?': text,
  'tags?': list(text),
  'references?': list(object({ digest: text, 'architecture?': text, 'os?': text })),
  changeableAttributes: object({ ...lockFlags, ...quarantine }),
  'lastPullTime?': text,
});
const freed = object({ count: number, bytes: number });
const manifestExplanation = object({
  digest: text,
  pushedBy: text,
  'lastPullTime?': text,
  referencedBy: object({ tags: list(text), indexes: list(text), referrers: list(text) }),
  'subject?': text,
  'keptBy?': text,
  'lock?': object({ flag: text, kind: text, name: text, setBy: text }),
  'quarantine?': object({ state: text, manifest: text, 'setBy?': text, 'since?': text }),
  deletingFrees: freed,
  layers: list(
    object({
      digest: text,
      kind: text,
      size: number,
      stored: flag,
      manifests: list(text),
      shared: flag,
      repositories: list(text),
    }),
  ),
});
const blobExplanation = object({
  digest: text,
  size: number,
  'damage?': text,
  state: text,
  since: text,
  'goesAt?': text,
  manifests: list(object({ digest: text, tags: list(text) })),
  shared: flag,
  repositories: list(text),
});
const tagExplanation = object({
  name: text,
  'keptBy?': text,
  deletingFrees: freed,
  lastTag: flag,
  manifest: manifestExplanation,
});
const repositoryUsage = object({
  manifestCount: number,
  tagCount: number,
  storedBytes: number,
  uniqueBytes: number,
  sharedBytes: number,
  logicalBytes: number,
  'lastPullTime?': text,
  'keptBy?': text,
  deletingFrees: freed,
});
const deletedManifest = object({
  digest: text,
  imageSize: number,
  createdTime: text,
  deletedAt: text,
  mediaType: text,
  'tags?': list(text),
});
const deletedTag = object({ tag: text, digest: text, deletedAt: text });
const manifestAnswer = object({ manifest: acrManifest });
const repository = object({
  imageName: text,
  createdTime: text,
  lastUpdateTime: text,
  manifestCount: number,
  tagCount: number,
  changeableAttributes: locks,
});
const listedRepository = object({
  name: text,
  createdTime: text,
  lastUpdateTime: text,
  manifestCount: number,
  tagCount: number,
  storedBytes: number,
  'lastPullTime?': text,
});
const descriptor = object({
  mediaType: text,
  digest: text,
  size: number,
  'artifactType?': text,
  'annotations?': map(text),
});
const pageQuery = {
  n: number,
  last: text,
  orderby: text,
  lastTime: text,
  lastKey: text,
  lastDigest: text,
  digest: text,
};
const directoryObject = object({ id: text, 'displayName?': text, 'userPrincipalName?': text, 'appId?': text });
const filter = { $filter: text, $top: number, $search: text };
const signInToken = object({ access_token: text, expires_in: anything, 'refresh_token?': text });

const subscription = object({ id: text, subscriptionId: text, displayName: text, state: text });
const group = object({
  id: text,
  name: text,
  location: text,
  'tags?': map(text),
  properties: object({ provisioningState: text }),
});
const anyResource = object({ id: text, name: text, type: text, location: text, 'tags?': map(text) });

const MANAGEMENT: Readonly<Record<string, Body>> = {
  subscriptions: { response: page(subscription) },
  subscription: { response: subscription },
  groups: { response: page(group) },
  'group-get': { response: group },
  'group-put': { request: object({ location: text, 'tags?': map(text) }), response: group },
  'group-patch': { request: object({ 'tags?': map(text) }), response: group },
  tenants: { response: page(object({ id: text, tenantId: text })) },
  resources: { query: { $filter: text, $top: number, $skipToken: text }, response: page(anyResource) },
  'group-resources': { query: { $filter: text, $top: number, $skipToken: text }, response: page(anyResource) },
  'group-registries': { response: page(registry) },
  registries: { response: page(registry) },
  'registry-get': { response: registry },
  'registry-put': { request: anything, response: registry },
  'registry-patch': { request: anything, response: registry },
  'registry-delete': {},
  'registry-name-check': {
    request: object({ name: text, type: text }),
    response: object({ nameAvailable: flag, 'reason?': text, 'message?': text }),
  },
  'registry-credentials': { response: credentials },
  'registry-credential-renew': { request: object({ name: text }), response: credentials },
  'registry-usages': {
    response: object({ value: list(object({ name: text, limit: number, currentValue: number, unit: text })) }),
  },
  'role-assignments': { query: { $filter: text }, response: page(roleAssignment) },
  'role-assignment-get': { response: roleAssignment },
  'role-assignment-put': { request: anything, response: roleAssignment },
  'role-assignment-delete': {},
  'role-definitions': { query: { $filter: text }, response: page(roleDefinition) },
  'role-definition-get': { response: roleDefinition },
  'role-definition-put': { request: anything, response: roleDefinition },
  permissions: { response: page(object({ actions: list(text), notActions: list(text) })) },
  'check-access': {
    query: { principalId: text, action: text },
    response: object({
      principal: object({ id: text, name: text, type: text, enabled: flag }),
      action: text,
      scope: text,
      allow: flag,
      'because?': consideredAssignment,
      considered: list(consideredAssignment),
      'smallestRole?': text,
    }),
  },
  locks: { query: { $filter: text }, response: page(resource(object({ level: text, 'notes?': text }))) },
  'lock-get': { response: resource(object({ level: text, 'notes?': text })) },
  'lock-put': { request: anything, response: resource(object({ level: text, 'notes?': text })) },
  'lock-delete': {},
  webhooks: { response: page(webhook) },
  'webhook-get': { response: webhook },
  'webhook-put': { request: anything, response: webhook },
  'webhook-patch': { request: anything, response: webhook },
  'webhook-config': { response: object({ serviceUri: text, customHeaders: map(text) }) },
  'webhook-delete': {},
  'webhook-ping': { response: object({ id: text }) },
  'webhook-replay': { request: object({ 'event?': text }), response: object({ replayed: number }) },
  'webhook-events': { response: page(webhookEvent) },
  'scope-maps': { response: page(scopeMap) },
  'scope-map-get': { response: scopeMap },
  'scope-map-patch': { request: anything, response: scopeMap },
  'scope-map-put': { request: anything, response: scopeMap },
  'scope-map-delete': {},
  tokens: { response: page(token) },
  'token-resource-get': { response: token },
  'token-resource-put': { request: anything, response: token },
  'token-resource-patch': { request: anything, response: token },
  'token-resource-delete': {},
  'token-credentials': {
    request: object({ tokenId: text, 'name?': text, 'expiry?': text }),
    response: object({
      username: text,
      passwords: list(object({ name: text, value: text, creationTime: text, 'expiry?': text })),
    }),
  },
  'cleanupPolicies-list': { response: page(cleanUpPolicy) },
  'cleanupPolicies-get': { response: cleanUpPolicy },
  'cleanupPolicies-put': { request: anything, response: cleanUpPolicy },
  'cleanupPolicies-delete': {},
  'immutableTagPolicies-list': { response: page(immutableTags) },
  'immutableTagPolicies-get': { response: immutableTags },
  'immutableTagPolicies-put': { request: anything, response: immutableTags },
  'immutableTagPolicies-delete': {},
  'registry-cleanup-preview': { query: { policy: text, $skipToken: text }, response: page(cleanUp) },
  'registry-cleanup-preview-draft': { query: { $skipToken: text }, request: anything, response: page(cleanUp) },
  'registry-quarantine-preview': {
    query: { $skipToken: text },
    response: page(
      object({ repository: text, digest: text, tags: list(text), quarantineState: text, 'waitsFor?': text }),
    ),
  },
  'activity-log': {
    query: { $filter: text, $skipToken: text },
    response: page(
      object({
        id: text,
        eventTimestamp: text,
        caller: text,
        claims: object({ name: text }),
        operationName: object({ value: text }),
        status: object({ value: text }),
        resourceId: text,
        correlationId: text,
        properties: map(text),
      }),
    ),
  },
  capacities: {
    response: page(
      resource(object({ maximumCapacityInGiB: number, registriesConsumptionInGiB: number, allowPush: flag })),
    ),
  },
  'capacity-samples': {
    query: { from: text },
    response: page(object({ time: text, usedBytes: number, 'capacityBytes?': number })),
  },
  'configuration-put': {
    request: object({ properties: object({ maximumCapacityInGiB: number }) }),
    response: resource(object({ maximumCapacityInGiB: number })),
  },
  'site-registries': {
    query: { $skipToken: text },
    response: page(
      resource(
        object({
          registryId: text,
          name: text,
          subscriptionId: text,
          resourceGroup: text,
          creationDate: text,
          registrySizeInBytes: number,
        }),
      ),
    ),
  },
  quotas: { response: page(quota) },
  'quota-put': { request: anything, response: quota },
  'quota-delete': {},
  'quota-subscriptions': { response: page(resource(object({ subscriptionId: text, quota: text }))) },
  'quota-assign': { response: anything },
  'quota-unassign': {},
  'site-certificates': {
    response: page(
      resource(
        object({
          use: text,
          subject: text,
          issuer: text,
          names: list(text),
          validFrom: text,
          validTo: text,
          serialNumber: text,
          fingerprint: text,
          daysLeft: number,
          state: text,
          renewsItself: flag,
          'problem?': text,
          chain: list(object({ subject: text, issuer: text, validTo: text, fingerprint: text })),
        }),
      ),
    ),
  },
  'site-health': {
    response: page(object({ name: text, state: text, values: map(anything), text, 'next?': text })),
  },
  jobs: { response: page(job) },
  'job-pause': { response: job },
  'job-resume': { response: job },
  'job-run': { response: job },
};

const CONTENT: Readonly<Record<string, Body>> = {
  'acr-catalog': {
    query: { ...pageQuery, details: text },
    response: object({ repositories: list(text), 'details?': list(listedRepository) }),
  },
  'acr-repository-get': { response: repository },
  'acr-repository-patch': { request: anything, response: repository },
  'acr-repository-delete': {
    response: object({ manifestsDeleted: list(text), tagsDeleted: list(text) }),
  },
  'repository-usage': { response: object({ usage: repositoryUsage }) },
  'manifest-explain': { response: object({ manifest: manifestExplanation }) },
  'blob-explain': { response: object({ blob: blobExplanation }) },
  'tag-explain': { response: object({ tag: tagExplanation }) },
  'acr-deleted-catalog': { query: pageQuery, response: object({ repositories: list(text) }) },
  'acr-deleted-manifests': { query: pageQuery, response: object({ manifests: list(deletedManifest) }) },
  'acr-deleted-tags': { query: pageQuery, response: object({ tags: list(deletedTag) }) },
  'acr-restore-manifest': { query: { force: text }, request: anything, response: object({ digest: text }) },
  'bundle-plan': {
    request: object({ bytes: number, tags: list(object({ repository: text, tag: text, digest: text })) }),
    response: object({
      room: object({ left: number, fits: flag, siteFits: flag }),
      quarantine: flag,
      tags: list(object({ repository: text, tag: text, digest: text, state: text, 'previous?': text, 'why?': text })),
    }),
  },
  'acr-tags': { query: { ...pageQuery, include: text }, response: object({ imageName: text, tags: list(tag) }) },
  'acr-tag-get': { response: object({ imageName: text, tag }) },
  'acr-tag-patch': { request: anything, response: anything },
  'acr-tag-delete': {},
  'acr-manifests': { query: pageQuery, response: object({ imageName: text, manifests: list(acrManifest) }) },
  'acr-manifest-get': { response: manifestAnswer },
  'acr-manifest-patch': { request: anything, response: manifestAnswer },
  'acr-manifest-delete': {},
  base: { response: object({}) },
  catalog: { query: { n: number, last: text }, response: object({ repositories: list(text) }) },
  tags: { query: { n: number, last: text }, response: object({ name: text, tags: list(text) }) },
  'upload-start': { query: { digest: text, mount: text, from: text } },
  'upload-close': { query: { digest: text } },
  'token-get': {
    query: { service: text, scope: text, account: text },
    response: object({ access_token: text, 'token?': text, 'expires_in?': number }),
  },
  'manifest-put': { request: anything, requestType: 'application/vnd.oci.image.manifest.v1+json' },
  'manifest-get': { response: anything, responseType: 'application/vnd.oci.image.manifest.v1+json' },
  'blob-get': { response: anything, responseType: 'application/octet-stream' },
  referrers: { query: { artifactType: text }, response: object({ manifests: list(descriptor) }) },
  'token-exchange': {
    requestType: 'application/x-www-form-urlencoded',
    request: object({ grant_type: text, service: text, access_token: text }),
    response: object({ refresh_token: text }),
  },
  'token-post': {
    requestType: 'application/x-www-form-urlencoded',
    request: object({ grant_type: text, service: text, scope: text, refresh_token: text }),
    response: object({ access_token: text }),
  },
};

/** RFC 8414. */
const discovery = object({
  issuer: text,
  authorization_endpoint: text,
  token_endpoint: text,
  jwks_uri: text,
  response_types_supported: list(text),
});

const PEOPLE: Readonly<Record<string, Body>> = {
  'adfs-token': {
    requestType: 'application/x-www-form-urlencoded',
    request: map(text),
    response: signInToken,
  },
  'adfs-revoke': { requestType: 'application/x-www-form-urlencoded', request: map(text) },
  'graph-me': { response: directoryObject },
  'graph-user': { response: directoryObject },
  'graph-user-create': { request: anything, response: directoryObject },
  'graph-group': { response: directoryObject },
  'graph-group-create': { request: anything, response: directoryObject },
  'graph-group-members': { query: filter, response: page(directoryObject) },
  'graph-principal': { response: directoryObject },
  'graph-principal-create': { request: anything, response: directoryObject },
  'graph-applications': { query: filter, response: page(directoryObject) },
  'graph-application': { response: directoryObject },
  'graph-application-create': { request: anything, response: directoryObject },
  'adfs-discovery': { response: discovery },
  'adfs-keys': { response: object({ keys: list(object({ kid: text, kty: text })) }) },
  'graph-users': { query: filter, response: page(directoryObject) },
  'graph-groups': { query: filter, response: page(directoryObject) },
  'graph-principals': { query: filter, response: page(directoryObject) },
  'graph-objects-by-ids': {
    request: object({ ids: list(text) }),
    response: page(directoryObject),
  },
  'portal-settings': {
    response: object({
      byPath: flag,
      clientId: text,
      tenantId: text,
      managementAudience: text,
      graphAudience: text,
      management: text,
      graph: text,
      authority: text,
      portal: text,
      scheme: text,
      loginServerSuffix: text,
      defaultRegistry: text,
    }),
  },
};

/** By the name of the route. */
export const BODIES: Readonly<Record<string, Body>> = { ...MANAGEMENT, ...CONTENT, ...STATION, ...PEOPLE };
