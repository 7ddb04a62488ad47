/** In place of what is secret, wherever it would be shown. */
export const MASK = '******';
const PREFIX = 'x-holdfast-';
const SECRET = 'x-holdfast-signing-secret';
const SHORTEST_SIGNING_SECRET = 16;

/** What a webhook may have beyond Azure. */
export interface WebhookOptions {
  /** Key of the HMAC-SHA256 over each body. */
  readonly signingSecret: string | undefined;
  /** Hears when a tag is taken away, too. */
  readonly untag: boolean;
  /** Deletions name the tags that went with the manifest. */
  readonly deleteTags: boolean;
  readonly format: 'azure' | 'cloudevents';
}

const WORDS: Readonly<Record<string, readonly string[]>> = {
  'x-holdfast-untag': ['on', 'off'],
  'x-holdfast-delete-tags': ['on', 'off'],
  'x-holdfast-format': ['azure', 'cloudevents'],
};

type Headers = Readonly<Record<string, string>>;

/**
 * Options are custom headers of reserved names, which are kept with the others and never sent: the one place for settings
 * of a webhook that the unmodified `az acr webhook create` and `update` can fill.
 */
export const isOption = (header: string): boolean => header.toLowerCase().startsWith(PREFIX);

export function optionsOf(headers: Headers): WebhookOptions {
  const given = new Map(optionEntries(headers));
  return {
    signingSecret: given.get(SECRET),
    untag: given.get('x-holdfast-untag')?.toLowerCase() === 'on',
    deleteTags: given.get('x-holdfast-delete-tags')?.toLowerCase() === 'on',
    format: given.get('x-holdfast-format')?.toLowerCase() === 'cloudevents' ? 'cloudevents' : 'azure',
  };
}

/** What is wrong with the options among the headers, as a clause after "must be"; undefined when nothing is. */
export function problemOfOptions(headers: Headers): string | undefined {
  const seen = new Set<string>();
  for (const [name, value] of optionEntries(headers)) {
    if (seen.has(name)) return `an object that has ${name} once`;
    seen.add(name);
    if (name === SECRET) {
      if (value.length >= SHORTEST_SIGNING_SECRET) continue;
      return `an object whose ${SECRET} has at least ${SHORTEST_SIGNING_SECRET} characters`;
    }
    const words = WORDS[name];
    if (!words)
      return `an object without ${name}: of the headers that begin with ${PREFIX} there are ${[SECRET, ...Object.keys(WORDS)].join(', ')}`;
    if (!words.includes(value.toLowerCase())) return `an object whose ${name} is ${words.join(' or ')}`;
  }
  return undefined;
}

/** The headers as they may be shown to who may read the others: nobody is shown the signing secret. */
export function withoutSigningSecret(headers: Headers): Record<string, string> {
  return replaceSecret(headers, MASK);
}

/** True when somebody sends back what `withoutSigningSecret` showed: the secret is to stay as it is. */
export const keepsSigningSecret = (headers: Headers): boolean =>
  optionEntries(headers).some(([name, value]) => name === SECRET && value === MASK);

/** The headers with the secret of before in the mask's place; as they are when there was none. */
export function withFormerSecret(headers: Headers, before: Headers): Record<string, string> {
  const secret = optionsOf(before).signingSecret;
  return keepsSigningSecret(headers) && secret !== undefined ? replaceSecret(headers, secret) : { ...headers };
}

/** Values that no text may show; those of the other options are words. */
export function secretsOf(headers: Headers): string[] {
  return Object.entries(headers)
    .filter(([name]) => !isOption(name) || name.toLowerCase() === SECRET)
    .map(([, value]) => value);
}

function replaceSecret(headers: Headers, by: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, name.toLowerCase() === SECRET ? by : value]),
  );
}

const optionEntries = (headers: Headers): [string, string][] =>
  Object.entries(headers)
    .filter(([name]) => isOption(name))
    .map(([name, value]) => [name.toLowerCase(), value]);
