// What people ask of all sites at once: hits and incidents from the central store, a hunt from the sites' own histories. Each answer says of
// which sites, and until when, it speaks.
import { momentText } from '../config/values/grouped.ts';
import type { Coverage } from '../hits/coverage.ts';
import type { HuntAsker, KeptHunt, Reached } from './hunt/asker.ts';
import { completed, type HuntWanted, type SiteFinding } from './hunt/messages.ts';
import { CLOCK_MS } from './state/site-table.ts';
import type { Database } from './store/connection.ts';
import { type FleetHunted, huntHits } from './store/hunt-hits.ts';
import { type FleetCoverage, readCoverage } from './store/read-coverage.ts';
import { type FleetFilter, type FleetHit, readHits } from './store/read-hits.ts';
import { type FleetIncident, type FleetIncidentFilter, readIncidents } from './store/read-incidents.ts';
import {
  type FleetFind,
  type FleetTrouble,
  readFinds,
  readTroubles,
  type ToldFilter,
} from './store/read-told.ts';
import type { SiteClock } from './store/site-clocks.ts';

/** A site as the head knows it. */
export interface KnownSite extends Reached {
  /** Its clock less the head's, ms; null: not known. */
  readonly clockMs: number | null;
}

export interface AcrossOptions {
  readonly database: Database;
  readonly asker: HuntAsker;
  readonly sites: () => readonly KnownSite[];
  /** Wall clock, ms. */
  readonly now: () => number;
}

export interface FleetHunt {
  readonly id: string;
  /** ISO 8601. */
  readonly asked: string;
  readonly since: string;
  readonly lookedFor: { readonly lists: readonly string[] | null; readonly names: number };
  readonly sites: number;
  readonly answered: number;
  /** Whether every site has answered, and each of them watched all of the time. */
  readonly isWhole: boolean;
  readonly notAnswered: readonly { readonly site: string; readonly why: string }[];
  /** Of sites that answered and did not watch all of the time. */
  readonly gaps: readonly { readonly site: string; readonly coverage: Coverage }[];
  readonly findings: readonly (SiteFinding & { readonly site: string })[];
  /** Machines that sites found beyond those. */
  readonly furtherFindings: number;
  /** Of those whose clocks differ from the head's: what was found there has its times by these. */
  readonly clocks: readonly SiteClock[];
  /** Of sites that have not answered, what the central store knows: hits, and nothing else. */
  readonly central: readonly FleetHunted[];
  /** Whether it knows more of them. */
  readonly isCentralCut: boolean;
}

export class Across {
  readonly #options: AcrossOptions;

  constructor(options: AcrossOptions) {
    this.#options = options;
  }

  hits(filter: FleetFilter): Promise<readonly FleetHit[]> {
    return readHits(filter, this.#clocks(), this.#options.database);
  }

  incidents(filter: FleetIncidentFilter): Promise<readonly FleetIncident[]> {
    return readIncidents(filter, this.#clocks(), this.#options.database);
  }

  finds(filter: ToldFilter): Promise<readonly FleetFind[]> {
    return readFinds(filter, this.#clocks(), this.#options.database);
  }

  troubles(filter: Omit<ToldFilter, 'client'>): Promise<readonly FleetTrouble[]> {
    return readTroubles(filter, this.#clocks(), this.#options.database);
  }

  coverage(): Promise<FleetCoverage> {
    const { sites, now, database } = this.#options;
    const names = sites().map(({ site }) => site);
    return readCoverage(names, now(), this.#clocks(), database);
  }

  #clocks(): SiteClock[] {
    return this.#options
      .sites()
      .flatMap(({ site, clockMs }) =>
        clockMs === null || Math.abs(clockMs) <= CLOCK_MS ? [] : [{ site, offsetMs: clockMs }],
      );
  }

  async hunt(wanted: HuntWanted, waitMs: number): Promise<FleetHunt> {
    return this.#told(await this.#options.asker.hunt(wanted, waitMs));
  }

  /** One that was asked before, with what was answered by now; null: there is none. */
  async hunted(id: string): Promise<FleetHunt | null> {
    const hunt = this.#options.asker.find(id);
    return hunt === null ? null : this.#told(hunt);
  }

  async #told({ asked, askedMs, answers: kept }: KeptHunt): Promise<FleetHunt> {
    const { database } = this.#options;
    // Kept by a head of an older release, or of a site of one.
    const answers = new Map([...kept].map(([site, answer]) => [site, completed(answer)]));
    const reached = new Map(this.#options.sites().map((site) => [site.site, site]));
    const good = asked.sites.filter((site) => answers.get(site)?.error === null);
    const targets = asked.names.map((name) => ({ name, covers: 'subtree' as const }));
    const clocks = this.#clocks();
    const known = await huntHits({ targets, sinceMs: asked.sinceMs, besides: good, clocks }, database);
    const gaps = good.flatMap((site) => {
      const coverage = answers.get(site)?.coverage ?? null;
      return coverage === null || coverage.isWhole ? [] : [{ site, coverage }];
    });
    return {
      id: asked.id,
      asked: new Date(askedMs).toISOString(),
      since: new Date(asked.sinceMs).toISOString(),
      lookedFor: { lists: asked.lists === undefined ? [] : asked.lists, names: asked.names.length },
      sites: asked.sites.length,
      answered: good.length,
      isWhole: good.length === asked.sites.length && gaps.length === 0,
      notAnswered: asked.sites
        .filter((site) => !good.includes(site))
        .map((site) => ({ site, why: whyOf(reached.get(site), answers.get(site)?.error ?? null) })),
      gaps,
      findings: good.flatMap((site) =>
        (answers.get(site)?.findings ?? []).map((found) => ({ ...found, site })),
      ),
      furtherFindings: good.reduce((sum, site) => sum + (answers.get(site)?.furtherFindings ?? 0), 0),
      clocks: clocks.filter(({ site }) => asked.sites.includes(site)),
      central: known.machines,
      isCentralCut: known.isCut,
    };
  }
}

function whyOf(site: Reached | undefined, error: string | null): string {
  if (error !== null) return `it could not search: ${error}`;
  if (site === undefined) return 'it is no site of the fleet any more';
  if (site.isHeard) return 'asked, and did not answer yet';
  const { heardMs } = site;
  return heardMs === null
    ? 'not asked yet: it was never heard of'
    : `not asked yet: silent since ${momentText(heardMs)}`;
}
