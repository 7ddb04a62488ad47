/**
 * The bounds between which every path below `path` lies, in byte order: `/` is followed by `0`. For an index, which no LIKE
 * with a parameter can use.
 */
export function below(path: string): [string, string] {
  return [`${path}/`, `${path}0`];
}
