import { describe, expect, it } from 'vitest';
import { ERROR_TABLE } from './error-table.ts';

/** distribution spec, "Error Codes" */
const SPEC = [
  'BLOB_UNKNOWN',
  'BLOB_UPLOAD_INVALID',
  'BLOB_UPLOAD_UNKNOWN',
  'DIGEST_INVALID',
  'MANIFEST_BLOB_UNKNOWN',
  'MANIFEST_INVALID',
  'MANIFEST_UNKNOWN',
  'NAME_INVALID',
  'NAME_UNKNOWN',
  'SIZE_INVALID',
  'UNAUTHORIZED',
  'DENIED',
  'UNSUPPORTED',
  'TOOMANYREQUESTS',
];
/** What Docker's registry and ACR send besides: legacy Docker codes, paging, locks, and failures that are not the client's. */
const BESIDES = [
  'TAG_INVALID',
  'TAG_UNKNOWN',
  'PAGINATION_NUMBER_INVALID',
  'REGISTRY_DISALLOWED_OPERATION',
  'UNKNOWN',
  'UNAVAILABLE',
];
const rows = Object.entries(ERROR_TABLE);

describe('the table of errors', () => {
  it.each(rows)('%s has a code that clients know', (_, { oci, status }) => {
    expect([...SPEC, ...BESIDES]).toContain(oci);
    expect(oci).toMatch(/^[A-Z_]+$/);
    expect(Number.isInteger(status) && status >= 400 && status < 600).toBe(true);
  });

  it('answers what a client did wrong with a code of the spec wherever there is one', () => {
    const others = rows.filter(([, row]) => row.status < 500 && !SPEC.includes(row.oci)).map(([code]) => code);
    expect(others.toSorted()).toEqual([
      'blob.in-use',
      'content.immutable',
      'content.locked',
      'content.quarantined',
      'manifest.child-in-use',
      'query.invalid',
      'quota.site-full',
      'quota.storage-full',
      'request.timeout',
      'request.too-many-tags',
      'restore.tag-exists',
      'tag.invalid',
      'tag.unknown',
    ]);
  });

  it('never says 403 for a missing right: az repeats it for 15 seconds', () => {
    // Of the resource manager and the directory, whose clients do not repeat it; and of the firewall, which az knows by
    // just this status. Of the data host, which nobody signs in to.
    const elsewhere = ['access.denied', 'directory.denied', 'quota.exceeded', 'firewall.denied', 'download.refused'];
    const forbidden = rows.filter(([code, { status }]) => status === 403 && !elsewhere.includes(code));
    expect(forbidden).toEqual([]);
    for (const code of ['auth.required', 'auth.plain-http'] as const) {
      expect(ERROR_TABLE[code]).toMatchObject({ status: 401, oci: 'UNAUTHORIZED' });
    }
  });

  it.each([
    ['manifest.reference-unknown', 400, 'MANIFEST_BLOB_UNKNOWN'],
    ['manifest.too-large', 413, 'MANIFEST_INVALID'],
    ['manifest.child-in-use', 405, 'REGISTRY_DISALLOWED_OPERATION'],
    ['blob.in-use', 405, 'REGISTRY_DISALLOWED_OPERATION'],
    ['upload.range', 416, 'BLOB_UPLOAD_INVALID'],
    ['range.unsatisfiable', 416, 'SIZE_INVALID'],
    ['upload.too-many', 429, 'TOOMANYREQUESTS'],
    ['request.too-many-tags', 414, 'TAG_INVALID'],
    ['storage.full', 507, 'UNAVAILABLE'],
    ['server.unavailable', 503, 'UNAVAILABLE'],
  ] as const)('answers %s with %i %s', (code, status, oci) => {
    expect(ERROR_TABLE[code]).toMatchObject({ status, oci });
  });
});
