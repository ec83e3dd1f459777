// The head of a fleet: publishes what its configuration says, and knows how far each site is.
import type { KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HeadView, Invited, PublishedView, RemovedView } from '../../admin/served/fleet-view.ts';
import type { FleetConfig } from '../../config/meant/fleet.ts';
import type { KnownSite } from '../../fleet/across.ts';
import { FleetError } from '../../fleet/fleet-error.ts';
import { Invitations } from '../../fleet/invitations.ts';
import type { KeptMessage, Link } from '../../fleet/link.ts';
import { Publisher } from '../../fleet/policy/publisher.ts';
import { privateKey, signatureOf } from '../../fleet/signing.ts';
import { type Open, type SharedKey, SiteKeys, sharedKeyText, strangerText } from '../../fleet/site-keys.ts';
import { ClockSteps } from '../../fleet/state/clock-steps.ts';
import { sentenceOf, sentences } from '../../fleet/state/sentences.ts';
import { type SiteRow, SiteTable } from '../../fleet/state/site-table.ts';
import { dropSite } from '../../fleet/streams.ts';
import { STREAMS, SUBJECTS, stateSubject } from '../../fleet/subjects.ts';
import { formatEndpoint } from '../../wire/names/address.ts';
import type { ProblemFact } from '../health/problems.ts';
import type { Supervisor } from '../supervisor.ts';
import {
  asProblem,
  foreignProblems,
  isLagging,
  isoOf,
  NO_HEAD,
  NOT_PUBLISHED,
  ofPublishing,
  ownFileProblems,
  removedView,
  sharedKeyProblems,
  siteView,
  staleText,
  stillComing,
  strangerProblems,
  textOf,
  twinProblems,
  unknownTexts,
  unreadableProblems,
} from './head-view.ts';
import { Publishing } from './publishing.ts';
import { ToReceivers } from './to-receivers.ts';

const LOOK_MS = 5_000;

export interface HeadParts {
  readonly fleet: FleetConfig;
  readonly supervisor: Supervisor;
  readonly link: Link;
  readonly report: (level: 'info' | 'warn' | 'error', text: string) => void;
  /** A site is no site any more. */
  readonly removed: (site: string) => void;
}

export class Head {
  readonly #parts: HeadParts;
  readonly #publishing: Publishing;
  readonly #key: KeyObject;
  readonly #publisher: Publisher;
  readonly #invitations: Invitations;
  readonly #table = new SiteTable(Date.now());
  #look: NodeJS.Timeout | null = null;
  readonly #steps = new ClockSteps();
  readonly #toReceivers: ToReceivers;
  readonly #siteKeys: SiteKeys;
  /** When sites were heard that were removed. */
  readonly #heardRemoved = new Map<string, number>();

  constructor(parts: HeadParts) {
    const { fleet, supervisor, link, report } = parts;
    if (fleet.head === null) throw new Error('this daemon is no head');
    this.#parts = parts;
    this.#key = privateKey(fleet.head.signingKey);
    this.#toReceivers = new ToReceivers(supervisor.hits);
    const dir = join(supervisor.config.events.dir, 'fleet/head');
    this.#siteKeys = new SiteKeys({ dir, report, now: Date.now });
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
    const publisher = this.#publisher;
    this.#publishing = new Publishing({ dir, config: fleet.head, supervisor, publisher, report });
  }

  readonly sign = (purpose: 'hunt' | 'done' | 'names', body: Uint8Array): Uint8Array =>
    signatureOf(body, this.#key, purpose);

  /** What came in a site's name, or null: the site did not sign it. */
  get open(): Open {
    return this.#siteKeys.open;
  }

  /** Whether what comes in its name counts: it was not removed. */
  readonly isSite = (site: string): boolean => !this.#invitations.removed.some((one) => one.site === site);

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
    throw new FleetError('FLEET_PUBLISH', NO_HEAD);
  }

