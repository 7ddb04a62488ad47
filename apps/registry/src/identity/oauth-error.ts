import { DomainError, type ErrorCode, type ErrorKind } from '../platform/domain-error.ts';

type OAuthCode = Extract<ErrorCode, `oauth.${string}`>;

const KINDS: Partial<Record<OAuthCode, ErrorKind>> = {
  'oauth.invalid-client': 'unauthenticated',
  'oauth.invalid-grant': 'unauthenticated',
  'oauth.slow-down': 'too-many',
};

/**
 * A refusal of the sign-in service. `number` is Microsoft's for the case: SDKs and people look it up, and offline copies
 * of the list of error codes exist ("Microsoft Entra authentication error codes").
 */
export function oauthError(
  code: OAuthCode,
  number: number | undefined,
  message: string,
  more: { retryAfter?: number } = {},
): DomainError {
  const text = number === undefined ? message : `AADSTS${number}: ${message}`;
  return new DomainError(KINDS[code] ?? 'invalid', code, text, more);
}
