// What names led to, by the day: aliases, service targets and addresses, so that who asked for a name is found by what stood
// behind it, though that is listed only later.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { LED } from '../../events/led-to.ts';
import { addressToText } from '../../wire/names/address.ts';
import { nameToText } from '../../wire/names/presentation.ts';
import { rangeBelow, reverseName } from './reversed-name.ts';
import { numberIn, OldRows, textIn } from './row.ts';

/** A name led to a target from a day to a day. */
export interface LedName {
  /** Number of the name. */
  readonly name: number;
  readonly fromDay: number;
  readonly toDay: number;
}

/** An answer is kept for a day at most, and counts on the day after that it was given on. */
export const KEPT_DAYS = 1;
/** A name that leads somewhere again after longer is noted anew: what it led to in between is not known. */
const BRIDGED_DAYS = 7;
/** In no name's presentation form without a backslash before it. */
const ADDRESS_MARK = '@';
/** The first text that begins with another character. */
const BEHIND_ADDRESSES = 'A';

export class LedTable {
  readonly #database: DatabaseSync;
  readonly #extend: StatementSync;
  readonly #add: StatementSync;
  readonly #old: OldRows;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#extend = database.prepare(`UPDATE ledOn SET toDay = max(toDay, ?3)
      WHERE target = ?1 AND name = ?2 AND fromDay <= ?3 AND toDay >= ?3 - ${BRIDGED_DAYS}`);
    this.#add = database.prepare('INSERT INTO ledOn (target, name, fromDay, toDay) VALUES (?1, ?2, ?3, ?3)');
    this.#old = new OldRows(
      database,
      `DELETE FROM ledOn WHERE (target, name, fromDay) IN
        (SELECT target, name, fromDay FROM ledOn WHERE toDay < ?1 LIMIT ?2)`,
    );
  }

  /** @param octets of one target, as events/led-to.ts has it */
  add(octets: Uint8Array, name: number, day: number): void {
    const target = octets.subarray(2);
    const text =
      octets[0] === LED.address ? ADDRESS_MARK + addressToText(target) : reverseName(nameToText(target));
    if (this.#extend.run(text, name, day).changes === 0) this.#add.run(text, name, day);
  }

  /** Every target that a name led to, an address as `address`. */
  *targets(): Generator<{ readonly target: string; readonly isAddress: boolean }> {
    for (const row of this.#database.prepare('SELECT DISTINCT target FROM ledOn').all()) {
      const text = textIn(row, 'target');
      const isAddress = text.startsWith(ADDRESS_MARK);
      yield { target: isAddress ? text.slice(1) : reverseName(text), isAddress };
    }
  }

  /** Every address that a name led to. */
  addresses(): string[] {
    return this.#database
      .prepare('SELECT DISTINCT target FROM ledOn WHERE target >= ?1 AND target < ?2')
      .all(ADDRESS_MARK, BEHIND_ADDRESSES)
      .map((row) => textIn(row, 'target').slice(1));
  }

  ledTo(target: string, isAddress: boolean): LedName[] {
    const key = isAddress ? ADDRESS_MARK + target : reverseName(target);
    return this.#database
      .prepare('SELECT name, fromDay, toDay FROM ledOn WHERE target = ?')
      .all(key)
      .map((row) => ({
        name: numberIn(row, 'name'),
        fromDay: numberIn(row, 'fromDay'),
        toDay: numberIn(row, 'toDay'),
      }));
  }

  /** What names led to when they were last seen to lead anywhere. */
  latestOf(names: readonly string[]): ReadonlyMap<string, readonly string[]> {
    const latest = new Map<string, { toDay: number; targets: string[] }>();
    const rows = this.#database
      .prepare(`SELECT n.name, l.target, l.toDay FROM ledOn l JOIN names n ON n.id = l.name
        WHERE l.name IN (SELECT id FROM names WHERE name IN (SELECT value FROM json_each(?))) ORDER BY l.toDay DESC`)
      .all(JSON.stringify(names.map(reverseName)));
    for (const row of rows) {
      const name = reverseName(textIn(row, 'name'));
      const toDay = numberIn(row, 'toDay');
      const known = latest.get(name) ?? { toDay, targets: [] };
      const text = textIn(row, 'target');
      const target = text.startsWith(ADDRESS_MARK) ? text.slice(1) : reverseName(text);
      if (known.toDay - toDay <= KEPT_DAYS && !known.targets.includes(target)) known.targets.push(target);
      latest.set(name, known);
    }
    return new Map([...latest].map(([name, { targets }]) => [name, targets]));
  }

  /** Targets that are below a name. */
  below(name: string): string[] {
    return this.#database
      .prepare('SELECT DISTINCT target FROM ledOn WHERE target > ? AND target < ?')
      .all(...rangeBelow(reverseName(name)))
      .map((row) => reverseName(textIn(row, 'target')));
  }

  /** @returns whether more is left */
  removeBefore(day: number): boolean {
    return this.#old.removeBefore(day);
  }
}
