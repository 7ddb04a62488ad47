import { anything, type Body, flag, list, number, object, type Schema, text } from './schemas.ts';

// Of the transfer station: bundles, and the files that bring them.

const file = object({
  id: text,
  kind: text,
  state: text,
  'reason?': text,
  name: text,
  'carriedBy?': text,
  size: number,
  offset: number,
  'digest?': text,
  'bundle?': text,
  'number?': number,
  'of?': number,
  'signer?': text,
  startedAt: text,
  updatedAt: text,
});
const figures: Readonly<Record<string, Schema>> = {
  created: text,
  source: text,
  against: list(text),
  tags: number,
  manifests: number,
  manifestsHeld: number,
  blobs: number,
  blobsHeld: number,
  contentBytes: number,
};
const volume = object({
  number,
  name: text,
  size: number,
  'digest?': text,
  by: text,
  'carriedBy?': text,
  since: text,
  'verifiedAt?': text,
});
const bundle: Readonly<Record<string, Schema>> = {
  bundle: text,
  made: flag,
  signer: text,
  'signerName?': text,
  of: number,
  missing: list(number),
  volumes: list(volume),
  'summary?': object(figures),
};
const tag = { repository: text, tag: text, digest: text };
const operation = object({
  id: text,
  kind: text,
  state: text,
  'bundle?': text,
  by: text,
  startedAt: text,
  updatedAt: text,
  'progress?': object({ step: text, done: number, 'total?': number }),
  'result?': { type: 'object', additionalProperties: true },
  'error?': object({ code: text, message: text }),
});
const creation = object({
  images: list(text),
  'platform?': text,
  'volumeBytes?': number,
  'name?': text,
  'receipt?': text,
  'assumeArrived?': flag,
  'doubted?': list(text),
});
const signer = object({ id: text, name: text, publicKey: text, addedBy: text, addedAt: text });
const entry = object({
  place: number,
  time: text,
  by: text,
  action: text,
  'bundle?': text,
  'signer?': text,
  'carriedBy?': text,
  'volumes?': list(number),
  'of?': number,
  'file?': text,
  'created?': text,
  'tags?': number,
  'bytes?': number,
  'seconds?': number,
  'lacks?': number,
});

/** By the name of the route. */
export const STATION: Readonly<Record<string, Body>> = {
  'bundle-files': { response: object({ files: list(file) }) },
  'bundle-file-start': {
    request: object({ name: text, size: number, 'kind?': text, 'carriedBy?': text }),
    response: file,
    statuses: [201],
  },
  'bundle-file': { response: file },
  'bundle-file-chunk': { response: file },
  'bundle-file-complete': { request: object({ 'digest?': text }), response: file },
  'bundle-file-import': { request: object({ 'repository?': text }), response: operation, statuses: [202] },
  'bundle-file-delete': { empty: [204] },
  bundles: { response: object({ bundles: list(object(bundle)) }) },
  bundle: { response: object({ ...bundle, tags: list(object(tag)) }) },
  'bundle-create': { request: creation, response: operation, statuses: [202] },
  'bundle-estimate': {
    request: creation,
    response: object({ ...figures, volumes: number, layersLeftOut: list(text) }),
  },
  'bundle-delete': { empty: [204] },
  'bundle-verify': { response: operation, statuses: [202] },
  'bundle-apply': { response: operation, statuses: [202] },
  'bundle-plan-staged': {
    response: object({
      bundle: text,
      signer: text,
      missingVolumes: list(number),
      'seconds?': number,
      'blobsToSend?': number,
      'bytesToSend?': number,
      'manifestsToPut?': number,
      'lacks?': list(text),
      'room?': object({ left: number, fits: flag, siteFits: flag }),
      'quarantine?': flag,
      tags: list(object({ ...tag, state: text, 'previous?': text, 'refused?': text, 'why?': text })),
    }),
  },
  'bundle-volume': { response: anything, responseType: 'application/x-tar', statuses: [200, 206] },
  'bundle-volume-delete': { empty: [204] },
  'bundle-operations': { response: object({ operations: list(operation) }) },
  'bundle-operation': { response: operation },
  'bundle-operation-cancel': { response: operation },
  'bundle-receipt': { responseType: 'text/plain', response: text },
  'bundle-key': { response: object({ id: text, publicKey: text }) },
  'bundle-signers': { response: object({ signers: list(signer) }) },
  'bundle-signer-add': {
    request: object({ name: text, publicKey: text }),
    response: signer,
    statuses: [201],
  },
  'bundle-signer-delete': { empty: [204] },
  'bundle-custody': { query: { before: text, n: text }, response: object({ entries: list(entry) }) },
};
