const text = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');

/** 256 random bits, in the alphabet of RFC 7636. */
export function randomText(): string {
  return text(crypto.getRandomValues(new Uint8Array(32)));
}

/** RFC 7636, section 4.2: `S256`. */
export async function challengeOf(verifier: string): Promise<string> {
  return text(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))));
}
