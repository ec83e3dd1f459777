// NOTIFY messages in a resolver thread: those of a zone that is a list are passed to the main thread, which knows the
// primaries and their keys, and answered with what it says.
import type { ListConfig } from '../../config/config.ts';
import { opcodeOf } from '../../wire/header.ts';
import { copyQuery, Query } from '../../wire/message/query.ts';
import { OPCODE } from '../../wire/records/iana.ts';
import { zoneOfNotify } from '../../zone/notify.ts';
import { parseZoneUrl } from '../../zone/zone-url.ts';
import type { FromWorker } from './messages.ts';

/** NOTIFYs that wait for the main thread; beyond, they are answered like any opcode that is not served. */
const WAITING_MAX = 32;

export class Notifies {
  readonly #send: (message: Extract<FromWorker, { kind: 'notify' }>) => void;
  readonly #waiting = new Map<number, Query>();
  #zones: readonly Uint8Array[] = [];
  #number = 0;

  constructor(send: (message: Extract<FromWorker, { kind: 'notify' }>) => void) {
    this.#send = send;
  }

  useLists(lists: readonly ListConfig[]): void {
    this.#zones = lists.flatMap(({ source }) => parseZoneUrl(source)?.zone ?? []);
  }

  /** Whether it is a NOTIFY of ours: then its reply comes later. */
  readonly take = (query: Query): boolean => {
    if (opcodeOf(query.flags) !== OPCODE.NOTIFY || this.#zones.length === 0) return false;
    if (this.#waiting.size >= WAITING_MAX) return false;
    const message = Uint8Array.from(query.message.subarray(0, query.messageLength));
    const zone = zoneOfNotify(message);
    if (zone === null || !this.#zones.some((own) => Buffer.compare(own, zone) === 0)) return false;
    const kept = new Query(message, message);
    copyQuery(query, kept);
    this.#number += 1;
    this.#waiting.set(this.#number, kept);
    this.#send({ kind: 'notify', number: this.#number, message, from: Uint8Array.from(query.address) });
    return true;
  };

  /** @param reply null when no list of that zone is there any more */
  answer(number: number, reply: Uint8Array | null): void {
    const kept = this.#waiting.get(number);
    this.#waiting.delete(number);
    if (kept === undefined) return;
    if (reply === null) {
      kept.origin?.abandon(kept);
      return;
    }
    kept.reply = reply;
    kept.replyLength = reply.length;
    kept.origin?.send(kept);
  }
}
