// The manual page cenote(1), from the same description that `--help` prints: `node src/cli/shell/man.ts` writes packaging/cenote.1.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { VERSION } from '../../config/version.ts';
import { EXIT_MEANINGS } from '../cli-error.ts';
import { program } from '../main.ts';
import type { DescribedCommand, DescribedOption } from './commands.ts';
import { describedCommands } from './commands.ts';

export const MAN_PAGE: string = join(import.meta.dirname, '../../../packaging/cenote.1');

/** The page in roff's man macros. */
export function manPage(): string {
  const [described, ...all] = describedCommands(program());
  const lines = [
    `.TH CENOTE 1 "" "cenote ${VERSION}" "User commands"`,
    '.SH NAME',
    `cenote \\- ${escaped(firstLower(described?.description.replace(/\.$/, '') ?? ''))}`,
    '.SH SYNOPSIS',
    '.B cenote',
    '.I COMMAND',
    '[\\fIOPTIONS\\fR]',
    '.SH COMMANDS',
    ...all.flatMap(commandLines),
    '.SH EXIT STATUS',
    ...EXIT_MEANINGS.flatMap(([code, meaning]) => ['.TP', `.B ${code}`, `${escaped(firstUpper(meaning))}.`]),
    '.SH ENVIRONMENT',
    '.TP',
    '.B CENOTE_CONFIG',
    'Configuration file, where \\-c names none.',
    '.TP',
    '.BI CENOTE_ PATH',
    'Sets any scalar setting before the file, such as CENOTE_LISTEN_DNS=0.0.0.0:53.',
    '.SH FILES',
    '.TP',
    '.I ./config/cenote.yaml, /etc/cenote/cenote.yaml',
    'Where the configuration is looked for.',
  ];
  return `${lines.join('\n')}\n`;
}

function commandLines({ words, description, usage, options }: DescribedCommand): string[] {
  return [
    `.SS "${escaped(['cenote', ...words, usage].join(' ').trim())}"`,
    `${escaped(firstUpper(description))}.`,
    ...options.filter(({ long }) => long !== '--help').flatMap(optionLines),
  ];
}

function optionLines({ short, long, value, description }: DescribedOption): string[] {
  const flags = [short, long].filter((flag) => flag !== null).join(', ');
  return [
    '.TP',
    `.B ${escaped(flags)}${value === null ? '' : ` ${escaped(value)}`}`,
    escaped(firstUpper(description)),
  ];
}

/** Backslashes, hyphens and leading dots mean something to roff. */
function escaped(text: string): string {
  return text
    .replace(/\\/g, '\\e')
    .replace(/-/g, '\\-')
    .replace(/^([.'])/, '\\&$1')
    .replace(/"/g, '\\(dq');
}

const firstUpper = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const firstLower = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

if (import.meta.main) writeFileSync(MAN_PAGE, manPage());
