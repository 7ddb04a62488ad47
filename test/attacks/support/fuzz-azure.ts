/** What the Azure plane parses, entered as a client would: documents of the resource manager and the directory, filters, forms. */
export interface AzureKnown {
  /** Tokens of the Owner. */
  readonly management: string;
  readonly graph: string;
  readonly subscription: string;
  readonly appId: string;
  readonly secret: string;
}

const REGISTRY = 'providers/Microsoft.ContainerRegistry/registries';
const GUID = '11111111-2222-4333-8444-555555555555';

const TEMPLATE = {
  $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
  contentVersion: '1.0.0.0',
  parameters: { p: { type: 'string', defaultValue: "[concat('a', uniqueString(resourceGroup().id))]", minLength: 5 } },
  variables: { copy: [{ name: 'v', count: 2, input: "[format('{0:D2}', copyIndex('v'))]" }] },
  resources: [
    {
      type: 'Microsoft.ContainerRegistry/registries',
      apiVersion: '2019-05-01',
      name: "[parameters('p')]",
      location: '[resourceGroup().location]',
      copy: { name: 'c', count: 1 },
      condition: "[not(empty(variables('v')))]",
      dependsOn: [],
      properties: { adminUserEnabled: true },
    },
    {
      type: 'Microsoft.Resources/deployments',
      apiVersion: '2020-06-01',
      name: 'nested',
      properties: {
        mode: 'Incremental',
        expressionEvaluationOptions: { scope: 'inner' },
        parameters: { q: { value: "[union(createObject('a', 1), json('{}'))]" } },
        template: { $schema: 's', contentVersion: '1', parameters: { q: { type: 'object' } }, resources: [] },
      },
    },
  ],
  outputs: { o: { type: 'string', value: "[reference(parameters('p')).loginServer]" } },
};

/** Path below the subscription, and a document for it. */
export const ARM_DOCUMENTS: readonly (readonly [string, string, unknown])[] = [
  ['PUT', '/resourceGroups/fuzz', { location: 'local', tags: { a: 'b' } }],
  [
    'PUT',
    `/resourceGroups/default/${REGISTRY}/fuzzed1`,
    {
      location: 'local',
      sku: { name: 'Standard' },
      tags: { a: 'b' },
      properties: {
        adminUserEnabled: true,
        networkRuleSet: { defaultAction: 'Deny', ipRules: [{ action: 'Allow', value: '10.0.0.0/8' }] },
        policies: { retentionPolicy: { days: 7, status: 'enabled' }, quarantinePolicy: { status: 'disabled' } },
      },
    },
  ],
  ['PATCH', `/resourceGroups/default/${REGISTRY}/fuzzed1`, { properties: { anonymousPullEnabled: false }, tags: {} }],
  [
    'PUT',
    `/resourceGroups/default/${REGISTRY}/fuzzed1/webhooks/hook1`,
    {
      location: 'local',
      properties: { serviceUri: 'https://hook.invalid/x', customHeaders: { a: 'b' }, actions: ['push'], scope: 'a:*' },
    },
  ],
  [
    'PUT',
    `/resourceGroups/default/${REGISTRY}/fuzzed1/scopeMaps/map01`,
    { properties: { description: 'd', actions: ['repositories/a/content/read', 'repositories/b*/metadata/read'] } },
  ],
  [
    'POST',
    `/resourceGroups/default/${REGISTRY}/fuzzed1/importImage`,
    { source: { registryUri: 'localhost', sourceImage: 'a/b:v1', credentials: { password: 'x' } }, targetTags: ['c'] },
  ],
  ['POST', `/resourceGroups/default/${REGISTRY}/fuzzed1/regenerateCredential`, { name: 'password' }],
  [
    'PUT',
    `/providers/Microsoft.Authorization/roleDefinitions/${GUID}`,
    { properties: { roleName: 'r', permissions: [{ actions: ['*/read'], notActions: [] }], assignableScopes: ['/'] } },
  ],
  [
    'PUT',
    `/providers/Microsoft.Authorization/roleAssignments/${GUID}`,
    { properties: { roleDefinitionId: `/x/${GUID}`, principalId: GUID } },
  ],
  [
    'PUT',
    `/resourceGroups/default/${REGISTRY}/fuzzed1/providers/Microsoft.Authorization/locks/fuzz`,
    { properties: { level: 'None', notes: 'n' } },
  ],
  [
    'PUT',
    '/resourceGroups/default/providers/Microsoft.Resources/deployments/fuzz',
    { properties: { mode: 'Incremental', parameters: { p: { value: 'fuzzed2' } }, template: TEMPLATE } },
  ],
  [
    'POST',
    '/resourceGroups/default/providers/Microsoft.Resources/deployments/fuzz/validate',
    { properties: { mode: 'Complete', template: TEMPLATE } },
  ],
  ['POST', '/providers/Microsoft.ContainerRegistry/checkNameAvailability', { name: 'abcde', type: REGISTRY.slice(10) }],
];

export const ARM_QUERIES: readonly string[] = [
  "/resources?$filter=resourceType eq 'Microsoft.ContainerRegistry/registries' and name eq 'a'&$top=2",
  "/resources?$filter=substringof('a', name) or (tagName eq 'a' and tagValue eq 'b')&$skipToken=x",
  "/providers/Microsoft.Authorization/roleAssignments?$filter=principalId eq '11111111-2222-4333-8444-555555555555'",
  "/providers/Microsoft.Authorization/roleDefinitions?$filter=roleName eq 'AcrPull'",
  "/providers/Microsoft.Insights/eventtypes/management/values?$filter=eventTimestamp ge '2026-01-01T00:00:00Z'&$skipToken=5",
  `/resourceGroups/default/${REGISTRY}/registry/listUsages?x`,
];

export const GRAPH_DOCUMENTS: readonly (readonly [string, string, unknown])[] = [
  [
    'POST',
    '/users',
    { userPrincipalName: 'fuzz@x', displayName: 'F', passwordProfile: { password: 'seven quiet lanterns' } },
  ],
  ['POST', '/groups', { displayName: 'g', mailNickname: 'g', mailEnabled: false, securityEnabled: true }],
  ['POST', '/applications', { displayName: 'a', web: { redirectUris: ['https://a.example/'] } }],
  ['POST', '/servicePrincipals', { appId: GUID }],
  [
    'POST',
    `/applications/${GUID}/addPassword`,
    { passwordCredential: { displayName: 'p', endDateTime: '2027-01-01T00:00:00Z' } },
  ],
  ['POST', '/directoryObjects/getByIds', { ids: [GUID], types: ['user', 'group'] }],
];

export const GRAPH_QUERIES: readonly string[] = [
  "/users?$filter=userPrincipalName eq 'a@b'&$top=2",
  "/servicePrincipals?$filter=servicePrincipalNames/any(c:c eq 'x')",
  "/groups?$filter=startswith(displayName,'a') and mailNickname eq 'b'&$skiptoken=x",
];

export const ACR_PATHS: readonly (readonly [string, string])[] = [
  ['GET', '/acr/v1/_catalog?n=1&last=a&orderby=timedesc'],
  ['GET', '/acr/v1/a/_tags?n=1&last=latest&orderby=timeasc&digest=sha256:0'],
  ['GET', '/acr/v1/a/_manifests?n=1&orderby=timedesc&last=sha256:0&lastTime=5'],
  ['GET', '/acr/v1/a%2Fb/_tags/latest'],
  ['PATCH', '/acr/v1/a/_tags/latest'],
];
