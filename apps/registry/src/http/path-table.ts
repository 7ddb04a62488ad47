import type { Route, RouteMatch } from './route.ts';

/**
 * Routes by the pattern of their path: `/subscriptions/{subscription}/resourceGroups/{group}`. Words are compared without
 * case, since the resource manager's own specification mixes `resourcegroups` and `resourceGroups`. `{+scope}` at the
 * beginning stands for any resource id: for what hangs on resources of every kind, such as role assignments.
 */
export interface PathTable {
  match(segments: readonly string[]): RouteMatch | undefined;
}

interface Shape {
  readonly parts: readonly { readonly word?: string; readonly name?: string }[];
  readonly open: boolean;
  readonly words: number;
  readonly routes: Route[];
}

export function createPathTable(routes: readonly Route[]): PathTable {
  const shapes = new Map<string, Shape>();
  for (const route of routes) {
    const key = route.path.toLowerCase();
    const known = shapes.get(key);
    if (known) known.routes.push(route);
    else shapes.set(key, shapeOf(route));
  }
  // The pattern with more words is the more precise one; one that is open at its beginning comes before all others,
  // since its words are at the end, where others have names of resources.
  const ordered = [...shapes.values()].sort((a, b) => Number(b.open) - Number(a.open) || b.words - a.words);
  return {
    match: (segments) => {
      const words = segments.map((segment) => segment.toLowerCase());
      for (const shape of ordered) {
        const values = fit(shape, segments, words);
        if (values) return { routes: shape.routes, values };
      }
      return undefined;
    },
  };
}

function shapeOf(route: Route): Shape {
  const segments = route.path.slice(1).split('/');
  const open = segments[0] === '{+scope}';
  const parts = (open ? segments.slice(1) : segments).map((segment) => {
    const name = /^\{(\w+)\}$/.exec(segment)?.[1];
    return name === undefined ? { word: segment.toLowerCase() } : { name };
  });
  return { parts, open, words: parts.filter((part) => part.word !== undefined).length, routes: [route] };
}

function fit(shape: Shape, segments: readonly string[], words: readonly string[]): Record<string, string> | undefined {
  const { parts, open } = shape;
  const skipped = segments.length - parts.length;
  if (open ? skipped < 0 : skipped !== 0) return undefined;
  for (let i = 0; i < parts.length; i++) {
    const { word } = parts[i] as Shape['parts'][number];
    if (word === undefined ? segments[i + skipped] === '' : words[i + skipped] !== word) return undefined;
  }
  const values: Record<string, string> = open ? { scope: `/${segments.slice(0, skipped).join('/')}` } : {};
  parts.forEach(({ name }, i) => {
    if (name !== undefined) values[name] = segments[i + skipped] as string;
  });
  return values;
}
