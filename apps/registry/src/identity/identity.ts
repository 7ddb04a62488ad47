import type { Principal } from '../access/principal.ts';
import type { Awaitable } from '../platform/awaitable.ts';
import type { Refused } from './refused.ts';

/** What a caller of Basic authentication sends. */
export interface BasicCredentials {
  /** Name of the registry that the request's host names. */
  readonly registry: string;
  readonly username: string;
  readonly password: string;
  /** Address of the client: wrong guesses of people's passwords are counted by it. */
  readonly source?: string | undefined;
}

/** What a token says about who got it. */
export interface TokenSubject {
  /** Name of the registry that the request's host names. */
  readonly registry: string;
  /** Row id of the registry that the token was issued for: a registry made again under the same name is another one. */
  readonly registryId: string;
  readonly subject: string;
  /** Row id of the credential that the token was got with. */
  readonly credential: string;
}

/** Who somebody is, asked by the token room and the data plane. Later parts add users, service principals and tokens behind it. */
export interface Identity {
  /**
   * Raised by every change of passwords, principals or their state. While it stands still, an answer got before is still
   * right; that makes revocation work at the very next request without asking anew each time.
   */
  generation(): Awaitable<number>;
  /**
   * The principal, without a ceiling; undefined for a wrong name or password, without a hint which. Why it is refused is
   * said only to who showed the right secret.
   */
  verifyBasic(credentials: BasicCredentials): Promise<Principal | Refused | undefined>;
  /** The principal behind a token as of now; undefined once its credential was renewed, its identity disabled, its registry replaced. */
  resolve(subject: TokenSubject): Promise<Principal | undefined>;
}
