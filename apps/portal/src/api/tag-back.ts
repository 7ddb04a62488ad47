import { reading } from './content.ts';
import { useContentChanged } from './deeds.ts';
import { MEDIA_TYPES } from './image.ts';
import { answered, Refusal } from './refusal.ts';
import { usePlanes } from './use-planes.ts';

/** What became of a tag that was to be put back: `elsewhere` says where it is by now. */
export type TagBack = { readonly state: 'back' } | { readonly state: 'elsewhere'; readonly digest: string };

/** Puts a tag back on the manifest that it was on, by the same push as any; not if somebody has pushed it meanwhile. */
export function useTagBack(registry: string, name: string): (tag: string, digest: string) => Promise<TagBack> {
  const planes = usePlanes();
  const changed = useContentChanged();
  return async (tag, digest) => {
    const api = planes.registry(registry, `${reading(name)},push`);
    const now = await answered(api.GET('/acr/v1/{name}/_tags/{tag}', { params: { path: { name, tag } } })).catch(
      unless404,
    );
    if (now !== undefined && now.tag.digest !== digest) return { state: 'elsewhere', digest: now.tag.digest };
    const read = api.GET('/v2/{name}/manifests/{reference}', {
      params: { path: { name, reference: digest } },
      headers: { Accept: MEDIA_TYPES },
      parseAs: 'text',
    });
    const body = String(await answered(read));
    const type = (await read).response.headers.get('Content-Type') ?? '';
    const params = { path: { name, reference: tag } };
    const headers = { 'Content-Type': type };
    await answered(
      api.PUT('/v2/{name}/manifests/{reference}', { params, headers, body, bodySerializer: (text) => text as string }),
    );
    await changed();
    return { state: 'back' };
  };
}

function unless404(error: unknown): undefined {
  if (error instanceof Refusal && error.status === 404) return undefined;
  throw error;
}
