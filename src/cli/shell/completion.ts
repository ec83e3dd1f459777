// `cenote completion SHELL`: what bash, zsh and fish need to complete commands, options and files.
import type { DescribedCommand } from './commands.ts';

type Shell = 'bash' | 'zsh' | 'fish';

export function completionFor(shell: Shell, commands: readonly DescribedCommand[]): string {
  return { bash, zsh, fish }[shell](commands);
}

/** The commands one word further. */
function below({ words }: DescribedCommand, commands: readonly DescribedCommand[]): DescribedCommand[] {
  return commands.filter(
    (one) => one.words.length === words.length + 1 && words.every((word, i) => one.words[i] === word),
  );
}

/** The words that may follow: commands below it, its choices, its options. */
function wordsAfter(command: DescribedCommand, commands: readonly DescribedCommand[]): string[] {
  return [
    ...below(command, commands).map(({ words }) => words.at(-1) ?? ''),
    ...command.choices,
    ...command.options.flatMap(({ short, long }) => (short === null ? [long] : [long, short])),
  ];
}

/** In bash and zsh: what finds the command that the words before the cursor are of, and the words that may follow it. */
function search(commands: readonly DescribedCommand[], typed: string): string {
  const cases = commands.map(
    (command) => `    '${command.words.join(' ')}') may='${wordsAfter(command, commands).join(' ')}' ;;`,
  );
  const names = commands.filter(({ words }) => words.length > 0).map(({ words }) => words.join(' '));
  return `  local command='' word may=''
  for word in ${typed}; do
    case "$command \${word}" in
${names.map((name) => `      ' ${name}'|'${name}') command='${name}' ;;`).join('\n')}
    esac
  done
  case "$command" in
${cases.join('\n')}
  esac`;
}

function bash(commands: readonly DescribedCommand[]): string {
  return `# Completion of cenote for bash: eval "$(cenote completion bash)", or write it to /etc/bash_completion.d/cenote.
_cenote() {
${search(commands, `"\${COMP_WORDS[@]:1:COMP_CWORD-1}"`)}
  COMPREPLY=($(compgen -W "$may" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _cenote cenote
`;
}

function zsh(commands: readonly DescribedCommand[]): string {
  return `#compdef cenote
# Completion of cenote for zsh: source <(cenote completion zsh) behind compinit, or write it to _cenote in a folder of $fpath.
_cenote() {
${search(commands, `"\${(@)words[2,CURRENT-1]}"`)}
  compadd -- \${=may} || _files
}
if [[ $funcstack[1] = _cenote ]]; then _cenote "$@"; else compdef _cenote cenote; fi
`;
}

function fish(commands: readonly DescribedCommand[]): string {
  const quoted = (text: string): string => `'${text.replace(/['\\]/g, '\\$&')}'`;
  const lines = commands.flatMap((command) => {
    const further = below(command, commands);
    const condition = conditionOf(command, further);
    const hasWords = further.length + command.choices.length > 0;
    return [
      ...(hasWords ? [`complete -c cenote -n ${quoted(condition)} -f`] : []),
      ...further.map(
        (one) =>
          `complete -c cenote -n ${quoted(condition)} -a ${one.words.at(-1)} -d ${quoted(one.description)}`,
      ),
      ...command.choices.map((choice) => `complete -c cenote -n ${quoted(condition)} -a ${choice}`),
      ...command.options.map(
        ({ short, long, value, description }) =>
          `complete -c cenote -n ${quoted(condition)} -l ${long.replace(/^--/, '')}${short === null ? '' : ` -s ${short.slice(1)}`}${takes(value)} -d ${quoted(description)}`,
      ),
    ];
  });
  return `# Completion of cenote for fish: cenote completion fish > ~/.config/fish/completions/cenote.fish\n${lines.join('\n')}\n`;
}

/** What fish completes behind an option: nothing, files, or whatever somebody types. */
function takes(value: string | null): string {
  if (value === null) return '';
  return /FILE|FOLDER|PATH|DIR/i.test(value) ? ' -rF' : ' -x';
}

/** Where in the line its words count. */
function conditionOf({ words }: DescribedCommand, further: readonly DescribedCommand[]): string {
  if (words.length === 0) return '__fish_use_subcommand';
  const seen = words.map((word) => `__fish_seen_subcommand_from ${word}`).join('; and ');
  const names = further.map((one) => one.words.at(-1));
  return names.length === 0 ? seen : `${seen}; and not __fish_seen_subcommand_from ${names.join(' ')}`;
}
