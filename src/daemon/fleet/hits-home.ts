// What happened at a site goes home, and what the head asks of its history is answered; at a head with a store, what comes home is taken in
// and asked for across all sites.
import { join } from 'node:path';
import type { HomeView } from '../../admin/served/fleet-view.ts';
import type { FleetConfig } from '../../config/meant/fleet.ts';
import { momentText } from '../../config/values/grouped.ts';
import type { Across, KnownSite } from '../../fleet/across.ts';
import type { Collector } from '../../fleet/home/collector.ts';
import { homeText } from '../../fleet/home/home-state.ts';
import { type Pseudonyms, pseudonymsOf } from '../../fleet/home/pseudonyms.ts';
import { Sender } from '../../fleet/home/sender.ts';
import { Spool } from '../../fleet/home/spool.ts';
import { answerHunts } from '../../fleet/hunt/answerer.ts';
import type { HuntWanted, SiteFinding } from '../../fleet/hunt/messages.ts';
import type { Link } from '../../fleet/link.ts';
import type { Seal } from '../../fleet/seal.ts';
import type { Open } from '../../fleet/site-keys.ts';
import type { ProblemFact } from '../health/problems.ts';
import type { Supervisor } from '../supervisor.ts';
import { isoOf } from './head-view.ts';

export interface HitsHomeParts {
  readonly fleet: FleetConfig;
  readonly supervisor: Supervisor;
  readonly link: Link;
  readonly report: (level: 'info' | 'warn', text: string) => void;
  /** Whether the head signed it, as what it is. */
  readonly isSigned: (purpose: 'hunt' | 'done', body: Uint8Array, signature: Uint8Array) => boolean;
  /** As this site. */
  readonly seal: Seal;
  /** Null at a site. */
  readonly head: {
    readonly sign: (purpose: 'hunt' | 'done', body: Uint8Array) => Uint8Array;
    readonly open: Open;
    readonly sites: () => readonly KnownSite[];
  } | null;
}

const LOOK_MS = 5_000;
const UPKEEP_MS = 3_600_000;

export class HitsHome {
  readonly #parts: HitsHomeParts;
  readonly #sender: Sender;
  readonly #pseudonyms: Pseudonyms | null;
  #across: Across | null = null;
  #collector: Collector | null = null;
  #stopHead: () => Promise<void> = async () => undefined;
  /** At the head: which sites there are now. */
  look: () => void = () => undefined;

  constructor(parts: HitsHomeParts) {
    const { fleet, supervisor, link, report, isSigned, seal } = parts;
    const { dir } = supervisor.config.events;
    this.#parts = parts;
    this.#pseudonyms = fleet.names ? null : pseudonymsOf(join(dir, 'fleet/pseudonyms.key'));
    const spool = new Spool({ path: join(dir, 'cenote.db'), now: Date.now, pseudonyms: this.#pseudonyms });
    const { site } = fleet;
    this.#sender = new Sender({
      ...{ site, link, spool, report },
      isSigned: (body, signature) => isSigned('done', body, signature),
      seal: (batch) => seal('batch', batch),
      monotonic: () => performance.now(),
    });
    answerHunts({
      ...{ site, link, report },
      isSigned: (body, signature) => isSigned('hunt', body, signature),
      seal: (answer) => seal('answer', answer),
      now: Date.now,
      hunt: (wanted) => this.#hunt(wanted),
    });
  }

  async start(): Promise<void> {
    const { head, fleet } = this.#parts;
    const store = fleet.head?.store ?? null;
    if (head !== null && store !== null) await this.#startHead(store, head);
    this.#sender.start();
  }

  async stop(): Promise<void> {
    await this.#sender.stop();
    await this.#stopHead();
  }

  /** Hits and notes that the central store does not have; null: that is not known. */
  get backlog(): number | null {
    const { waiting } = this.#sender.state;
    return waiting === null ? null : waiting.hits + waiting.notes;
  }

  /** How far this site's hits are on their way, as it knows. */
  get view(): HomeView {
    const { state } = this.#sender;
    const heardMs = state.heardMs === null ? null : Date.now() - (performance.now() - state.heardMs);
    const heard = heardMs === null ? null : isoOf(heardMs);
    return { waiting: this.backlog, heard, says: homeText(state, heardMs) };
  }

