import type { ScannerPrincipal } from '../access/principal.ts';
import type { IdentitySource } from './identities.ts';
import type { TokenSubject } from './identity.ts';

const PREFIX = 'scanner:';
/** It signs in with nothing but the tokens that the site gives it. */
const CREDENTIAL = 'scanner-adapter';

/** The site's scanner, as it pulls from one repository of one registry. */
export function scannerAt(registry: string, repository: string): ScannerPrincipal {
  return { kind: 'scanner', id: `${PREFIX}${repository}`, registry, repository, credential: CREDENTIAL };
}

/** Whom the tokens for the site's scanner are for; none of them is good any more once no scanner is registered. */
export const scannerIdentity: IdentitySource = {
  verifyBasic: async () => undefined,
  resolve: async ({ registryId, subject, credential }: TokenSubject) =>
    subject.startsWith(PREFIX) && credential === CREDENTIAL
      ? scannerAt(registryId, subject.slice(PREFIX.length))
      : undefined,
};
