import { page } from './azure.ts';
import { anything, type Body, list, map, object, type Schema, text } from './schemas.ts';

// Of the resource manager: templates.

const inError = { code: text, message: text, 'details?': list(anything) };
/** What is told of each deployment, also in lists. */
const summary = { provisioningState: text, mode: text, correlationId: text, timestamp: text, duration: text };
const deploymentOf = (more: Readonly<Record<string, Schema>>): Schema =>
  object({ id: text, name: text, type: text, properties: object({ ...summary, ...more }) });
const ids = list(object({ id: text }));
const deployment = deploymentOf({
  parameters: map(anything),
  'outputs?': map(anything),
  outputResources: ids,
  dependencies: list(object({ id: text, dependsOn: ids })),
  providers: list(
    object({ namespace: text, resourceTypes: list(object({ resourceType: text, locations: list(text) })) }),
  ),
  'error?': object(inError),
});
const operation = object({
  id: text,
  operationId: text,
  properties: object({
    provisioningOperation: text,
    provisioningState: text,
    timestamp: text,
    duration: text,
    trackingId: text,
    statusCode: text,
    'statusMessage?': object({ status: text, error: object(inError) }),
    targetResource: object({ id: text, resourceType: text, resourceName: text }),
  }),
});
const change = object({
  resourceId: text,
  changeType: text,
  'before?': anything,
  'after?': anything,
  'delta?': list(anything),
});
const order = object({ properties: object({ mode: text, 'template?': anything, 'parameters?': anything }) });

const operationsOf = (name: string): [string, Body][] => [
  [`${name}-operations`, { response: page(operation) }],
  [`${name}-operation`, { response: operation }],
];
const deploymentsAt = (level: string): [string, Body][] => [
  [`${level}-deployments`, { response: page(deploymentOf({})) }],
  [`${level}-deployment-put`, { request: order, response: deployment, statuses: [200, 201] }],
  [`${level}-deployment-get`, { response: deployment }],
  [`${level}-deployment-exists`, { empty: [204] }],
  [`${level}-deployment-delete`, { empty: [204] }],
  [
    `${level}-deployment-validate`,
    { request: order, response: deploymentOf({ parameters: map(anything), validatedResources: ids }) },
  ],
  [
    `${level}-deployment-what-if`,
    { request: order, response: object({ status: text, properties: object({ changes: list(change) }) }) },
  ],
  [`${level}-deployment-cancel`, { empty: [204] }],
  [`${level}-deployment-export`, { response: object({ template: anything }) }],
  [`${level}-deployment-status`, { response: object({ status: text, 'error?': object(inError) }) }],
  ...operationsOf(`${level}-deployment`),
];

/** By the name of the route. */
export const DEPLOYMENTS: Readonly<Record<string, Body>> = Object.fromEntries([
  ...deploymentsAt('group'),
  ...deploymentsAt('subscription'),
  ...operationsOf('group-deployment-plain'),
]);
