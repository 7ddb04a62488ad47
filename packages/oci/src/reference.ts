export type RepositoryName = string & { readonly __brand: 'RepositoryName' };
export type TagName = string & { readonly __brand: 'TagName' };

/** What is wrong with a repository name, for an error that a person can act on. */
export interface NameProblem {
  /** The first component or character that breaks the grammar, shortened when long; empty when something is missing. */
  readonly offending: string;
  /** A clause without a full stop: it follows "invalid repository name: ". */
  readonly reason: string;
  /** The nearest name that is valid. */
  readonly suggestion?: string;
}

const MAX_NAME_LENGTH = 255;
const COMPONENT = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const NAME = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const TAG = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/;

/**
 * The `<name>` of the distribution spec, at most 255 characters.
 * https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests
 */
export function parseRepositoryName(text: string): RepositoryName | undefined {
  return text.length <= MAX_NAME_LENGTH && NAME.test(text) ? (text as RepositoryName) : undefined;
}

/**
 * The `<tag-or-digest>` of the distribution spec, as a tag: at most 128 characters.
 * https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests
 */
export function parseTagName(text: string): TagName | undefined {
  return text.length <= 128 && TAG.test(text) ? (text as TagName) : undefined;
}

/** Says why `parseRepositoryName` refuses the text, and what name was probably meant. */
export function explainRepositoryName(text: string): NameProblem {
  if (text.length > MAX_NAME_LENGTH) {
    const reason = `it has ${text.length} characters, and a repository name has at most ${MAX_NAME_LENGTH}`;
    return { offending: shortened(text), reason };
  }
  const suggestion = parseRepositoryName(nearestName(text));
  return { ...firstProblem(text), ...(suggestion === undefined ? {} : { suggestion }) };
}

function firstProblem(text: string): { offending: string; reason: string } {
  if (text === '') return { offending: '', reason: 'it is empty' };
  for (const component of text.split('/')) {
    if (COMPONENT.test(component)) continue;
    if (component === '') return { offending: '', reason: emptyComponentReason(text) };
    return componentProblem(component);
  }
  return { offending: '', reason: 'nothing: the name is valid' };
}

function emptyComponentReason(text: string): string {
  if (text.startsWith('/')) return 'it starts with "/"';
  return text.endsWith('/') && !text.slice(0, -1).includes('//') ? 'it ends with "/"' : 'it contains "//"';
}

function componentProblem(component: string): { offending: string; reason: string } {
  const [character] = /[^a-z0-9._-]/u.exec(component) ?? [];
  const shown = quoted(component);
  if (character !== undefined) {
    const reason = /[A-Z]/.test(character)
      ? `${shown} contains the upper-case letter "${character}", and repository names are lower case`
      : `${shown} contains ${quoted(character)}, and only a-z, 0-9, ".", "_" and "-" may stand between slashes`;
    return { offending: character, reason };
  }
  if (/^[._-]|[._-]$/.test(component)) {
    return { offending: shortened(component), reason: `${shown} does not start and end with a letter or digit` };
  }
  const run = /[._-]{2,}/.exec(component.replaceAll(/(?<=[a-z0-9])(?:__|-+)(?=[a-z0-9])/g, ' '))?.[0] ?? component;
  const reason = `${shown} contains "${run}", and letters or digits are joined by one ".", one or two "_", or any number of "-"`;
  return { offending: run, reason };
}

/** Lower case, letters without their accents, `-` for whatever is not allowed, no empty component. May still be invalid. */
function nearestName(text: string): string {
  const plain = text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();
  const components = plain.split(/[/\\]/).map((component) =>
    component
      .replaceAll(/[^a-z0-9._-]+/gu, '-')
      .replaceAll(/[._-]{2,}/g, (run) => (run === '__' || /^-+$/.test(run) ? run : '-'))
      .replaceAll(/^[._-]+|[._-]+$/g, ''),
  );
  return components.filter((component) => component !== '').join('/');
}

function quoted(text: string): string {
  return JSON.stringify(shortened(text));
}

function shortened(text: string): string {
  return text.length <= 64 ? text : `${text.slice(0, 64)}…`;
}
