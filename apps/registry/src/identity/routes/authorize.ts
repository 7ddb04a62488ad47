import type { Exchange } from '../../http/exchange.ts';
import { plainHttp } from '../../http/plain-http.ts';
import type { Route } from '../../http/route.ts';
import { DomainError } from '../../platform/domain-error.ts';
import { requestedScope } from '../audiences.ts';
import { isChallenge } from '../authorization-codes.ts';
import type { Client } from '../clients.ts';
import type { PageTexts } from '../page-texts.ts';
import { pageTexts } from '../page-texts.ts';
import { type Parameters, readParameters } from '../parameters.ts';
import { isLoopback, matchesRedirect } from '../redirects.ts';
import type { SignIn } from '../sign-in.ts';
import { entraAuthority } from './authorities.ts';
import { formCookie, ownPath, shownCookie } from './browser.ts';
import { readForm } from './form.ts';
import { type Page, sendPage } from './pages.ts';

const STEP = 'authorize';
const PAGE = { kind: 'public', why: 'a page on which a person signs in; it knows nothing of who opens it' } as const;
const MAX_STATE_CHARACTERS = 8192;

/** What the client asked for, found right: what the page carries from its opening to the password. */
interface AuthorizeRequest {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly responseMode: 'query' | 'form_post';
  readonly state?: string | undefined;
  readonly scope: string;
  readonly nonce?: string | undefined;
  readonly challenge: string;
  readonly loginHint?: string | undefined;
}

/** RFC 6749, section 4.1.1: the page between a client and its code. It asks for name and password every time. */
export function authorizeRoutes(signIn: SignIn): Route[] {
  const both = (name: string, path: string, check: (x: Exchange, tenant: string) => Promise<unknown>): Route[] => [
    {
      name,
      method: 'GET',
      path,
      access: PAGE,
      handle: async (x, { values }) => {
        await check(x, values.tenant ?? '');
        await open(signIn, x);
      },
    },
    {
      name: `${name}-answer`,
      method: 'POST',
      path,
      access: PAGE,
      handle: async (x, { values }) => {
        await check(x, values.tenant ?? '');
        await answer(signIn, x);
      },
    },
  ];
  return [
    ...both('adfs-authorize', '/adfs/oauth2/authorize', async () => undefined),
    ...both('entra-authorize', '/{tenant}/oauth2/v2.0/authorize', (x, tenant) => entraAuthority(signIn, x, tenant, 2)),
    ...both('entra-authorize-v1', '/{tenant}/oauth2/authorize', (x, tenant) => entraAuthority(signIn, x, tenant, 1)),
  ];
}

async function open(signIn: SignIn, x: Exchange): Promise<void> {
  if (!x.facts.confidential) throw plainHttp(x.facts);
  const texts = pageTexts(x.header('accept-language'));
  const parameters = await readOrTell(x, texts);
  if (!parameters) return;
  const client = await signIn.clients.find(parameters.one('client_id') ?? '');
  const redirectUri = parameters.one('redirect_uri') ?? '';
  // Until client and address are known to be right, nobody is sent anywhere (RFC 6749, section 4.1.2.1).
  if (!client) return refusePage(x, texts, texts.unknownClient);
  if (!matchesRedirect(client.redirectUris, redirectUri)) return refusePage(x, texts, texts.unknownRedirect);
  const responseMode = parameters.one('response_mode') === 'form_post' ? 'form_post' : 'query';
  const back = { redirectUri, responseMode, state: parameters.one('state') } as const;
  try {
    const request = readRequest(signIn, parameters, { clientId: client.appId, ...back });
    if (parameters.one('prompt') === 'none')
      return sendBack(
        x,
        texts,
        back,
        refusal('login_required', 'There is no session: this site asks for the password each time.'),
      );
    askPerson(signIn, x, texts, client, request);
  } catch (error) {
    if (!(error instanceof AuthorizeRefusal)) throw error;
    sendBack(x, texts, back, refusal(error.word, error.message));
  }
}

/** Of the page's own form: the only thing that is believed is what the page itself sealed. */
async function answer(signIn: SignIn, x: Exchange): Promise<void> {
  const texts = pageTexts(x.header('accept-language'));
  const form = readParameters(await readForm(x));
  const request = signIn.forms.open<AuthorizeRequest>(STEP, shownCookie(x), form.one('form'));
  if (!request) return refusePage(x, texts, texts.stale);
  const client = await signIn.clients.find(request.clientId);
  if (!client || !matchesRedirect(client.redirectUris, request.redirectUri)) {
    return refusePage(x, texts, texts.unknownClient);
  }
  if (form.one('answer') === 'no') {
    return sendBack(x, texts, request, refusal('access_denied', 'The person pressed No.'));
  }
  const username = form.one('username') ?? '';
  const verdict = await signIn.people.verify({
    username,
    password: form.one('password') ?? '',
    source: x.facts.clientAddress,
  });
  if (!('user' in verdict)) {
    const error = verdict.refused === 'wrong' ? texts.wrong : texts.tooOften(verdict.waitSeconds);
    return askPerson(signIn, x, texts, client, { ...request, loginHint: username }, error);
  }
  const { user } = verdict;
  const { clientId, redirectUri, challenge: codeChallenge, scope, nonce } = request;
  const code = await signIn.authorizationCodes.issue({ user, clientId, redirectUri, codeChallenge, scope, nonce });
  x.principal = { kind: 'user', id: user.id, name: user.upn };
  sendBack(x, texts, request, { code });
}

