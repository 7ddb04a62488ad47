import type { AzureSite, Bearer } from './azure-site.ts';
import type { Answer } from './http-client.ts';

const REGISTRY_TYPE = 'Microsoft.ContainerRegistry/registries';
export type Parts = Record<string, unknown>;

/** A template with the parts that a test is about. */
export const templateOf = (parts: Parts): Parts => ({
  $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
  contentVersion: '1.0.0.0',
  resources: [],
  ...parts,
});

export const registryOf = (name: string, more: Parts = {}): Parts => ({
  type: REGISTRY_TYPE,
  apiVersion: '2019-05-01',
  name,
  location: '[resourceGroup().location]',
  sku: { name: 'Standard' },
  properties: { adminUserEnabled: true },
  ...more,
});

/** A deployment that is nested in a template. */
export const nestedOf = (name: string, template: Parts, more: Parts = {}, properties: Parts = {}): Parts => ({
  type: 'Microsoft.Resources/deployments',
  apiVersion: '2020-06-01',
  name,
  properties: { mode: 'Incremental', template: templateOf(template), ...properties },
  ...more,
});

export interface Deployed {
  readonly properties: {
    readonly provisioningState: string;
    readonly outputs?: Record<string, { type: string; value?: unknown }>;
    readonly parameters: Record<string, { type: string; value?: unknown }>;
    readonly outputResources: { id: string }[];
    readonly error?: { code: string; message: string; details?: { code: string; message: string }[] };
  };
}

export interface DeployOptions {
  readonly parameters?: Parts;
  readonly mode?: string;
  readonly as?: Bearer;
  readonly group?: string;
  readonly action?: string;
}

/** Calls the deployment of that name with the template; PUT unless an action such as `/validate` is named. */
export function deploy(site: AzureSite, name: string, template: Parts, options: DeployOptions = {}): Promise<Answer> {
  const { parameters = {}, mode = 'Incremental', group = site.group, action, as } = options;
  const given = Object.fromEntries(Object.entries(parameters).map(([key, value]) => [key, { value }]));
  const path = `${group}/providers/Microsoft.Resources/deployments/${name}${action ?? ''}`;
  const body = { properties: { mode, template, parameters: given } };
  return site.arm(action ? 'POST' : 'PUT', path, { body, version: '2021-04-01', ...(as ? { as } : {}) });
}
