// `cenote help [COMMAND]` prints what `--help` behind the command does.
import type { Command } from 'commander';
import { nearest } from '../../config/values/nearest.ts';

export function withHelp(cenote: Command): Command {
  cenote
    .command('help')
    .description('print this help, or that of a command')
    .argument('[COMMAND...]', 'such as `lists add`')
    .action((words: string[]) => named(cenote, words).help());
  return cenote;
}

/** commander's own help command knows no commands below commands, and prints this help for one that is not there. */
function named(command: Command, [word, ...more]: readonly string[]): Command {
  if (word === undefined) return command;
  const below = command.commands.find((one) => one.name() === word);
  if (below !== undefined) return named(below, more);
  const near = nearest(
    word,
    command.commands.map((one) => one.name()),
  );
  return command.error(`error: unknown command '${word}'${near === null ? '' : `\n(Did you mean ${near}?)`}`);
}