async function readOrTell(x: Exchange, texts: PageTexts): Promise<Parameters | undefined> {
  try {
    return readParameters(x.facts.target.query);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    refusePage(x, texts, error.message);
    return undefined;
  }
}

/** A fault of the request that its client is told by redirect. */
class AuthorizeRefusal extends Error {
  readonly word: string;

  constructor(word: string, message: string) {
    super(message);
    this.word = word;
  }
}

function readRequest(
  signIn: SignIn,
  parameters: Parameters,
  base: Pick<AuthorizeRequest, 'clientId' | 'redirectUri' | 'responseMode' | 'state'>,
): AuthorizeRequest {
  const mode = parameters.one('response_mode') ?? 'query';
  if (parameters.one('request') ?? parameters.one('request_uri'))
    throw new AuthorizeRefusal('request_not_supported', 'Send the parameters themselves.');
  if (parameters.one('response_type') !== 'code')
    throw new AuthorizeRefusal('unsupported_response_type', 'response_type must be code.');
  if (mode !== 'query' && mode !== 'form_post')
    throw new AuthorizeRefusal('invalid_request', 'response_mode must be query or form_post.');
  if ((base.state?.length ?? 0) > MAX_STATE_CHARACTERS)
    throw new AuthorizeRefusal('invalid_request', 'state is too long.');
  const challenge = parameters.one('code_challenge') ?? '';
  if (parameters.one('code_challenge_method') !== 'S256' || !isChallenge(challenge)) {
    throw new AuthorizeRefusal(
      'invalid_request',
      'A code_challenge with the code_challenge_method S256 is required (RFC 7636).',
    );
  }
  const resource = parameters.one('resource');
  const scope =
    parameters.one('scope') ?? (resource === undefined ? 'openid' : `${resource}/.default openid offline_access`);
  try {
    requestedScope(signIn.endpoints(), { scope, resource: undefined });
  } catch (error) {
    throw new AuthorizeRefusal('invalid_scope', error instanceof Error ? error.message : '');
  }
  return { ...base, scope, challenge, nonce: parameters.one('nonce'), loginHint: parameters.one('login_hint') };
}

function askPerson(
  signIn: SignIn,
  x: Exchange,
  texts: PageTexts,
  client: Client,
  request: AuthorizeRequest,
  error?: string,
): void {
  const cookie = formCookie(x, signIn.forms);
  sendPage(x, texts, {
    title: texts.signIn,
    text: texts.signInTo(client.name),
    error,
    // Whoever listens on a port of this computer may have opened the page: the password is the click that it needs.
    warning: isLoopback(request.redirectUri) ? texts.localWarning : undefined,
    cookie: cookie.header,
    formTargets: [request.redirectUri],
    form: {
      action: ownPath(x),
      hidden: { form: signIn.forms.seal(STEP, cookie.value, request) },
      fields: [
        { name: 'username', label: texts.name, type: 'text', autocomplete: 'username', value: request.loginHint },
        { name: 'password', label: texts.password, type: 'password', autocomplete: 'current-password' },
      ],
      buttons: [
        { label: texts.signIn, value: 'yes' },
        { label: texts.no, value: 'no' },
      ],
    },
  });
}

function refusal(error: string, description: string): Record<string, string> {
  return { error, error_description: description };
}

/** Back to the client, whose address was checked: by redirect, or by a form that the browser posts. */
function sendBack(
  x: Exchange,
  texts: PageTexts,
  to: Pick<AuthorizeRequest, 'redirectUri' | 'responseMode' | 'state'>,
  answered: Readonly<Record<string, string>>,
): void {
  const values: Record<string, string> = { ...answered, ...(to.state === undefined ? {} : { state: to.state }) };
  if (to.responseMode === 'query') {
    const mark = to.redirectUri.includes('?') ? '&' : '?';
    // 303: the browser must not post the password to the client (RFC 9700, section 4.12).
    x.send(303, {
      Location: `${to.redirectUri}${mark}${new URLSearchParams(values)}`,
      'Referrer-Policy': 'no-referrer',
    });
    return;
  }
  const page: Page = {
    title: texts.sent,
    formTargets: [to.redirectUri],
    form: {
      action: to.redirectUri,
      hidden: values,
      fields: [],
      buttons: [{ label: texts.goOn, value: '' }],
      auto: true,
    },
  };
  sendPage(x, texts, page);
}

export function refusePage(x: Exchange, texts: PageTexts, error: string): void {
  sendPage(x, texts, { status: 400, title: texts.refusedTitle, error });
}
