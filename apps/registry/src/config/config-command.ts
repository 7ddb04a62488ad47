import { resolve } from 'node:path';
import { parseArguments } from './command-line.ts';
import { wrongUsage } from './command-line-exit.ts';
import { interpretSettings } from './load-config.ts';
import { nearest } from './nearest.ts';
import { type Environment, type Origin, type ResolvedSettings, resolveSettings } from './resolve-settings.ts';
import { type SettingKey, settingKeys, settingOf } from './settings.ts';

const actions = ['check', 'explain', 'schema'];

/** `holdfast config check|explain|schema [FILE] [FLAGS]`: what to print. Anything wrong is thrown as a CommandLineExit. */
export async function runConfigCommand(argv: readonly string[], env: Environment, cwd: string): Promise<string> {
  const [action, file] = parseArguments(argv).positionals;
  if (action === undefined) throw wrongUsage(`config needs one of ${actions.join(', ')}.`);
  if (!actions.includes(action)) {
    throw wrongUsage(`unknown command 'config ${action}'; the nearest is 'config ${nearest(action, actions)}'.`);
  }
  if (action === 'schema') {
    const { configSchema } = await import('./config-schema.ts');
    const head = { $schema: 'https://json-schema.org/draft/2020-12/schema', title: 'Configuration file of Holdfast' };
    return `${JSON.stringify({ ...head, ...configSchema() }, undefined, 2)}\n`;
  }
  const settings = await resolveSettings(file === undefined ? argv : ['--config', file, ...argv], env, cwd, {
    positionals: 2,
  });
  await interpretSettings(settings, env);
  if (action === 'check') return `${settings.file ?? 'No file is given; what flags and environment say'} is right.\n`;
  const rows = settingKeys.map((key) => ({ key, value: effective(settings, key), origin: settings.origin(key) }));
  return explain(rows);
}

/** Paths as they are meant, so that what is printed means the same from anywhere. */
function effective(settings: ResolvedSettings, key: SettingKey): unknown {
  const value = settings.value(key);
  if (value === undefined) return value;
  const meant = (path: string) => resolve(settings.baseFolder(key), path);
  if (key === 'data' || key === 'tls.certificate' || key === 'tls.key') return meant(String(value));
  return typeof value === 'object' && 'file' in value ? { file: meant(value.file) } : value;
}

/**
 * Every effective value and where it came from, as a file that could be loaded again. Of secrets only the reference
 * is ever shown.
 */
function explain(rows: readonly { key: SettingKey; value: unknown; origin: Origin }[]): string {
  const lines: { text: string; note: string }[] = [];
  let group = '';
  for (const { key, value, origin } of rows) {
    const levels = key.split('.');
    const leaf = levels.at(-1);
    const parent = levels.length > 1 ? (levels[0] ?? '') : '';
    if (parent !== group && parent) lines.push({ text: `${parent}:`, note: '' });
    group = parent;
    const indent = parent ? '  ' : '';
    if (value === undefined) lines.push({ text: `${indent}# ${leaf}:`, note: 'not set' });
    else lines.push({ text: `${indent}${leaf}: ${show(key, value)}`, note: describe(origin) });
  }
  const width = Math.min(60, Math.max(...lines.map(({ text }) => text.length)));
  return lines
    .map(({ text, note }) => (note ? `${text.padEnd(width)}  # ${note}` : text))
    .join('\n')
    .concat('\n');
}

function show(key: SettingKey, value: unknown): string {
  // Flags and environment give numbers as text.
  if (settingOf(key).type === 'integer') return String(value);
  // Plain YAML where it is plain; else JSON, which is YAML as well.
  return typeof value === 'string' && /^[\w./-]+(:\d+)?$/.test(value) ? value : JSON.stringify(value);
}

function describe(origin: Origin): string {
  switch (origin.kind) {
    case 'flag':
      return `flag ${origin.name}`;
    case 'environment':
      return `environment ${origin.name}`;
    case 'file':
      return `file ${origin.path}, line ${origin.line}`;
    case 'default':
      return 'default';
  }
}
