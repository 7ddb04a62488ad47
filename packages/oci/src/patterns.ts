import { parseRepositoryName } from './reference.ts';

/** A repository's name, or the beginning of names followed by one `*`: `team/app`, `team/*`, `team*`, `*`. */
export function isRepositoryPattern(text: string): boolean {
  if (!text.endsWith('*')) return parseRepositoryName(text) !== undefined;
  // A prefix is one if some name begins with it.
  return parseRepositoryName(`${text.slice(0, -1)}a`) !== undefined;
}

export function matchesRepository(pattern: string, repository: string): boolean {
  return pattern.endsWith('*') ? repository.startsWith(pattern.slice(0, -1)) : pattern === repository;
}

const TAG_PATTERN = /^[A-Za-z0-9_.*?-]{1,128}$/;

/** A tag in which `*` stands for any characters, also none, and `?` for one: `v*`, `pr-*-rc?`, `*`. */
export function isTagPattern(text: string): boolean {
  return TAG_PATTERN.test(text);
}

/** With case. In time that grows with the product of both lengths at most, whatever the pattern: both are somebody's input. */
export function matchesTag(pattern: string, tag: string): boolean {
  let p = 0;
  let star = -1;
  let retry = 0;
  for (let t = 0; t < tag.length; ) {
    if (pattern[p] === '*') {
      star = p++;
      retry = t;
    } else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === tag[t])) {
      p++;
      t++;
    } else if (star >= 0) {
      // The last star takes one character more.
      p = star + 1;
      t = ++retry;
    } else return false;
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}
