// Sites that may take part: each with a key of its own, which its NATS server lets do its own and nothing else.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createUser } from '@nats-io/nkeys';
import { z } from 'zod';
import { keptFile } from '../config/disk/kept-file.ts';
import { KEPT_MODE, writeWhole } from '../config/disk/whole-file.ts';
import { FleetError } from './fleet-error.ts';
import { permissionsOf, permissionsOfHead } from './subjects.ts';
import { userText } from './user-text.ts';

const stored = z.array(
  z.object({
    site: z.string(),
    /** Empty: it was given its credentials elsewhere. */
    nkey: z.string(),
    sinceMs: z.number(),
    isHead: z.boolean().optional(),
    /** When it was removed; absent: it takes part. */
    removedMs: z.number().optional(),
  }),
);
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
  /** As the file has it, which this daemon alone writes. */
  #known: readonly Invited[] | null = null;
  #problem: string | null = null;
  /** The users of those that take part, for the NATS server's configuration. */
  readonly usersPath: string;

  /** @param dir `fleet/head` in `events.dir` */
  constructor(dir: string) {
    this.#path = join(dir, 'sites.json');
    this.usersPath = join(dir, 'nats-users.conf');
  }

  /** Users of an earlier release may do less. @returns whether the file was written anew */
  refreshUsers(): boolean {
    const text = usersText(this.#stored());
    if (this.#stored().length === 0) return false;
    if (existsSync(this.usersPath) && readFileSync(this.usersPath, 'utf8') === text) return false;
    writeWhole(this.usersPath, text, KEPT_MODE);
    return true;
  }

  /** Why it is not known who was invited or removed; null: it is. */
  get problem(): string | null {
    this.#stored();
    return this.#problem;
  }

  /** Latest credential of each site that takes part, the head not among them. */
  get all(): readonly Invited[] {
    return this.#stored().filter(({ isHead, removedMs }) => isHead !== true && removedMs === undefined);
  }

  get removed(): readonly (Invited & { readonly removedMs: number })[] {
    return this.#stored().flatMap((one) =>
      one.removedMs === undefined ? [] : [{ ...one, removedMs: one.removedMs }],
    );
  }

  /** A new key each time: the one before stays valid until the server's configuration leaves it out. */
  invite(asked: Omit<Invitation, 'seed'>, isHead: boolean, nowMs: number): Invite {
    const user = createUser();
    const { site } = asked;
    const nkey = user.getPublicKey();
    this.#keep([...this.#others(site), { site, nkey, sinceMs: nowMs, ...(isHead && { isHead }) }]);
    return {
      invitation: { ...asked, seed: new TextDecoder().decode(user.getSeed()) },
      user: { nkey, permissions: permissionsFor(site, isHead) },
    };
  }

  /** @returns the key that opens nothing any more, once the server knows; null: it had none of this head's */
  remove(site: string, nowMs: number): string | null {
    const known = this.all.find((one) => one.site === site);
    const { nkey, sinceMs } = known ?? { nkey: '', sinceMs: nowMs };
    this.#keep([...this.#others(site), { site, nkey, sinceMs, removedMs: nowMs }]);
    return nkey === '' ? null : nkey;
  }

  #stored(): readonly Invited[] {
    if (this.#known !== null) return this.#known;
    const { value, problem } = keptFile<readonly Invited[]>(this.#path, stored, []);
    this.#problem = problem;
    // What was put back is read at the next look.
    if (problem === null) this.#known = value;
    return value;
  }

  #others(site: string): readonly Invited[] {
    return this.#stored().filter((one) => one.site !== site);
  }

  /** The users are written of all that were invited: of a file that cannot be read the NATS server would let nobody in but the last. */
  #keep(all: readonly Invited[]): void {
    if (this.#problem !== null) throw new FleetError('FLEET_SITES', unknownSitesText(this.#problem));
    writeWhole(this.#path, `${JSON.stringify(all, null, 1)}\n`, KEPT_MODE);
    this.#known = all;
    writeWhole(this.usersPath, usersText(all), KEPT_MODE);
  }
}

export const unknownSitesText = (problem: string): string =>
  `Who was invited to this fleet and who was removed is not known: ${problem}. Nobody is invited or removed until it is put back from a backup (\`cenote restore\`); where there is none move it aside, and invite every site anew before the NATS server reads the users that are written then`;

const USERS_HEADING = `# Written by cenote at each \`cenote fleet invite\` and \`remove\`, and at the first start of a release that lets them do more; no key here opens anything by itself.
# In the NATS server's configuration: authorization { include "nats-users.conf" }, then reload it.
`;

const permissionsFor = (site: string, isHead: boolean): ReturnType<typeof permissionsOf> =>
  isHead ? permissionsOfHead(site) : permissionsOf(site);

function usersText(all: readonly Invited[]): string {
  const users = all
    .filter(({ removedMs }) => removedMs === undefined)
    .map(({ site, nkey, isHead = false }) => userText(nkey, permissionsFor(site, isHead)));
  return `${USERS_HEADING}users: [\n${users.join('\n')}\n]\n`;
}
