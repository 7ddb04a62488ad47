import { Writable } from 'node:stream';
import { parseArguments } from '../../apps/cli/src/arguments.ts';
import type { Context } from '../../apps/cli/src/command.ts';
import { findCommand, namesBelow } from '../../apps/cli/src/command-table.ts';
import type { Outcome, Site } from './sites.ts';

/**
 * As `holdfast` does, in this process: what many schedules need that nobody kills. Starting a process takes ten times as long
 * as what most of these commands do.
 */
export async function holdfastHere(site: Site, args: readonly string[]): Promise<Outcome> {
  const found = findCommand(args);
  if (!found) throw new Error(`there is no command ${args.join(' ')}`);
  const { username, password } = site.credentials;
  const { command } = await found.load();
  const { values, positionals } = parseArguments(found.rest, command);
  const context: Context = {
    env: { HOLDFAST_REGISTRY_USERNAME: username, HOLDFAST_REGISTRY_PASSWORD: password },
    platform: process.platform,
    stdin: process.stdin,
    stdout: nowhere,
    stderr: nowhere,
    configDir: `${site.data}-config`,
    profile: {},
    output: 'json',
    subscription: undefined,
    progress: 'none',
    commands: { find: findCommand, namesBelow },
    say: () => {},
  };
  try {
    const result = await command.run(context, values as never, positionals);
    return { code: 0, stdout: JSON.stringify(result) ?? '', stderr: '' };
  } catch (error) {
    return { code: 1, stdout: '', stderr: error instanceof Error ? String(error.stack) : String(error) };
  }
}

const nowhere = new Writable({ write: (_, __, done) => done() });
