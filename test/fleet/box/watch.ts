// What the box holds its fleet to, all the time: no answer of two revisions, the newest in force in time where a site can be reached, and a head that says
// of no site what is not so.
import { setTimeout as pause } from 'node:timers/promises';
import type { HeadView } from '../../../src/admin/served/fleet-view.ts';
import type { Place } from './place.ts';
import { addressOf, blockedWith, markOf } from './sayings.ts';
import { type Seen, Truth, viewOf } from './truth.ts';

const LOOK_MS = 400;
const HEAD_LOOK_MS = 1_000;
/** Looks from one question what a site says of itself to the next. */
const VIEW_EACH = 3;
/** From the commit at the head to the last site that can be reached. */
export const IN_FORCE_MS = 5_000;

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
  readonly #seen = new Map<string, Seen>();
  readonly #headNow: () => number;
  readonly truth: Truth;
  #policies: Policy[] = [];
  #isEnded = false;
  #run: Promise<unknown> = Promise.resolve();
  /** Site → the policy that was not in force there when its time was over. */
  readonly #late = new Map<string, Policy>();
  /** Of the policy whose time runs: who had it when. */
  #due: { readonly policy: Policy; readonly waitsFor: Set<string> } | null = null;

  /** @param headNow the clock that the head has, ms */
  constructor(head: Place, sites: readonly Place[], headNow: () => number = Date.now) {
    this.#head = head;
    this.#sites = sites;
    this.#headNow = headNow;
    this.truth = new Truth(this.faults, headNow, head);
  }

  start(): void {
    this.#run = Promise.all([...this.#sites.map((site) => this.#lookAt(site)), this.#lookAtHead()]);
  }

  async end(): Promise<void> {
    this.#isEnded = true;
    await this.#run;
    for (const [name, { revision }] of this.#late)
      this.faults.push(`revision ${revision} is not in force at ${name} by the end`);
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

  /** Its folder was set back: what it has in force from now on begins anew. */
  setBack(site: string): void {
    this.#seen.delete(site);
  }

  /** Who does not have the newest; empty: all have. */
  behind(): readonly string[] {
    const newest = this.newest?.n ?? 0;
    return this.#sites.filter(({ name }) => (this.#seen.get(name)?.n ?? 0) < newest).map(({ name }) => name);
  }

  /** What was not in force when its time was over. */
  #settle(): void {
    const due = this.#due;
    if (due === null) return;
    const ms = performance.now() - due.policy.atMs;
    if (ms < IN_FORCE_MS) return;
    this.#due = null;
    for (const name of due.waitsFor)
      if (this.#sites.find((site) => site.name === name)?.excuse === null) this.#late.set(name, due.policy);
  }

  /** It has this one: what was late is there, or was overtaken. */
  #tellLate(name: string, n: number): void {
    const late = this.#late.get(name);
    if (late === undefined || n < late.n) return;
    this.#late.delete(name);
    this.faults.push(
      `revision ${late.revision} is in force at ${name} after ${Math.round(performance.now() - late.atMs)} ms`,
    );
  }

  async #lookAt(site: Place): Promise<void> {
    for (let look = 0, afterMs = this.#headNow(); !this.#isEnded; look += 1) {
      const begunMs = this.#headNow();
      for (const { n, atMs, revision } of [...this.#policies]) {
        const address = await blockedWith(site, markOf(n));
        this.looks += 1;
        if (address === null) continue;
        if (address !== addressOf(n))
          this.faults.push(`${site.name} answers ${markOf(n)} with ${address}: a mixture of two revisions`);
        const before = this.#seen.get(site.name)?.n ?? 0;
        if (n < before && site.excuse === null) this.faults.push(`${site.name} went back to policy ${n}`);
        // Back it goes where its disk does.
        if (n !== before) this.#seen.set(site.name, { n, revision, afterMs, byMs: this.#headNow() });
        afterMs = begunMs;
        this.#tellLate(site.name, n);
        const due = this.#due;
        if (due === null || n < due.policy.n) break;
        if (due.waitsFor.delete(site.name) && due.waitsFor.size === 0)
          this.tookMs.push(performance.now() - atMs);
        break;
      }
      this.#settle();
      if (look % VIEW_EACH === 0) {
        const view = await viewOf(site);
        if (view !== null) this.truth.site(view, site, this.#seen.get(site.name));
      }
      await pause(LOOK_MS);
    }
  }

  /** A site that is said to have the newest has it: it answers so, asked after it was said. */
  async #lookAtHead(): Promise<void> {
    while (!this.#isEnded) {
      const said = await this.said();
      if (said !== null) this.truth.head(said, this.#sites, this.#seen);
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
      await pause(HEAD_LOOK_MS);
    }
  }

  async said(): Promise<HeadView | null> {
    return (await viewOf(this.#head))?.head ?? null;
  }
}
