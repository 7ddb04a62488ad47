import type { RepositoryName } from '@holdfast/oci/reference';
import type { Action, ResourceAction } from '../access/principal.ts';
import type { Awaitable } from '../platform/awaitable.ts';
import type { Exchange } from './exchange.ts';

export type RouteHandler = (exchange: Exchange, params: RouteParams) => Awaitable<void>;

/** What a caller needs before a route runs. `public` routes are counted in the test's table; there is no third way. */
export type RouteAccess =
  | { readonly kind: 'public'; readonly why: string }
  | { readonly kind: 'signed-in' }
  | { readonly kind: 'registry'; readonly action: Action }
  | { readonly kind: 'repository'; readonly actions: readonly [Action, ...Action[]] }
  /** Of the resource manager: on the resource that the path names, or on `{+scope}` where the path has one. */
  | { readonly kind: 'resource'; readonly action: ResourceAction }
  /** Of the operator's resource manager: the same, but in the operator's own subscription only. */
  | { readonly kind: 'operator'; readonly action: ResourceAction }
  /**
   * Of the directory (Graph): everybody signed in may read it; who may assign roles in the subscription may change it.
   * Nobody else, not even who made an object while he might: with a new secret of it he would have its roles again.
   */
  | { readonly kind: 'directory'; readonly right: 'read' | 'manage' };

/** One row of the route table: nothing is reachable that has no row. */
export interface Route {
  readonly name: string;
  readonly method: string;
  /** The path as documentation writes it; `match` is what decides. */
  readonly path: string;
  readonly access: RouteAccess;
  /** Whether it may mount a blob of another repository, for which its challenge then asks, too. */
  readonly mounts?: boolean;
  readonly handle: RouteHandler;
}

/** Named parts of the path. `repository` is parsed and valid when the access is `repository`. */
export interface RouteParams {
  readonly repository: RepositoryName;
  readonly reference: string;
  /** What stands in the place of each `{name}` of the path, decoded; of the resource manager's routes. */
  readonly values: Readonly<Record<string, string>>;
}

/** A path that was recognised: the routes of its shape, one a method. */
export interface RouteMatch {
  readonly routes: readonly Route[];
  /** As it stands in the path, not yet checked. */
  readonly repositoryText?: string;
  readonly reference?: string | undefined;
  readonly values?: Readonly<Record<string, string>>;
}
