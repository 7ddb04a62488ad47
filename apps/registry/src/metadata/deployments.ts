import type { Awaitable } from '../platform/awaitable.ts';
import type { PageRequest } from './page-request.ts';

export type DeploymentState = 'Running' | 'Succeeded' | 'Failed' | 'Canceled';

/** A deployment of a template, as lists show it. */
export interface DeploymentSummary {
  /** A GUID that is new with each time that it is deployed. */
  readonly id: string;
  /** `/subscriptions/…[/resourceGroups/…]`, as it was spelled. */
  readonly scope: string;
  /** The same in lower case. */
  readonly scopeKey: string;
  /** As it was spelled first; compared without case. */
  readonly name: string;
  readonly state: DeploymentState;
  readonly mode: 'Incremental' | 'Complete';
  readonly correlationId: string;
  readonly createdBy: string;
  readonly startedAt: Date;
  readonly endedAt?: Date | undefined;
}

export interface DeploymentRow extends DeploymentSummary {
  /** JSON of the template, without defaults of secure parameters. */
  readonly template: string;
  /** JSON: parameters without secure values, operations, resources, error. */
  readonly details: string;
  /** Outputs, sealed: a template may put passwords into them. */
  readonly sealedOutputs?: Uint8Array | undefined;
}

export interface DeploymentReader {
  find(scopeKey: string, name: string): Awaitable<DeploymentRow | undefined>;
  /** By name in lower case; `last` is one such. */
  list(scopeKey: string, page: PageRequest): Awaitable<DeploymentSummary[]>;
  /** Those that are under way, or were when the server ended. */
  running(): Awaitable<DeploymentRow[]>;
}

export interface DeploymentWriter extends DeploymentReader {
  /** Creates it, or replaces everything but the spelling of its name. */
  put(row: DeploymentRow): Awaitable<void>;
  delete(scopeKey: string, name: string): Awaitable<boolean>;
  deleteWithin(scopeKey: string): Awaitable<number>;
  /** Keeps so many of a scope: the oldest of those that ended go. */
  trim(scopeKey: string, keep: number): Awaitable<number>;
}
