import { operations, page, resource } from './azure.ts';
import { anything, type Body, flag, list, map, number, object, oneOf, type Schema, text } from './schemas.ts';

// Of the resource manager: what is not a registry's own.

const subscription: Schema = object({
  id: text,
  subscriptionId: text,
  tenantId: text,
  displayName: text,
  state: text,
  managedByTenants: list(anything),
  authorizationSource: text,
  subscriptionPolicies: map(text),
});
const location = object({
  id: text,
  name: text,
  type: text,
  displayName: text,
  regionalDisplayName: text,
  metadata: map(anything),
});
const provider = object({
  id: text,
  namespace: text,
  registrationState: text,
  registrationPolicy: text,
  resourceTypes: list(
    object({ resourceType: text, locations: list(text), apiVersions: list(text), capabilities: text }),
  ),
});
/** Before 2019 the addresses alone; until 2022 a list of clouds; from 2022 one of them. */
const cloud = object({
  name: text,
  resourceManager: text,
  portal: text,
  gallery: text,
  graph: text,
  graphAudience: text,
  microsoftGraphResourceId: text,
  authentication: object({ loginEndpoint: text, audiences: list(text), tenant: text, identityProvider: text }),
  suffixes: object({ acrLoginServer: text, keyVaultDns: text, storage: text }),
});
const addresses = object({
  galleryEndpoint: text,
  graphEndpoint: text,
  portalEndpoint: text,
  authentication: object({ loginEndpoint: text, audiences: list(text) }),
});
const group = object({
  id: text,
  name: text,
  type: text,
  location: text,
  tags: map(text),
  properties: object({ provisioningState: text }),
});
const anyResource = object({
  id: text,
  name: text,
  type: text,
  location: text,
  tags: map(text),
  'sku?': object({ name: text, tier: text }),
  createdTime: text,
  changedTime: text,
  provisioningState: text,
});
const resourceQuery = { $filter: text, $top: number, $skipToken: text };

const permission = object({
  actions: list(text),
  notActions: list(text),
  'dataActions?': list(text),
  'notDataActions?': list(text),
});
const roleAssignment = resource(
  object({
    roleDefinitionId: text,
    principalId: text,
    'principalType?': text,
    scope: text,
    'createdOn?': text,
    'updatedOn?': text,
    'createdBy?': text,
    'updatedBy?': text,
    'description?': text,
  }),
);
const roleDefinition = resource(
  object({
    roleName: text,
    type: text,
    'description?': text,
    assignableScopes: list(text),
    permissions: list(permission),
  }),
);
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
const lock = resource(object({ level: text, 'notes?': text }));

const said = object({ value: text, localizedValue: text });
const activity = object({
  eventDataId: text,
  id: text,
  eventTimestamp: text,
  submissionTimestamp: text,
  caller: text,
  claims: object({ name: text }),
  authorization: object({ action: text, scope: text }),
  category: said,
  channels: text,
  eventName: said,
  level: text,
  operationName: said,
  status: said,
  subStatus: said,
  correlationId: text,
  operationId: text,
  resourceId: text,
  resourceGroupName: text,
  resourceProviderName: said,
  subscriptionId: text,
  httpRequest: object({ clientRequestId: text, clientIpAddress: text }),
  properties: object({ 'repository?': text, 'target?': text, 'reason?': text }),
});

/** By the name of the route. */
export const MANAGEMENT: Readonly<Record<string, Body>> = {
  'metadata-endpoints': { response: oneOf(cloud, list(cloud), addresses) },
  tenants: {
    response: page(object({ id: text, tenantId: text, displayName: text, countryCode: text, tenantCategory: text })),
  },
  subscriptions: { response: page(subscription) },
  subscription: { response: subscription },
  locations: { response: page(location) },
  providers: { response: page(provider) },
  provider: { response: provider },
  'provider-register': { response: provider },
  'provider-unregister': { response: provider },
  'tenant-providers': { response: page(provider) },
  'tenant-provider': { response: provider },
  'registry-operations': { response: operations },
  groups: { response: page(group) },
  'group-get': { response: group },
  'group-exists': { empty: [204] },
  'group-put': {
    request: object({ location: text, 'tags?': map(text) }),
    response: group,
    statuses: [200, 201],
  },
  'group-patch': { request: object({ 'tags?': map(text) }), response: group },
  'group-delete': { empty: [200] },
  resources: { query: resourceQuery, response: page(anyResource) },
  'group-resources': { query: resourceQuery, response: page(anyResource) },
  'role-assignments': { query: { $filter: text }, response: page(roleAssignment) },
  'role-assignment-get': { response: roleAssignment },
  'role-assignment-put': { request: anything, response: roleAssignment, statuses: [200, 201] },
  'role-assignment-delete': { response: roleAssignment, empty: [204] },
  'role-definitions': { query: { $filter: text }, response: page(roleDefinition) },
  'role-definition-get': { response: roleDefinition },
  'role-definition-put': { request: anything, response: roleDefinition, statuses: [200, 201] },
  'role-definition-delete': { response: roleDefinition, empty: [204] },
  permissions: { response: page(permission) },
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
  locks: { query: { $filter: text }, response: page(lock) },
  'lock-get': { response: lock },
  'lock-put': { request: anything, response: lock, statuses: [200, 201] },
  'lock-delete': { empty: [200, 204] },
  'activity-log': { query: { $filter: text, $skipToken: text }, response: page(activity) },
};
