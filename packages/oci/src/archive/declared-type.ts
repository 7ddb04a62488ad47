import { decodeJson, isJsonObject, member } from '../json-document.ts';
import { MEDIA_TYPE } from '../media-types.ts';

/** The media type of a manifest that is kept without one: what it says itself, else what its members say that it is. */
export function declaredType(bytes: Uint8Array): string {
  const json = decodeJson(bytes);
  const document = 'value' in json && isJsonObject(json.value) ? json.value : undefined;
  const type = document && member(document, 'mediaType');
  if (typeof type === 'string') return type;
  if (document && Array.isArray(member(document, 'manifests'))) return MEDIA_TYPE.ociIndex;
  // https://distribution.github.io/distribution/spec/deprecated-schema-v1/
  if (document && member(document, 'schemaVersion') === 1) return MEDIA_TYPE.dockerSchema1Signed;
  return MEDIA_TYPE.ociImage;
}
