// The daemon's own log: one JSON line an event on standard error (standard output carries the hits), plain lines on a terminal.
// Where systemd's journal reads standard error, each line begins with its priority (sd-daemon(3)).
import { fstatSync } from 'node:fs';
import { Writable } from 'node:stream';
import pino, { type Logger } from 'pino';

const LEVELS: Readonly<Record<number, string>> = {
  20: 'debug',
  30: 'info',
  40: 'warning',
  50: 'error',
  60: 'fatal',
};

/** As `--log-level` names them. */
export type LogLevel = 'debug' | 'info' | 'warning' | 'error';

/** Lines that wait while standard error takes none. */
const WAITING_OCTETS_MAX = 1_048_576;

/** syslog's severities (RFC 5424 §6.2.1), by pino's level. */
const PRIORITIES: Readonly<Record<number, number>> = { 20: 7, 30: 6, 40: 4, 50: 3, 60: 2 };
const NOTICE = 5;

/** How standard error is read: by a person, by systemd's journal, or by a program. */
export type LogReader = 'person' | 'journal' | 'program';

/** What reads standard error of this process. */
export function logReader(): LogReader {
  if (process.stderr.isTTY === true) return 'person';
  return isJournal(process.env['JOURNAL_STREAM'], () => fstatSync(2)) ? 'journal' : 'program';
}

/** systemd says by `DEVICE:INODE` which stream goes to its journal (systemd.exec(5)); a redirected one is another. */
export function isJournal(
  stream: string | undefined,
  look: () => { readonly dev: number; readonly ino: number },
): boolean {
  if (stream === undefined) return false;
  const { dev, ino } = look();
  return stream === `${dev}:${ino}`;
}

export function openLog(reader: LogReader, level: LogLevel): Logger {
  const options = {
    base: null,
    level: level === 'warning' ? 'warn' : level,
    timestamp: pino.stdTimeFunctions.isoTime,
  };
  if (reader === 'program') {
    const lines = pino.destination({ dest: 2, sync: true, maxLength: WAITING_OCTETS_MAX });
    // A full disk under the log is no reason to end: what does not fit waits, then is left out.
    lines.on('error', () => {});
    return pino(options, lines);
  }
  const lineOf = reader === 'person' ? plainLine : journalLine;
  const lines = new Writable({
    write(chunk: Buffer, _encoding, done) {
      process.stderr.write(lineOf(chunk.toString()));
      done();
    },
  });
  return pino(options, lines);
}

/** `<4>{"level":40,…}`: the journal takes the priority off and keeps it beside the line. */
export function journalLine(json: string): string {
  const { level } = JSON.parse(json) as { readonly level: unknown };
  return `<${PRIORITIES[Number(level)] ?? NOTICE}>${json}`;
}

/** `09:00:00 warning: text (key=value …)`; control characters escaped, since values may be an attacker's. */
export function plainLine(json: string): string {
  const { time, level, msg, ...rest } = JSON.parse(json) as Record<string, unknown>;
  const details = Object.entries(rest).map(
    ([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  const clock = String(time).slice(11, 19);
  const text = `${clock} ${LEVELS[Number(level)] ?? level}: ${String(msg)}${details.length === 0 ? '' : ` (${details.join(', ')})`}`;
  return `${text.replace(/[\p{Cc}\p{Cf}]/gu, (character) => `\\u${character.codePointAt(0)?.toString(16).padStart(4, '0')}`)}\n`;
}

/** An error as the log has it. */
export const stackOf = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);
