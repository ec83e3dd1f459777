// One open stream to an upstream: queries out as frames, whole messages in, closed when idle.
import type { Socket } from 'node:net';
import { messageOf } from '../../config/coded-error.ts';
import { Framing } from './framing.ts';

export interface ConnectionOwner {
  arrived(connection: Connection, message: Uint8Array): void;
  /** The stream is gone, for whatever reason. Called once. */
  ended(connection: Connection): void;
}

/** An upstream that lets this much pile up unread is not reading. */
const UNSENT_OCTETS_MAX: number = 1 << 20;

export class Connection {
  /** Slot by ID of what is in flight. */
  readonly slots = new Map<number, number>();
  /** Whole messages read so far. */
  messages = 0;
  /** When the last whole message came. */
  lastMessageMs = 0;
  /** What the socket failed with. */
  problem: string | null = null;
  readonly #socket: Socket;
  readonly #owner: ConnectionOwner;
  readonly #framing = new Framing();
  readonly #take = (message: Uint8Array): void => {
    this.messages += 1;
    this.#owner.arrived(this, message);
  };
  #corked = false;
  #ended = false;

  /** @param idleMs after which silence closes it */
  constructor(socket: Socket, idleMs: number, owner: ConnectionOwner) {
    this.#socket = socket;
    this.#owner = owner;
    socket.setNoDelay(true);
    socket.setTimeout(idleMs);
    socket.on('timeout', () => socket.destroy());
    socket.on('error', (error) => {
      this.problem = messageOf(error);
      socket.destroy();
    });
    socket.on('end', () => socket.destroy());
    socket.on('close', () => this.#end());
    socket.on('data', (chunk) => this.#framing.feed(chunk as Uint8Array, this.#take));
  }

  /** Whether it takes another query. */
  get isOpen(): boolean {
    return !this.#ended && !this.#socket.destroyed;
  }

  /** False when the upstream has stopped reading. What is sent in one turn goes out in one write. */
  send(message: Uint8Array, length: number): boolean {
    const socket = this.#socket;
    if (socket.writableLength > UNSENT_OCTETS_MAX) return false;
    if (!this.#corked) {
      this.#corked = true;
      socket.cork();
      process.nextTick(() => {
        this.#corked = false;
        socket.uncork();
      });
    }
    const frame = Buffer.allocUnsafe(2 + length);
    frame[0] = length >>> 8;
    frame[1] = length;
    frame.set(message.subarray(0, length), 2);
    socket.write(frame);
    return true;
  }

  /** Cuts it; `ended` follows. */
  destroy(): void {
    this.#socket.destroy();
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#owner.ended(this);
  }
}
