/**
 * Error codes of the OCI distribution spec (section "Error Codes"), plus those that ACR and Docker's registry send on the same
 * envelope. https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes
 */
export type OciErrorCode =
  | 'BLOB_UNKNOWN'
  | 'BLOB_UPLOAD_INVALID'
  | 'BLOB_UPLOAD_UNKNOWN'
  | 'DENIED'
  | 'DIGEST_INVALID'
  | 'MANIFEST_BLOB_UNKNOWN'
  | 'MANIFEST_INVALID'
  | 'MANIFEST_UNKNOWN'
  | 'NAME_INVALID'
  | 'NAME_UNKNOWN'
  | 'SIZE_INVALID'
  | 'TOOMANYREQUESTS'
  | 'UNAUTHORIZED'
  | 'UNSUPPORTED'
  | 'TAG_INVALID'
  | 'TAG_UNKNOWN'
  | 'PAGINATION_NUMBER_INVALID'
  | 'REGISTRY_DISALLOWED_OPERATION'
  | 'UNKNOWN'
  | 'UNAVAILABLE';

export interface OciErrorBody {
  readonly errors: readonly { readonly code: OciErrorCode; readonly message: string; readonly detail?: unknown }[];
}
