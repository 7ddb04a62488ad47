import { oauthError } from './oauth-error.ts';

const MAX_PARAMETERS = 100;
const MAX_VALUE_CHARACTERS = 16 * 1024;

/** Parameters of an OAuth request. Empty ones are not there, and none is there twice (RFC 6749, section 3.1). */
export interface Parameters {
  one(name: string): string | undefined;
  required(name: string): string;
}

export function readParameters(given: URLSearchParams): Parameters {
  if (given.size > MAX_PARAMETERS) throw invalid(`The request has more than ${MAX_PARAMETERS} parameters.`);
  const values = new Map<string, string>();
  for (const [name, value] of given) {
    if (values.has(name)) throw invalid(`The parameter ${shownName(name)} occurs more than once. Send it once.`);
    if (value.length > MAX_VALUE_CHARACTERS) throw invalid(`The parameter ${shownName(name)} is too long.`);
    values.set(name, value);
  }
  const one = (name: string) => values.get(name) || undefined;
  return {
    one,
    required: (name) => {
      const value = one(name);
      if (value === undefined) throw missing(name);
      return value;
    },
  };
}

function missing(name: string) {
  return oauthError(
    'oauth.invalid-request',
    900144,
    `The request body must contain the following parameter: '${name}'.`,
  );
}

function invalid(message: string) {
  return oauthError('oauth.invalid-request', 900144, message);
}

function shownName(name: string): string {
  return name.replace(/[^\w.-]/g, '?').slice(0, 40);
}
