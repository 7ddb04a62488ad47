import { DomainError } from '../platform/domain-error.ts';

const MAX_PARAMETERS = 200;
const MAX_VALUE_CHARACTERS = 16 * 1024;
const MAX_SERVICE_CHARACTERS = 300;
/** Printable ASCII but quote and backslash. */
const SERVICE = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

/** The query or the form of a request to `/oauth2`. */
export interface Parameters {
  one(name: string): string | undefined;
  required(name: string): string;
  all(name: string): string[];
}

/** Parameters of no meaning here (account, client_id, api-version) pass; a doubled one is refused (RFC 6749, 3.2). */
export function readParameters(parameters: URLSearchParams): Parameters {
  if (parameters.size > MAX_PARAMETERS) throw invalidTokenRequest(`It has more than ${MAX_PARAMETERS} parameters.`);
  const one = (name: string): string | undefined => {
    const values = parameters.getAll(name);
    if (values.length > 1) throw invalidTokenRequest(`The parameter ${name} occurs more than once.`);
    const value = values[0];
    if (value !== undefined && value.length > MAX_VALUE_CHARACTERS) {
      throw invalidTokenRequest(`The parameter ${name} is too long.`);
    }
    return value;
  };
  return {
    one,
    required: (name) => {
      const value = one(name);
      if (!value) throw invalidTokenRequest(`The parameter ${name} is missing.`);
      return value;
    },
    all: (name) => parameters.getAll(name),
  };
}

/** Only for the token's `aud`: a proxy or an alias may have given the registry another name. What binds is the registry's id. */
export function readService(service: string): string {
  if (service.length > MAX_SERVICE_CHARACTERS || !SERVICE.test(service)) {
    throw invalidTokenRequest('The parameter service is no host name.');
  }
  return service;
}

export function invalidTokenRequest(problem: string): DomainError {
  return new DomainError(
    'invalid',
    'token.invalid-request',
    `The token request cannot be answered. ${problem} Correct the request and send it again.`,
  );
}
