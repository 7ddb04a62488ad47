import type { JsonObject } from './expressions/values.ts';

/** Where a deployment happens: a subscription, or a resource group in one. */
export interface Place {
  /** `/subscriptions/{id}` or `/subscriptions/{id}/resourceGroups/{name}`, as it is spelled. */
  readonly scope: string;
  readonly subscription: { readonly id: string; readonly displayName: string; readonly tenantId: string };
  readonly group?: { readonly name: string; readonly location: string; readonly tags: JsonObject };
}

export const DEPLOYMENTS = 'Microsoft.Resources/deployments';
/** Made by deployments to a subscription. Their ids have no provider in them. */
export const GROUPS = 'Microsoft.Resources/resourceGroups';
/** What a deployment may be called, nested or not. */
export const DEPLOYMENT_NAME = /^[-\w.()]{1,64}$/;
