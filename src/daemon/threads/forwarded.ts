// Machines that a trusted neighbour, or the kernel, named to this resolver thread: kept in their groups until the main thread says who is where.
import { isDeepStrictEqual } from 'node:util';
import { octetsAsMac } from '../../clients/neighbours.ts';
import type { GroupConfig } from '../../config/config.ts';
import { type Assignment, assignKnown, Groups, type KnownClient } from '../../policy/groups.ts';
import type { Forwarded } from '../../resolver/identity/identities.ts';

/** Those whose group is kept until the main thread has said it. */
const KEPT_MAX = 1024;

type Told = Pick<Forwarded, 'address' | 'mac' | 'id' | 'isAnother'>;
interface Kept {
  readonly client: KnownClient;
  readonly atMs: number;
  /** What the main thread has said of the address so far is of the machine that had it before. */
  readonly replacesSaid: boolean;
}

export class ForwardedClients {
  #kept = new Map<string, Kept>();

  /**
   * @param said by the main thread so far
   * @returns whether groups must be put together again: one takes it by its MAC or name, or took who was there before
   */
  keep(
    { address, mac, id, isAnother }: Told,
    groups: readonly GroupConfig[],
    said: readonly Assignment[],
    atMs: number,
  ): boolean {
    const client: KnownClient = {
      address,
      mac: mac === null ? null : octetsAsMac(mac),
      name: id === null ? null : id.toLowerCase(),
    };
    const key = keyOf(address);
    const replacesSaid = isAnother || hasOtherMac(client, said);
    const before = this.#kept.get(key);
    // It comes back from the main thread, which tells all.
    if (before?.replacesSaid === replacesSaid && isDeepStrictEqual(before.client, client)) return false;
    const wasKept = this.#kept.delete(key);
    if (!replacesSaid && assignKnown(groups, [client]).length === 0) return wasKept;
    this.#kept.set(key, { client, atMs, replacesSaid });
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > KEPT_MAX && oldest !== undefined) this.#kept.delete(oldest);
    return true;
  }

  /** Of those that were kept until a moment the main thread has said by now what it knows. @returns whether any is kept still */
  forgetUntil(atMs: number): boolean {
    for (const [key, kept] of this.#kept) if (kept.atMs <= atMs) this.#kept.delete(key);
    return this.#kept.size > 0;
  }

  /** The main thread has said who is where. */
  heard(): void {
    this.#kept = new Map([...this.#kept].map(([key, kept]) => [key, { ...kept, replacesSaid: false }]));
  }

  /** What the main thread says goes before what this thread was told, but of an address that has another machine since. */
  groups(groups: readonly GroupConfig[], said: readonly Assignment[]): Groups {
    const kept = [...this.#kept.values()];
    const replaced = new Set(
      kept.flatMap(({ client, replacesSaid }) => (replacesSaid ? [keyOf(client.address)] : [])),
    );
    const valid = replaced.size === 0 ? said : said.filter(({ address }) => !replaced.has(keyOf(address)));
    return new Groups(groups, [
      ...valid,
      ...assignKnown(
        groups,
        kept.map(({ client }) => client),
      ),
    ]);
  }
}

/** The main thread may have the address from a lease of another machine; the first machine that a neighbour names there is not `isAnother`. */
function hasOtherMac({ address, mac }: KnownClient, said: readonly Assignment[]): boolean {
  if (mac === null) return false;
  const known = said.find((one) => one.mac !== undefined && Buffer.compare(one.address, address) === 0);
  return known !== undefined && known.mac !== mac;
}

const keyOf = (address: Uint8Array): string => Buffer.from(address).toString('hex');
