// Which servers serve a name: the group of the longest suffix that covers it, else those of the client's view.
//
// HOT. A handful of suffixes: each is compared from its end, the longest first.
import type { Route } from '../../config/config.ts';
import { isWithin, lowerName } from '../../wire/names/name.ts';
import { textToName } from '../../wire/names/presentation.ts';

/** @typeParam G what stands for the servers of a name */
export class Routes<G> {
  readonly #suffixes: readonly { readonly name: Uint8Array; readonly route: number }[];
  readonly #lower = new Uint8Array(256);
  readonly #nobody: G;
  #groups: readonly G[] = [];
  #views: readonly G[] = [];

  /** @param nobody where there are no servers */
  constructor(routes: readonly Route[], nobody: G) {
    this.#nobody = nobody;
    const suffixes: { name: Uint8Array; route: number }[] = [];
    for (const [route, { suffix }] of routes.entries()) {
      const name = textToName(suffix.toLowerCase());
      if (name !== null) suffixes.push({ name, route });
    }
    this.#suffixes = suffixes.sort((a, b) => b.name.length - a.name.length);
  }

  /**
   * @param views what is asked for names without a route: the default servers, then those of client groups
   * @param groups one for each route, in the order of the routes
   */
  use(views: readonly G[], groups: readonly G[]): void {
    this.#views = views;
    this.#groups = groups;
  }

  /** @param nameEnd offset just past the QNAME, which begins at 12 */
  groupOf(message: Uint8Array, nameEnd: number, view: number): G {
    const views = this.#views;
    const usual = view >= 0 && view < views.length ? views[view]! : (views[0] ?? this.#nobody);
    if (this.#suffixes.length === 0) return usual;
    const length = nameEnd - 12;
    lowerName(message, 12, length, this.#lower);
    for (const { name, route } of this.#suffixes)
      if (isWithin(this.#lower, length, name))
        return route < this.#groups.length ? this.#groups[route]! : usual;
    return usual;
  }
}
