import { decodeJson, isJsonObject, type JsonObject, member } from './json-document.ts';
import { MEDIA_TYPE } from './media-types.ts';

/** For what an image is made. */
export interface ImagePlatform {
  readonly architecture?: string | undefined;
  readonly os?: string | undefined;
}

/** Whether a config of this media type is an image's, and says for what the image is made. */
export function isImageConfigType(mediaType: string | undefined): boolean {
  return mediaType === MEDIA_TYPE.ociConfig || mediaType === MEDIA_TYPE.dockerConfig;
}

/**
 * Reads `architecture` and `os` of an image's config. It only describes, so whatever is not as it should be is left out.
 * https://github.com/opencontainers/image-spec/blob/main/config.md#properties
 */
export function readImagePlatform(config: Uint8Array): ImagePlatform {
  const json = decodeJson(config);
  if (!('value' in json) || !isJsonObject(json.value)) return {};
  const architecture = word(json.value, 'architecture');
  const os = word(json.value, 'os');
  return { ...(architecture === undefined ? {} : { architecture }), ...(os === undefined ? {} : { os }) };
}

function word(config: JsonObject, name: string): string | undefined {
  const value = member(config, name);
  return typeof value === 'string' && /^[^\p{Cc}\p{Cs}]{1,255}$/u.test(value) ? value : undefined;
}
