// Connections that have something to write: each is settled once, at the end of the turn of the event loop.
//
// HOT. Two lists that take turns: what is settled may ask for it again.

export interface Settled {
  /** On the list. */
  unsettled: boolean;
  settle(): void;
}

export class EndOfTurn<Connection extends Settled> {
  #unsettled: Connection[] = [];
  #settling: Connection[] = [];

  settleLater(connection: Connection): void {
    if (connection.unsettled) return;
    connection.unsettled = true;
    if (this.#unsettled.push(connection) === 1) setImmediate(() => this.#settleAll());
  }

  #settleAll(): void {
    const settling = this.#unsettled;
    this.#unsettled = this.#settling;
    this.#settling = settling;
    for (const connection of settling) {
      connection.unsettled = false;
      connection.settle();
    }
    settling.length = 0;
  }
}
