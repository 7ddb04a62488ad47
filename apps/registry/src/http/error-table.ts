import type { OciErrorCode } from '@holdfast/contracts/oci-errors';
import type { ErrorCode } from '../platform/domain-error.ts';

export interface ErrorAnswer {
  readonly status: number;
  readonly oci: OciErrorCode;
}

/** How each domain error looks on the data plane. A new code does not compile until it has its answer here. */
export const ERROR_TABLE: Readonly<Record<ErrorCode, ErrorAnswer>> = {
  'name.invalid': { status: 400, oci: 'NAME_INVALID' },
  'name.unknown': { status: 404, oci: 'NAME_UNKNOWN' },
  'tag.invalid': { status: 400, oci: 'TAG_INVALID' },
  'digest.invalid': { status: 400, oci: 'DIGEST_INVALID' },
  'manifest.invalid': { status: 400, oci: 'MANIFEST_INVALID' },
  'manifest.unknown': { status: 404, oci: 'MANIFEST_UNKNOWN' },
  'manifest.reference-unknown': { status: 400, oci: 'MANIFEST_BLOB_UNKNOWN' },
  'manifest.too-large': { status: 413, oci: 'MANIFEST_INVALID' },
  'manifest.media-type-changed': { status: 400, oci: 'MANIFEST_INVALID' },
  'manifest.child-in-use': { status: 405, oci: 'REGISTRY_DISALLOWED_OPERATION' },
  'manifest.damaged': { status: 404, oci: 'MANIFEST_UNKNOWN' },
  'blob.unknown': { status: 404, oci: 'BLOB_UNKNOWN' },
  'blob.in-use': { status: 405, oci: 'REGISTRY_DISALLOWED_OPERATION' },
  'blob.corrupt': { status: 500, oci: 'UNKNOWN' },
  'blob.damaged': { status: 404, oci: 'BLOB_UNKNOWN' },
  'upload.unknown': { status: 404, oci: 'BLOB_UPLOAD_UNKNOWN' },
  'upload.invalid': { status: 400, oci: 'BLOB_UPLOAD_INVALID' },
  'upload.range': { status: 416, oci: 'BLOB_UPLOAD_INVALID' },
  'upload.size': { status: 400, oci: 'SIZE_INVALID' },
  'upload.too-many': { status: 429, oci: 'TOOMANYREQUESTS' },
  'upload.busy': { status: 409, oci: 'BLOB_UPLOAD_INVALID' },
  'range.unsatisfiable': { status: 416, oci: 'SIZE_INVALID' },
  'query.invalid': { status: 400, oci: 'PAGINATION_NUMBER_INVALID' },
  'auth.required': { status: 401, oci: 'UNAUTHORIZED' },
  'auth.plain-http': { status: 401, oci: 'UNAUTHORIZED' },
  'token.invalid-request': { status: 400, oci: 'UNSUPPORTED' },
  'registry.unknown': { status: 404, oci: 'NAME_UNKNOWN' },
  'request.invalid': { status: 400, oci: 'UNSUPPORTED' },
  'request.timeout': { status: 408, oci: 'UNAVAILABLE' },
  'request.too-large': { status: 431, oci: 'UNSUPPORTED' },
  'request.too-many-tags': { status: 414, oci: 'TAG_INVALID' },
  'request.expectation': { status: 417, oci: 'UNSUPPORTED' },
  'request.unsupported': { status: 405, oci: 'UNSUPPORTED' },
  'route.unknown': { status: 404, oci: 'UNSUPPORTED' },
  'storage.full': { status: 507, oci: 'UNAVAILABLE' },
  'server.unavailable': { status: 503, oci: 'UNAVAILABLE' },
  'server.internal': { status: 500, oci: 'UNKNOWN' },
};
