import type { Exchange } from '../../http/exchange.ts';
import type { FormTokens } from '../form-tokens.ts';

/** Where the page's own form goes. One leading slash: `//name` would be another host, and get the password. */
export function ownPath(x: Exchange): string {
  return x.facts.target.path.replace(/^\/+/, '/');
}

/** `__Host-` cannot be set for a site by its neighbours; browsers take it over TLS only. */
function cookieName(x: Exchange): string {
  return x.facts.scheme === 'https' ? '__Host-holdfast-form' : 'holdfast-form';
}

/** The cookie that the browser shows; of two of the name none. */
export function shownCookie(x: Exchange): string | undefined {
  const name = `${cookieName(x)}=`;
  const found = (x.header('cookie') ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(name));
  return found.length === 1 ? found[0]?.slice(name.length) : undefined;
}

/** The browser's cookie for forms, and the header that sets it. Lax: pages are opened from elsewhere, but never posted to from there. */
export function formCookie(x: Exchange, forms: FormTokens): { value: string; header: string } {
  const value = forms.cookie(shownCookie(x));
  const secure = x.facts.scheme === 'https' ? '; Secure' : '';
  return { value, header: `${cookieName(x)}=${value}; Path=/; HttpOnly; SameSite=Lax${secure}` };
}
