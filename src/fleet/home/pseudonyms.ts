// Machines under pseudonyms, where their names and addresses must not leave the site (`fleet.names: false`).
//
// HMAC-SHA256 of a machine's id under a key that stays at the site: the same machine has the same pseudonym at all times, and nobody without
// the key can tell whose it is. Names that were asked for are what the head has to know, and stay.
import { createHmac, randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { KEPT_MODE, writeWhole } from '../../config/disk/whole-file.ts';
import type { NoteKind } from '../../hits/store/notes-table.ts';

const KEY_OCTETS = 32;

export class Pseudonyms {
  readonly #key: Uint8Array;

  constructor(key: Uint8Array) {
    this.#key = key;
  }

  of(machine: string): string {
    return `anon-${createHmac('sha256', this.#key).update(machine).digest('hex').slice(0, 16)}`;
  }

  /** @param body JSON of who asked, as the store shares it; the same without what names it */
  client(body: string): string {
    const { ip, mac, machine = mac ?? ip, group } = JSON.parse(body);
    return JSON.stringify(this.#clientOf(String(machine), group));
  }

  /** @param body JSON of an incident, a find or a trouble */
  note(kind: NoteKind, body: string): string {
    if (kind === 'trouble') return body;
    const told = JSON.parse(body);
    const client = this.#clientOf(String(told.machine), told.client?.group);
    const { ip, machine } = client;
    const incident = kind === 'incident' ? { addresses: [ip], firstAddress: ip, users: [] } : {};
    return JSON.stringify({ ...told, client, machine, ...incident });
  }

  #clientOf(machine: string, group: unknown) {
    const pseudonym = this.of(machine);
    return { ip: pseudonym, name: null, mac: null, group, machine: pseudonym, nameFrom: null };
  }
}

/** Pseudonyms under the key of a file, which is made when it is not there. @throws Error when it cannot be read, or is none */
export function pseudonymsOf(path: string): Pseudonyms {
  if (!existsSync(path)) writeWhole(path, `${randomBytes(KEY_OCTETS).toString('hex')}\n`, KEPT_MODE);
  const text = readFileSync(path, 'utf8').trim();
  if (!/^[0-9a-f]{64}$/.test(text))
    throw new Error(`${path} holds no key: 64 hexadecimal digits; remove it, and a new one is made`);
  return new Pseudonyms(Buffer.from(text, 'hex'));
}
