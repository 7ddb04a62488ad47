import type { ResourceAction } from '../../access/principal.ts';
import type { Json } from './expressions/values.ts';

/** What somebody must be allowed to, to see what an evaluation came upon. */
export interface Right {
  readonly action: ResourceAction;
  /** In lower case. */
  readonly scope: string;
}

/** Shorter values of secure parameters are not looked for in texts: every text has them. */
export const LEAST_GIVEN = 4;
/** What was made with a secret is often none: an admin user's name, a word. */
const MADE = 12;
/** Texts cut long values off; so much of one gives it away. */
const HEAD = 16;

/**
 * What a deployment knows and may not tell: values of secure parameters, what `list*` functions gave, and what was made of
 * them. It notes which evaluation came upon one, whatever became of the value there; and it blanks them in texts that
 * operations write about their bodies.
 */
export class Secrets {
  readonly #texts = new Set<string>();
  #seen: Map<string, Right> | undefined;

  /** Runs the work and says which rights somebody needs to see what it gave; none when it met no secret. */
  watch<T>(work: () => T): { value: T; rights: readonly Right[] } {
    const outer = this.#seen;
    const seen = new Map<string, Right>();
    this.#seen = seen;
    try {
      return { value: work(), rights: [...seen.values()] };
    } finally {
      this.#seen = outer;
      for (const [key, right] of seen) outer?.set(key, right);
    }
  }

  /** The evaluation under way has come upon something that needs these rights. */
  meet(rights: readonly Right[]): void {
    for (const right of rights) this.#seen?.set(`${right.action} ${right.scope}`.toLowerCase(), right);
  }

  get met(): boolean {
    return this.#seen !== undefined && this.#seen.size > 0;
  }

  /** Strings of at least so many characters in the value will be blanked in texts. */
  keep(value: Json, least = MADE): void {
    if (typeof value === 'string') {
      if (value.length >= least) this.#texts.add(value);
    } else if (typeof value === 'object' && value !== null) {
      for (const part of Object.values(value)) this.keep(part as Json, least);
    }
  }

  /** The text with every secret in it blanked, whatever its case and even if its end was cut off. */
  blank(text: string): string {
    return [...this.#texts].reduce(blankOne, text);
  }
}

function blankOne(text: string, secret: string): string {
  const hidden = folded(secret);
  const head = hidden.slice(0, HEAD);
  let told = '';
  let rest = text;
  for (let at = folded(rest).indexOf(head); at !== -1; at = folded(rest).indexOf(head)) {
    let length = head.length;
    while (length < hidden.length && folded(rest.charAt(at + length)) === hidden[length]) length++;
    told += `${rest.slice(0, at)}******`;
    rest = rest.slice(at + length);
  }
  return told + rest;
}

/** Without case, and as long as before. */
const folded = (text: string): string => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
