import { invalidTemplate } from './template.ts';

interface Ordered {
  readonly id: string;
  readonly key: string;
  /** Keys of what must be there before; those of others do not matter. */
  readonly after: readonly string[];
}

/** Each one behind all that it needs, otherwise as the template has them. Throws when they need one another in a circle. */
export function orderOf<T extends Ordered>(planned: readonly T[]): T[] {
  const waiting = new Map(planned.map((one) => [one.key, one]));
  const ordered: T[] = [];
  while (waiting.size > 0) {
    const ready = [...waiting.values()].filter(({ after }) => !after.some((key) => waiting.has(key)));
    if (ready.length === 0) {
      const circle = [...waiting.values()].slice(0, 5).map(({ id }) => `'${id}'`);
      throw invalidTemplate(`Circular dependency detected: these need one another: ${circle.join(', ')}`);
    }
    for (const one of ready) {
      waiting.delete(one.key);
      ordered.push(one);
    }
  }
  return ordered;
}
