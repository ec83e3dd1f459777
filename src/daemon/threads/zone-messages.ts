// Messages about zones in a resolver thread: a NOTIFY of a zone that is a list is passed to the main thread, which knows the
// primaries and their keys; a question about a zone that is served to the thread that publishes, a transfer with its connection.
import type { Config } from '../../config/config.ts';
import type { GiveAway } from '../../listen/listener.ts';
import { loadLibc } from '../../native/libc.ts';
import { HEADER_OCTETS, opcodeOf } from '../../wire/header.ts';
import { copyQuery, OUTCOME, type Outcome, Query, TRANSPORT } from '../../wire/message/query.ts';
import { OPCODE, TYPE } from '../../wire/records/iana.ts';
import { zoneOfNotify } from '../../zone/notify.ts';
import { parseZoneUrl } from '../../zone/zone-url.ts';
import type { FromWorker, ZoneMessage } from './messages.ts';

/** Messages that wait; beyond, they are answered like any that is not served. */
const WAITING_MAX = 32;

export class ZoneMessages {
  readonly #send: (message: ZoneMessage) => void;
  readonly #waiting = new Map<number, Query>();
  #fetched: readonly Uint8Array[] = [];
  #served: readonly Uint8Array[] = [];
  #number = 0;
  /** Whether connections can be given away; else there is no transfer. */
  #movesConnections = false;

  constructor(send: (message: ZoneMessage) => void) {
    this.#send = send;
  }

  use({ lists, serve }: Config): void {
    this.#fetched = lists.flatMap(({ source }) => parseZoneUrl(source)?.zone ?? []);
    this.#served = serve.zones.map(({ apex }) => apex);
  }

  /** What becomes of it; null when it is no message about a zone of ours. */
  readonly take = (query: Query): Outcome | null =>
    opcodeOf(query.flags) === OPCODE.QUERY ? this.#handleQuestion(query) : this.#handleNotify(query);

  /** What gives connections away; null on a machine where that cannot be done. */
  async giver(send: (message: FromWorker) => void): Promise<GiveAway | null> {
    const libc = await loadLibc();
    if (typeof libc === 'string') return null;
    this.#movesConnections = true;
    return (fd, octets, from) => {
      try {
        send({ kind: 'zoneConnection', fd: libc.duplicate(fd), octets, from });
      } catch {
        // No descriptor is left: the connection ends, and the secondary asks again.
      }
    };
  }

  /** @param reply null: nothing is said */
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

  #handleQuestion(query: Query): Outcome | null {
    const length = query.qnameEnd - HEADER_OCTETS;
    if (!this.#served.some((apex) => isName(apex, query.qname, length))) return null;
    if (query.qtype === TYPE.SOA || query.transport === TRANSPORT.udp)
      return this.#pass('zoneQuestion', query, messageOf(query));
    return query.transport === TRANSPORT.tcp && this.#movesConnections ? OUTCOME.moved : null;
  }

  #handleNotify(query: Query): Outcome | null {
    if (opcodeOf(query.flags) !== OPCODE.NOTIFY || this.#fetched.length === 0) return null;
    const message = messageOf(query);
    const zone = zoneOfNotify(message);
    if (zone === null || !this.#fetched.some((own) => isName(own, zone, zone.length))) return null;
    return this.#pass('notify', query, message);
  }

  #pass(kind: ZoneMessage['kind'], query: Query, message: Uint8Array): Outcome | null {
    if (this.#waiting.size >= WAITING_MAX) return null;
    const kept = new Query(message, message);
    copyQuery(query, kept);
    this.#number += 1;
    this.#waiting.set(this.#number, kept);
    const isUdp = query.transport === TRANSPORT.udp;
    this.#send({ kind, number: this.#number, message, from: Uint8Array.from(query.address), isUdp });
    return OUTCOME.waiting;
  }
}

const messageOf = ({ message, messageLength }: Query): Uint8Array => message.slice(0, messageLength);

function isName(own: Uint8Array, name: Uint8Array, length: number): boolean {
  return own.length === length && own.every((octet, i) => octet === name[i]);
}
