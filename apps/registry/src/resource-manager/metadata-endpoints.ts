import type { ResourceManager } from './context.ts';

/**
 * What `az cloud register`, PowerShell and the SDKs read before anything else. Three shapes: 2015-01-01 (five URLs),
 * 2019-05-01 (an array of clouds), 2022-09-01 and later (one cloud). `graph…` end in a slash, since az joins them so.
 */
export function metadataEndpoints(rm: ResourceManager, apiVersion: string): unknown {
  const { management, portal, graph, authority, loginServerSuffix } = rm.endpoints();
  const audiences = [audienceOf(management)];
  if (apiVersion < '2019') {
    return {
      galleryEndpoint: `${portal}/`,
      graphEndpoint: `${graph}/`,
      portalEndpoint: `${portal}/`,
      authentication: { loginEndpoint: authority, audiences },
    };
  }
  const suffix = loginServerSuffix.slice(1);
  const domain = suffix.slice(suffix.indexOf('.') + 1);
  const cloud = {
    name: 'Holdfast',
    resourceManager: `${management}/`,
    portal: `${portal}/`,
    gallery: `${portal}/`,
    graph: `${graph}/`,
    graphAudience: `${graph}/`,
    microsoftGraphResourceId: `${graph}/`,
    authentication: { loginEndpoint: authority, audiences, tenant: 'adfs', identityProvider: 'ADFS' },
    suffixes: { acrLoginServer: suffix, keyVaultDns: `vault.${domain}`, storage: domain },
  };
  return apiVersion >= '2022' ? cloud : [cloud];
}

/** The audience that tokens for this resource manager name. */
function audienceOf(management: string): string {
  return `${management}/audience`;
}
