// Which one rule of all policy zones speaks: the first zone of the group with a match, whatever its action (RPZ draft §5);
// inside that zone a client's trigger before a name's, then the longest name or the narrowest network.
//
// HOT. One object is reused: `begin`, `offer` for each rule that matches, then its fields.

/** Order of a list that is no policy zone in force. */
export const NO_ZONE = 0xffff;

export class ZoneTurn {
  /** −1 when no zone has a match. */
  rule = -1;
  order: number = NO_ZONE;
  /** Inside a zone the lowest goes first: −1 − prefix length for a client's trigger, offset in the name, 128 − prefix length. */
  place = 0;
  /** RANK of the rule. */
  worth = 0;
  /** Octet of the name where the rule's name begins, or the network's prefix length. */
  at = 0;
  #answer = 0;

  begin(): void {
    this.rule = -1;
    this.order = NO_ZONE;
  }

  /** @param answer what its own answer is worth to the type asked for */
  offer(rule: number, order: number, place: number, worth: number, answer: number, at: number): void {
    if (order > this.order) return;
    if (order === this.order) {
      if (place > this.place) return;
      if (place === this.place && (worth > this.worth || (worth === this.worth && answer <= this.#answer)))
        return;
    }
    this.rule = rule;
    this.order = order;
    this.place = place;
    this.worth = worth;
    this.at = at;
    this.#answer = answer;
  }
}
