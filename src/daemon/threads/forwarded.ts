// Machines that trusted neighbours, or the kernel, told this resolver thread of: in their groups until the main thread says them.
import { isDeepStrictEqual } from 'node:util';
import type { GroupConfig } from '../../config/config.ts';
import { type Assignment, assignKnown, Groups, type KnownClient } from '../../policy/groups.ts';
import type { Forwarded } from '../../resolver/identity/identities.ts';

/** Those whose group is kept until the main thread has said it. */
const KEPT_MAX = 1024;

type Told = Pick<Forwarded, 'address' | 'mac' | 'id' | 'isAnother'>;
interface Kept {
  readonly client: KnownClient;
  readonly atMs: number;
  /** What the main thread says of the address is of whoever had it before. */
  readonly isAnother: boolean;
}

export class ForwardedClients {
  #kept = new Map<string, Kept>();

  /**
   * @param said by the main thread so far
   * @returns whether groups must be put together again: one takes it by its MAC or name, or took who was there before
   */
  keep(
    { address, mac, id, isAnother: isOther }: Told,
    groups: readonly GroupConfig[],
    said: readonly Assignment[],
    atMs: number,
  ): boolean {
    const client: KnownClient = {
      address,
      mac:
        mac === null
          ? null
          : Buffer.from(mac)
              .toString('hex')
              .replace(/..(?=.)/g, '$&:'),
      name: id === null ? null : id.toLowerCase(),
    };
    const key = keyOf(address);
    const isAnother = isOther || isOfAnother(client, said);
    const before = this.#kept.get(key);
    // It comes back from the main thread, which tells all.
    if (before !== undefined && before.isAnother === isAnother && isDeepStrictEqual(before.client, client))
      return false;
    const wasKept = this.#kept.delete(key);
    if (!isAnother && assignKnown(groups, [client]).length === 0) return wasKept;
    this.#kept.set(key, { client, atMs, isAnother });
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
    this.#kept = new Map([...this.#kept].map(([key, kept]) => [key, { ...kept, isAnother: false }]));
  }

  /** What the main thread says goes before what this thread was told, but of an address that has another machine since. */
  groups(groups: readonly GroupConfig[], said: readonly Assignment[]): Groups {
    const kept = [...this.#kept.values()];
    const others = new Set(
      kept.flatMap(({ client, isAnother }) => (isAnother ? [keyOf(client.address)] : [])),
    );
    const ofNow = others.size === 0 ? said : said.filter(({ address }) => !others.has(keyOf(address)));
    return new Groups(groups, [
      ...ofNow,
      ...assignKnown(
        groups,
        kept.map(({ client }) => client),
      ),
    ]);
  }
}

/** A lease may say of an address what is not so, and after a start nobody has been told of there before. */
function isOfAnother({ address, mac }: KnownClient, said: readonly Assignment[]): boolean {
  if (mac === null) return false;
  const known = said.find((one) => one.mac !== undefined && Buffer.compare(one.address, address) === 0);
  return known !== undefined && known.mac !== mac;
}

const keyOf = (address: Uint8Array): string => Buffer.from(address).toString('hex');
