import { hash } from 'node:crypto';
import type { Exchange } from '../../http/exchange.ts';
import type { PageTexts } from '../page-texts.ts';

/** One file for everything: no outside font, image or script, for a site without internet. */
const STYLE = `
:root{color-scheme:light dark;font:16px/1.5 "Segoe UI",system-ui,"Noto Sans SC","Microsoft YaHei",sans-serif}
body{margin:0;min-height:100vh;display:grid;place-items:center;background:Canvas;color:CanvasText}
main{box-sizing:border-box;width:min(27rem,100%);padding:2rem}
h1{font-size:1.4rem;margin:0 0 1rem}
label{display:block;margin:.8rem 0 .2rem}
input{box-sizing:border-box;width:100%;font:inherit;padding:.5rem;border:1px solid GrayText;border-radius:4px}
button{font:inherit;padding:.5rem 1.4rem;margin:1.2rem .6rem 0 0;border:1px solid GrayText;border-radius:4px}
button.main{background:#0f6cbd;color:#fff;border-color:#0f6cbd}
.error{border-left:4px solid #c50f1f;padding:.3rem .8rem;margin:0 0 1rem}
.warning{border-left:4px solid #bc4b09;padding:.3rem .8rem}
.by{color:GrayText;font-size:.85rem;margin-top:2rem}
`;
const SCRIPT = 'document.forms[0].submit()';
const STYLE_SOURCE = `'sha256-${hash('sha256', STYLE, 'base64')}'`;
const SCRIPT_SOURCE = `'sha256-${hash('sha256', SCRIPT, 'base64')}'`;

export interface Field {
  readonly name: string;
  readonly label: string;
  readonly type: 'text' | 'password';
  readonly autocomplete: string;
  readonly value?: string | undefined;
}

export interface Page {
  readonly status?: number;
  readonly title: string;
  readonly text?: string | undefined;
  readonly error?: string | undefined;
  readonly warning?: string | undefined;
  readonly form?: {
    /** Where it is sent: a path of this site, or a client's registered address. */
    readonly action: string;
    readonly hidden: Readonly<Record<string, string>>;
    readonly fields: readonly Field[];
    readonly buttons: readonly { readonly label: string; readonly value: string }[];
    /** Sends itself; the button is for browsers without scripts. */
    readonly auto?: boolean;
  };
  /** Besides this site: where a form may go, or be sent on to. Chromium applies `form-action` to redirects, too. */
  readonly formTargets?: readonly string[];
  readonly cookie?: string | undefined;
}

/** Writes a page under a policy that lets it load nothing, be framed by nobody, and post where it says. */
export function sendPage(x: Exchange, texts: PageTexts, page: Page): void {
  const { form, formTargets = [] } = page;
  const policy = [
    "default-src 'none'",
    `style-src ${STYLE_SOURCE}`,
    ...(form?.auto ? [`script-src ${SCRIPT_SOURCE}`] : []),
    `form-action 'self' ${formTargets.map(originOf).join(' ')}`.trim(),
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; ');
  x.send(
    page.status ?? 200,
    {
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Language': texts.language,
      'Content-Security-Policy': policy,
      'X-Frame-Options': 'DENY',
      'Referrer-Policy': 'no-referrer',
      ...(page.cookie === undefined ? {} : { 'Set-Cookie': page.cookie }),
    },
    html(texts, page),
  );
}

function html(texts: PageTexts, { title, text, error, warning, form }: Page): string {
  const parts = [
    `<h1>${escaped(title)}</h1>`,
    error === undefined ? '' : `<p class="error" role="alert">${escaped(error)}</p>`,
    text === undefined ? '' : `<p>${escaped(text)}</p>`,
    warning === undefined ? '' : `<p class="warning">${escaped(warning)}</p>`,
    form ? formHtml(form) : '',
    '<p class="by">Holdfast</p>',
  ];
  const script = form?.auto ? `<script>${SCRIPT}</script>` : '';
  return (
    `<!doctype html><html lang="${texts.language}"><head><meta charset="utf-8">` +
    `<meta name="viewport" content="width=device-width,initial-scale=1"><title>${escaped(title)}</title>` +
    `<style>${STYLE}</style></head><body><main>${parts.join('')}</main>${script}</body></html>`
  );
}

function formHtml({ action, hidden, fields, buttons }: NonNullable<Page['form']>): string {
  const inputs = Object.entries(hidden).map(
    ([name, value]) => `<input type="hidden" name="${escaped(name)}" value="${escaped(value)}">`,
  );
  const first = fields.findIndex((field) => !field.value);
  const labelled = fields.map(({ name, label, type, autocomplete, value = '' }, i) => {
    const focus = i === first ? ' autofocus' : '';
    return (
      `<label for="${name}">${escaped(label)}</label><input id="${name}" name="${name}" type="${type}" required ` +
      `autocomplete="${autocomplete}" autocapitalize="off" spellcheck="false" value="${escaped(value)}"${focus}>`
    );
  });
  const pressed = buttons.map(
    ({ label, value }, i) =>
      `<button type="submit" name="answer" value="${value}"${i === 0 ? ' class="main"' : ' formnovalidate'}>${escaped(label)}</button>`,
  );
  return `<form method="post" action="${escaped(action)}">${[...inputs, ...labelled, ...pressed].join('')}</form>`;
}

/** Whatever it is, it is text: for element content and for attributes in double quotes. */
function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** A source expression of a policy: scheme and host, or the scheme alone for those that have no host. */
function originOf(address: string): string {
  const web = /^https?:\/\/[A-Za-z0-9.:[\]-]+/.exec(address)?.[0];
  return web ?? `${/^[a-z][a-z0-9.+-]*:/i.exec(address)?.[0] ?? "'none'"}`;
}
