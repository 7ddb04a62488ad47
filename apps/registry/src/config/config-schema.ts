import { type Setting, settings } from './settings.ts';

type JsonSchema = { readonly [key: string]: unknown };

interface ObjectSchema extends JsonSchema {
  readonly type: 'object';
  readonly additionalProperties: false;
  readonly properties: { [key: string]: JsonSchema };
}

const emptyObject = (): ObjectSchema => ({ type: 'object', additionalProperties: false, properties: {} });

const reference = (name: 'file' | 'env') => ({
  type: 'object',
  required: [name],
  additionalProperties: false,
  properties: { [name]: { type: 'string', minLength: 1 } },
});

function shapeOf(setting: Setting): JsonSchema {
  switch (setting.type) {
    case 'string':
      return setting.choices ? { enum: setting.choices } : { type: 'string', minLength: 1 };
    case 'integer':
      return { type: 'integer', minimum: setting.minimum, maximum: setting.maximum };
    case 'boolean':
      return { type: 'boolean' };
    case 'list':
      return { type: 'array', items: { type: 'string', minLength: 1 } };
    case 'secret':
      return { oneOf: [reference('file'), reference('env')] };
  }
}

/** JSON Schema of the configuration file: dots in a setting's key are levels of the file. */
export function configSchema(): ObjectSchema {
  const root = emptyObject();
  for (const [key, setting] of Object.entries<Setting>(settings)) {
    const { description } = setting;
    const shape = {
      ...shapeOf(setting),
      description,
      ...(setting.default === undefined ? {} : { default: setting.default }),
    };
    const levels = key.split('.');
    const leaf = levels.pop() ?? key;
    let at = root;
    for (const level of levels) {
      at.properties[level] ??= emptyObject();
      at = at.properties[level] as ObjectSchema;
    }
    at.properties[leaf] = shape;
  }
  return root;
}
