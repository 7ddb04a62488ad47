import { createPrivateKey, type KeyObject } from 'node:crypto';

/** What a listener needs, however it was come by. */
export interface ServerCertificate {
  /** PEM: the server's own certificate, then intermediates. */
  readonly certificate: string;
  readonly key: string;
  readonly expires: Date;
  /** True if it was made (again) just now. */
  readonly made: boolean;
  /** What works but should be looked at, in sentences. */
  readonly warnings: readonly string[];
  /** PEM of the site's own CA, where that signed it. */
  readonly authority?: string;
}

export const day = 24 * 60 * 60 * 1000;

export function parseKey(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    return undefined;
  }
}
