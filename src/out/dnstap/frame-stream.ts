// Frame Streams, the writer's side of a bidirectional one: READY, wait for ACCEPT, START, data, STOP, wait for FINISH.
//
// A frame is its length and its octets; a length of 0 announces a control frame, with its own length, its type and its fields.
import { connect, type Socket } from 'node:net';

const CONTROL = { accept: 1, start: 2, stop: 3, ready: 4, finish: 5 } as const;
const CONTENT_TYPE = 1;
const DNSTAP = 'protobuf:dnstap.Dnstap';
/** No control frame is longer (libfstrm's own bound). */
const CONTROL_OCTETS_MAX = 512;

/** @param url `unix:PATH` or `tcp://HOST:PORT` */
export class FrameStream {
  readonly #socket: Socket;
  #waiting: {
    readonly type: number;
    readonly resolve: () => void;
    readonly reject: (error: Error) => void;
  } | null = null;
  #read: Buffer = Buffer.alloc(0);
  #error: Error | null = null;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (octets: Buffer) => this.#accept(octets));
    socket.on('error', (error) => this.#end(error));
    socket.on('close', () => this.#end(new Error('the reader ended the connection')));
  }

  /** @throws Error when nobody reads there, or not dnstap */
  static async open(url: string, signal: AbortSignal): Promise<FrameStream> {
    const socket = url.startsWith('unix:') ? connect(url.slice('unix:'.length)) : connect(placeOf(url));
    const stream = new FrameStream(socket);
    const abort = (): void => {
      socket.destroy(new Error('the reader did not answer in time'));
    };
    signal.addEventListener('abort', abort, { once: true });
    try {
      const accepted = stream.#answer(CONTROL.accept);
      socket.write(control(CONTROL.ready, DNSTAP));
      await accepted;
      socket.write(control(CONTROL.start, DNSTAP));
      return stream;
    } catch (error) {
      socket.destroy();
      throw error;
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  get isOpen(): boolean {
    return this.#error === null;
  }

  /** Resolves when the kernel has taken them all. @throws Error when the connection ended */
  write(frames: readonly Uint8Array[], signal: AbortSignal): Promise<void> {
    const pieces = frames.flatMap((frame) => [length(frame.length), frame]);
    return new Promise((resolve, reject) => {
      if (this.#error !== null) {
        reject(this.#error);
        return;
      }
      const abort = (): void => {
        this.#socket.destroy(new Error('the reader takes nothing'));
      };
      signal.addEventListener('abort', abort, { once: true });
      this.#socket.write(Buffer.concat(pieces), (error) => {
        signal.removeEventListener('abort', abort);
        if (error == null) resolve();
        else reject(this.#error ?? error);
      });
    });
  }

  /** Says that this was the last, and waits a moment for the reader to say so too. */
  async close(patienceMs: number): Promise<void> {
    if (this.#error === null) {
      const late = setTimeout(() => this.#socket.destroy(), patienceMs);
      const finished = this.#answer(CONTROL.finish);
      this.#socket.write(control(CONTROL.stop, null));
      await finished.catch(() => undefined);
      clearTimeout(late);
    }
    this.#socket.destroy();
  }

  #answer(type: number): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#error === null) this.#waiting = { type, resolve, reject };
      else reject(this.#error);
    });
  }

  #end(error: Error): void {
    this.#error ??= error;
    this.#waiting?.reject(this.#error);
    this.#waiting = null;
  }

  #accept(octets: Buffer): void {
    this.#read = Buffer.concat([this.#read, octets]);
    while (this.#read.length >= 8) {
      const size = this.#read.readUInt32BE(4);
      if (this.#read.readUInt32BE(0) !== 0 || size > CONTROL_OCTETS_MAX || size < 4) {
        this.#socket.destroy(new Error('what reads there speaks no Frame Streams'));
        return;
      }
      if (this.#read.length < 8 + size) return;
      const frame = this.#read.subarray(8, 8 + size);
      this.#read = this.#read.subarray(8 + size);
      this.#hear(frame.readUInt32BE(0), frame.subarray(4));
    }
  }

  #hear(type: number, fields: Buffer): void {
    if (this.#waiting?.type !== type) {
      this.#socket.destroy(new Error(`the reader said ${type} where Frame Streams has none`));
      return;
    }
    // A reader that names types and not ours wants something else.
    if (type === CONTROL.accept && fields.length > 0 && !fields.includes(DNSTAP)) {
      this.#socket.destroy(new Error('the reader does not take dnstap'));
      return;
    }
    this.#waiting.resolve();
    this.#waiting = null;
  }
}

function control(type: number, contentType: string | null): Buffer {
  const fields =
    contentType === null ? [] : [length(CONTENT_TYPE), length(contentType.length), Buffer.from(contentType)];
  const body = Buffer.concat([length(type), ...fields]);
  return Buffer.concat([length(0), length(body.length), body]);
}

function length(value: number): Buffer {
  const octets = Buffer.alloc(4);
  octets.writeUInt32BE(value);
  return octets;
}

function placeOf(url: string): { readonly host: string; readonly port: number } {
  const { hostname, port } = new URL(url);
  return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) };
}
