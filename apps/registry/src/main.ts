import { parseCommand } from './config/command-line.ts';
import { CommandLineExit } from './config/command-line-exit.ts';

/** argv → command; everything else is loaded only by the command that needs it, since each start waits for it. */
async function main(argv: readonly string[]): Promise<void> {
  const { command, args } = parseCommand(argv);
  switch (command) {
    case 'serve':
      return (await import('./commands/serve.ts')).serve(args);
    case 'bootstrap':
      return (await import('./commands/bootstrap.ts')).bootstrap(args);
    case 'scrub':
      return (await import('./commands/scrub.ts')).scrub(args);
    case 'gc':
      return (await import('./commands/gc.ts')).gc(args);
    case 'cleanup':
      return (await import('./commands/cleanup.ts')).cleanup(args);
    case 'explain':
      return (await import('./commands/explain.ts')).explain(args);
    case 'backup':
      return (await import('./commands/backup.ts')).backup(args);
    case 'restore':
      return (await import('./commands/restore.ts')).restore(args);
    case 'fsck':
      return (await import('./commands/fsck.ts')).fsck(args);
    case 'config': {
      const { runConfigCommand } = await import('./config/config-command.ts');
      process.stdout.write(await runConfigCommand(args, process.env, process.cwd()));
    }
  }
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  const exit = error instanceof CommandLineExit ? error : undefined;
  const text = error instanceof Error ? error.message : String(error);
  (exit?.exitCode === 0 ? process.stdout : process.stderr).write(`${exit ? text : `holdfast: ${text}`}\n`);
  // Not process.exitCode: a start that fails half-way may have listeners and locks open, which would keep the process.
  process.exit(exit?.exitCode ?? 1);
}
