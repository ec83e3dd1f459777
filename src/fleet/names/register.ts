// What all sites call their machines, at the head, in memory: each site tells it anew to a head that has just started.
import { randomUUID } from 'node:crypto';
import { type FoundNames, isMac, type MachineKey, type SiteNames } from './messages.ts';

/** More machines than a site has; further ones are not known here. */
const MACHINES_MAX = 20_000;

export class Register {
  readonly epoch: string = randomUUID();
  /** Key → site → name. */
  readonly #names = new Map<MachineKey, Map<string, string>>();
  readonly #keysOf = new Map<string, Set<MachineKey>>();

  /** What a site says and asks. */
  hear(site: string, { nonce, isAll, names, gone, asked }: SiteNames): FoundNames {
    if (isAll) this.forget(site);
    for (const key of gone) this.#remove(site, key);
    for (const [key, name] of names) this.#put(site, key, name);
    const found = asked.flatMap((key) => {
      const one = this.#find(key, site);
      return one === null ? [] : [[key, one.name, one.site] as const];
    });
    return { nonce, epoch: this.epoch, found };
  }

  forget(site: string): void {
    for (const key of this.#keysOf.get(site) ?? []) this.#remove(site, key);
    this.#keysOf.delete(site);
  }

  /** One name, whoever says it. Of an address that several sites have nobody knows whose it is; a MAC goes with its machine, and of several names the first site's is said. */
  #find(key: MachineKey, asker: string): { readonly name: string; readonly site: string } | null {
    const said = [...(this.#names.get(key) ?? [])]
      .filter(([site]) => site !== asker)
      .sort(([a], [b]) => (a < b ? -1 : 1));
    const [first] = said;
    const isOfMany = new Set(said.map(([, name]) => name)).size > 1 && !isMac(key);
    return first === undefined || isOfMany ? null : { site: first[0], name: first[1] };
  }

  #put(site: string, key: MachineKey, name: string): void {
    const keys = this.#keysOf.get(site) ?? new Set();
    this.#keysOf.set(site, keys);
    if (keys.size >= MACHINES_MAX && !keys.has(key)) return;
    keys.add(key);
    const names = this.#names.get(key) ?? new Map<string, string>();
    this.#names.set(key, names.set(site, name));
  }

  #remove(site: string, key: MachineKey): void {
    this.#keysOf.get(site)?.delete(key);
    const names = this.#names.get(key);
    names?.delete(site);
    if (names?.size === 0) this.#names.delete(key);
  }
}
