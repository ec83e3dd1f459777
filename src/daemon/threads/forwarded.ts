// Machines that trusted neighbours told this resolver thread of: passed on to the main thread, and in their groups at once.
import type { GroupConfig } from '../../config/config.ts';
import { type Assignment, assignKnown, Groups, type KnownClient } from '../../policy/groups.ts';
import type { Forwarded } from '../../resolver/identity/identities.ts';

/** Those whose group is kept until the main thread has said it; it says so within a moment. */
const KEPT_MAX = 1024;

export class ForwardedClients {
  readonly #kept = new Map<string, KnownClient>();

  /** @returns whether a group takes it by its MAC or name, so that groups must be put together again */
  keep(
    { address, mac, id }: Pick<Forwarded, 'address' | 'mac' | 'id'>,
    groups: readonly GroupConfig[],
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
    if (assignKnown(groups, [client]).length === 0) return false;
    const key = Buffer.from(address).toString('hex');
    this.#kept.delete(key);
    this.#kept.set(key, client);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > KEPT_MAX && oldest !== undefined) this.#kept.delete(oldest);
    return true;
  }

  /** What the main thread says goes before what this thread was told. */
  groups(groups: readonly GroupConfig[], said: readonly Assignment[]): Groups {
    return new Groups(groups, [...said, ...assignKnown(groups, [...this.#kept.values()])]);
  }
}
