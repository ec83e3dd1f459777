// Who was logged on where, by address and time. The main thread keeps it and passes on what changes; the desk's has the same content.
import type { Prefix } from '../../config/config.ts';
import { maskedOctets, WHOLE_ADDRESS } from '../../wire/names/address.ts';
import type { Identity } from '../machine.ts';
import type { Session } from './session.ts';

export class SessionTable {
  /** By all that a session is found by, then by record: years of sessions of one machine have one key. */
  readonly #byKey = new Map<string, Map<string, Session>>();
  /** Prefix lengths that sessions have. */
  readonly #lengths = new Set<number>();

  /** Keys that sessions are found by: one or a few each. */
  size = 0;

  get isEmpty(): boolean {
    return this.#byKey.size === 0;
  }

  /** One of the same id and `fromMs` replaces what was said before. */
  apply(sessions: readonly Session[]): void {
    for (const session of sessions) {
      const record = `${session.fromMs} ${session.id}`;
      for (const { bits } of session.networks) this.#lengths.add(bits);
      for (const key of keysOf(session)) {
        const records = this.#byKey.get(key) ?? new Map<string, Session>();
        if (!records.delete(record)) this.size += 1; // what was said last stands last
        this.#byKey.set(key, records.set(record, session));
      }
    }
  }

  /** Each once. */
  all(): readonly Session[] {
    return [...new Set([...this.#byKey.values()].flatMap((records) => [...records.values()]))];
  }

  forget(beforeMs: number): void {
    for (const [key, records] of this.#byKey) {
      for (const [record, session] of records)
        if (endOf(session) < beforeMs && records.delete(record)) this.size -= 1;
      if (records.size === 0) this.#byKey.delete(key);
    }
  }

  /**
   * Sessions of whoever was at an address in a time.
   * @param address 16 octets; null: what is known of the machine alone
   * @param who the machine that was there
   * @param idNow the id that a machine's id became
   * @param toMs included
   */
  find(
    address: Uint8Array | null,
    who: Identity,
    idNow: (id: string) => string,
    fromMs: number,
    toMs: number = fromMs,
  ): readonly Session[] {
    const id = idNow(who.id);
    const found = new Set<Session>();
    const take = (key: string): void => {
      for (const session of this.#byKey.get(key)?.values() ?? []) {
        const { machine, mac } = session;
        if (session.fromMs > toMs || endOf(session) <= fromMs) continue;
        // The address is another machine's by now: its user is not this one.
        if (mac !== null && who.mac !== null && mac !== who.mac) continue;
        if (machine !== null && idNow(machine) !== id) continue;
        found.add(session);
      }
    };
    if (address !== null) for (const bits of this.#lengths) take(networkKey({ bytes: address, bits }));
    if (who.mac !== null) take(`mac ${who.mac}`);
    take(`machine ${id}`);
    return [...found];
  }
}

/** Wall clock, whether it has ended or lasts until nothing more is said of it. */
export const endOf = ({ toMs, expiresMs }: Session): number => toMs ?? expiresMs;

export function keysOf({ networks, mac, machine }: Session): readonly string[] {
  return [
    ...networks.map(networkKey),
    ...(mac === null ? [] : [`mac ${mac}`]),
    ...(machine === null ? [] : [`machine ${machine}`]),
  ];
}

function networkKey({ bytes, bits }: Pick<Prefix, 'bytes' | 'bits'>): string {
  const masked = bits === WHOLE_ADDRESS ? bytes : maskedOctets(bytes, bits);
  return `${bits} ${Buffer.from(masked.buffer, masked.byteOffset, masked.length).toString('latin1')}`;
}
