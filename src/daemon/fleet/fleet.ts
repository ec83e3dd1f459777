// This daemon among the others of its fleet: the link, what a site follows, what a head publishes and knows of its sites.
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { FleetView, Invited, PublishedView, RemovedView } from '../../admin/served/fleet-view.ts';
import { messageOf } from '../../config/coded-error.ts';
import type { Loaded } from '../../config/load.ts';
import type { FleetConfig } from '../../config/meant/fleet.ts';
import { VERSION } from '../../config/version.ts';
import type { Across } from '../../fleet/across.ts';
import { Beat } from '../../fleet/beat.ts';
import { Link } from '../../fleet/link.ts';
import { Follower } from '../../fleet/policy/follower.ts';
import type { KeptPolicy } from '../../fleet/policy/kept.ts';
import { unusedOf } from '../../fleet/policy/merge.ts';
import { type Seal, sealOf } from '../../fleet/seal.ts';
import { isSignedBy, privateKey } from '../../fleet/signing.ts';
import { type SiteState, stateOctets } from '../../fleet/state/site-state.ts';
import { stateSubject } from '../../fleet/subjects.ts';
import type { ProblemFact } from '../health/problems.ts';
import { upstreamViews } from '../health/upstream-views.ts';
import type { Supervisor } from '../supervisor.ts';
import { Applying } from './applying.ts';
import { Head } from './head.ts';
import { isoOf } from './head-view.ts';
import { HitsHome } from './hits-home.ts';
import { saidNow } from './said.ts';
import { SharedNames } from './shared-names.ts';

/** A site tells its state at each change, and this often. */
const TELL_MS = 30_000;
/** Of a stream whose leader has just died there is no word. */
const KEPT_MS = [2_000, 3_000];
/** What nobody kept, soon; then less and less often. */
const TELL_AGAIN_MS = 1_000;
/** Several changes at once are one message. */
const TELL_SOON_MS = 50;
const DOWN_TOLD_MS = 300_000;

export interface FleetParts {
  readonly fleet: FleetConfig;
  readonly supervisor: Supervisor;
  /** Null on a head. */
  readonly kept: KeptPolicy | null;
  /** What the configuration would be, were this the file's text. */
  readonly loadText: (text: string) => Promise<Loaded>;
  readonly log: Logger;
}

export class Fleet {
  readonly link: Link;
  readonly #parts: FleetParts;
  readonly #follower: Follower | null;
  readonly #head: Head | null;
  readonly #home: HitsHome;
  /** Null where they are not shared. */
  readonly #names: SharedNames | null;
  readonly #seal: Seal;
  readonly #applying: Applying;
  readonly #telling = new Beat(() => this.#tell());
  #untold = 0;

