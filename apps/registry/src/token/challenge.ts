import { DomainError } from '../platform/domain-error.ts';

/**
 * Why a presented token did not do (RFC 6750, section 3.1). Sent only when there was one: containerd ends its retries
 * with this word as the message, skopeo and podman ask for a wider token on `insufficient_scope`, the others ignore it.
 */
export type ChallengeError = 'invalid_token' | 'insufficient_scope';

/** No quote, backslash, blank or control character can occur, so nothing needs escaping and nothing can break out. */
const REALM = /^https?:\/\/[A-Za-z0-9.:[\]_-]+(?:\/[A-Za-z0-9._~/-]*)?$/;
const SERVICE = /^[A-Za-z0-9.:[\]_-]{1,300}$/;
const SCOPE = /^[a-z-]+:[A-Za-z0-9._/-]+:(?:\*|[a-z_]+(?:,[a-z_]+)*)$/;

/**
 * The value of `WWW-Authenticate` that sends a client to the token endpoint ("Token Authentication Specification" of
 * Distribution; "Azure AD OAuth 2.0 and Azure Container Registry").
 *
 * No blank follows a comma: az splits the header on blanks and takes the second word. A cross-repository mount names two
 * scopes, separated by a blank inside the one quoted value. Every value is quoted, since the conformance suite reads no other.
 */
export function buildChallenge(challenge: {
  realm: string;
  service: string;
  scopes?: readonly string[];
  error?: ChallengeError | undefined;
}): string {
  const { realm, service, scopes = [], error } = challenge;
  const valid = REALM.test(realm) && SERVICE.test(service) && scopes.every((scope) => SCOPE.test(scope));
  if (!valid) {
    throw new DomainError(
      'invalid',
      'request.invalid',
      'The host or the name in this request holds characters that no registry answers to. Check the address.',
    );
  }
  let header = `Bearer realm="${realm}",service="${service}"`;
  if (scopes.length > 0) header += `,scope="${scopes.join(' ')}"`;
  if (error) header += `,error="${error}"`;
  return header;
}
