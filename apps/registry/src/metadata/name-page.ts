/** A page of names as a JSON array, so that whoever only sends it on need not read it. */
export interface NamePage {
  readonly json: string;
  /** The last name on the page, when more follow. */
  readonly next?: string;
}

export const NO_NAMES: NamePage = { json: '[]' };

/**
 * The page of `limit` names out of a JSON array of one name more, if there is one. The text is cut where it is: neither the name of a repository nor a
 * tag holds a character that JSON escapes, by their grammar (https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pull).
 */
export function namePage(json: string, count: number, limit: number): NamePage {
  if (count <= limit) return { json };
  const end = json.lastIndexOf(',"');
  const next = json.slice(json.lastIndexOf('"', end - 2) + 1, end - 1);
  return { json: `${json.slice(0, end)}]`, next };
}

/** The names on it. */
export function namesOn<T extends string>({ json }: NamePage): T[] {
  return JSON.parse(json) as T[];
}
