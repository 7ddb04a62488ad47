import { operations, page, resource } from './azure.ts';
import { anything, type Body, flag, list, map, number, object, text } from './schemas.ts';

// Of the operator's resource manager.

const quota = resource(object({ numberOfRegistries: number, capacityPerRegistryInGiB: number }));
const assignment = resource(object({ subscriptionId: text, quota: text }));
const configuration = resource(object({ maximumCapacityInGiB: number }));
const capacity = resource(
  object({ maximumCapacityInGiB: number, registriesConsumptionInGiB: number, allowPush: flag }),
);
const registryOfSite = resource(
  object({
    registryId: text,
    name: text,
    location: text,
    subscriptionId: text,
    resourceGroup: text,
    creationDate: text,
    registrySizeInBytes: number,
  }),
);
const certificate = resource(
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
);
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

/** By the name of the route. */
export const OPERATOR: Readonly<Record<string, Body>> = {
  quotas: { response: page(quota) },
  'quota-get': { response: quota },
  'quota-put': { request: anything, response: quota, statuses: [200, 201] },
  'quota-delete': { empty: [200, 204] },
  'quota-subscriptions': { response: page(assignment) },
  'quota-assign': { response: assignment },
  'quota-unassign': { empty: [200, 204] },
  configurations: { response: page(configuration) },
  'configuration-get': { response: configuration },
  'configuration-put': {
    request: object({ properties: object({ maximumCapacityInGiB: number }) }),
    response: configuration,
  },
  capacities: { response: page(capacity) },
  'capacity-get': { response: capacity },
  'capacity-samples': {
    query: { from: text },
    response: page(object({ time: text, usedBytes: number, 'capacityBytes?': number })),
  },
  'site-registries': { query: { $skipToken: text }, response: page(registryOfSite) },
  'site-certificates': { response: page(certificate) },
  'site-health': {
    response: page(object({ name: text, state: text, values: map(anything), text, 'next?': text })),
  },
  'admin-operations': { response: operations },
  'setup-status': { response: resource(object({ status: text })) },
  'setup-start': { request: anything },
  jobs: { response: page(job) },
  'job-pause': { response: job },
  'job-resume': { response: job },
  'job-run': { response: job },
};
