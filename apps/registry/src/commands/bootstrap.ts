import { bootstrapPath, forgetBootstrap, readBootstrap } from '../bootstrap.ts';
import { parseArguments } from '../config/command-line.ts';
import { CommandLineExit } from '../config/command-line-exit.ts';
import { loadConfig } from '../config/load-config.ts';

/** `holdfast bootstrap show [KEY]` and `holdfast bootstrap forget`. */
export async function bootstrap(args: readonly string[]): Promise<void> {
  const [verb, ...rest] = parseArguments(args).positionals;
  const { dataDir } = await loadConfig(args, process.env, process.cwd(), { positionals: 2 });
  if (verb === 'show' && rest.length <= 1) return show(dataDir, rest[0]);
  if (verb === 'forget' && rest.length === 0) return forgetBootstrap(dataDir);
  throw new CommandLineExit(
    2,
    'Usage: holdfast bootstrap show [KEY] | forget, for example: holdfast bootstrap show registry.password',
  );
}

async function show(dataDir: string, key: string | undefined): Promise<void> {
  const file = await readBootstrap(dataDir);
  if (!file) {
    process.exitCode = 3;
    process.stderr.write(
      `holdfast: ${bootstrapPath(dataDir)} is not there: the registry was never started here, or the file was forgotten. ` +
        'Start it once, or name its folder with --data; what was forgotten is shown by nobody any more.\n',
    );
    return;
  }
  const value = key
    ?.split('.')
    .reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], file);
  if (key !== undefined && value === undefined) {
    process.exitCode = 3;
    process.stderr.write(
      `holdfast: ${bootstrapPath(dataDir)} has no "${key}". See all of it with: holdfast bootstrap show\n`,
    );
    return;
  }
  const shown = key === undefined ? file : value;
  process.stdout.write(`${typeof shown === 'string' ? shown : JSON.stringify(shown, null, 2)}\n`);
}
