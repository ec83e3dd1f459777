// Which key each site signs with, as the head saw it first: from then on nothing in the site's name counts that another key signed.
import { join } from 'node:path';
import { z } from 'zod';
import { messageOf } from '../config/coded-error.ts';
import { keptFile } from '../config/disk/kept-file.ts';
import { KEPT_MODE, writeWhole } from '../config/disk/whole-file.ts';
import { momentText } from '../config/values/grouped.ts';
import { type SealPurpose, unsealed } from './seal.ts';

/** More sites than a head has. */
const SITES_MAX = 10_000;
/** So long somebody who speaks in a site's name is told after he was heard last. */
const TOLD_MS = 3_600_000;
/** So long after an invitation another machine may take a site's place: an invitation that was used by the same one is none for whoever gets its account later. */
const OPEN_MS = 7 * 86_400_000;
/** The file has all sites: a thousand that are heard for the first time are one write of it, not a thousand. */
const WRITE_MS = 100;

const stored = z.array(
  z.object({
    site: z.string(),
    key: z.string(),
    sinceMs: z.number(),
    /** It was invited anew: until then another key may take the place of this one, once. */
    openUntilMs: z.number().optional(),
  }),
);
type Known = z.output<typeof stored>[number];

/** Somebody speaks in a site's name, and does not have its key. */
export interface Stranger {
  readonly site: string;
  /** When it was last heard, wall clock, ms. */
  readonly heardMs: number;
}

/** Whoever has this key speaks for each of these sites. */
export interface SharedKey {
  readonly sites: readonly string[];
  readonly sinceMs: number;
}

export interface SiteKeysParts {
  /** `fleet/head` in `events.dir`. */
  readonly dir: string;
  /** Wall clock, ms. */
  readonly now: () => number;
  /** Told once for each site and start. */
  readonly report: (level: 'info' | 'warn', text: string) => void;
}

/** Opens what came in a site's name; null: it is not the site's. */
export type Open = (site: string, purpose: SealPurpose, octets: Uint8Array) => Uint8Array | null;

export class SiteKeys {
  readonly #parts: SiteKeysParts;
  readonly #path: string;
  readonly #known: Map<string, Known>;
  /** Why it is not known which key is whose; null: it is. */
  readonly problem: string | null;
  readonly #strangers = new Map<string, Stranger>();
  #toWrite: NodeJS.Timeout | null = null;

  constructor(parts: SiteKeysParts) {
    this.#parts = parts;
    this.#path = join(parts.dir, 'site-keys.json');
    const { value, problem } = keptFile<readonly Known[]>(this.#path, stored, []);
    this.problem = problem;
    this.#known = new Map(value.map((one) => [one.site, one]));
    if (problem !== null) parts.report('warn', unknownKeysText(problem));
  }

  /** Of the last hour. */
  get strangers(): readonly Stranger[] {
    const sinceMs = this.#parts.now() - TOLD_MS;
    return [...this.#strangers.values()].filter(({ heardMs }) => heardMs > sinceMs);
  }

  /** Of these sites those that sign with one key, together; since the last of them was heard first, wall clock, ms. */
  shared(sites: readonly string[]): readonly SharedKey[] {
    const known = sites.flatMap((site) => this.#known.get(site) ?? []);
    return [...Map.groupBy(known, ({ key }) => key).values()]
      .filter(({ length }) => length > 1)
      .map((own) => ({
        sites: own.map(({ site }) => site).toSorted(),
        sinceMs: Math.max(...own.map(({ sinceMs }) => sinceMs)),
      }));
  }

  readonly open: Open = (site, purpose, octets) => {
    const { now, report } = this.#parts;
    if (this.problem !== null) return null;
    const sealed = unsealed(site, purpose, octets);
    const known = this.#known.get(site);
    if (known === undefined) {
      if (sealed === null || this.#known.size >= SITES_MAX) return null;
      this.#learn(site, sealed.key);
      return sealed.body;
    }
    if (sealed?.key === known.key) return sealed.body;
    if (sealed !== null && now() < (known.openUntilMs ?? 0)) {
      this.#learn(site, sealed.key);
      return sealed.body;
    }
    const stranger = { site, heardMs: now() };
    if (!this.#strangers.has(site)) report('warn', strangerText(stranger));
    this.#strangers.set(site, stranger);
    return null;
  };

  /**
   * It was invited anew, or takes part no more: the next other key that is seen is the site's. Not the next one: the machine that is being
   * replaced still speaks until the NATS server knows of it.
   */
  renew(site: string): void {
    this.#strangers.delete(site);
    const known = this.#known.get(site);
    if (known === undefined) return;
    this.#known.set(site, { ...known, openUntilMs: this.#parts.now() + OPEN_MS });
    this.#write();
  }

  #learn(site: string, key: string): void {
    this.#known.set(site, { site, key, sinceMs: this.#parts.now() });
    this.#toWrite ??= setTimeout(() => this.#write(), WRITE_MS).unref();
  }

  /** Nothing is waited with any more. */
  stop(): void {
    if (this.#toWrite !== null) this.#write();
  }

  #write(): void {
    if (this.#toWrite !== null) clearTimeout(this.#toWrite);
    this.#toWrite = null;
    if (this.problem !== null) return;
    try {
      writeWhole(this.#path, `${JSON.stringify([...this.#known.values()], null, 1)}\n`, KEPT_MODE);
    } catch (error) {
      this.#parts.report('warn', `keys of sites cannot be kept for the next start: ${messageOf(error)}`);
    }
  }
}

export function strangerText({ site, heardMs }: Stranger): string {
  return `Something came in the name of ${site} at ${momentText(heardMs)} that its key did not sign, and does not count: a second machine has its credential file (each needs an invitation of its own), somebody has its NATS account, or it was set up anew (then \`cenote fleet invite ${site}\`, and join again).`;
}

export const sharedKeyText = ({ sites }: SharedKey): string =>
  `${sites.join(', ')} sign with one key: the data folder of one was copied to the others, and whoever has that key speaks for each of them. Stop all but one, remove \`fleet/site.key\` in the data folder of each that was stopped, \`cenote fleet invite\` it anew and join again.`;

export const unknownKeysText = (problem: string): string =>
  `Which key each site signs with is not known: ${problem}. Nothing that sites tell or send counts, and it waits there, until the file is put back from a backup and cenote started again here; where there is none remove it, and each site is known by the key that is heard first in its name`;
