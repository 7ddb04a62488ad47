/** Where a client may have its codes sent. */
export interface RedirectUri {
  readonly uri: string;
  /** `public`: on the person's own machine, where loopback addresses match whatever their port (RFC 8252, section 7.3). */
  readonly kind: 'web' | 'spa' | 'public';
}

/**
 * Compared as the text that came: a parser would turn `http://LOCALHOST` and other spellings into the right one, and the
 * browser may not agree with it.
 */
const LOOPBACK = /^http:\/\/(?:localhost|127\.0\.0\.1)(?::\d{1,5})?\/?$/;
const LOOPBACK_PATH = /^http:\/\/(?:localhost|127\.0\.0\.1)(?::\d{1,5})?(\/[A-Za-z0-9._~/-]*)$/;

/** `http://localhost:8400`, as the CLIs listen there. */
export function isLoopback(uri: string): boolean {
  return LOOPBACK.test(uri);
}

/** Whether `given` is one of the registered addresses. Exactly, but for the port of a loopback address. */
export function matchesRedirect(registered: readonly RedirectUri[], given: string): boolean {
  return registered.some(({ uri, kind }) => {
    if (uri === given) return true;
    if (kind !== 'public') return false;
    if (LOOPBACK.test(uri)) return LOOPBACK.test(given);
    const path = LOOPBACK_PATH.exec(uri)?.[1];
    return path !== undefined && LOOPBACK_PATH.exec(given)?.[1] === path;
  });
}

/** What may be registered: https anywhere, http on the own machine, a scheme of the program's own; no fragment (RFC 6749, 3.1.2). */
export function isRegistrable(uri: string): boolean {
  if (uri.length > 256 || /[\s#\\"'<>]/.test(uri)) return false;
  if (LOOPBACK.test(uri) || LOOPBACK_PATH.test(uri)) return true;
  if (/^https:\/\/[A-Za-z0-9.-]+(?::\d{1,5})?(?:\/[^\s]*)?$/.test(uri)) return true;
  // Private schemes contain a dot (RFC 8252, section 7.1) or are MSAL's own: never `javascript:` or `data:`.
  return /^(?:[a-z][a-z0-9]*(?:\.[a-z0-9-]+)+|msal[0-9a-f-]{36}):\/\/[A-Za-z0-9._~/-]*$/.test(uri);
}
