// Numbers of what many hits share: kinds, clients, names. Known ones are remembered, and only what was committed is.
import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { reverseName } from '../../hits/store/reversed-name.ts';
import { machineAcross } from './machine-across.ts';
import type { Connection } from './statement.ts';

/** Some 150 octets each; a site may send longer ones, of which fewer are remembered. */
const KEPT = 100_000;
const KEPT_OCTETS = 32 * 1024 * 1024;

/** What one transaction learnt; the cache gets it when that is committed. */
export type Learnt = Map<string, number>;

export class SharedRows {
  readonly #kept = new LRUCache<string, number>({
    max: KEPT,
    maxSize: KEPT_OCTETS,
    sizeCalculation: (_, key) => key.length,
  });

  keep(learnt: Learnt): void {
    for (const [key, id] of learnt) this.#kept.set(key, id);
  }

  /** Numbers of kinds, by place. */
  async kinds(bodies: readonly string[], learnt: Learnt, connection: Connection): Promise<number[]> {
    return this.#numbers('k', bodies, learnt, async (missing) => {
      const kinds = missing.map((body) => JSON.parse(body));
      return insert(
        connection,
        'kinds',
        ['digest uuid', 'list text', 'verdict text', 'body text'],
        [
          missing.map(digestOf),
          kinds.map(({ list }) => String(list)),
          kinds.map(({ verdict }) => String(verdict)),
          missing,
        ],
      );
    });
  }

  async clients(
    site: string,
    bodies: readonly string[],
    learnt: Learnt,
    connection: Connection,
  ): Promise<number[]> {
    return this.#numbers(`c${site} `, bodies, learnt, async (missing) => {
      const clients = missing.map((body) => JSON.parse(body));
      return insert(
        connection,
        'clients',
        [
          'digest uuid',
          'site text',
          'machine text',
          'own text',
          'ip text',
          'mac text',
          'name text',
          'body text',
        ],
        [
          missing.map((body) => digestOf(`${site}\n${body}`)),
          missing.map(() => site),
          clients.map((client) => machineAcross(site, client)),
          clients.map(({ machine, mac, ip }) => String(machine ?? mac ?? ip)),
          clients.map(({ ip }) => String(ip)),
          clients.map(({ mac }) => textOrNull(mac)),
          clients.map(({ name }) => textOrNull(name)),
          missing,
        ],
      );
    });
  }

  /** Numbers of names, by place; null stays null. An address that was led to is a name here too. */
  async names(
    names: readonly (string | null)[],
    learnt: Learnt,
    connection: Connection,
  ): Promise<(number | null)[]> {
    const own = [...new Set(names.filter((name) => name !== null))];
    const numbers = await this.#numbers('n', own, learnt, async (missing) => {
      const keys = missing.map(keyOfName);
      // In one order, so that two transactions never wait for each other's rows.
      const made = await connection.query(
        `INSERT INTO cenote.names (key) SELECT key FROM unnest($1::text[]) AS key ORDER BY key COLLATE "C" ON CONFLICT DO NOTHING
         RETURNING id, key`,
        [keys],
        'names-put',
      );
      const byKey = new Map(made.map(({ id, key }) => [String(key), Number(id)]));
      const there = keys.filter((key) => !byKey.has(key));
      if (there.length > 0)
        for (const { id, key } of await connection.query(
          'SELECT id, key FROM cenote.names WHERE key = ANY($1::text[])',
          [there],
          'names-get',
        ))
          byKey.set(String(key), Number(id));
      return keys.map((key) => byKey.get(key) ?? 0);
    });
    const byName = new Map(own.map((name, i) => [name, numbers[i] ?? 0]));
    return names.map((name) => (name === null ? null : (byName.get(name) ?? 0)));
  }

  async #numbers(
    prefix: string,
    texts: readonly string[],
    learnt: Learnt,
    find: (missing: readonly string[]) => Promise<readonly number[]>,
  ): Promise<number[]> {
    const known = (text: string): number | undefined =>
      learnt.get(prefix + text) ?? this.#kept.get(prefix + text);
    const missing = [...new Set(texts.filter((text) => known(text) === undefined))];
    const found = missing.length === 0 ? [] : await find(missing);
    missing.forEach((text, i) => {
      learnt.set(prefix + text, found[i] ?? 0);
    });
    return texts.map((text) => known(text) ?? 0);
  }
}

/** As names are kept: labels turned round, and an address behind an `@`, which begins no name. */
export function keyOfName(name: string): string {
  return /^[0-9a-f]*:[0-9a-f:.]*$|^\d+\.\d+\.\d+\.\d+$/.test(name) ? `@${name}` : reverseName(name);
}

export const nameOfKey = (key: string): string => (key.startsWith('@') ? key.slice(1) : reverseName(key));

async function insert(
  connection: Connection,
  table: 'kinds' | 'clients',
  columns: readonly string[],
  values: readonly (readonly unknown[])[],
): Promise<readonly number[]> {
  const names = columns.map((column) => column.split(' ')[0]);
  const arrays = columns.map((column, i) => `$${i + 1}::${column.split(' ')[1]}[]`);
  await connection.query(
    `INSERT INTO cenote.${table} (${names.join()}) SELECT * FROM unnest(${arrays.join()}) AS t(${names.join()}) ORDER BY digest
     ON CONFLICT DO NOTHING`,
    values,
  );
  const digests = values[0] ?? [];
  const rows = await connection.query(
    `SELECT id, digest FROM cenote.${table} WHERE digest = ANY($1::uuid[])`,
    [digests],
  );
  const byDigest = new Map(rows.map(({ id, digest }) => [String(digest), Number(id)]));
  return digests.map((digest) => byDigest.get(String(digest)) ?? 0);
}

/** 128 bits, as a UUID is written. */
function digestOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex').slice(0, 32);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null);
