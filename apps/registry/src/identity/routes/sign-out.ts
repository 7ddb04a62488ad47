import type { Exchange } from '../../http/exchange.ts';
import type { Route } from '../../http/route.ts';
import { pageTexts } from '../page-texts.ts';
import { readParameters } from '../parameters.ts';
import { matchesRedirect } from '../redirects.ts';
import type { SignIn } from '../sign-in.ts';
import { readForm } from './form.ts';
import { sendPage } from './pages.ts';

const PUBLIC = { kind: 'public', why: 'signing out needs no sign-in; whoever has a refresh token may end it' } as const;

/**
 * The browser keeps no session here, so there is nothing to end for it: `logout` says so and goes back to the client. A
 * client that keeps a refresh token ends it by `revoke` (RFC 7009), with every access token that was got by it.
 */
export function signOutRoutes(signIn: SignIn): Route[] {
  const logout = (x: Exchange) => signOut(signIn, x);
  const paths = ['/adfs/oauth2/logout', '/{tenant}/oauth2/v2.0/logout', '/{tenant}/oauth2/logout'];
  const names = ['adfs-logout', 'entra-logout', 'entra-logout-v1'];
  return [
    ...paths.map((path, i): Route => ({ name: names[i] ?? '', method: 'GET', path, access: PUBLIC, handle: logout })),
    {
      name: 'adfs-revoke',
      method: 'POST',
      path: '/adfs/oauth2/revoke',
      access: PUBLIC,
      handle: (x) => revoke(signIn, x),
    },
    {
      name: 'entra-revoke',
      method: 'POST',
      path: '/{tenant}/oauth2/v2.0/revoke',
      access: PUBLIC,
      handle: (x) => revoke(signIn, x),
    },
  ];
}

/** OpenID Connect RP-Initiated Logout 1.0: back only to an address that the client has registered, exactly. */
async function signOut(signIn: SignIn, x: Exchange): Promise<void> {
  const { query } = x.facts.target;
  const back = query.get('post_logout_redirect_uri');
  const client = back === null ? undefined : await signIn.clients.find(query.get('client_id') ?? '');
  if (back !== null && client && matchesRedirect(client.redirectUris, back)) {
    const state = query.get('state');
    const mark = back.includes('?') ? '&' : '?';
    const location = state === null ? back : `${back}${mark}${new URLSearchParams({ state })}`;
    return x.send(303, { Location: location, 'Referrer-Policy': 'no-referrer' });
  }
  const texts = pageTexts(x.header('accept-language'));
  sendPage(x, texts, { title: texts.signedOut, text: texts.signedOutText });
}

/** 200 for a token that is not good (any more), too: RFC 7009, section 2.2. */
async function revoke(signIn: SignIn, x: Exchange): Promise<void> {
  const parameters = readParameters(await readForm(x));
  await signIn.refreshTokens.end(parameters.required('token'));
  x.send(200);
}