  constructor(parts: FleetParts) {
    this.#parts = parts;
    const { fleet, supervisor, kept, loadText, log } = parts;
    this.#applying = new Applying({ supervisor, loadText });
    const report = (level: 'info' | 'warn' | 'error', text: string): void =>
      log[level]({ site: fleet.site }, text);
    this.link = new Link({ fleet, report, now: Date.now });
    const removed = (site: string): void => {
      this.#home.look();
      this.#names?.forget(site);
    };
    this.#head =
      fleet.head === null ? null : new Head({ fleet, supervisor, link: this.link, report, removed });
    const head = this.#head;
    const key = head?.publicKey ?? fleet.key ?? '';
    this.#seal = sealOf(fleet.site, privateKey(join(supervisor.config.events.dir, 'fleet/site.key'), 'site'));
    this.#home = new HitsHome({
      ...{ fleet, supervisor, link: this.link, report },
      isSigned: (purpose, body, signature) => isSignedBy(body, signature, key, purpose),
      seal: this.#seal,
      head: head === null ? null : { sign: head.sign, open: head.open, sites: () => head.sites },
    });
    this.#names = !fleet.shareNames
      ? null
      : new SharedNames({
          ...{ fleet, link: this.link, seal: this.#seal, book: () => supervisor.book },
          isSigned: (body, signature) => isSignedBy(body, signature, key, 'names'),
          head:
            head === null
              ? null
              : { sign: (body) => head.sign('names', body), open: head.open, isSite: head.isSite },
        });
    this.#follower =
      kept === null || fleet.key === null
        ? null
        : new Follower({
            site: fleet.site,
            key: fleet.key,
            link: this.link,
            kept,
            apply: () => this.#applying.apply(),
            report,
            changed: () => this.#standingChanged(),
            now: Date.now,
          });
  }

  start(): void {
    this.#parts.supervisor.watched.push(() => this.#problems());
    this.#parts.supervisor.onCommitted.push(() => {
      this.#head?.committed();
      if (this.#follower === null) return;
      this.#applying.committed();
      this.#follower.retry();
      this.#telling.in(TELL_SOON_MS);
    });
    if (this.#follower !== null) this.#applying.committed();
    this.#follower?.start();
    this.#head?.start();
    if (this.#follower !== null) this.link.onUp(() => this.#telling.in(0));
    this.link.start();
    void this.#home.start();
    this.#names?.start();
  }

  async stop(): Promise<void> {
    void this.#telling.stop();
    this.#names?.stop();
    await this.#home.stop();
    await this.#follower?.stop();
    await this.#head?.stop();
    await this.link.stop();
  }

  /** The file was read anew: what is wrong with it, or is no more, is told. */
  reloaded(): void {
    if (this.#follower !== null) this.#telling.in(TELL_SOON_MS);
  }

  /** Null where nothing comes home. */
  readonly across = (): Across | null => this.#home.across;

  /** @throws CodedError when this daemon is no head, or it cannot be published */
  readonly publish = (): Promise<PublishedView> => Head.of(this.#head).publish();
  readonly invite = (site: string): Invited => Head.of(this.#head).invite(site);
  readonly remove = (site: string): Promise<RemovedView> => Head.of(this.#head).remove(site);

  readonly view = (): FleetView => {
    const { fleet } = this.#parts;
    const { state } = this.link;
    const standing = this.#follower?.standing ?? null;
    return {
      site: fleet.site,
      role: this.#head === null ? 'site' : 'head',
      link: {
        up: state.is === 'up',
        since: isoOf(state.sinceMs),
        server: state.is === 'up' ? state.server : null,
        serverVersion: state.is === 'up' ? state.version : null,
        why: state.is === 'down' ? state.why : null,
      },
      policy:
        standing === null
          ? null
          : {
              revision: standing.revision,
              since: isoOf(standing.sinceMs),
              refused:
                standing.refused === null
                  ? null
                  : { ...standing.refused, since: isoOf(standing.refused.sinceMs) },
              behind: standing.behind,
              unused: this.#unused(),
              fetchedOctets: standing.cameOctets,
            },
      home: this.#home.view,
      head: this.#head?.view(this.#home.says) ?? null,
    };
  };

  #standingChanged(): void {
    const { refused } = this.#follower?.standing ?? { refused: null };
    const { hits } = this.#parts.supervisor;
    hits.trouble(
      refused === null
        ? { id: 'fleet:policy', text: "the head's policy is in force", state: 'over' }
        : { id: 'fleet:policy', text: `the head's policy is refused: ${refused.why}`, state: 'begun' },
    );
    this.#telling.in(TELL_SOON_MS);
  }

  #unused(): string[] {
    const document = this.#parts.kept?.document ?? null;
    if (document === null) return [];
    try {
      const { tree } = saidNow(this.#parts.supervisor, { publish: [], override: [] });
      return unusedOf(document, tree);
    } catch {
      return [];
    }
  }

  /** What is wrong with this site's own file; null where nothing is, or the head's policy is refused for it. */
  #ownFile(refused: unknown): SiteState['own'] {
    if (refused !== null) return null;
    const { supervisor } = this.#parts;
    const found = supervisor.refusals.find(({ kind }) => kind === 'configuration');
    return found === undefined ? null : { why: found.reason, sinceMs: supervisor.clock.wall(found.sinceMs) };
  }

  /** @returns when to tell it again, ms */
  async #tell(): Promise<number> {
    try {
      if (this.link.connection !== null && this.#follower !== null) {
        const state = await this.#state(this.#follower);
        await this.link.keep(
          stateSubject(this.#parts.fleet.site),
          this.#seal('state', stateOctets(state)),
          KEPT_MS,
        );
      }
      this.#untold = 0;
      return TELL_MS;
    } catch (error) {
      const why = messageOf(error);
      this.#parts.log.debug({ error: why }, "this site's state could not be told");
      return Math.min(TELL_MS, TELL_AGAIN_MS * 2 ** Math.min(this.#untold++, 10));
    }
  }

  async #state(follower: Follower): Promise<SiteState> {
    const { supervisor, fleet } = this.#parts;
    const { revision, sinceMs, refused, behind } = follower.standing;
    const reports = await supervisor.pool.reports();
    const upstreams = upstreamViews(
      reports.flatMap((report) => report.upstreams),
      supervisor.config,
    );
    return {
      site: fleet.site,
      sentMs: Date.now(),
      startedMs: supervisor.startedAtMs,
      version: VERSION,
      revision,
      sinceMs,
      refused,
      behind,
      own: this.#ownFile(refused),
      unused: this.#unused(),
      names: supervisor.rules.ruleSet.names,
      lists: supervisor.rules.lists().map(({ name, condition, entries, lastGoodMs }) => ({
        name,
        state: condition,
        entries,
        goodMs: lastGoodMs,
      })),
      upstreams: upstreams.map(({ name, healthy }) => ({ name, healthy })),
      backlog: this.#home.backlog,
    };
  }

  #problems(): ProblemFact[] {
    const { state } = this.link;
    const problems: ProblemFact[] = [];
    if (state.is === 'down' && Date.now() - state.sinceMs > DOWN_TOLD_MS)
      problems.push({
        id: 'fleet:link',
        sinceMs: state.sinceMs,
        what: `no connection to the fleet: ${state.why}; the policy that is here stays in force`,
        remedy: 'look at `fleet.nats` and the way there; it is tried again and again',
      });
    const { refused = null, behind = null } = this.#follower?.standing ?? {};
    if (behind !== null)
      problems.push({
        id: 'fleet:behind',
        sinceMs: null,
        what: `the head's policy cannot be fetched: ${behind}; what is here stays in force`,
        remedy: 'it is tried again and again; `cenote fleet status` here says more',
      });
    if (refused !== null)
      problems.push({
        id: 'fleet:policy',
        sinceMs: refused.sinceMs,
        what: `the head's policy${refused.revision === null ? '' : `, revision ${refused.revision},`} is refused: ${refused.why}`,
        remedy: 'mend what it says, here or on the head; what was in force stays',
      });
    return [...problems, ...(this.#head?.problems() ?? []), ...this.#home.problems()];
  }
}
