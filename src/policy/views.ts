// Which clients share answers: groups with the same upstreams are one view, for the cache and for who is asked.
//
// HOT (of). Numbers are given anew whenever upstreams change, so that nothing an old one said serves a new view.
import type { GroupConfig, UpstreamAddress } from '../config/config.ts';

export class Views {
  /** The view of the default upstreams; those of `servers` follow it. */
  readonly first: number;
  readonly servers: readonly (readonly UpstreamAddress[])[];
  readonly #ofGroup: Int32Array;

  /** @param first above every view in use before */
  constructor(groups: readonly GroupConfig[], first: number) {
    const distinct = new Map<string, readonly UpstreamAddress[]>();
    for (const { upstreams } of groups)
      if (upstreams !== null) distinct.set(JSON.stringify(upstreams), upstreams);
    const keys = [...distinct.keys()];
    this.first = first;
    this.servers = [...distinct.values()];
    this.#ofGroup = Int32Array.from(groups, ({ upstreams }) =>
      upstreams === null ? first : first + 1 + keys.indexOf(JSON.stringify(upstreams)),
    );
  }

  /** The lowest view that the next set of upstreams may begin with. */
  get next(): number {
    return this.first + 1 + this.servers.length;
  }

  /** @param group −1: the default upstreams */
  of(group: number): number {
    return this.#ofGroup[group] ?? this.first;
  }
}
