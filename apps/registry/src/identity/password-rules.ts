import { DomainError } from '../platform/domain-error.ts';
import { MAX_PASSWORD_BYTES, normalized } from './passwords.ts';

/** NIST SP 800-63B, 5.1.1: length instead of classes of characters, nothing that is guessed first, nothing of the own name. */
const LEAST_CHARACTERS = 12;
/** Of a name, a part that is shorter says nothing. */
const TELLING_CHARACTERS = 4;

/** What is guessed first, without the digits and signs that people put around it to please rules. */
const COMMON = new Set(
  (
    'password passwort passw0rd p@ssword p@ssw0rd administrator adminadmin welcome welcomewelcome letmein changeme ' +
    'changeit qwerty qwertyuiop qwertyqwerty asdfghjkl zxcvbnm abcdefgh abcdefghijkl iloveyou sunshine princess ' +
    'football baseball superman dragon monkey trustno secret topsecret default defaultpassword ' +
    'harbor docker dockerdocker registry container kubernetes azure azurestack microsoft holdfast contoso fabrikam ' +
    'woaini woainiwoaini mima admin root rootroot test testtest'
  ).split(' '),
);

/** Throws with the reason when the password is one that others would guess. */
export function requireGoodPassword(password: string, names: readonly string[]): void {
  const text = normalized(password);
  const characters = [...text];
  if (characters.length < LEAST_CHARACTERS) {
    throw refused(`it has ${characters.length} characters, and at least ${LEAST_CHARACTERS} are needed`);
  }
  if (Buffer.byteLength(text) > MAX_PASSWORD_BYTES) throw refused(`it has more than ${MAX_PASSWORD_BYTES} bytes`);
  const lower = text.toLowerCase();
  const telling = names.flatMap((name) => name.toLowerCase().split(/[@.\s_-]+/));
  const part = telling.find((word) => word.length >= TELLING_CHARACTERS && lower.includes(word));
  if (part !== undefined) throw refused('it contains a part of the name');
  const core = lower.replace(/[^\p{L}@]+/gu, '');
  if (COMMON.has(core) || COMMON.has(lower.replace(/[\d\W_]+$/, ''))) {
    throw refused('it is one of those that are guessed first');
  }
  if (new Set(characters).size < 5) throw refused('it consists of too few different characters');
  if (isRun(lower)) throw refused('its characters follow each other in the alphabet or on the keyboard');
}

/** `123456789012`, `abcdefghijkl`, `qwertyuiopasdf`: most neighbours in it are neighbours there, too. */
function isRun(text: string): boolean {
  const rows = ['abcdefghijklmnopqrstuvwxyz', '01234567890', 'qwertyuiopasdfghjklzxcvbnm'];
  let following = 0;
  for (let i = 1; i < text.length; i++) {
    const pair = text.slice(i - 1, i + 1);
    const turned = `${pair[1]}${pair[0]}`;
    if (rows.some((row) => row.includes(pair) || row.includes(turned))) following += 1;
  }
  return following >= (text.length - 1) * 0.8;
}

function refused(why: string): DomainError {
  return new DomainError(
    'invalid',
    'password.refused',
    `The specified password does not comply with password complexity requirements: ${why}. Choose a longer phrase that nobody would guess.`,
  );
}
