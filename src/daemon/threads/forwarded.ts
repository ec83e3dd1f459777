// Machines that trusted neighbours, or the kernel, told this resolver thread of: in their groups until the main thread says them.
import type { GroupConfig } from '../../config/config.ts';
import { type Assignment, assignKnown, Groups, type KnownClient } from '../../policy/groups.ts';
import type { Forwarded } from '../../resolver/identity/identities.ts';

/** Those whose group is kept until the main thread has said it. */
const KEPT_MAX = 1024;

export class ForwardedClients {
  readonly #kept = new Map<string, { readonly client: KnownClient; readonly atMs: number }>();

  /** @returns whether a group takes it by its MAC or name, or took who was there before: groups must be put together again */
  keep(
    { address, mac, id }: Pick<Forwarded, 'address' | 'mac' | 'id'>,
    groups: readonly GroupConfig[],
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
    const key = Buffer.from(address).toString('hex');
    const wasKept = this.#kept.delete(key);
    if (assignKnown(groups, [client]).length === 0) return wasKept;
    this.#kept.set(key, { client, atMs });
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > KEPT_MAX && oldest !== undefined) this.#kept.delete(oldest);
    return true;
  }

  /** Of those that were kept before a moment the main thread has said by now what it knows. @returns whether any is kept still */
  forgetUntil(atMs: number): boolean {
    for (const [key, kept] of this.#kept) if (kept.atMs <= atMs) this.#kept.delete(key);
    return this.#kept.size > 0;
  }

  /** What the main thread says goes before what this thread was told. */
  groups(groups: readonly GroupConfig[], said: readonly Assignment[]): Groups {
    const kept = [...this.#kept.values()].map(({ client }) => client);
    return new Groups(groups, [...said, ...assignKnown(groups, kept)]);
  }
}