  /** At a head, in sentences. */
  get says(): string[] {
    const trouble = this.#collector?.storeTrouble ?? null;
    return trouble === null
      ? []
      : [
          `The central store has taken nothing since ${momentText(trouble.sinceMs)} (${trouble.why}): hits wait at the sites.`,
        ];
  }

  problems(): ProblemFact[] {
    const trouble = this.#collector?.storeTrouble ?? null;
    if (trouble === null) return [];
    const { why, sinceMs } = trouble;
    return [
      {
        id: 'fleet:store',
        sinceMs,
        what: `the central store takes nothing: ${why}; hits wait at the sites`,
        remedy: 'look at `fleet.store` and its PostgreSQL; it is tried again and again',
      },
    ];
  }

  /** Null where nothing comes home. */
  get across(): Across | null {
    return this.#across;
  }

  /** PostgreSQL's client is loaded on a head alone. */
  async #startHead(store: string, { sign, open, sites }: NonNullable<HitsHomeParts['head']>): Promise<void> {
    const { fleet, link, report, supervisor } = this.#parts;
    const [{ Database }, { BatchTaker }, { Collector }, { keptHunts }, { HuntAsker }, { Across }] =
      await Promise.all([
        import('../../fleet/store/connection.ts'),
        import('../../fleet/store/take-batch.ts'),
        import('../../fleet/home/collector.ts'),
        import('../../fleet/store/kept-hunts.ts'),
        import('../../fleet/hunt/asker.ts'),
        import('../../fleet/across.ts'),
      ]);
    const database = new Database({ url: store });
    const taker = new BatchTaker(database, Date.now);
    const collector = new Collector({
      ...{ link, taker, report },
      sign: (body) => sign('done', body),
      open: (site, octets) => open(site, 'batch', octets),
    });
    this.#collector = collector;
    const ours: KnownSite = { site: fleet.site, isHeard: true, heardMs: null, clockMs: 0 };
    const all = (): readonly KnownSite[] => [ours, ...sites().filter(({ site }) => site !== fleet.site)];
    const use = (): void => collector.use(all().map(({ site }) => site));
    const asker = new HuntAsker({
      link,
      sign: (body) => sign('hunt', body),
      open: (site, octets) => open(site, 'answer', octets),
      sites: all,
      store: keptHunts(database),
      report,
      now: Date.now,
    });
    this.#across = new Across({ database, asker, sites: all, now: Date.now });
    this.look = use;
    const looking = setInterval(use, LOOK_MS).unref();
    const upkeep = setInterval(() => {
      const { hitsMs } = supervisor.config.events;
      taker.removeBefore(Date.now() - hitsMs).catch((error: unknown) => {
        report('warn', `what is past its time is not removed from the central store: ${String(error)}`);
      });
    }, UPKEEP_MS).unref();
    use();
    void asker.start();
    this.#stopHead = async () => {
      clearInterval(looking);
      clearInterval(upkeep);
      asker.stop();
      await collector.stop();
      await database.close();
    };
  }

  /** From this site's own history. */
  async #hunt({ names, lists, sinceMs }: HuntWanted) {
    const { hits } = this.#parts.supervisor;
    const targets = names.map((name) => ({ name, covers: 'subtree' as const }));
    const [byName, byList, coverage] = await Promise.all([
      targets.length === 0 ? [] : hits.ask({ what: 'hunt', targets, sinceMs }),
      lists === undefined ? [] : hits.ask({ what: 'huntLists', lists, sinceMs }),
      hits.ask({ what: 'coverage', of: 'history', sinceMs }),
    ]);
    return { coverage, findings: [...byName, ...byList].map((found) => this.#findingOf(found)) };
  }

  #findingOf({ client, list, rules, names, furtherNames }: SiteFinding): SiteFinding {
    const told = this.#pseudonyms?.client(JSON.stringify(client)) ?? null;
    return { client: told === null ? client : JSON.parse(told), list, rules, names, furtherNames };
  }
}
