// Messages the listener tests send, and an Answer that echoes them: no DNS beyond the header and the first label.
import type { Answer } from '../../src/listen/listener.ts';
import { copyQuery, OUTCOME, Query } from '../../src/wire/message/query.ts';

/** A query with this ID whose QNAME is `label`.test. */
export function message(id: number, label = 'now'): Uint8Array {
  const name = Buffer.from(`${String.fromCharCode(label.length)}${label}\x04test\x00`, 'latin1');
  const header = Buffer.from([id >> 8, id & 0xff, 0x01, 0x00, 0, 1, 0, 0, 0, 0, 0, 0]);
  return Buffer.concat([header, name, Buffer.from([0, 1, 0, 1])]);
}

/** What the echo makes of it: the same octets with QR set. */
export function replyTo(query: Uint8Array): Uint8Array {
  const reply = Uint8Array.from(query);
  reply[2] = reply[2]! | 0x80;
  return reply;
}

export function idOf(bytes: Uint8Array): number {
  return (bytes[0]! << 8) | bytes[1]!;
}

/** With the two octets of length in front. */
export function framed(...messages: Uint8Array[]): Buffer {
  return Buffer.concat(messages.flatMap((m) => [Buffer.from([m.length >> 8, m.length & 0xff]), m]));
}

export interface Seen {
  address: string;
  port: number;
  transport: number;
  length: number;
}

/** Answers by the first label: `now` echoes, `late…` waits in `held`, `drop` is dropped, `big` replies 60,000 octets. */
export class Echo {
  readonly held: Query[] = [];
  readonly seen: Seen[] = [];
  /** Called after each query. */
  onQuery: () => void = () => {};

  readonly answer: Answer = (query) => {
    this.seen.push({
      address: Buffer.from(query.address).toString('hex'),
      port: query.port,
      transport: query.transport,
      length: query.messageLength,
    });
    const label = Buffer.from(query.message.subarray(13, 17)).toString('latin1');
    try {
      if (query.messageLength < 12 || label === 'drop') return OUTCOME.dropped;
      if (label === 'late') {
        const copy = new Query(new Uint8Array(512), new Uint8Array(65_535));
        copyQuery(query, copy);
        this.held.push(copy);
        return OUTCOME.waiting;
      }
      write(query, label.startsWith('big') ? 60_000 : query.messageLength);
      return OUTCOME.answered;
    } finally {
      this.onQuery();
    }
  };

  /** Resolves when `count` queries are held. */
  async holds(count: number): Promise<void> {
    while (this.held.length < count) await new Promise<void>((resolve) => setImmediate(resolve));
  }

  async hasSeen(count: number): Promise<void> {
    while (this.seen.length < count) await new Promise<void>((resolve) => setImmediate(resolve));
  }

  /** Sends the held query at `index` on its way. */
  release(index: number): void {
    const query = this.held[index]!;
    write(query, query.messageLength);
    query.origin!.send(query);
  }
}

function write(query: Query, length: number): void {
  const { message, reply, messageLength } = query;
  for (let i = 0; i < messageLength; i++) reply[i] = message[i]!;
  reply[2] = reply[2]! | 0x80;
  query.replyLength = length;
}
