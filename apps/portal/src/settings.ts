import type { paths } from './api/schema.d.ts';

/** Where the planes of this site are; see `portal-settings` of the server. */
export type SiteSettings = paths['/portal/settings.json']['get']['responses']['200']['content']['application/json'];

/** Below which the portal is reached, with a slash at its end. */
export const portalBase = new URL(document.baseURI);

export async function loadSettings(): Promise<SiteSettings> {
  const answer = await fetch(new URL('settings.json', portalBase));
  if (!answer.ok) throw new Error(`settings.json: ${answer.status}`);
  return (await answer.json()) as SiteSettings;
}

export function loginServerOf(settings: SiteSettings, registry: string): string {
  return `${registry.toLowerCase()}${settings.loginServerSuffix}`;
}

/** Where scripts reach a registry: on localhost by path, and there only the default one. */
export function registryOrigin(settings: SiteSettings, registry: string): string {
  if (settings.byPath && registry.toLowerCase() === settings.defaultRegistry) return portalBase.origin;
  return `${settings.scheme}//${loginServerOf(settings, registry)}`;
}
