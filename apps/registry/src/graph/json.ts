import type { RedirectUri } from '../identity/redirects.ts';
import type {
  ApplicationCredentialRow,
  ApplicationRow,
  GroupRow,
  ServicePrincipalRow,
  UserRow,
} from '../metadata/directory.ts';

/** Objects as Microsoft Graph shows them; what the directory does not keep is null or empty, as there. */
export function userJson(row: UserRow) {
  return {
    '@odata.type': '#microsoft.graph.user',
    id: row.id,
    userPrincipalName: row.upn,
    displayName: row.displayName,
    accountEnabled: row.enabled,
    createdDateTime: row.createdAt.toISOString(),
    lastPasswordChangeDateTime: row.passwordChangedAt.toISOString(),
    businessPhones: [],
    givenName: null,
    jobTitle: null,
    mail: null,
    mobilePhone: null,
    officeLocation: null,
    preferredLanguage: null,
    surname: null,
  };
}

export function groupJson(row: GroupRow) {
  return {
    '@odata.type': '#microsoft.graph.group',
    id: row.id,
    displayName: row.displayName,
    description: row.description ?? null,
    mailNickname: row.mailNickname,
    mailEnabled: false,
    securityEnabled: true,
    groupTypes: [],
    mail: null,
    createdDateTime: row.createdAt.toISOString(),
  };
}

export function applicationJson(row: ApplicationRow, credentials: readonly ApplicationCredentialRow[], domain: string) {
  const redirects = JSON.parse(row.redirectUris) as RedirectUri[];
  const of = (kind: RedirectUri['kind']) => redirects.filter((one) => one.kind === kind).map(({ uri }) => uri);
  return {
    '@odata.type': '#microsoft.graph.application',
    id: row.id,
    appId: row.appId,
    displayName: row.displayName,
    createdDateTime: row.createdAt.toISOString(),
    publisherDomain: domain,
    signInAudience: 'AzureADMyOrg',
    isFallbackPublicClient: row.publicClient,
    identifierUris: [],
    web: { homePageUrl: null, redirectUris: of('web') },
    spa: { redirectUris: of('spa') },
    publicClient: { redirectUris: of('public') },
    requiredResourceAccess: [],
    appRoles: [],
    tags: [],
    ...credentialsJson(credentials, row.id),
  };
}

export function servicePrincipalJson(
  row: ServicePrincipalRow,
  credentials: readonly ApplicationCredentialRow[],
  tenantId: string,
) {
  return {
    '@odata.type': '#microsoft.graph.servicePrincipal',
    id: row.id,
    appId: row.appId,
    displayName: row.displayName,
    appDisplayName: row.displayName,
    accountEnabled: row.enabled,
    appOwnerOrganizationId: tenantId,
    createdDateTime: row.createdAt.toISOString(),
    servicePrincipalType: 'Application',
    servicePrincipalNames: [row.appId],
    signInAudience: 'AzureADMyOrg',
    alternativeNames: [],
    appRoles: [],
    replyUrls: [],
    tags: [],
    ...credentialsJson(credentials, row.id),
  };
}

/** An application and its service principal each have their own. */
function credentialsJson(credentials: readonly ApplicationCredentialRow[], ownerId: string) {
  const own = credentials.filter((credential) => credential.ownerId === ownerId);
  return {
    passwordCredentials: own.filter(({ kind }) => kind === 'password').map((row) => passwordJson(row)),
    keyCredentials: own.filter(({ kind }) => kind === 'certificate').map(keyJson),
  };
}

/** The secret itself is shown by the answer that makes it, and by no other. */
export function passwordJson(row: ApplicationCredentialRow, secretText: string | null = null) {
  return {
    customKeyIdentifier: null,
    displayName: row.displayName ?? null,
    endDateTime: row.endsAt.toISOString(),
    hint: row.hint ?? null,
    keyId: row.id,
    secretText,
    startDateTime: row.startsAt.toISOString(),
  };
}

function keyJson(row: ApplicationCredentialRow) {
  return {
    customKeyIdentifier: Buffer.from(row.thumbprintSha1 ?? '', 'base64url')
      .toString('hex')
      .toUpperCase(),
    displayName: row.displayName ?? null,
    endDateTime: row.endsAt.toISOString(),
    key: null,
    keyId: row.id,
    startDateTime: row.startsAt.toISOString(),
    type: 'AsymmetricX509Cert',
    usage: 'Verify',
  };
}
