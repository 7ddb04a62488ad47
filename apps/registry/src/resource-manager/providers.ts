/** A resource provider, as clients choose api-versions from it: newest first. */
export interface Provider {
  readonly namespace: string;
  readonly types: readonly {
    readonly resourceType: string;
    readonly apiVersions: readonly string[];
    readonly global?: boolean;
  }[];
}

const REGISTRY_VERSIONS = ['2019-05-01', '2017-10-01'];
const RESOURCES_VERSIONS = ['2021-04-01', '2020-10-01', '2020-06-01', '2019-10-01', '2019-05-01', '2018-05-01'];
/** Of nested deployments. */
const DEPLOYMENT_VERSIONS = [
  '2021-04-01',
  '2021-01-01',
  '2020-10-01',
  '2020-08-01',
  '2020-06-01',
  '2019-10-01',
  '2019-08-01',
  '2019-07-01',
  '2019-05-10',
  '2019-05-01',
  '2018-05-01',
];
const ASSIGNMENT_VERSIONS = ['2022-04-01', '2020-04-01-preview', '2018-01-01-preview', '2015-07-01'];

/** What templates accept (contract, section 5). Direct calls are taken at every version. */
export const PROVIDERS: readonly Provider[] = [
  {
    namespace: 'Microsoft.ContainerRegistry',
    types: [
      { resourceType: 'registries', apiVersions: REGISTRY_VERSIONS },
      { resourceType: 'registries/webhooks', apiVersions: REGISTRY_VERSIONS },
      { resourceType: 'registries/webhooks/ping', apiVersions: REGISTRY_VERSIONS },
      { resourceType: 'registries/webhooks/getCallbackConfig', apiVersions: REGISTRY_VERSIONS },
      { resourceType: 'registries/webhooks/listEvents', apiVersions: REGISTRY_VERSIONS },
      { resourceType: 'registries/scopeMaps', apiVersions: ['2020-11-01-preview', '2019-05-01-preview'] },
      { resourceType: 'registries/tokens', apiVersions: ['2020-11-01-preview', '2019-05-01-preview'] },
      // Not on Azure; as children of a registry they have its versions.
      { resourceType: 'registries/cleanupPolicies', apiVersions: REGISTRY_VERSIONS },
      { resourceType: 'registries/immutableTagPolicies', apiVersions: REGISTRY_VERSIONS },
      { resourceType: 'registries/generateCredentials', apiVersions: ['2020-11-01-preview', '2019-05-01-preview'] },
      { resourceType: 'registries/listCredentials', apiVersions: REGISTRY_VERSIONS },
      { resourceType: 'registries/regenerateCredential', apiVersions: REGISTRY_VERSIONS },
      { resourceType: 'registries/listUsages', apiVersions: REGISTRY_VERSIONS },
      { resourceType: 'registries/importImage', apiVersions: REGISTRY_VERSIONS },
      { resourceType: 'locations/operationResults', apiVersions: REGISTRY_VERSIONS },
      { resourceType: 'checkNameAvailability', apiVersions: REGISTRY_VERSIONS, global: true },
      { resourceType: 'operations', apiVersions: REGISTRY_VERSIONS, global: true },
    ],
  },
  {
    namespace: 'Microsoft.ContainerRegistry.Admin',
    types: ['quotas', 'configurations', 'capacities', 'registries'].map((type) => ({
      resourceType: `locations/${type}`,
      apiVersions: ['2019-11-01-preview'],
    })),
  },
  {
    namespace: 'Microsoft.Authorization',
    types: [
      { resourceType: 'roleAssignments', apiVersions: ASSIGNMENT_VERSIONS, global: true },
      {
        resourceType: 'roleDefinitions',
        apiVersions: ['2022-05-01-preview', '2022-04-01', '2018-01-01-preview', '2015-07-01'],
        global: true,
      },
      { resourceType: 'permissions', apiVersions: ['2018-07-01', '2015-07-01'], global: true },
      { resourceType: 'locks', apiVersions: ['2020-05-01', '2016-09-01', '2015-01-01'], global: true },
    ],
  },
  {
    namespace: 'Microsoft.Insights',
    types: [{ resourceType: 'eventtypes/management', apiVersions: ['2015-04-01'], global: true }],
  },
  {
    namespace: 'Microsoft.Resources',
    types: [
      { resourceType: 'resourceGroups', apiVersions: RESOURCES_VERSIONS },
      { resourceType: 'subscriptions', apiVersions: ['2019-11-01', '2016-06-01'], global: true },
      { resourceType: 'tenants', apiVersions: ['2019-11-01', '2016-06-01'], global: true },
      { resourceType: 'resources', apiVersions: RESOURCES_VERSIONS },
      { resourceType: 'deployments', apiVersions: DEPLOYMENT_VERSIONS },
      { resourceType: 'deployments/operations', apiVersions: DEPLOYMENT_VERSIONS },
      { resourceType: 'operations', apiVersions: RESOURCES_VERSIONS, global: true },
    ],
  },
];

