// The words in which bodies are described.

export type Schema = Readonly<Record<string, unknown>>;

/**
 * What a request holds, and what its answers do. An operation without `response` and `empty` never succeeds: it says
 * why not.
 */
export interface Body {
  readonly query?: Readonly<Record<string, Schema>>;
  readonly request?: Schema;
  /** `application/json` unless it is written. */
  readonly requestType?: string;
  readonly response?: Schema;
  readonly responseType?: string | readonly [string, ...string[]];
  /** Of answers that hold `response`: 200 unless they are written. */
  readonly statuses?: readonly Status[];
  /** Of answers that hold nothing. */
  readonly empty?: readonly Status[];
}

/** Of answers that hold `response`. */
export const statusesOf = ({ response, statuses = response ? [200] : [] }: Body): readonly Status[] => statuses;

/** What each status of a success says. */
export const STATUS = {
  200: 'Done.',
  201: 'Created.',
  202: 'Accepted; it is done now or will be.',
  204: 'Done; there is nothing to show, or there was nothing to do.',
  206: 'The part that was asked for.',
  303: 'Done; go on at `Location`.',
  304: 'Unchanged: what the client has is what is here.',
  307: 'It is at `Location`.',
  308: 'It is at `Location` for good.',
} as const;
export type Status = keyof typeof STATUS;

export const text: Schema = { type: 'string' };
export const number: Schema = { type: 'number' };
export const flag: Schema = { type: 'boolean' };
export const anything: Schema = {};
export const nothing: Schema = { type: 'null' };
export const textOrNothing: Schema = { type: ['string', 'null'] };
export const list = (items: Schema): Schema => ({ type: 'array', items });
export const map = (values: Schema): Schema => ({ type: 'object', additionalProperties: values });
/** One of them. */
export const oneOf = (...schemas: Schema[]): Schema => ({ anyOf: schemas });
/** Names that end in a question mark may be missing. */
export function object(properties: Readonly<Record<string, Schema>>): Schema {
  const entries = Object.entries(properties);
  return {
    type: 'object',
    required: entries.map(([name]) => name).filter((name) => !name.endsWith('?')),
    properties: Object.fromEntries(entries.map(([name, schema]) => [name.replace(/\?$/, ''), schema])),
  };
}
