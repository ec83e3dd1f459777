// The way of one site to the NATS server, which the box cuts, makes slow, or leaves half open: nothing comes through, and nobody is told.
import { connect, createServer, type Server, type Socket } from 'node:net';

export type Way = 'open' | 'cut' | 'half-open' | 'slow';

/** Each way: 256 kbit/s. */
const SLOW_OCTETS_A_SECOND = 32_000;

export class Wire {
  readonly port: number;
  readonly #to: number;
  readonly #server: Server;
  readonly #pairs = new Set<readonly [Socket, Socket]>();
  #way: Way = 'open';
  /** Since when it is as it is, wall clock, ms. */
  sinceMs = Date.now();

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

  get way(): Way {
    return this.#way;
  }

  set way(way: Way) {
    this.#way = way;
    this.sinceMs = Date.now();
    for (const pair of this.#pairs)
      for (const socket of pair)
        if (way === 'half-open') socket.pause();
        else if (way === 'slow') continue;
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
      from.on('data', (octets) => {
        to.write(octets);
        if (this.#way !== 'slow') return;
        from.pause();
        const goOn = (): unknown => this.#way === 'half-open' || from.resume();
        setTimeout(goOn, (octets.length / SLOW_OCTETS_A_SECOND) * 1_000);
      });
      from.once('close', () => {
        to.destroy();
        this.#pairs.delete(pair);
      });
      if (this.#way === 'half-open') from.pause();
    }
  }
}
