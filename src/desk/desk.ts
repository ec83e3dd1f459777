// The desk as its parts see it: hits-service.ts puts it together, and each part does its work with the others through this.
import type { Delivery } from '../alerts/delivery.ts';
import type { Outlet } from '../alerts/settings.ts';
import type { Crowd, Troubles } from '../alerts/troubles.ts';
import type { AlertConfig } from '../config/config.ts';
import type { Find } from '../hits/find.ts';
import type { KnownContext } from '../hits/hit-context.ts';
import type { Searcher } from '../hits/hunt/search.ts';
import type { Incident } from '../hits/incidents/incident.ts';
import type { Registry } from '../hits/incidents/registry.ts';
import type { HitLog } from '../hits/log/hit-log.ts';
import type { Store, Tables } from '../hits/store/store.ts';
import type { Titles } from '../hits/titles.ts';
import type { Tap } from '../out/tap.ts';
import type { HitKeeper, KeeperOptions } from './keeping/keeper.ts';
import type { FromHits, HitsAssignment, HitsSettings } from './messages.ts';
import type { News } from './news.ts';
import type { PastWatch } from './past-watch.ts';
import type { LogIntake } from './sightings/log-intake.ts';
import type { Sightings } from './sightings/sightings.ts';
import type { Turning } from './turning.ts';
import type { Watch } from './watch.ts';

export interface DeskOptions {
  readonly assignment: HitsAssignment;
  /** The first; `useSettings` replaces them. */
  readonly settings: HitsSettings;
  /** Wall clock, ms. */
  readonly now: () => number;
  /** Monotonic, ms. */
  readonly monotonic: () => number;
  /** Ms, of a clock that goes on while the machine sleeps; unset: the machine's. */
  readonly steady?: () => number;
  readonly random?: () => number;
  readonly send: (message: FromHits) => void;
  /** Name of the machine this runs on, as hits say it. */
  readonly resolver: string;
  readonly outletsOf: (alerts: readonly AlertConfig[]) => readonly Outlet[];
  /** Searches the store whose file is at this path. */
  readonly searcherOf: (path: string) => Searcher;
  /** A tick of a flood takes in several pieces and stores them: after each, so that the heap is bounded while it lasts. */
  readonly onPiece?: (() => void) | undefined;
  readonly quietMs?: number;
  readonly pendingMax?: number;
  readonly sync?: KeeperOptions['sync'];
}

export interface Desk {
  readonly options: Omit<DeskOptions, 'settings'>;
  readonly settings: HitsSettings;
  readonly context: KnownContext;
  readonly ulid: (timeMs: number) => string;
  readonly store: Store;
  readonly log: HitLog;
  readonly keeper: HitKeeper;
  readonly sightings: Sightings;
  readonly queryLog: LogIntake;
  readonly registry: Registry;
  readonly titles: Titles;
  readonly watch: Watch;
  readonly turning: Turning;
  readonly searcher: Searcher;
  readonly past: PastWatch;
  readonly delivery: Delivery;
  readonly troubles: Troubles;
  readonly crowd: Crowd;
  readonly tap: Tap;
  /** To be reported to the head office. */
  readonly finds: Find[];
  say(level: 'info' | 'warn' | 'error', message: string): void;
  /** Logs it, and reports it to receivers where it is trouble, or the end of one. */
  tell(news: News): void;
  /** Open, or stored. */
  incident(id: string): Incident | null;
  /** Takes in all that is in the rings by now, and stores it: a flood of hits soon, unless somebody wants to know now. */
  drainRings(when?: 'paced' | 'now'): void;
  /** Writes what was gathered for the history. @returns whether all of it is in the store */
  writeHistory(): boolean;
  /** What is written in the transaction that stores hits. */
  writeAlongside(tables: Tables): void;
}
