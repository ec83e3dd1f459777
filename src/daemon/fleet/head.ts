// The head of a fleet: publishes what its configuration says, and knows how far each site is.
import type { KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HeadView, Invited, PublishedView, RemovedView } from '../../admin/served/fleet-view.ts';
import type { FleetConfig, HeadConfig } from '../../config/values/fleet-config.ts';
import type { KnownSite } from '../../fleet/across.ts';
import { FleetError } from '../../fleet/fleet-error.ts';
import { Invitations } from '../../fleet/invitations.ts';
import type { Link } from '../../fleet/link.ts';
import type { PolicyDocument } from '../../fleet/policy/document.ts';
import type { Said } from '../../fleet/policy/draft.ts';
import { Publisher } from '../../fleet/policy/publisher.ts';
import { headKey, signatureOf } from '../../fleet/signing.ts';
import { sentences } from '../../fleet/state/sentences.ts';
import { type SiteRow, SiteTable } from '../../fleet/state/site-table.ts';
import { dropSite } from '../../fleet/streams.ts';
import { STREAMS, SUBJECTS, stateSubject } from '../../fleet/subjects.ts';
import { formatEndpoint } from '../../wire/names/address.ts';
import type { ProblemFact } from '../health/problems.ts';
import type { Supervisor } from '../supervisor.ts';
import { isLagging, isoOf, removedView, siteView, stillComing, textOf } from './head-view.ts';
import { saidNow } from './said.ts';

/** Lists are refreshed one after the other. */
const SETTLE_MS = 2_000;
const LOOK_MS = 5_000;

export interface HeadParts {
  readonly fleet: FleetConfig;
  readonly supervisor: Supervisor;
  readonly link: Link;
  readonly report: (level: 'info' | 'warn' | 'error', text: string) => void;
  /** A site is no site any more. */
  readonly removed: () => void;
}

export class Head {
  readonly #parts: HeadParts;
  readonly #config: HeadConfig;
  readonly #key: KeyObject;
  readonly #publisher: Publisher;
  readonly #invitations: Invitations;
  readonly #table = new SiteTable(Date.now());
  #settle: NodeJS.Timeout | null = null;
  #look: NodeJS.Timeout | null = null;
  /** Whether the file says something else than what is published. */
  #isAhead = false;
  /** Sites whose lag was told to receivers. */
  readonly #told = new Set<string>();
  /** When sites were heard that were removed. */
  readonly #heardRemoved = new Map<string, number>();

