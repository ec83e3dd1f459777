// One request and its answer (RFC 9113 §5.1).
import type { Query } from '../../wire/message/query.ts';
import type { Client } from '../stream/connections.ts';
import type { Room } from '../stream/outgoing.ts';
import { NO_LENGTH } from './hpack/fields.ts';
import type { Patience } from './patience.ts';
import type { PeerSettings } from './peer-settings.ts';
import type { RequestHead } from './request-head.ts';

/** `asked`: its question is decided, at once or later. `writing`: the client's windows hold up the rest of the answer. */
export const STATE = { reading: 0, asked: 1, writing: 2, over: 3 } as const;

export const ASKED = 0;
export const BODY = 1;

/** The connection that the streams are of. */
export interface Carrier {
  readonly room: Room;
  readonly settings: PeerSettings;
  readonly patience: Patience;
  /** Ends the connection. @param code an error of RFC 9113 §7 */
  fail(code: number): void;
}

/** What is done with requests. */
export interface Requests {
  readonly now: () => number;
  /** Octets of bodies that may be kept, of all connections together. */
  claim(octets: number): boolean;
  release(octets: number): void;
  /** Judges a request by its head, and sets who asks: ASKED where the message came with it, BODY where it is to come, else a status. */
  judge(stream: RequestStream, head: RequestHead): number;
  /** Asks what `judge` found. */
  ask(stream: RequestStream): void;
  /** Asks what was posted. */
  askBody(stream: RequestStream, octets: Uint8Array, start: number, length: number): void;
  /** The answer to a request that waited, or that there will be none. */
  late(stream: RequestStream, query: Query): void;
  abandon(stream: RequestStream): void;
  /** A client's window holds up an answer. */
  heldUp(octets: number): void;
}

export class RequestStream {
  /** Whose answer it waits for goes through it. */
  readonly connection: Requests;
  /** Who asks; null: not known yet. */
  client: Client | null = null;
  id = 0;
  /** A value of STATE. */
  state: number = STATE.over;
  /** When `state` last changed. */
  sinceMs = 0;
  /** Somebody holds it until its late reply: it is not used again. */
  isHeld = false;
  /** The client has sent all of it. */
  hasEnded = false;
  /** What the client announced, or NO_LENGTH. */
  contentLength: number = NO_LENGTH;
  /** What has come of its body. */
  body: Buffer | null = null;
  bodyLength = 0;
  /** Octets of DATA that we have not given back to the client's window. */
  owedOctets = 0;
  /** Octets of DATA that the client takes. */
  windowOctets = 0;
  /** What is left of the answer. */
  rest: Buffer | null = null;
  restOffset = 0;
  /** The method was HEAD: no answer has a body. */
  isHead = false;

  constructor(connection: Requests) {
    this.connection = connection;
  }

  begin(id: number, windowOctets: number, nowMs: number): void {
    this.id = id;
    this.state = STATE.reading;
    this.sinceMs = nowMs;
    this.hasEnded = false;
    this.bodyLength = 0;
    this.owedOctets = 0;
    this.windowOctets = windowOctets;
    this.restOffset = 0;
    this.isHead = false;
  }

  enter(state: number, nowMs: number): void {
    this.state = state;
    this.sinceMs = nowMs;
  }
}
