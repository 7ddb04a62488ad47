/** A keyset page: items strictly after `last` in binary (ASCII) order, at most `limit` of them. */
export interface PageRequest {
  readonly last?: string | undefined;
  readonly limit?: number | undefined;
}
