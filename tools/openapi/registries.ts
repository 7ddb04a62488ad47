import { NOT_OFFERED } from '../../apps/registry/src/resource-manager/registries/not-offered.ts';
import { page, resource } from './azure.ts';
import { anything, type Body, flag, list, map, number, object, type Schema, text } from './schemas.ts';

// Of the resource manager: registries and what is below them.

const registry: Schema = object({
  id: text,
  name: text,
  type: text,
  location: text,
  tags: map(text),
  sku: object({ name: text, tier: text }),
  properties: object({
    loginServer: text,
    creationDate: text,
    provisioningState: text,
    status: object({ displayStatus: text, message: text, timestamp: text }),
    adminUserEnabled: flag,
    'networkRuleSet?': anything,
    'policies?': anything,
    'encryption?': object({ status: text }),
    'dataEndpointEnabled?': flag,
    'dataEndpointHostNames?': list(text),
    'privateEndpointConnections?': list(anything),
    'publicNetworkAccess?': text,
    'networkRuleBypassOptions?': text,
    'zoneRedundancy?': text,
    'anonymousPullEnabled?': flag,
  }),
});
const credentials: Schema = object({ username: text, passwords: list(object({ name: text, value: text })) });
const usages = object({ value: list(object({ name: text, limit: number, currentValue: number, unit: text })) });

const webhook = resource(object({ status: text, 'scope?': text, actions: list(text), provisioningState: text }));
const webhookEvent = object({
  id: text,
  'state?': text,
  'attempts?': number,
  'nextAttempt?': text,
  'eventRequestMessage?': object({
    'content?': anything,
    'headers?': map(text),
    'method?': text,
    'requestUri?': text,
    'version?': text,
  }),
  'eventResponseMessage?': object({
    'content?': anything,
    'headers?': map(text),
    'reasonPhrase?': text,
    'statusCode?': anything,
    'version?': text,
  }),
});

const scopeMap = resource(
  object({
    actions: list(text),
    'description?': text,
    'type?': text,
    creationDate: text,
    provisioningState: text,
  }),
);
const token = resource(
  object({
    scopeMapId: text,
    status: text,
    creationDate: text,
    provisioningState: text,
    objectId: text,
    'credentials?': object({
      certificates: list(anything),
      'passwords?': list(object({ name: text, creationTime: text, 'expiry?': text })),
    }),
  }),
);

const tagRule = object({
  match: list(text),
  'except?': list(text),
  'keepLatest?': number,
  'olderThanDays?': number,
  'notPulledForDays?': number,
});
const kept = { creationDate: text, lastUpdatedTime: text, provisioningState: text };
const cleanUpPolicy = resource(
  object({
    status: text,
    repositories: list(text),
    'untagged?': object({ days: number }),
    'tags?': tagRule,
    'includeQuarantined?': flag,
    ...kept,
  }),
);
const immutableTags = resource(
  object({
    status: text,
    repositories: list(text),
    match: list(text),
    'except?': list(text),
    'allowCleanUp?': flag,
    ...kept,
  }),
);
const cleanUp = object({
  repository: text,
  going: object({ tags: number, manifests: number }),
  staying: number,
  more: flag,
  items: list(object({ 'tag?': text, digest: text, decision: text, policy: text, reason: text, text: text })),
});
const waiting = object({ repository: text, digest: text, tags: list(text), quarantineState: text, 'waitsFor?': text });

/** Its list is empty, and a deletion finds nothing to delete; reading or making one is refused. */
const notOffered = (kind: string): [string, Body][] => [
  [`${kind}-list`, { response: page(anything) }],
  [`${kind}-get`, {}],
  [`${kind}-put`, { request: anything }],
  [`${kind}-patch`, { request: anything }],
  [`${kind}-delete`, { empty: [204] }],
];

/** By the name of the route. */
export const REGISTRIES: Readonly<Record<string, Body>> = {
  'group-registries': { response: page(registry) },
  registries: { response: page(registry) },
  'registry-get': { response: registry },
  'registry-put': { request: anything, response: registry, statuses: [200, 201] },
  'registry-patch': { request: anything, response: registry },
  'registry-delete': { empty: [200, 204] },
  'registry-name-check': {
    request: object({ name: text, type: text }),
    response: object({ nameAvailable: flag, 'reason?': text, 'message?': text }),
  },
  'registry-credentials': { response: credentials },
  'registry-credential-renew': { request: object({ name: text }), response: credentials },
  'registry-usages': { response: usages },
  'registry-import': { request: anything, empty: [200, 202] },
  'operation-result': { empty: [200, 202] },
  webhooks: { response: page(webhook) },
  'webhook-get': { response: webhook },
  'webhook-put': { request: anything, response: webhook, statuses: [200, 201] },
  'webhook-patch': { request: anything, response: webhook },
  'webhook-config': { response: object({ serviceUri: text, customHeaders: map(text) }) },
  'webhook-delete': { empty: [200, 204] },
  'webhook-ping': { response: object({ id: text }) },
  'webhook-replay': { request: object({ 'event?': text }), response: object({ replayed: number }) },
  'webhook-events': { response: page(webhookEvent) },
  'webhook-events-page': { query: { $skipToken: text }, response: page(webhookEvent) },
  'scope-maps': { response: page(scopeMap) },
  'scope-map-get': { response: scopeMap },
  'scope-map-patch': { request: anything, response: scopeMap },
  'scope-map-put': { request: anything, response: scopeMap, statuses: [200, 201] },
  'scope-map-delete': { empty: [200, 204] },
  tokens: { response: page(token) },
  'token-resource-get': { response: token },
  'token-resource-put': { request: anything, response: token, statuses: [200, 201] },
  'token-resource-patch': { request: anything, response: token },
  'token-resource-delete': { empty: [200, 204] },
  'token-credentials': {
    request: object({ tokenId: text, 'name?': text, 'expiry?': text }),
    response: object({
      username: text,
      passwords: list(object({ name: text, value: text, creationTime: text, 'expiry?': text })),
    }),
  },
  'cleanupPolicies-list': { response: page(cleanUpPolicy) },
  'cleanupPolicies-get': { response: cleanUpPolicy },
  'cleanupPolicies-put': { request: anything, response: cleanUpPolicy, statuses: [200, 201] },
  'cleanupPolicies-delete': { empty: [200, 204] },
  'immutableTagPolicies-list': { response: page(immutableTags) },
  'immutableTagPolicies-get': { response: immutableTags },
  'immutableTagPolicies-put': { request: anything, response: immutableTags, statuses: [200, 201] },
  'immutableTagPolicies-delete': { empty: [200, 204] },
  'registry-cleanup-preview': { query: { policy: text, $skipToken: text }, response: page(cleanUp) },
  'registry-cleanup-preview-draft': { query: { $skipToken: text }, request: anything, response: page(cleanUp) },
  'registry-quarantine-preview': { query: { $skipToken: text }, response: page(waiting) },
  ...Object.fromEntries(NOT_OFFERED.flatMap(notOffered)),
};
