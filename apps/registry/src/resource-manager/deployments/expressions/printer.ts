import type { Expression } from './syntax.ts';

/** The expression in its shortest writing, brackets included: reading it again gives the same expression. */
export function printExpression(expression: Expression): string {
  return `[${print(expression)}]`;
}

function print(expression: Expression): string {
  switch (expression.kind) {
    case 'string':
      return `'${expression.value.replaceAll("'", "''")}'`;
    case 'integer':
      return String(expression.value);
    case 'call': {
      const namespace = expression.namespace === undefined ? '' : `${expression.namespace}.`;
      return `${namespace}${expression.name}(${expression.arguments.map(print).join(', ')})`;
    }
    case 'property':
      return `${print(expression.of)}.${expression.name}`;
    case 'index':
      return `${print(expression.of)}[${print(expression.index)}]`;
  }
}
