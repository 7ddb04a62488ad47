import type { DirectoryPrincipal } from '../access/principal.ts';

/** For whom a sign-in token is: the resource manager (and registries, which exchange it), or the directory's Graph. */
export type TokenAudience = 'management' | 'graph';

/** Tokens that the identity plane issues to users and service principals. */
export interface SignInTokens {
  /**
   * Whose token it is, as of now: the account exists and is enabled, its credential was neither removed nor replaced.
   * `problem` completes "The access token is not accepted: …" and tells nothing of accounts.
   */
  verify(
    token: string,
    audience: TokenAudience,
  ): Promise<{ readonly principal: DirectoryPrincipal } | { readonly problem: string }>;
}
