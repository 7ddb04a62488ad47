/** How clients see the planes; URLs end without a slash. */
export interface PortalEndpoints {
  readonly management: string;
  readonly graph: string;
  readonly portal: string;
  /** Where downloads are redirected to, if they are. */
  readonly data: string;
  /** `https://adfs.<domain>[:port]/adfs` */
  readonly authority: string;
  /** `.azsacr.<domain>[:port]` */
  readonly loginServerSuffix: string;
}

/** The portal's id on every Azure; it needs no secret (RFC 8252, section 8.5). */
const PORTAL_CLIENT = 'c44b4083-3bb0-49c1-b47d-974e53cbdf3c';

/**
 * What the portal has to know before anybody signs in: where the planes are and how tokens for them are asked for. By path
 * (`localhost`) all planes are on the host that was asked, and of the registries only the default one is.
 */
export async function portalSettings(
  portal: {
    readonly endpoints: () => PortalEndpoints;
    readonly defaultRegistry: string;
    readonly tenantId: () => string | undefined | Promise<string | undefined>;
  },
  byPath: boolean,
) {
  const { management, graph, authority, loginServerSuffix, portal: home } = portal.endpoints();
  return {
    byPath,
    clientId: PORTAL_CLIENT,
    tenantId: (await portal.tenantId()) ?? '',
    managementAudience: `${management}/audience`,
    graphAudience: `${graph}/`,
    management: byPath ? '' : management,
    graph: byPath ? '' : graph,
    authority: byPath ? '/adfs' : authority,
    portal: `${home}/`,
    scheme: new URL(home).protocol,
    loginServerSuffix,
    defaultRegistry: portal.defaultRegistry,
  };
}
