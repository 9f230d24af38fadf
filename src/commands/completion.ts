import { Argument, type Command } from 'commander';

const shells = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof shells)[number];

/** `mra completion`: what a shell needs to complete commands and options, made from the commands themselves. */
export function addCompletionCommand(program: Command): void {
  program
    .command('completion')
    .description('print what makes a shell complete mra')
    .addArgument(new Argument('<shell>', 'which shell').choices(shells))
    .addHelpText(
      'after',
      '\nExamples:\n  source <(mra completion bash)\n  mra completion zsh > ~/.zfunc/_mra\n  mra completion fish > ~/.config/fish/completions/mra.fish',
    )
    .action((shell: Shell) => console.log(scripts[shell](placesOf(program, []))));
}

/** One place on the command line: what may come after these words. */
interface Place {
  words: string[];
  next: { word: string; help: string }[];
}

function placesOf(command: Command, words: string[]): Place[] {
  const commands = command.commands.map((sub) => ({ word: sub.name(), help: sub.description() }));
  const options = command.options.map(({ long, short, description }) => ({
    word: long ?? short ?? '',
    help: description,
  }));
  const place = { words, next: [...commands, ...options, { word: '--help', help: 'show help' }] };
  return [place, ...command.commands.flatMap((sub) => placesOf(sub, [...words, sub.name()]))];
}

const quoted = (text: string): string => `'${text.replaceAll("'", '’')}'`;

const scripts: Record<Shell, (places: readonly Place[]) => string> = {
  bash: (places) => `_mra() {
  local words="" word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    [[ $word == -* ]] || words="$words $word"
  done
  case "\${words# }" in
${places.map(({ words, next }) => `    ${quoted(words.join(' '))}) COMPREPLY=($(compgen -W ${quoted(next.map(({ word }) => word).join(' '))} -- "\${COMP_WORDS[COMP_CWORD]}")) ;;`).join('\n')}
  esac
}
complete -o default -F _mra mra`,
  zsh: (places) => `#compdef mra
_mra() {
  local -a next
  local before="\${(j: :)\${(@)words[2,CURRENT-1]:#-*}}"
  case "$before" in
${places.map(({ words, next }) => `    ${quoted(words.join(' '))}) next=(${next.map(({ word, help }) => quoted(`${word}:${help}`)).join(' ')}) ;;`).join('\n')}
  esac
  _describe mra next
}
compdef _mra mra`,
  fish: (places) => `function __mra_at
  set -l words (string match -v -- '-*' (commandline -opc)[2..])
  test "$words" = "$argv"
end
complete -c mra -f
${places.flatMap(({ words, next }) => next.map(({ word, help }) => `complete -c mra -n ${quoted(`__mra_at ${words.join(' ')}`)} ${word.startsWith('--') ? `-l ${word.slice(2)}` : `-a ${word}`} -d ${quoted(help)}`)).join('\n')}`,
};
