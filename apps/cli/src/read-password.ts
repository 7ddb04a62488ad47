import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import type { Context } from './command.ts';
import { CommandError, wrongUsage } from './command-error.ts';

/** As given, from stdin for `-`, or typed at a terminal without being shown. */
export async function readPassword(context: Context, given: string | undefined, prompt: string): Promise<string> {
  if (given === '-' || (given === undefined && context.stdin.isTTY !== true)) {
    const text = (await readAll(context.stdin)).replace(/\r?\n$/, '');
    if (text === '') throw wrongUsage(`${prompt}: there is no terminal to ask at. Give it with -p, or on stdin.`);
    return text;
  }
  if (given !== undefined) return given;
  context.stderr.write(`${prompt}: `);
  return readLine(context, new Writable({ write: (_chunk, _encoding, done) => done() }));
}

/** Asks yes or no at a terminal; `yes` has been said by `--yes`. Without a terminal the question is an error, as with az. */
export async function confirm(context: Context, question: string, yes: boolean): Promise<boolean> {
  if (yes) return true;
  if (context.stdin.isTTY !== true) throw wrongUsageOfPrompt();
  context.stderr.write(`${question} (y/n): `);
  return /^y(es)?$/i.test((await readLine(context, context.stderr)).trim());
}

/** What a command throws after No. */
export const cancelled = (): CommandError => new CommandError('Operation cancelled.');

const wrongUsageOfPrompt = () => new CommandError('Unable to prompt for confirmation as no tty available. Use --yes.');

export async function readAll(stream: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += String(chunk);
  return text;
}

function readLine(context: Context, echo: NodeJS.WritableStream): Promise<string> {
  const lines = createInterface({ input: context.stdin, output: echo, terminal: true });
  return new Promise((resolve, reject) => {
    lines.once('line', (line) => {
      context.stderr.write('\n');
      resolve(line);
      lines.close();
    });
    lines.once('SIGINT', () => reject(wrongUsage('cancelled.')));
  });
}
