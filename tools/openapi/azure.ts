import { list, map, object, type Schema, text } from './schemas.ts';

// Shapes that all of the resource manager shares.

export const page = (items: Schema): Schema => object({ value: list(items), 'nextLink?': text });
export const resource = (properties: Schema): Schema =>
  object({ id: text, name: text, 'type?': text, 'location?': text, 'tags?': map(text), properties });
/** What roles can name, as providers list it. */
export const operations = object({
  value: list(
    object({
      name: text,
      display: object({ provider: text, resource: text, operation: text, description: text }),
    }),
  ),
});
