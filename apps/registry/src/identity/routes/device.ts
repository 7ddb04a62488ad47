import type { Exchange } from '../../http/exchange.ts';
import { plainHttp } from '../../http/plain-http.ts';
import type { Route } from '../../http/route.ts';
import { shownCode } from '../device-codes.ts';
import { type PageTexts, pageTexts } from '../page-texts.ts';
import { readParameters } from '../parameters.ts';
import type { SignIn } from '../sign-in.ts';
import { refusePage } from './authorize.ts';
import { formCookie, ownPath, shownCookie } from './browser.ts';
import { readForm } from './form.ts';
import { sendPage } from './pages.ts';

const PAGE = {
  kind: 'public',
  why: 'a page on which a person approves a device; it knows nothing of who opens it',
} as const;
const ENTER = 'device-enter';
const CONFIRM = 'device-confirm';

/** Who is about to be signed in on which device, between the password and the Yes. */
interface Confirmation {
  readonly digest: string;
  readonly userId: string;
  readonly passwordId: string;
}

/**
 * The page for device codes (RFC 8628, section 3.3): code, name and password first, then what will happen, by name. The
 * code is looked at only after the password, so nobody can try codes without an account.
 */
export function deviceRoutes(signIn: SignIn): Route[] {
  return ['/adfs/oauth2/deviceauth', '/common/oauth2/deviceauth'].flatMap((path, i): Route[] => [
    {
      name: i === 0 ? 'adfs-device-page' : 'entra-device-page',
      method: 'GET',
      path,
      access: PAGE,
      handle: async (x) => {
        if (!x.facts.confidential) throw plainHttp(x.facts);
        enter(signIn, x, pageTexts(x.header('accept-language')), x.facts.target.query.get('user_code') ?? '');
      },
    },
    {
      name: i === 0 ? 'adfs-device-answer' : 'entra-device-answer',
      method: 'POST',
      path,
      access: PAGE,
      handle: (x) => answer(signIn, x),
    },
  ]);
}

function enter(signIn: SignIn, x: Exchange, texts: PageTexts, code: string, error?: string, username?: string): void {
  const cookie = formCookie(x, signIn.forms);
  sendPage(x, texts, {
    title: texts.enterCode,
    text: texts.enterCodeHint,
    error,
    cookie: cookie.header,
    form: {
      action: ownPath(x),
      hidden: { form: signIn.forms.seal(ENTER, cookie.value, {}) },
      fields: [
        { name: 'user_code', label: texts.code, type: 'text', autocomplete: 'off', value: code.slice(0, 20) },
        { name: 'username', label: texts.name, type: 'text', autocomplete: 'username', value: username },
        { name: 'password', label: texts.password, type: 'password', autocomplete: 'current-password' },
      ],
      buttons: [{ label: texts.next, value: 'yes' }],
    },
  });
}

async function answer(signIn: SignIn, x: Exchange): Promise<void> {
  const texts = pageTexts(x.header('accept-language'));
  const form = readParameters(await readForm(x));
  const cookie = shownCookie(x);
  const confirmation = signIn.forms.open<Confirmation>(CONFIRM, cookie, form.one('form'));
  if (confirmation) return decide(signIn, x, texts, confirmation, form.one('answer') === 'yes');
  if (!signIn.forms.open(ENTER, cookie, form.one('form'))) return refusePage(x, texts, texts.stale);
  const username = form.one('username') ?? '';
  const code = form.one('user_code') ?? '';
  const source = x.facts.clientAddress;
  const verdict = await signIn.people.verify({ username, password: form.one('password') ?? '', source });
  if (!('user' in verdict)) {
    const error = verdict.refused === 'wrong' ? texts.wrong : texts.tooOften(verdict.waitSeconds);
    return enter(signIn, x, texts, code, error, username);
  }
  const device = await signIn.deviceCodes.pending(code);
  const client = device && (await signIn.clients.find(device.clientId));
  if (!client) return enter(signIn, x, texts, code, texts.codeUnknown, username);
  const { user } = verdict;
  const fresh = formCookie(x, signIn.forms);
  const next: Confirmation = { digest: device.digest, userId: user.id, passwordId: user.passwordId };
  sendPage(x, texts, {
    title: texts.confirm,
    text: `${texts.confirmText(client.name, user.upn)} (${shownCode(device.userCode)})`,
    warning: texts.confirmWarning,
    cookie: fresh.header,
    form: {
      action: ownPath(x),
      hidden: { form: signIn.forms.seal(CONFIRM, fresh.value, next) },
      fields: [],
      buttons: [
        { label: texts.yes, value: 'yes' },
        { label: texts.no, value: 'no' },
      ],
    },
  });
}

async function decide(
  signIn: SignIn,
  x: Exchange,
  texts: PageTexts,
  { digest, userId, passwordId }: Confirmation,
  yes: boolean,
): Promise<void> {
  if (!(await signIn.deviceCodes.decide(digest, yes ? { id: userId, passwordId } : undefined))) {
    return refusePage(x, texts, texts.codeUnknown);
  }
  sendPage(
    x,
    texts,
    yes ? { title: texts.approved, text: texts.approvedText } : { title: texts.denied, text: texts.deniedText },
  );
}
