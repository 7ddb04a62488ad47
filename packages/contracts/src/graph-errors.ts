/** https://learn.microsoft.com/graph/errors */
export interface GraphErrorBody {
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly innerError: { readonly 'request-id': string };
  };
}
