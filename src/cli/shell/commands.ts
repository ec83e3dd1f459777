// The command line as data, read from the same description that `--help` prints.
import type { Argument, Command, Option } from 'commander';

export interface DescribedOption {
  /** `-c`; null where there is none. */
  readonly short: string | null;
  readonly long: string;
  /** `<FILE>`; null for a switch. */
  readonly value: string | null;
  readonly description: string;
}

export interface DescribedCommand {
  /** Words after `cenote`: `lists add`; empty for the program itself. */
  readonly words: readonly string[];
  readonly description: string;
  /** `<name> [type]` */
  readonly usage: string;
  /** What an argument may be, where it is one of a few words. */
  readonly choices: readonly string[];
  readonly options: readonly DescribedOption[];
}

/** The program and all its commands, in the order of `--help`. */
export function describedCommands(program: Command): DescribedCommand[] {
  const below = (command: Command, words: readonly string[]): DescribedCommand[] => [
    described(command, words),
    ...command.commands.flatMap((one) => below(one, [...words, one.name()])),
  ];
  return below(program, []);
}

function described(command: Command, words: readonly string[]): DescribedCommand {
  const help = command.createHelp();
  return {
    words,
    description: command.description(),
    usage: command.registeredArguments.map(usageOf).join(' '),
    choices: command.registeredArguments.flatMap((argument) => argument.argChoices ?? []),
    options: help.visibleOptions(command).map(describedOption),
  };
}

function usageOf(argument: Argument): string {
  const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
  return argument.required ? `<${name}>` : `[${name}]`;
}

function describedOption(option: Option): DescribedOption {
  return {
    short: option.short ?? null,
    long: option.long ?? option.flags,
    value: /[<[].*[>\]]/.exec(option.flags)?.[0] ?? null,
    description: option.description,
  };
}
