// What documents say to type, held against the description that `--help` is made of. Nothing is run.
import { type Command, CommanderError } from 'commander';
import { program } from '../../src/cli/main.ts';

/** Before the command's name, as documents write it. */
const CENOTE =
  /^(?:sudo )?(?:npx |\.\/bin\/|bin\/|\/\S*\/bin\/|docker compose exec (?:-T )?cenote )?cenote(?= |$)/;

/** What stands behind `cenote` in one line of a shell; null where the line is none of its commands. */
export function argumentsOf(line: string): string[] | null {
  const bare = line.replace(/\s+#.*$/, '').replace(/^\$ /, '');
  const start = CENOTE.exec(bare);
  if (start === null) return null;
  const rest = bare.slice(start[0].length).split(/\s(?:\||&&|<|>|2>|;)\s?/)[0] ?? '';
  return [...rest.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(([, a, b, c]) => a ?? b ?? c ?? '');
}

/** Brackets, alternatives and dots of a synopsis become an example of it. */
export function exampleOf(synopsis: string): string {
  return synopsis
    .replace(/\[((?:\w+\|)+\w+)\]/g, (_, words: string) => words.split('|')[0] ?? '')
    .replace(/[[\]]/g, ' ')
    .replace(/…/g, '')
    .replace(/\s+/g, ' ')
    .trim();
}

/** @returns what commander says against it, null when nothing */
export function mistakeIn(words: readonly string[], mayLackArguments: boolean): string | null {
  const cenote = program();
  for (const command of withAllBelow(cenote)) {
    command.exitOverride().configureOutput({
      writeOut: () => undefined,
      writeErr: () => undefined,
      outputError: () => undefined,
    });
    command.action(() => undefined);
  }
  try {
    cenote.parse(words, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    const lacks = /^commander\.(missingArgument|optionMissingArgument)$/.test(error.code);
    if (error.exitCode === 0 || (mayLackArguments && lacks)) return null;
    return error.message;
  }
  return null;
}

function withAllBelow(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withAllBelow)];
}
