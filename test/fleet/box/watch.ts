// What the box holds its fleet to, all the time: no answer of two revisions, the newest in force in time where a site can be reached, and a head that says
// of no site what is not so.
import { setTimeout as pause } from 'node:timers/promises';
import type { Place } from './place.ts';
import { addressOf, blockedWith, markOf } from './sayings.ts';

const LOOK_MS = 400;
/** From the commit at the head to the last site that can be reached. */
export const IN_FORCE_MS = 5_000;

interface HeadSays {
  readonly revision: number | null;
  readonly sites: readonly {
    readonly site: string;
    readonly condition: string;
    readonly revision: number | null;
    readonly clockWrong: boolean;
  }[];
}

export interface Policy {
  readonly n: number;
  /** As the head counts. */
  readonly revision: number;
  /** When the head said that it is published; monotonic, ms. */
  readonly atMs: number;
}

export class Watch {
  readonly faults: string[] = [];
  /** How long revisions took to the last of the sites that could be reached, ms. */
  readonly tookMs: number[] = [];
  looks = 0;
  readonly #sites: readonly Place[];
  readonly #head: Place;
  /** Site → the newest policy that was seen in force. */
  readonly #seen = new Map<string, number>();
  #policies: Policy[] = [];
  #isEnded = false;
  #run: Promise<unknown> = Promise.resolve();
  /** Of the policy whose time runs: who had it when. */
  #due: { readonly policy: Policy; readonly waitsFor: Set<string> } | null = null;

  constructor(head: Place, sites: readonly Place[]) {
    this.#head = head;
    this.#sites = sites;
  }

  start(): void {
    this.#run = Promise.all([...this.#sites.map((site) => this.#lookAt(site)), this.#lookAtHead()]);
  }

  async end(): Promise<void> {
    this.#isEnded = true;
    await this.#run;
  }

  published(policy: Policy): void {
    this.#settle();
    this.#policies = [policy, ...this.#policies].slice(0, 4);
    const reachable = this.#sites.filter(({ excuse }) => excuse === null).map(({ name }) => name);
    this.#due = { policy, waitsFor: new Set(reachable) };
  }

  get newest(): Policy | undefined {
    return this.#policies[0];
  }

  /** Who does not have the newest; empty: all have. */
  behind(): readonly string[] {
    const newest = this.newest?.n ?? 0;
    return this.#sites.filter(({ name }) => (this.#seen.get(name) ?? 0) < newest).map(({ name }) => name);
  }

  /** What was not in force when its time was over. */
  #settle(): void {
    const due = this.#due;
    if (due === null) return;
    const ms = performance.now() - due.policy.atMs;
    if (ms < IN_FORCE_MS) return;
    this.#due = null;
    for (const name of due.waitsFor)
      if (this.#sites.find((site) => site.name === name)?.excuse === null)
        this.faults.push(
          `revision ${due.policy.revision} is not in force at ${name} after ${Math.round(ms)} ms`,
        );
  }

  async #lookAt(site: Place): Promise<void> {
    while (!this.#isEnded) {
      for (const { n, atMs } of [...this.#policies]) {
        const address = await blockedWith(site, markOf(n));
        this.looks += 1;
        if (address === null) continue;
        if (address !== addressOf(n))
          this.faults.push(`${site.name} answers ${markOf(n)} with ${address}: a mixture of two revisions`);
        if (n < (this.#seen.get(site.name) ?? 0)) this.faults.push(`${site.name} went back to policy ${n}`);
        this.#seen.set(site.name, Math.max(n, this.#seen.get(site.name) ?? 0));
        const due = this.#due;
        if (due === null || n < due.policy.n) break;
        if (due.waitsFor.delete(site.name) && due.waitsFor.size === 0)
          this.tookMs.push(performance.now() - atMs);
        break;
      }
      this.#settle();
      await pause(LOOK_MS);
    }
  }

  /** A site that is said to have the newest has it: it answers so, asked after it was said. */
  async #lookAtHead(): Promise<void> {
    while (!this.#isEnded) {
      const said = await this.said();
      const policy = this.#policies.find(({ revision }) => revision === said?.revision);
      for (const { site: name, condition } of policy === undefined ? [] : (said?.sites ?? [])) {
        const site = this.#sites.find((one) => one.name === name);
        if (site === undefined || condition !== 'current' || site.excuse !== null || policy === undefined)
          continue;
        const address = await blockedWith(site, markOf(policy.n));
        const isNewer = (this.newest?.n ?? 0) > policy.n;
        if (address !== addressOf(policy.n) && !isNewer && site.excuse === null)
          this.faults.push(
            `${name} is said to have revision ${policy.revision}, and answers ${markOf(policy.n)} with ${address}`,
          );
      }
      await pause(LOOK_MS);
    }
  }

  async said(): Promise<HeadSays | null> {
    const { daemon } = this.#head;
    try {
      const answer = await fetch(`${daemon?.adminUrl}/api/v1/fleet`, { signal: AbortSignal.timeout(5_000) });
      return ((await answer.json()) as { head: HeadSays | null }).head;
    } catch {
      return null;
    }
  }
}
