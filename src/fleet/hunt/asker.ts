// The head's hunts: sent to all sites, answered by each when it can. A site that is cut off is asked when it is back, for a week.
import { randomUUID, type UUID } from 'node:crypto';
import type { Sign } from '../signing.ts';
import { HUNT_ANSWERS, HUNT_ASKED } from '../subjects.ts';
import {
  HUNT_OPEN_MS,
  type HuntAnswer,
  type HuntAsked,
  type HuntWanted,
  readAnswer,
  writeAsked,
} from './messages.ts';

/** What a head knows of a site's being there. */
export interface Reached {
  readonly site: string;
  /** It was heard of a moment ago. */
  readonly isHeard: boolean;
  /** Wall clock, ms; null: never. */
  readonly heardMs: number | null;
}

/** Where hunts are kept over a restart. */
export interface HuntStore {
  putHunt(asked: HuntAsked, askedMs: number): Promise<void>;
  putAnswer(site: string, answer: HuntAnswer): Promise<void>;
  /** Those asked since, the latest last, and at most so many of the latest. */
  hunts(sinceMs: number, most: number): Promise<readonly KeptHunt[]>;
}

export interface KeptHunt {
  readonly asked: HuntAsked;
  readonly askedMs: number;
  readonly answers: ReadonlyMap<string, HuntAnswer>;
}

export interface AskerOptions {
  readonly link: {
    listen(subject: string, heard: (octets: Uint8Array, subject: string) => void): void;
    tell(subject: string, octets: Uint8Array): void;
  };
  readonly sign: Sign;
  /** What came in a site's name, or null: the site did not sign it. */
  readonly open: (site: string, octets: Uint8Array) => Uint8Array | null;
  readonly sites: () => readonly Reached[];
  /** Null: hunts are forgotten with this process. */
  readonly store: HuntStore | null;
  readonly report: (level: 'info' | 'warn', text: string) => void;
  /** Wall clock, ms. */
  readonly now: () => number;
  readonly againMs?: number;
}

interface Hunt extends KeptHunt {
  readonly answers: Map<string, HuntAnswer>;
  readonly waiting: Set<() => void>;
  sentMs: number;
}

const AGAIN_MS = 15_000;
/** Those before them are forgotten. */
const HUNTS_MAX = 50;

export class HuntAsker {
  readonly #options: AskerOptions;
  readonly #hunts = new Map<string, Hunt>();
  #timer: NodeJS.Timeout | null = null;

  constructor(options: AskerOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { link, store, now, againMs = AGAIN_MS } = this.#options;
    const prefix = HUNT_ANSWERS.replace('*', '').length;
    link.listen(HUNT_ANSWERS, (octets, subject) => this.#hear(subject.slice(prefix), octets));
    this.#timer = setInterval(() => this.#askAgain(), againMs / 3).unref();
    for (const hunt of (await store?.hunts(now() - HUNT_OPEN_MS, HUNTS_MAX).catch(() => [])) ?? [])
      if (!this.#hunts.has(hunt.asked.id)) this.#keep(hunt);
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
  }

  /** Asks all sites, and waits for those that are there. @throws Error when it is more than can be asked at once */
  async hunt(wanted: HuntWanted, waitMs: number): Promise<KeptHunt> {
    const { sites, store, now } = this.#options;
    const asked: HuntAsked = { ...wanted, id: randomUUID(), sites: sites().map(({ site }) => site) };
    const askedMs = now();
    // What is more than a message holds is refused here: it is never sent again by the timer.
    writeAsked({ ...asked, askedMs }, this.#options.sign);
    const hunt = this.#keep({ asked, askedMs, answers: new Map() });
    this.#send(hunt);
    await store?.putHunt(asked, hunt.askedMs);
    await this.#answered(hunt, waitMs);
    return hunt;
  }

  /** One that was asked before, with what was answered by now; null: there is none of this id. */
  find(id: string): KeptHunt | null {
    return this.#hunts.get(id as UUID) ?? null;
  }

  get latest(): readonly KeptHunt[] {
    return [...this.#hunts.values()].reverse();
  }

  #keep({ asked, askedMs, answers }: KeptHunt): Hunt {
    const hunt: Hunt = { asked, askedMs, answers: new Map(answers), waiting: new Set(), sentMs: 0 };
    this.#hunts.set(asked.id, hunt);
    const [oldest] = this.#hunts.keys();
    if (this.#hunts.size > HUNTS_MAX && oldest !== undefined) this.#hunts.delete(oldest);
    return hunt;
  }

  #unanswered(hunt: Hunt): readonly string[] {
    return this.#options
      .sites()
      .filter(({ site, isHeard }) => isHeard && isOpenFor(hunt, site))
      .map(({ site }) => site);
  }

  #send(hunt: Hunt): void {
    const { link, sign, now } = this.#options;
    const sites = this.#unanswered(hunt);
    if (sites.length === 0) return;
    hunt.sentMs = now();
    link.tell(
      HUNT_ASKED,
      writeAsked({ ...hunt.asked, sites, askedMs: hunt.askedMs, sentMs: hunt.sentMs }, sign),
    );
  }

  #askAgain(): void {
    const { now, againMs = AGAIN_MS } = this.#options;
    for (const hunt of this.#hunts.values()) {
      if (now() - hunt.askedMs > HUNT_OPEN_MS) this.#hunts.delete(hunt.asked.id);
      else if (now() - hunt.sentMs >= againMs) this.#send(hunt);
    }
  }

  #answered(hunt: Hunt, waitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        hunt.waiting.delete(look);
        resolve();
      };
      const timer = setTimeout(end, waitMs);
      const look = (): void => {
        if (this.#unanswered(hunt).every((site) => hunt.answers.has(site))) end();
      };
      hunt.waiting.add(look);
      look();
    });
  }

  #hear(site: string, octets: Uint8Array): void {
    const { store, report, open } = this.#options;
    // Nothing is made of what nobody waits for.
    if (![...this.#hunts.values()].some((one) => isOpenFor(one, site))) return;
    const body = open(site, octets);
    const answer = body === null ? null : readAnswer(body);
    const hunt = answer === null ? undefined : this.#hunts.get(answer.id);
    if (answer === null || hunt === undefined || !isOpenFor(hunt, site)) return;
    hunt.answers.set(site, answer);
    for (const look of [...hunt.waiting]) look();
    store?.putAnswer(site, answer).catch((error: unknown) => {
      report('warn', `what site ${site} answered to a hunt is not kept: ${String(error)}`);
    });
  }
}

const isOpenFor = ({ asked, answers }: KeptHunt, site: string): boolean =>
  asked.sites.includes(site) && !isDone(answers.get(site));

/** One that could not search may be able to later. */
const isDone = (answer: HuntAnswer | undefined): boolean => answer !== undefined && answer.error === null;
