/** Why somebody who shows a secret, or what looks like one, is not let in. */
export type RefusalCause =
  // Told only to those who proved the right secret: it says what exists.
  | 'admin-user-disabled'
  | 'account-disabled'
  | 'token-disabled'
  | 'credential-expired'
  // Of a signed token of this site.
  | 'bearer-expired'
  | 'bearer-revoked'
  | 'bearer-of-another-registry'
  | 'bearer-of-the-wrong-kind'
  // The same for whatever was shown: an unknown name, a wrong password, a forged token.
  | 'wrong-password'
  | 'wrong-token'
  | 'malformed';

export interface Refused {
  readonly refused: RefusalCause;
  /** Of what expired: when. */
  readonly since?: Date;
  /** Whose secret it was, where that was proved. */
  readonly who?: string;
  /** The user name as somebody typed it: may be a password in the wrong field, and is shown and written nowhere. */
  readonly typed?: string;
}

export function isRefused<T extends object>(result: T | Refused): result is Refused {
  return 'refused' in result;
}