export function providerJson(provider: Provider, region: string, subscriptionId: string | undefined) {
  const { namespace, types } = provider;
  const within = subscriptionId === undefined ? '' : `/subscriptions/${subscriptionId}`;
  return {
    id: `${within}/providers/${namespace}`,
    namespace,
    registrationState: 'Registered',
    registrationPolicy: 'RegistrationFree',
    resourceTypes: types.map(({ resourceType, apiVersions, global }) => ({
      resourceType,
      locations: global ? [] : [region],
      apiVersions,
      capabilities: 'None',
    })),
  };
}

const operation = (name: string, resource: string, what: string, description: string) => ({
  name: `Microsoft.ContainerRegistry/${name}`,
  display: { provider: 'Microsoft Azure Container Registry', resource, operation: what, description },
});

/** The actions that roles can name. */
export const REGISTRY_OPERATIONS = [
  operation(
    'registries/read',
    'Registry',
    'Get Registry',
    'Gets the properties of a container registry or lists all of them.',
  ),
  operation('registries/write', 'Registry', 'Create or Update Registry', 'Creates or updates a container registry.'),
  operation('registries/delete', 'Registry', 'Delete Registry', 'Deletes a container registry.'),
  operation('registries/pull/read', 'Registry', 'Pull', 'Pulls images and artifacts and lists them.'),
  operation('registries/push/write', 'Registry', 'Push', 'Pushes images and artifacts and locks them.'),
  operation('registries/artifacts/delete', 'Registry', 'Delete Artifact', 'Deletes and untags images and artifacts.'),
  operation('registries/metadata/read', 'Registry', 'Read Metadata', 'Reads repositories, tags and attributes.'),
  operation(
    'registries/metadata/write',
    'Registry',
    'Write Metadata',
    'Changes attributes of repositories, tags and manifests.',
  ),
  operation('registries/quarantine/read', 'Registry', 'Pull Quarantined', 'Pulls quarantined images.'),
  operation('registries/quarantine/write', 'Registry', 'Change Quarantine', 'Changes the quarantine state of images.'),
  operation(
    'registries/previewQuarantine/read',
    'Registry',
    'Preview Quarantine',
    'Lists what could not be pulled any more if the quarantine were on.',
  ),
  operation(
    'registries/previewCleanup/read',
    'Registry',
    'Preview Clean-up',
    'Lists what clean-up policies would take (not on Azure).',
  ),
  ...(['cleanupPolicies', 'immutableTagPolicies'] as const).flatMap((type) => [
    operation(`registries/${type}/read`, type, 'Get Policy', 'Gets a policy or lists all of them (not on Azure).'),
    operation(`registries/${type}/write`, type, 'Create or Update Policy', 'Creates or updates a policy.'),
    operation(`registries/${type}/delete`, type, 'Delete Policy', 'Deletes a policy.'),
  ]),
  operation('registries/sign/write', 'Registry', 'Sign', 'Signs images.'),
  operation('registries/importImage/action', 'Registry', 'Import Image', 'Imports an image.'),
  operation('registries/listCredentials/action', 'Registry', 'List Credentials', "Shows the admin user's passwords."),
  operation(
    'registries/regenerateCredential/action',
    'Registry',
    'Regenerate Credential',
    "Renews one of the admin user's passwords.",
  ),
  operation('registries/listUsages/read', 'Registry', 'List Usages', 'Shows quotas and what is used of them.'),
  operation(
    'registries/generateCredentials/action',
    'Registry',
    'Generate Credentials',
    'Makes passwords for a token.',
  ),
  operation(
    'registries/webhooks/read',
    'Webhook',
    'Get Webhook',
    'Gets the properties of a webhook or lists all of them.',
  ),
  operation('registries/webhooks/write', 'Webhook', 'Create or Update Webhook', 'Creates or updates a webhook.'),
  operation('registries/webhooks/delete', 'Webhook', 'Delete Webhook', 'Deletes a webhook.'),
  operation('registries/webhooks/ping/action', 'Webhook', 'Ping', 'Sends a ping event.'),
  operation('registries/webhooks/getCallbackConfig/action', 'Webhook', 'Get Callback', 'Shows address and headers.'),
  operation('registries/webhooks/listEvents/action', 'Webhook', 'List Events', 'Lists recent events.'),
  operation(
    'registries/webhooks/replayEvents/action',
    'Webhook',
    'Replay Events',
    'Sends events again (not on Azure).',
  ),
  operation('registries/scopeMaps/read', 'Scope map', 'Get Scope Map', 'Gets a scope map or lists all of them.'),
  operation('registries/scopeMaps/write', 'Scope map', 'Create or Update Scope Map', 'Creates or updates a scope map.'),
  operation('registries/scopeMaps/delete', 'Scope map', 'Delete Scope Map', 'Deletes a scope map.'),
  operation('registries/tokens/read', 'Token', 'Get Token', 'Gets a token or lists all of them.'),
  operation('registries/tokens/write', 'Token', 'Create or Update Token', 'Creates or updates a token.'),
  operation('registries/tokens/delete', 'Token', 'Delete Token', 'Deletes a token.'),
  operation('checkNameAvailability/read', 'Registry', 'Check Name', 'Checks whether a registry name is free.'),
];
