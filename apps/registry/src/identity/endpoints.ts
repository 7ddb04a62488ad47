/** How clients see the planes that sign-in has to do with. URLs end without a slash. */
export interface SignInEndpoints {
  /** `https://management.<domain>[:port]` */
  readonly management: string;
  readonly portal: string;
  readonly graph: string;
  /** `https://adfs.<domain>[:port]/adfs` */
  readonly authority: string;
  /** `https://login.<domain>[:port]` */
  readonly login: string;
}

/**
 * A sign-in service as the client that asks it sees it: with the names that it used. A client that came by `localhost`
 * is sent on to `localhost`.
 */
export interface Authority {
  /** `entra` answers with what only MSAL's Entra clients read. */
  readonly shape: 'adfs' | 'entra';
  readonly issuer: string;
  readonly tokenEndpoint: string;
}
