import { readFile } from 'node:fs/promises';
import { Errors } from 'typebox/schema';
import { type Document, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import { wrongConfig } from './command-line-exit.ts';
import { configSchema } from './config-schema.ts';
import { nearest } from './nearest.ts';
import { type SettingKey, settingKeys, settingOf, settings } from './settings.ts';

// Loaded only when there is a file: together with `yaml` and `typebox` it would cost every start a tenth of a second.

export interface FileValue {
  readonly value: unknown;
  readonly line: number;
}

type Tree = { [key: string]: unknown };
type Path = readonly (string | number)[];

const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value);
const isSetting = (key: string): key is SettingKey => Object.hasOwn(settings, key);
const groups = new Set(settingKeys.filter((key) => key.includes('.')).map((key) => key.slice(0, key.indexOf('.'))));

export async function readConfigFile(path: string): Promise<ReadonlyMap<SettingKey, FileValue>> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    const reason = error.code === 'ENOENT' ? 'there is no such file' : error.message;
    throw wrongConfig([`cannot read the configuration file ${path}: ${reason}.`]);
  });
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const lineAt = (offset: number) => lines.linePos(offset).line;
  if (document.errors.length > 0) {
    throw wrongConfig(document.errors.map((error) => `${path}, line ${lineAt(error.pos[0])}: ${error.message}`));
  }
  const root = toTree(document, path);
  const line = (at: Path) => lineAt(offsetOf(document, at));
  const problems = findProblems(root, line);
  if (problems.length > 0) throw wrongConfig(problems.map((p) => `${path}, line ${p.line}: ${p.text}`));
  return flatten(root, line);
}

/** The file as an object. Sections whose keys are all commented out are null in YAML; they count as empty. */
function toTree(document: Document, path: string): Tree {
  let root: unknown;
  try {
    root = document.toJS();
  } catch (error) {
    // More aliases than a configuration can need: a file made to eat memory.
    throw wrongConfig([`${path}: ${(error as Error).message}.`]);
  }
  if (root === null || root === undefined) return {};
  if (!isTree(root)) throw wrongConfig([`${path}, line 1: the file must hold keys, such as 'http: 127.0.0.1:5000'.`]);
  return Object.fromEntries(Object.entries(root).filter(([key, value]) => value !== null || !groups.has(key)));
}

/** Where in the text the key (or list item) stands, or the deepest part of its path that the text has. */
function offsetOf(document: Document, path: Path): number {
  let node: unknown = document.contents;
  let offset = isNode(node) ? (node.range?.[0] ?? 0) : 0;
  for (const part of path) {
    let next: unknown;
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(part));
      if (isScalar(pair?.key)) offset = pair.key.range?.[0] ?? offset;
      next = pair?.value;
    } else if (isSeq(node)) {
      next = node.items[Number(part)];
      if (isNode(next)) offset = next.range?.[0] ?? offset;
    }
    node = next;
  }
  return offset;
}

interface Problem {
  readonly line: number;
  readonly text: string;
}

/** What TypeBox finds (it stops at eight), in words of ours: one problem a setting, and never the value of a secret. */
function findProblems(root: Tree, line: (path: Path) => number): Problem[] {
  const [right, errors] = Errors(configSchema(), root);
  const problems = new Map<string, Problem>();
  for (const error of errors) {
    const path = pointerParts(error.instancePath);
    const key = settingIn(path);
    if (key) {
      const at = key.split('.');
      problems.set(key, { line: line(at), text: wrongValue(key, valueAt(root, at)) });
    } else if (error.keyword === 'boolean') {
      // The schema of a key that no schema names is `false`.
      const unknown = path.join('.');
      problems.set(unknown, { line: line(path), text: unknownKey(unknown) });
    } else if (error.keyword === 'type') {
      const group = path.join('.');
      const inside = settingKeys
        .filter((known) => known.startsWith(`${group}.`))
        .map((known) => known.slice(group.length + 1));
      problems.set(group, { line: line(path), text: `${group} must hold keys below it: ${inside.join(', ')}.` });
    }
  }
  if (!right && problems.size === 0) problems.set('', { line: 1, text: 'this is no configuration of Holdfast.' });
  return [...problems.values()].sort((a, b) => a.line - b.line);
}

const pointerParts = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));

/** The setting that a path is, or is within. */
function settingIn(path: readonly string[]): SettingKey | undefined {
  for (let length = 1; length <= path.length; length++) {
    const key = path.slice(0, length).join('.');
    if (isSetting(key) && path[0] === key.split('.')[0]) return key;
  }
  return undefined;
}

const valueAt = (root: unknown, path: Path): unknown =>
  path.reduce((value, part) => (isTree(value) ? value[part] : undefined), root);

function wrongValue(key: SettingKey, value: unknown): string {
  const { expects, type } = settingOf(key);
  if (value === null) return `${key} has no value; it must be ${expects}.`;
  return `${key} must be ${expects}${type === 'secret' ? '' : `, not ${JSON.stringify(value).slice(0, 80)}`}.`;
}

function unknownKey(key: string): string {
  if (isSetting(key)) {
    const [group, leaf] = key.split('.');
    return `unknown key '${key}'; write '${group}:' and, indented below it, '${leaf}:'.`;
  }
  return `unknown key '${key}'; the nearest known key is '${nearest(key, settingKeys)}'.`;
}

function flatten(root: Tree, line: (path: Path) => number): Map<SettingKey, FileValue> {
  const values = new Map<SettingKey, FileValue>();
  for (const key of settingKeys) {
    const path = key.split('.');
    const value = valueAt(root, path);
    if (value !== undefined) values.set(key, { value, line: line(path) });
  }
  return values;
}