  constructor(parts: HeadParts) {
    const { fleet, supervisor, link, report } = parts;
    if (fleet.head === null) throw new Error('this daemon is no head');
    this.#parts = parts;
    this.#config = fleet.head;
    this.#key = headKey(fleet.head.signingKey);
    const dir = join(supervisor.config.events.dir, 'fleet/head');
    this.#invitations = new Invitations(dir);
    this.#publisher = new Publisher({
      site: fleet.site,
      dir,
      key: this.#key,
      link,
      report,
      changed: () => undefined,
      now: Date.now,
    });
  }

  readonly sign = (purpose: 'hunt' | 'done', body: Uint8Array): Uint8Array =>
    signatureOf(body, this.#key, purpose);

  /** As sites have it in `fleet.key`. */
  get publicKey(): string {
    return this.#publisher.publicKey;
  }

  get sites(): readonly KnownSite[] {
    return this.#rows(Date.now()).map(({ site, condition, heardMs, clockMs }) => {
      const isHeard = condition !== 'silent' && condition !== 'expected';
      return { site, isHeard, heardMs, clockMs };
    });
  }

  static of(head: Head | null): Head {
    if (head !== null) return head;
    throw new FleetError(
      'FLEET_PUBLISH',
      'this daemon is no head: it has neither `fleet.store` nor `fleet.signingKey`; ask the head',
    );
  }

  start(): void {
    const { link } = this.#parts;
    const { length } = SUBJECTS.states.replace('*', '');
    link.listen(SUBJECTS.states, (octets, subject) => this.#hear(subject.slice(length), octets, true));
    link.onUp(() => void this.#hearKept());
    this.#publisher.start();
    this.#look = setInterval(() => this.#tellLag(), LOOK_MS).unref();
    this.committed();
  }

  async stop(): Promise<void> {
    if (this.#settle !== null) clearTimeout(this.#settle);
    if (this.#look !== null) clearInterval(this.#look);
    await this.#publisher.stop();
  }

  /** Rules or configuration are others. Texts of published lists go out by themselves; the configuration waits for a word. */
  committed(): void {
    if (this.#settle !== null) clearTimeout(this.#settle);
    this.#settle = setTimeout(() => void this.#publishTexts(), SETTLE_MS).unref();
  }

  async #publishTexts(): Promise<void> {
    try {
      await this.#publisher.publish((before) => this.#textsAfter(before));
      if (this.#publisher.document === null) return;
      this.#isAhead = await this.#publisher.differs(saidNow(this.#parts.supervisor, this.#config));
    } catch (error) {
      this.#parts.report('warn', `what lists bring is not published: ${textOf(error)}`);
    }
  }

  /** As it was published, but for the texts of its lists; null where one of them has none, or nothing is published yet. */
  #textsAfter(before: PolicyDocument | null): Said | null {
    if (before === null) return null;
    const said = saidNow(this.#parts.supervisor, this.#config);
    const names = Object.keys(before.contents);
    const lists = said.lists.filter(({ name, files }) => names.includes(name) && files !== null);
    const { published, override, parts } = before;
    return lists.length === names.length ? { tree: parts, published, override, lists } : null;
  }

  /** @throws FleetError when it cannot be */
  async publish(): Promise<PublishedView> {
    const { supervisor } = this.#parts;
    await supervisor.reload('a policy is to be published');
    const wrong = supervisor.lastReload?.error ?? null;
    if (wrong !== null) throw new FleetError('FLEET_PUBLISH', `the configuration is not in order: ${wrong}`);
    const done = await this.#publisher.publish(() => saidNow(supervisor, this.#config));
    if (done === null) throw new FleetError('FLEET_PUBLISH', 'nothing is to be published');
    const { document, isSame, waits } = done;
    this.#isAhead = false;
    return { revision: document.revision, change: document.change, isSame, waits };
  }

  invite(site: string): Invited {
    const { fleet } = this.#parts;
    const isHead = site === fleet.site;
    const scheme = fleet.nats.isTls ? 'tls' : 'nats';
    const { invitation, user } = this.#invitations.invite(
      {
        site,
        nats: fleet.nats.servers.map(({ host, port }) => `${scheme}://${formatEndpoint(host, port)}`),
        key: isHead ? null : this.#publisher.publicKey,
        ca: fleet.ca === null ? null : readFileSync(fleet.ca, 'utf8'),
      },
      isHead,
      Date.now(),
    );
    return { file: invitation, user, users: this.#invitations.usersPath };
  }

  /** Nothing of it counts any more, and nothing is waited for. @throws FleetError NO_SITE */
  async remove(site: string): Promise<RemovedView> {
    const { fleet, link, report } = this.#parts;
    const nowMs = Date.now();
    if (site === fleet.site || !this.#rows(nowMs).some((row) => row.site === site))
      throw new FleetError(
        'NO_SITE',
        `there is no site ${site} in the fleet; \`cenote fleet status\` shows all`,
      );
    const nkey = this.#invitations.remove(site, nowMs);
    this.#table.forget(site);
    this.#heardRemoved.delete(site);
    if (this.#told.delete(site))
      this.#parts.supervisor.hits.trouble({
        id: `fleet:site:${site}`,
        text: `${site} is no site of this fleet any more`,
        state: 'over',
      });
    this.#parts.removed();
    if (link.connection !== null)
      await dropSite(link.connection, site).catch((error: unknown) =>
        report('warn', `what the NATS server keeps of ${site} is not removed yet: ${textOf(error)}`),
      );
    return { site, nkey, users: this.#invitations.usersPath };
  }

  view(): HeadView {
    const nowMs = Date.now();
    const rows = this.#rows(nowMs);
    const { document } = this.#publisher;
    const { state } = this.#parts.link;
    const cutOff =
      state.is === 'up'
        ? []
        : [`This head has no connection to NATS (${state.why}): what follows was heard before.`];
    const waits =
      this.#publisher.waits === null || state.is === 'down'
        ? []
        : [`What is published does not reach the sites: ${this.#publisher.waits}.`];
    const ahead = this.#isAhead
      ? [
          'The configuration here says something else than what is published: `cenote fleet publish` sends it.',
        ]
      : [];
    return {
      key: this.#publisher.publicKey,
      revision: document?.revision ?? null,
      published: document === null ? null : isoOf(document.publishedMs),
      change: document?.change ?? null,
      isAhead: this.#isAhead,
      waits: this.#publisher.waits,
      says: [
        ...cutOff,
        ...waits,
        ...sentences(document, rows, nowMs),
        ...stillComing(this.#heardRemoved, this.#invitations.usersPath),
        ...ahead,
      ],
      isLagging: document !== null && rows.some(isLagging),
      sites: rows.map(siteView),
      removed: removedView(this.#invitations.removed, this.#heardRemoved),
    };
  }

  problems(): ProblemFact[] {
    if (this.#publisher.document === null) return [];
    const { document } = this.#publisher;
    return this.#rows(Date.now())
      .filter(isLagging)
      .map((row) => ({
        id: `fleet:site:${row.site}`,
        sinceMs: row.sinceMs,
        what: sentences(document, [row], Date.now()).at(-1) ?? row.site,
        remedy: '`cenote fleet status` shows all sites; `cenote status` there says more',
      }));
  }

  #rows(nowMs: number): SiteRow[] {
    return this.#table.rows(this.#publisher.document, this.#invitations.all, nowMs);
  }

  #hear(site: string, octets: Uint8Array, isLive: boolean): void {
    if (site === this.#parts.fleet.site) return;
    if (this.#invitations.removed.some((one) => one.site === site)) {
      if (isLive) this.#heardRemoved.set(site, Date.now());
      return;
    }
    const state = this.#table.hear(site, octets, Date.now(), isLive);
    if (state?.revision != null) this.#publisher.saw(state.revision);
  }

  /** What sites told while this head was away. */
  async #hearKept(): Promise<void> {
    const { link } = this.#parts;
    for (const { site } of this.#invitations.all) {
      const kept = await link.last(STREAMS.state, stateSubject(site)).catch(() => null);
      if (kept !== null) this.#hear(site, kept.octets, false);
    }
  }

  /** To receivers, once for each site; a site that is being changed is no trouble. */
  #tellLag(): void {
    const { hits } = this.#parts.supervisor;
    const { document } = this.#publisher;
    if (document === null || this.#parts.link.state.is === 'down') return;
    const nowMs = Date.now();
    for (const row of this.#rows(nowMs)) {
      const id = `fleet:site:${row.site}`;
      if (isLagging(row) && row.condition !== 'expected' && !this.#told.has(row.site)) {
        this.#told.add(row.site);
        hits.trouble({ id, text: sentences(document, [row], nowMs).at(-1) ?? row.site, state: 'begun' });
      } else if (row.condition === 'current' && this.#told.delete(row.site))
        hits.trouble({ id, text: `${row.site} has revision ${document.revision} in force`, state: 'over' });
    }
  }
}
