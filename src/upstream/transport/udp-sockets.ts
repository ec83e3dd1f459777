// Which kind of UDP socket a forwarder uses: the C library's where they can be had, node:dgram's until then and elsewhere.
import { loadLibc } from '../../native/libc.ts';
import { dgramSockets } from './dgram-socket.ts';
import { NativeSockets } from './native-sockets.ts';
import type { OpenSocket } from './udp-port.ts';

export type UdpSocketKind = 'auto' | 'portable';

export class UdpSockets {
  #native: NativeSockets | null = null;
  #closed = false;
  /** Resolves when the choice has been made. */
  readonly ready: Promise<void>;

  constructor(kind: UdpSocketKind) {
    this.ready = kind === 'portable' ? Promise.resolve() : this.#load();
  }

  async #load(): Promise<void> {
    const libc = await loadLibc();
    if (this.#closed || typeof libc === 'string') return;
    try {
      this.#native = new NativeSockets(libc);
    } catch {
      // Too few descriptors, or a sandbox: node:dgram may still get some.
    }
  }

  get isNative(): boolean {
    return this.#native !== null;
  }

  /** Decides when a port is opened, not now: the library may still be loading. */
  readonly to = (host: string, port: number): OpenSocket => {
    const portable = dgramSockets(host, port);
    let native: OpenSocket | null = null;
    return (udpPort, owner) => {
      if (this.#native === null) return portable(udpPort, owner);
      native ??= this.#native.connectedTo(host, port);
      return native(udpPort, owner);
    };
  };

  close(): void {
    this.#closed = true;
    this.#native?.close();
    this.#native = null;
  }
}
