// Sites that may take part: each with a key of its own, which its NATS server lets do its own and nothing else.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createUser } from '@nats-io/nkeys';
import { z } from 'zod';
import { KEPT_MODE, writeWhole } from '../config/disk/whole-file.ts';
import { permissionsOf, permissionsOfHead } from './subjects.ts';

const stored = z.array(z.object({ site: z.string(), nkey: z.string(), sinceMs: z.number() }));
export type Invited = z.output<typeof stored>[number];

/** What a site joins with: the content of the one credential file. */
export interface Invitation {
  readonly site: string;
  readonly nats: readonly string[];
  /** The head's public key; null for the head itself. */
  readonly key: string | null;
  /** Certificates (PEM) that the servers' are held to. */
  readonly ca: string | null;
  /** NKey of the user, private. */
  readonly seed: string;
}

export interface Invite {
  readonly invitation: Invitation;
  /** A user of the NATS server's `authorization.users`. */
  readonly user: { readonly nkey: string; readonly permissions: ReturnType<typeof permissionsOf> };
}

export class Invitations {
  readonly #path: string;

  /** @param dir `fleet/head` in `events.dir` */
  constructor(dir: string) {
    this.#path = join(dir, 'sites.json');
  }

  /** Latest credential of each site. */
  get all(): readonly Invited[] {
    try {
      return stored.parse(JSON.parse(readFileSync(this.#path, 'utf8')));
    } catch {
      return [];
    }
  }

  /** A new key each time: the one before stays valid until the server's configuration leaves it out. */
  invite(asked: Omit<Invitation, 'seed'>, isHead: boolean, nowMs: number): Invite {
    const user = createUser();
    const { site } = asked;
    const nkey = user.getPublicKey();
    const others = this.all.filter((one) => one.site !== site);
    if (!isHead)
      writeWhole(
        this.#path,
        `${JSON.stringify([...others, { site, nkey, sinceMs: nowMs }], null, 1)}\n`,
        KEPT_MODE,
      );
    const permissions = isHead ? permissionsOfHead(site) : permissionsOf(site);
    return {
      invitation: { ...asked, seed: new TextDecoder().decode(user.getSeed()) },
      user: { nkey, permissions },
    };
  }
}
