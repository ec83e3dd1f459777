// The way of one site to the NATS server, which the box cuts, or leaves half open: nothing comes through, and nobody is told.
import { connect, createServer, type Server, type Socket } from 'node:net';

export type Way = 'open' | 'cut' | 'half-open';

export class Wire {
  readonly port: number;
  readonly #to: number;
  readonly #server: Server;
  readonly #pairs = new Set<readonly [Socket, Socket]>();
  #way: Way = 'open';

  private constructor(port: number, to: number) {
    this.port = port;
    this.#to = to;
    this.#server = createServer((socket) => this.#accept(socket));
  }

  static async lay(port: number, to: number): Promise<Wire> {
    const wire = new Wire(port, to);
    await new Promise<void>((resolve) => wire.#server.listen(port, '127.0.0.1', resolve));
    return wire;
  }

  set way(way: Way) {
    this.#way = way;
    for (const pair of this.#pairs)
      for (const socket of pair)
        if (way === 'half-open') socket.pause();
        // What was on its way in a link that was half open does not come any more.
        else socket.destroy();
  }

  close(): void {
    this.way = 'cut';
    this.#server.close();
  }

  #accept(near: Socket): void {
    near.on('error', () => undefined);
    if (this.#way === 'cut') {
      near.destroy();
      return;
    }
    const far = connect(this.#to, '127.0.0.1');
    far.on('error', () => undefined);
    const pair = [near, far] as const;
    this.#pairs.add(pair);
    for (const [from, to] of [pair, [far, near] as const]) {
      from.on('data', (octets) => to.write(octets));
      from.once('close', () => {
        to.destroy();
        this.#pairs.delete(pair);
      });
      if (this.#way === 'half-open') from.pause();
    }
  }
}
