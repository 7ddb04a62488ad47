// The words in which bodies are described.

export type Schema = Readonly<Record<string, unknown>>;

export interface Body {
  readonly query?: Readonly<Record<string, Schema>>;
  readonly request?: Schema;
  /** `application/json` unless it is a form. */
  readonly requestType?: 'application/x-www-form-urlencoded' | 'application/vnd.oci.image.manifest.v1+json';
  readonly response?: Schema;
  readonly responseType?: string;
}

export const text: Schema = { type: 'string' };
export const number: Schema = { type: 'number' };
export const flag: Schema = { type: 'boolean' };
export const anything: Schema = {};
export const list = (items: Schema): Schema => ({ type: 'array', items });
export const map = (values: Schema): Schema => ({ type: 'object', additionalProperties: values });
/** Names that end in a question mark may be missing. */
export function object(properties: Readonly<Record<string, Schema>>): Schema {
  const entries = Object.entries(properties);
  return {
    type: 'object',
    required: entries.map(([name]) => name).filter((name) => !name.endsWith('?')),
    properties: Object.fromEntries(entries.map(([name, schema]) => [name.replace(/\?$/, ''), schema])),
  };
}
