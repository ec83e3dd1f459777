// The local addresses that datagrams came to: objects that queries share, remembered so that none is made for each.
//
// HOT.
import { type Datagrams, Path } from '../../native/datagrams.ts';

/** A machine with more local addresses makes an object a query for the rest. */
const PATHS_MAX = 64;

export class Paths {
  readonly #all: Path[] = [new Path()];
  #last: Path = this.#all[0]!;

  /** The path that received message i came by. */
  of(received: Datagrams, i: number): Path {
    if (!received.cameBy(i, this.#last)) this.#last = this.#find(received, i);
    return this.#last;
  }

  #find(received: Datagrams, i: number): Path {
    for (const path of this.#all) if (received.cameBy(i, path)) return path;
    const path = received.pathOf(i);
    if (this.#all.length < PATHS_MAX) this.#all.push(path);
    return path;
  }
}
