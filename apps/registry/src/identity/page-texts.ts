/** What the sign-in pages say. The Chinese texts use the words of Azure's portal: 登录, 帐户, 密码. */
export interface PageTexts {
  readonly language: 'en' | 'zh-CN';
  readonly signIn: string;
  readonly signInTo: (application: string) => string;
  readonly name: string;
  readonly password: string;
  readonly code: string;
  readonly next: string;
  readonly yes: string;
  readonly no: string;
  readonly goOn: string;
  readonly enterCode: string;
  readonly enterCodeHint: string;
  readonly confirm: string;
  readonly confirmText: (application: string, account: string) => string;
  readonly confirmWarning: string;
  readonly approved: string;
  readonly approvedText: string;
  readonly denied: string;
  readonly deniedText: string;
  readonly signedOut: string;
  readonly signedOutText: string;
  readonly sent: string;
  readonly localWarning: string;
  readonly refusedTitle: string;
  readonly wrong: string;
  readonly tooOften: (seconds: number) => string;
  readonly stale: string;
  readonly codeUnknown: string;
  readonly unknownClient: string;
  readonly unknownRedirect: string;
}

const english: PageTexts = {
  language: 'en',
  signIn: 'Sign in',
  signInTo: (application) => `Sign in to continue to ${application}`,
  name: 'User name (somebody@domain)',
  password: 'Password',
  code: 'Code',
  next: 'Next',
  yes: 'Yes, sign it in',
  no: 'No',
  goOn: 'Continue',
  enterCode: 'Sign in a device',
  enterCodeHint: 'Enter the code that the device shows, and your own name and password.',
  confirm: 'Is this you?',
  confirmText: (application, account) => `${application} on another device will be signed in as ${account}.`,
  confirmWarning: 'If somebody sent you this code, press No: they would be signed in with your account.',
  approved: 'Signed in',
  approvedText: 'The device is signed in. You can close this page.',
  denied: 'Not signed in',
  deniedText: 'The device was refused. You can close this page.',
  signedOut: 'Signed out',
  signedOutText: 'You can close this page.',
  sent: 'You are being sent back to the application.',
  localWarning:
    'The application runs on this computer. Continue only if you have just started to sign in there yourself.',
  refusedTitle: 'This sign-in cannot go on',
  wrong: 'The name or the password is wrong. An account that is disabled gets this answer, too.',
  tooOften: (seconds) => `There were too many wrong passwords. Wait ${seconds} seconds, then try again.`,
  stale: 'The page was open for too long, or the browser keeps no cookies. Try again.',
  codeUnknown: 'There is no such code, or it has expired. Compare it with what the device shows.',
  unknownClient: 'The application that asks is not known here. Check its client id.',
  unknownRedirect: 'The application asks to be answered at an address that is not registered for it.',
};

const chinese: PageTexts = {
  language: 'zh-CN',
  signIn: '登录',
  signInTo: (application) => `登录以继续使用 ${application}`,
  name: '用户名（somebody@domain）',
  password: '密码',
  code: '代码',
  next: '下一步',
  yes: '是，允许登录',
  no: '否',
  goOn: '继续',
  enterCode: '登录设备',
  enterCodeHint: '请输入设备上显示的代码，以及你自己的用户名和密码。',
  confirm: '是你本人吗？',
  confirmText: (application, account) => `另一台设备上的 ${application} 将以 ${account} 的身份登录。`,
  confirmWarning: '如果此代码是别人发给你的，请按“否”：否则对方会以你的帐户登录。',
  approved: '已登录',
  approvedText: '设备已登录。你可以关闭此页面。',
  denied: '未登录',
  deniedText: '已拒绝该设备。你可以关闭此页面。',
  signedOut: '已注销',
  signedOutText: '你可以关闭此页面。',
  sent: '正在返回应用程序。',
  localWarning: '该应用程序在这台计算机上运行。仅当你刚刚亲自在那里开始登录时才继续。',
  refusedTitle: '无法继续登录',
  wrong: '用户名或密码错误。帐户被禁用时也会显示此信息。',
  tooOften: (seconds) => `密码错误次数过多。请等待 ${seconds} 秒后重试。`,
  stale: '页面打开时间过长，或浏览器不保存 Cookie。请重试。',
  codeUnknown: '没有此代码，或代码已过期。请与设备上显示的代码核对。',
  unknownClient: '此处不认识发出请求的应用程序。请检查其客户端 ID。',
  unknownRedirect: '应用程序要求返回到未为其注册的地址。',
};

/** By the first language of `Accept-Language` that there are texts in (RFC 9110, section 12.5.4). */
export function pageTexts(acceptLanguage: string | undefined): PageTexts {
  const wanted = (acceptLanguage ?? '')
    .split(',')
    .slice(0, 20)
    .map((part) => {
      const [tag = '', ...parameters] = part.trim().toLowerCase().split(';');
      const q = parameters.map((p) => /^\s*q=(\d(?:\.\d{0,3})?)\s*$/.exec(p)?.[1]).find((value) => value !== undefined);
      return { tag: tag.trim(), q: q === undefined ? 1 : Number(q) };
    })
    .filter(({ q }) => q > 0)
    .sort((a, b) => b.q - a.q);
  const first = wanted.find(({ tag }) => /^(?:zh|en)\b/.test(tag));
  return first?.tag.startsWith('zh') ? chinese : english;
}
