// The daemon's own log: one JSON line an event on standard error (standard output carries the hits), plain lines on a terminal.
import { Writable } from 'node:stream';
import pino, { type Logger } from 'pino';

const LEVELS: Readonly<Record<number, string>> = {
  20: 'debug',
  30: 'info',
  40: 'warning',
  50: 'error',
  60: 'fatal',
};

/** @param plain for a person at a terminal; else JSON */
export function openLog(plain: boolean): Logger {
  const options = { base: null, timestamp: pino.stdTimeFunctions.isoTime };
  if (!plain) return pino(options, pino.destination({ dest: 2, sync: true }));
  const lines = new Writable({
    write(chunk: Buffer, _encoding, done) {
      process.stderr.write(plainLine(chunk.toString()));
      done();
    },
  });
  return pino(options, lines);
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
