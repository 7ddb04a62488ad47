import {
  anything,
  type Body,
  flag,
  list,
  nothing,
  number,
  object,
  oneOf,
  type Schema,
  text,
  textOrNothing,
} from './schemas.ts';

// Of the directory, which speaks Microsoft Graph v1.0.

const page = (items: Schema): Schema => object({ value: list(items), '@odata.nextLink?': text });
const user = object({
  '@odata.type': text,
  id: text,
  userPrincipalName: text,
  displayName: text,
  accountEnabled: flag,
  createdDateTime: text,
  lastPasswordChangeDateTime: text,
  businessPhones: list(text),
  givenName: textOrNothing,
  jobTitle: textOrNothing,
  mail: textOrNothing,
  mobilePhone: textOrNothing,
  officeLocation: textOrNothing,
  preferredLanguage: textOrNothing,
  surname: textOrNothing,
});
const group = object({
  '@odata.type': text,
  id: text,
  displayName: text,
  description: textOrNothing,
  mailNickname: text,
  mailEnabled: flag,
  securityEnabled: flag,
  groupTypes: list(text),
  mail: textOrNothing,
  createdDateTime: text,
});
/** The secret itself is told once, by the answer that makes it. */
const password = object({
  customKeyIdentifier: textOrNothing,
  displayName: textOrNothing,
  endDateTime: text,
  hint: textOrNothing,
  keyId: text,
  secretText: textOrNothing,
  startDateTime: text,
});
const key = object({
  customKeyIdentifier: text,
  displayName: textOrNothing,
  endDateTime: text,
  key: nothing,
  keyId: text,
  startDateTime: text,
  type: text,
  usage: text,
});
const credentials = { passwordCredentials: list(password), keyCredentials: list(key) };
const application = object({
  '@odata.type': text,
  id: text,
  appId: text,
  displayName: text,
  createdDateTime: text,
  publisherDomain: text,
  signInAudience: text,
  isFallbackPublicClient: flag,
  identifierUris: list(text),
  web: object({ homePageUrl: textOrNothing, redirectUris: list(text) }),
  spa: object({ redirectUris: list(text) }),
  publicClient: object({ redirectUris: list(text) }),
  requiredResourceAccess: list(anything),
  appRoles: list(anything),
  tags: list(text),
  ...credentials,
});
const servicePrincipal = object({
  '@odata.type': text,
  id: text,
  appId: text,
  displayName: text,
  appDisplayName: text,
  accountEnabled: flag,
  appOwnerOrganizationId: text,
  createdDateTime: text,
  servicePrincipalType: text,
  servicePrincipalNames: list(text),
  signInAudience: text,
  alternativeNames: list(text),
  appRoles: list(anything),
  replyUrls: list(text),
  tags: list(text),
  ...credentials,
});
const anyObject = oneOf(user, group, servicePrincipal, application);
const listQuery = { $filter: text, $top: number, $search: text, $skiptoken: text };
const groupIds = object({ value: list(text) });
const changed: Body = { request: anything, empty: [204] };
const gone: Body = { empty: [204] };
const made = (response: Schema): Body => ({ request: anything, response, statuses: [201] });
/** A PATCH by `appId` makes what is not there, as Graph's upsert does. */
const upserted = (response: Schema): Body => ({ request: anything, response, statuses: [201], empty: [204] });
const memberGroups: Body = { request: object({ 'securityEnabledOnly?': flag }), response: groupIds };
const passwordMade: Body = { request: object({ 'passwordCredential?': anything }), response: password };
const passwordGone: Body = { request: object({ keyId: text }), empty: [204] };

/** By the name of the route. */
export const DIRECTORY: Readonly<Record<string, Body>> = {
  'graph-me': { response: user },
  'graph-change-password': { request: object({ currentPassword: text, newPassword: text }), empty: [204] },
  'graph-my-member-of': { query: listQuery, response: page(group) },
  'graph-my-objects': { response: page(oneOf(application, servicePrincipal)) },
  'graph-users': { query: listQuery, response: page(user) },
  'graph-user': { response: user },
  'graph-user-create': made(user),
  'graph-user-update': changed,
  'graph-user-delete': gone,
  'graph-user-groups': memberGroups,
  'graph-user-member-of': { query: listQuery, response: page(group) },
  'graph-groups': { query: listQuery, response: page(group) },
  'graph-group': { response: group },
  'graph-group-create': made(group),
  'graph-group-update': changed,
  'graph-group-delete': gone,
  'graph-group-groups': memberGroups,
  'graph-group-members': { query: listQuery, response: page(anyObject) },
  'graph-group-member-add': { request: object({ '@odata.id': text }), empty: [204] },
  'graph-group-member-remove': gone,
  'graph-group-owners': { response: page(anyObject) },
  'graph-applications': { query: listQuery, response: page(application) },
  'graph-application': { response: application },
  'graph-application-create': made(application),
  'graph-application-update': upserted(application),
  'graph-application-delete': gone,
  'graph-application-owners': { response: page(anyObject) },
  'graph-application-add-password': passwordMade,
  'graph-application-remove-password': passwordGone,
  'graph-principals': { query: listQuery, response: page(servicePrincipal) },
  'graph-principal': { response: servicePrincipal },
  'graph-principal-create': made(servicePrincipal),
  'graph-principal-update': upserted(servicePrincipal),
  'graph-principal-delete': gone,
  'graph-principal-groups': memberGroups,
  'graph-principal-owners': { response: page(anyObject) },
  'graph-principal-add-password': passwordMade,
  'graph-principal-remove-password': passwordGone,
  'graph-object': { response: anyObject },
  'graph-object-groups': memberGroups,
  'graph-check-member-groups': { request: object({ groupIds: list(text) }), response: groupIds },
  'graph-objects-by-ids': {
    request: object({ ids: list(text), 'types?': list(text) }),
    response: page(anyObject),
  },
};
