import { GLOBAL_OPTIONS } from './arguments.ts';
import { type CommandTable, defineCommand, type Option } from './command.ts';
import { wrongUsage } from './command-error.ts';

/** Each asks `holdfast completion words` for what may come next, so that no list of names stands in it. */
const SCRIPTS: Readonly<Record<string, string>> = {
  bash: `_holdfast() {
  local words
  words=$(holdfast completion words -- "\${COMP_WORDS[@]:1:COMP_CWORD-1}" 2>/dev/null)
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _holdfast holdfast
`,
  zsh: `_holdfast() {
  local -a names
  names=(\${(f)"$(holdfast completion words -- \${words[2,CURRENT-1]} 2>/dev/null)"})
  (( \${#names} )) && compadd -a names || _files
}
compdef _holdfast holdfast
`,
  fish: `complete -c holdfast -a '(holdfast completion words -- (commandline -opc)[2..-1] 2>/dev/null)'
`,
};

export const command = defineCommand({
  summary: 'Print a script that lets a shell complete commands and options.',
  positionals: [
    {
      name: 'SHELL',
      required: true,
      text: `${Object.keys(SCRIPTS).join(', ')}; or words, which the scripts ask for what may follow.`,
    },
    { name: 'WORD', many: true, text: 'After words: what stands on the line already.' },
  ],
  examples: [
    { text: 'For this shell, and for each new one from ~/.bashrc:', command: 'eval "$(holdfast completion bash)"' },
  ],
  run: async ({ stdout, commands, env }, _values, [shell = '', ...words]) => {
    if (shell === 'words') {
      stdout.write(`${(await nextWords(commands, words, env.HOLDFAST_SITE_COMMANDS)).join('\n')}\n`);
      return;
    }
    const script = Object.hasOwn(SCRIPTS, shell) ? SCRIPTS[shell] : undefined;
    if (script === undefined)
      throw wrongUsage(`There is no completion for '${shell}'; there is for ${Object.keys(SCRIPTS).join(', ')}.`);
    stdout.write(script);
  },
});

/** Names below the group that the words are; of a command its options, or the values of the option that stands last. */
async function nextWords(commands: CommandTable, words: readonly string[], site = ''): Promise<readonly string[]> {
  const found = commands.find(words);
  if (!found)
    return [...commands.namesBelow(words.join(' ')), ...(words.length === 0 ? site.split(', ').filter(Boolean) : [])];
  const { command } = await found.load();
  const options: readonly Option[] = Object.values({ ...command.options, ...GLOBAL_OPTIONS });
  const last = options.find(({ flags }) => flags.includes(words.at(-1) ?? ''));
  if (last?.threeState) return ['true', 'false'];
  if (last?.value !== undefined) return last.choices ?? [];
  return options.flatMap(({ flags }) => flags.filter((flag) => flag.startsWith('--')));
}
