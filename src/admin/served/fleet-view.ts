// What the admin interface shows of a fleet.
import type { Across } from '../../fleet/across.ts';

export interface FleetView {
  /** This daemon's name among the others. */
  readonly site: string;
  readonly role: 'site' | 'head';
  readonly link: {
    readonly up: boolean;
    readonly since: string;
    readonly server: string | null;
    readonly serverVersion: string | null;
    /** Null while it is up. */
    readonly why: string | null;
  };
  /** At a site. */
  readonly policy: SitePolicyView | null;
  readonly home: HomeView;
  /** On the head. */
  readonly head: HeadView | null;
}

/** How far this daemon's own hits are on their way to the head. */
export interface HomeView {
  /** Hits, incidents and the like that the head does not have; null: it has not said yet. */
  readonly waiting: number | null;
  /** When it said last which it has. */
  readonly heard: string | null;
  readonly says: string;
}

export interface RefusedPolicyView {
  readonly revision: number | null;
  readonly why: string;
  readonly since: string;
}

export interface SitePolicyView {
  /** In force; null: none. */
  readonly revision: number | null;
  readonly since: string;
  readonly refused: RefusedPolicyView | null;
  /** Why a newer policy is not here yet. */
  readonly behind: string | null;
  /** What this site's own file says and the head does not let it. */
  readonly unused: readonly string[];
  /** Octets of texts that came with the last change. */
  readonly fetchedOctets: number;
}

export interface HeadView {
  /** As sites have it in `fleet.key`. */
  readonly key: string;
  readonly revision: number | null;
  readonly published: string | null;
  readonly change: string | null;
  /** The configuration says something else than what is published. */
  readonly isAhead: boolean;
  /** Why NATS does not keep it yet: sites that are connected get it all the same where it is small. */
  readonly waits: string | null;
  /** All of it in sentences. */
  readonly says: readonly string[];
  /** Some site does not have it and should. */
  readonly isLagging: boolean;
  readonly sites: readonly SiteView[];
  /** Sites that take part no more, the latest first. */
  readonly removed: readonly {
    readonly site: string;
    readonly since: string;
    /** When it was heard after that: the NATS server still lets it in. */
    readonly heard: string | null;
  }[];
}

export interface SiteView {
  readonly site: string;
  /** current, changing, late, ahead, refused, silent or expected: fleet/state/site-table.ts says what each means. */
  readonly condition: string;
  readonly since: string | null;
  readonly heard: string | null;
  readonly revision: number | null;
  /** By this head's clock. */
  readonly inForceSince: string | null;
  readonly refused: RefusedPolicyView | null;
  readonly behind: string | null;
  /** What is wrong with its own file, where the policy holds beside what that said before. */
  readonly own: { readonly why: string; readonly since: string } | null;
  readonly unused: readonly string[];
  readonly version: string | null;
  readonly started: string | null;
  readonly names: number | null;
  readonly lists: readonly {
    readonly name: string;
    readonly state: string;
    readonly entries: number;
    readonly good: string | null;
  }[];
  readonly upstreams: readonly { readonly name: string; readonly healthy: boolean }[];
  /** Hits that the central store does not have yet; null: none are sent. */
  readonly backlog: number | null;
  /** Its clock less the head's, with the way of the message. */
  readonly clockOffsetMs: number | null;
  readonly clockWrong: boolean;
}

export interface PublishedView {
  readonly revision: number;
  readonly change: string;
  /** Nothing differs from the revision before: none was made. */
  readonly isSame: boolean;
  /** As of the head. */
  readonly waits: string | null;
}

export interface Invited {
  /** The credential file. */
  readonly file: {
    readonly site: string;
    readonly nats: readonly string[];
    readonly key: string | null;
    readonly ca: string | null;
    readonly seed: string;
  };
  /** For the NATS server's configuration. */
  readonly user: {
    readonly nkey: string;
    readonly permissions: { readonly publish: readonly string[]; readonly subscribe: readonly string[] };
  };
  /** The file on the head with the users of all that take part. */
  readonly users: string;
}

export interface RemovedView {
  readonly site: string;
  /** Its key; null: it was given elsewhere. */
  readonly nkey: string | null;
  readonly users: string;
}

export interface FleetState {
  readonly view: () => FleetView;
  /** What is asked of all sites; null where nothing comes home. */
  readonly across: () => Across | null;
  /** @throws CodedError when this daemon is no head, or it cannot be */
  readonly publish: () => Promise<PublishedView>;
  readonly invite: (site: string) => Invited;
  /** Resolves once nothing of it is waited for. */
  readonly remove: (site: string) => Promise<RemovedView>;
}
