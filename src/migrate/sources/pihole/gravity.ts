// Pi-hole's gravity.db: its lists, its exact names and regular expressions, its groups and who is in them. Read, never written.
import { DatabaseSync } from 'node:sqlite';
import { messageOf } from '../../../config/coded-error.ts';
import { MigrateError } from '../../migrate-error.ts';

export interface PiholeGroup {
  readonly id: number;
  readonly name: string;
}

export interface Adlist {
  readonly address: string;
  readonly comment: string;
  readonly isAllow: boolean;
  readonly isOn: boolean;
  readonly groups: readonly number[];
}

/** `kind`: 0 allow, 1 deny, 2 allow by expression, 3 deny by expression. */
export interface DomainRule {
  readonly domain: string;
  readonly kind: number;
  readonly isOn: boolean;
  readonly groups: readonly number[];
}

export interface PiholeClient {
  /** Address, network, MAC address, host name, or `:interface`. */
  readonly who: string;
  readonly comment: string;
  readonly groups: readonly number[];
}

export interface Gravity {
  /** Those that are on. */
  readonly groups: readonly PiholeGroup[];
  readonly adlists: readonly Adlist[];
  readonly rules: readonly DomainRule[];
  readonly clients: readonly PiholeClient[];
}

type Row = Record<string, unknown>;

/** @throws MigrateError when it is no gravity.db */
export function readGravity(path: string): Gravity {
  let database: DatabaseSync | null = null;
  try {
    database = new DatabaseSync(path, { readOnly: true });
    return gravityOf(database);
  } catch (error) {
    const why = messageOf(error);
    throw new MigrateError('MIGRATE_NOT_THEIRS', `not a gravity.db of Pi-hole 5 or 6: ${why} (${path})`, {
      cause: error,
    });
  } finally {
    database?.close();
  }
}

function gravityOf(database: DatabaseSync): Gravity {
  const all = (sql: string): Row[] => database.prepare(sql).all() as Row[];
  const groupsBy = (table: string, key: string): Map<number, number[]> => {
    const found = new Map<number, number[]>();
    for (const row of all(`SELECT ${key} AS id, group_id FROM ${table} ORDER BY group_id`)) {
      const id = Number(row['id']);
      found.set(id, [...(found.get(id) ?? []), Number(row['group_id'])]);
    }
    return found;
  };
  // `type` came with version 6: lists that allow.
  const hasType = all('PRAGMA table_info(adlist)').some((row) => row['name'] === 'type');
  const byAdlist = groupsBy('adlist_by_group', 'adlist_id');
  const byRule = groupsBy('domainlist_by_group', 'domainlist_id');
  const byClient = groupsBy('client_by_group', 'client_id');
  return {
    groups: all('SELECT id, name FROM "group" WHERE enabled = 1 ORDER BY id').map((row) => ({
      id: Number(row['id']),
      name: String(row['name']),
    })),
    adlists: all(
      `SELECT id, address, enabled, comment, ${hasType ? 'type' : '0 AS type'} FROM adlist ORDER BY id`,
    ).map((row) => ({
      address: String(row['address']),
      comment: String(row['comment'] ?? ''),
      isAllow: Number(row['type']) === 1,
      isOn: Number(row['enabled']) === 1,
      groups: byAdlist.get(Number(row['id'])) ?? [],
    })),
    rules: all('SELECT id, type, domain, enabled FROM domainlist ORDER BY id').map((row) => ({
      domain: String(row['domain']),
      kind: Number(row['type']),
      isOn: Number(row['enabled']) === 1,
      groups: byRule.get(Number(row['id'])) ?? [],
    })),
    clients: all('SELECT id, ip, comment FROM client ORDER BY id').map((row) => ({
      who: String(row['ip']),
      comment: String(row['comment'] ?? ''),
      groups: byClient.get(Number(row['id'])) ?? [],
    })),
  };
}