  start(): void {
    const { link } = this.#parts;
    const { length } = SUBJECTS.states.replace('*', '');
    link.listen(SUBJECTS.states, (octets, subject) => this.#hear(subject.slice(length), octets, null));
    link.onUp(() => {
      void this.#hearKept();
      this.#publishing.connected();
    });
    this.#publisher.start();
    this.#refreshUsers();
    this.#look = setInterval(() => this.#tellLag(), LOOK_MS).unref();
    this.committed();
  }

  async stop(): Promise<void> {
    this.#publishing.stop();
    if (this.#look !== null) clearInterval(this.#look);
    this.#siteKeys.stop();
    await this.#publisher.stop();
  }

  /** Rules or configuration are others. */
  committed(): void {
    this.#publishing.committed();
  }

  /** @throws FleetError when it cannot be */
  publish(): Promise<PublishedView> {
    return this.#publishing.publish();
  }

  #refreshUsers(): void {
    const { report } = this.#parts;
    const { usersPath } = this.#invitations;
    try {
      if (this.#invitations.refreshUsers())
        report('info', `the users of the NATS server are written anew; have it read them (${usersPath})`);
    } catch (error) {
      report('warn', `the users of the NATS server cannot be written (${usersPath}): ${textOf(error)}`);
    }
  }

  invite(site: string): Invited {
    const { fleet } = this.#parts;
    const isHead = site === fleet.site;
    const scheme = fleet.nats.isTls ? 'tls' : 'nats';
    this.#siteKeys.renew(site);
    this.#heardRemoved.delete(site);
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
    this.#siteKeys.renew(site);
    this.#toReceivers.end(`fleet:site:${site}`, `${site} is no site of this fleet any more`);
    this.#parts.removed(site);
    if (link.connection !== null)
      await dropSite(link.connection, site).catch((error: unknown) =>
        report('warn', `what the NATS server keeps of ${site} is not removed yet: ${textOf(error)}`),
      );
    return { site, nkey, users: this.#invitations.usersPath };
  }

  /** @param troubles what is wrong beside policy, in sentences */
  view(troubles: readonly string[]): HeadView {
    const nowMs = Date.now();
    const rows = this.#rows(nowMs);
    const { document } = this.#publisher;
    const { foreign, waits, problem } = this.#publisher;
    return {
      key: this.#publisher.publicKey,
      revision: document?.revision ?? null,
      published: document === null ? null : isoOf(document.publishedMs),
      change: document?.change ?? null,
      isAhead: this.#publishing.isAhead,
      waits,
      says: [
        ...ofPublishing({ link: this.#parts.link.state, waits, foreign }),
        ...staleText(this.#parts.supervisor.rules.lists(), Object.keys(document?.contents ?? {})),
        ...(problem === null ? sentences(document, rows, nowMs) : [`${problem}.`]),
        ...unknownTexts(this.#invitations.problem, this.#siteKeys.problem),
        ...troubles,
        ...this.#siteKeys.strangers.map(strangerText),
        ...this.#sharedKeys.map(sharedKeyText),
        ...stillComing(this.#heardRemoved, this.#invitations.usersPath),
        ...(this.#publishing.isAhead ? [NOT_PUBLISHED] : []),
      ],
      isLagging: foreign !== null || problem !== null || (document !== null && rows.some(isLagging)),
      sites: rows.map(siteView),
      removed: removedView(this.#invitations.removed, this.#heardRemoved),
    };
  }

  problems(): ProblemFact[] {
    const { document } = this.#publisher;
    const ours = [
      ...strangerProblems(this.#siteKeys.strangers),
      ...sharedKeyProblems(this.#sharedKeys),
      ...foreignProblems(this.#publisher.foreign),
      ...unreadableProblems(this.#publisher.problem, this.#invitations.problem, this.#siteKeys.problem),
    ];
    if (document === null) return ours;
    const nowMs = Date.now();
    const rows = this.#rows(nowMs);
    const lagging = rows.filter(isLagging).map((row) => ({
      id: `fleet:site:${row.site}`,
      sinceMs: row.sinceMs,
      what: asProblem(sentenceOf(row, document.revision, nowMs)),
      remedy: '`cenote fleet status` shows all sites; `cenote status` there says more',
    }));
    return [...ours, ...ownFileProblems(rows, nowMs), ...twinProblems(rows, nowMs), ...lagging];
  }

  get #sharedKeys(): readonly SharedKey[] {
    return this.#siteKeys.shared(this.#invitations.all.map(({ site }) => site));
  }

  #rows(nowMs: number): SiteRow[] {
    this.#table.clockSet(this.#steps.next(), nowMs);
    return this.#table.rows(this.#publisher.document, this.#invitations.all, nowMs);
  }

  /** @param kept as `SiteTable.hear` */
  #hear(site: string, octets: Uint8Array, kept: KeptMessage | null): void {
    if (site === this.#parts.fleet.site) return;
    if (!this.isSite(site)) {
      if (kept === null) this.#heardRemoved.set(site, Date.now());
      return;
    }
    const body = this.#siteKeys.open(site, 'state', octets);
    if (body === null) return;
    this.#table.clockSet(this.#steps.next(), Date.now());
    const state = this.#table.hear(site, body, Date.now(), kept);
    if (state?.revision != null) this.#publisher.saw(state.revision);
  }

  /** What sites told while this head was away. */
  async #hearKept(): Promise<void> {
    const { link } = this.#parts;
    for (const { site } of this.#invitations.all) {
      const kept = await link.last(STREAMS.state, stateSubject(site)).catch(() => null);
      if (kept !== null) this.#hear(site, kept.octets, kept);
    }
  }

  /** To receivers, once for each site; a site that is being changed is no trouble. */
  #tellLag(): void {
    this.#toReceivers.strangers(this.#siteKeys.strangers);
    const { document } = this.#publisher;
    if (document === null || this.#parts.link.state.is === 'down') return;
    const nowMs = Date.now();
    for (const row of this.#rows(nowMs)) {
      const id = `fleet:site:${row.site}`;
      if (isLagging(row) && row.condition !== 'expected')
        this.#toReceivers.begin(id, sentenceOf(row, document.revision, nowMs));
      else if (row.condition === 'current')
        this.#toReceivers.end(id, `${row.site} has revision ${document.revision} in force`);
    }
  }
}
