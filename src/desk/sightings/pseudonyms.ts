// A machine's name for one day where the history is kept without addresses.
import { createHmac, randomBytes } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { KEPT_MODE, writeWhole } from '../../config/disk/whole-file.ts';

const KEY_OCTETS = 32;
/** A day, and its key in hexadecimal digits. */
const LINE = /^(\d+) ([0-9a-f]{64})$/;

/**
 * HMAC-SHA256 under a key that is drawn at midnight (UTC) and forgotten a day later. Within a day questions of one machine can be told
 * together, whatever its addresses; over days they cannot. Until a key is forgotten it is in a file, for a restart within its day.
 */
export class Pseudonyms {
  readonly #path: string | null;
  readonly #random: (octets: number) => Buffer;
  readonly #keys: Map<number, Buffer>;

  /** @param path the file, which may be lost: then a restart begins anew; null: none */
  constructor(path: string | null = null, random: (octets: number) => Buffer = randomBytes) {
    this.#path = path;
    this.#random = random;
    this.#keys = path === null ? new Map() : keysIn(path);
  }

  of(machine: string, day: number): string {
    let key = this.#keys.get(day);
    if (key === undefined) {
      key = this.#random(KEY_OCTETS);
      this.#keys.set(day, key);
      this.#forgetBefore(day - 1);
      this.#keep();
    }
    return `anon-${createHmac('sha256', key).update(machine).digest('hex').slice(0, 16)}`;
  }

  /** It is a day later than keys are kept for, whether anything is under a pseudonym or not. */
  turnTo(day: number): void {
    if (this.#forgetBefore(day - 1)) this.#keep();
  }

  /** @returns whether there was any */
  #forgetBefore(day: number): boolean {
    const old = [...this.#keys.keys()].filter((one) => one < day);
    for (const one of old) this.#keys.delete(one);
    return old.length > 0;
  }

  #keep(): void {
    if (this.#path === null) return;
    try {
      if (this.#keys.size === 0) rmSync(this.#path, { force: true });
      else
        writeWhole(
          this.#path,
          [...this.#keys].map(([day, key]) => `${day} ${key.toString('hex')}\n`).join(''),
          KEPT_MODE,
        );
    } catch {
      // On a full disk: machines have other pseudonyms after a restart, and nothing else is lost.
    }
  }
}

/** None where it cannot be read. */
function keysIn(path: string): Map<number, Buffer> {
  let text = '';
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return new Map();
  }
  return new Map(
    text.split('\n').flatMap((line) => {
      const [, day, key] = LINE.exec(line) ?? [];
      return day === undefined || key === undefined ? [] : [[Number(day), Buffer.from(key, 'hex')] as const];
    }),
  );
}
