// A site follows its head: looks at what is published, fetches what it lacks, and puts it into force whole, or says why not.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../../config/coded-error.ts';
import { type Clocks, SteadyClock } from '../../config/steady-clock.ts';
import { Beat } from '../beat.ts';
import { FleetError } from '../fleet-error.ts';
import type { Link } from '../link.ts';
import { STREAMS, SUBJECTS, wakeSubject } from '../subjects.ts';
import { fetchBlob } from './blobs.ts';
import { sha256Of } from './contents.ts';
import { LaterPolicy, type PolicyDocument, readPolicy } from './document.ts';
import type { KeptPolicy } from './kept.ts';
import { cheapestPath } from './paths.ts';
import { readWake, type Wake } from './wake.ts';

/** A wake message tells of each publication; this is for those that were lost. */
const BEAT_MS = 30_000;
/** Not all sites of a fleet at once. */
const SPREAD_MS = 200;
/** What was refused may fit later: the disk has room again, the site's own file was mended. */
const RETRY_REFUSED_MS = 60_000;
/** Of a server that has died since, or over a slow link. */
const LOOK_MS = [1_000, 2_000, 12_000];
const RETRY_MS_MIN = 1_000;
const RETRY_MS_MAX = 60_000;
/** Of three servers one may answer with an older revision than the wake message announced, while it catches up. */
const STALE_MS = [250, 500, 1_000, 2_000, 4_000];

/** Of what is here alone. */
const NO_LINK: Pick<Link, 'last'> = {
  last: () => Promise.reject(new FleetError('FLEET_CONTENT', 'its texts are not here yet')),
};

export interface FollowerParts extends Clocks {
  readonly site: string;
  /** The head's public key. */
  readonly key: string;
  readonly link: Link;
  readonly kept: KeptPolicy;
  /** Puts the configuration into force, read anew with the overlay of `kept`. @returns why it was refused; null when it is in force */
  readonly apply: () => Promise<string | null>;
  readonly report: (level: 'info' | 'warn' | 'error', text: string) => void;
  /** What `standing` says has changed. */
  readonly changed: () => void;
}

export interface Standing {
  /** In force; null: none. */
  readonly revision: number | null;
  /** When this site put it into force; where none is, when it began without. Wall clock, ms. */
  readonly sinceMs: number;
  readonly refused: Refused | null;
  /** A policy that is being fetched, or cannot be fetched at present. */
  readonly behind: string | null;
  /** Octets of texts that came with the last change. */
  readonly cameOctets: number;
}

export interface Refused {
  /** Null where it cannot be told. */
  readonly revision: number | null;
  readonly why: string;
  readonly sinceMs: number;
}

export class Follower {
  readonly #parts: FollowerParts;
  readonly #clock: SteadyClock;
  #standing: Standing; // its times by the clock
  readonly #beat = new Beat(() => this.#look());
  #failed = 0;
  /** The revision that the last wake message announced, and how often an older one was read since. */
  #told = { revision: 0, stale: 0 };
  /** What the last wake message brought, until it was looked at. */
  #offered: Wake | null = null;
  /** Of what was brought so and is in force; the stream may be behind it. Null: the stream has it. */
  #ahead: number | null = null;
  /** What was refused last: looked at again only after a while. */
  #refusedMessage: {
    readonly octets: Uint8Array;
    readonly revision: number;
    readonly untilMs: number;
  } | null = null;

  constructor(parts: FollowerParts) {
    this.#parts = parts;
    this.#clock = new SteadyClock(parts.now, parts.steady);
    const { document, problem, sinceMs: keptMs } = parts.kept;
    const sinceMs = keptMs === null ? this.#clock.now() : this.#clock.ofWall(keptMs);
    const revision = document?.revision ?? null;
    this.#standing = { revision, sinceMs, refused: null, behind: problem, cameOctets: 0 };
  }

  get standing(): Standing {
    const { refused } = this.#standing;
    return {
      ...this.#standing,
      sinceMs: this.#clock.wall(this.#standing.sinceMs),
      refused: refused === null ? null : { ...refused, sinceMs: this.#clock.wall(refused.sinceMs) },
    };
  }

  start(): void {
    const { link, site, kept, report } = this.#parts;
    try {
      kept.open();
    } catch (error) {
      report('error', `the head's policy cannot be kept: ${String(error)}`);
    }
    const soon = (): void => this.#beat.in(Math.random() * SPREAD_MS);
    const wake = (octets: Uint8Array): void => {
      // Nobody signs the number: it makes a site look, and no more.
      this.#offered = readWake(octets);
      this.#told = { revision: this.#offered.revision, stale: 0 };
      soon();
    };
    for (const subject of [SUBJECTS.wakeAll, wakeSubject(site)]) link.listen(subject, wake);
    link.onUp(soon);
  }

  async stop(): Promise<void> {
    await this.#beat.stop();
  }

  /** The site's own configuration has changed: what was refused because of it is tried again. */
  retry(): void {
    if (this.#refusedMessage === null || this.#beat.isAtWork) return;
    this.#refusedMessage = null;
    this.#beat.in(0);
  }

  /** @returns when to look again, ms */
  async #look(): Promise<number> {
    let nextMs = BEAT_MS;
    try {
      const revision = await this.#follow();
      this.#failed = 0;
      if (revision < this.#told.revision) nextMs = STALE_MS[this.#told.stale++] ?? BEAT_MS;
    } catch (error) {
      this.#failed++;
      nextMs = Math.min(RETRY_MS_MAX, RETRY_MS_MIN * 2 ** Math.min(this.#failed - 1, 10));
      const why = messageOf(error);
      // Without a connection the link says so itself.
      const isDown = error instanceof FleetError && error.code === 'FLEET_DOWN';
      if (!isDown && this.#standing.behind !== why) {
        this.#parts.report('warn', `the head's policy cannot be fetched: ${why}; it is tried again`);
        this.#set({ behind: why });
      }
    }
    return nextMs * (0.75 + Math.random() / 2);
  }

  /** @returns the revision that is published; 0 where none can be read */
  async #follow(): Promise<number> {
    const { link, kept, key } = this.#parts;
    const refused = this.#refusedMessage;
    const isRefused = refused !== null && this.#clock.now() < refused.untilMs;
    const offered = await this.#followOffered(isRefused ? refused.revision : 0);
    if (offered !== null) return offered;
    const message = (await link.last(STREAMS.policy, SUBJECTS.policy, LOOK_MS))?.octets ?? null;
    if (message === null) return 0;
    if (kept.isSame(message)) {
      this.#ahead = null;
      // It was refused as it was told, and the stream is behind that.
      if (isRefused && refused.revision > kept.revision) return kept.revision;
      this.#refusedMessage = null;
      if (this.#standing.refused !== null || this.#standing.behind !== null)
        this.#set({ refused: null, behind: null });
      return kept.revision;
    }
    if (isRefused && Buffer.compare(refused.octets, message) === 0) return refused.revision;
    let document: PolicyDocument;
    try {
      document = readPolicy(message, key);
    } catch (error) {
      this.#refuse(message, error instanceof LaterPolicy ? error.revision : null, messageOf(error));
      return 0;
    }
    const { revision } = document;
    if (revision < kept.revision) {
      if (this.#ahead === kept.revision) return kept.revision;
      this.#refuse(message, revision, `it is older than revision ${kept.revision}, which this site has`);
      return revision;
    }
    if (kept.isTwin(message, document)) {
      this.#refuse(
        message,
        revision,
        `another policy has the same number, ${revision}; publish anew on the head`,
      );
      return revision;
    }
    const cameOctets = await this.#fetch(document);
    await this.#putInForce(message, document, cameOctets);
    return revision;
  }

  /**
   * What came with the wake message that announced it, if that is newer and all of it is here.
   * @param refused what is not looked at again yet @returns its revision; null: the stream is to be asked
   */
  async #followOffered(refused: number): Promise<number | null> {
    const { kept, key } = this.#parts;
    const { policy = null, packs = [] } = this.#offered ?? {};
    this.#offered = null;
    if (policy === null) return null;
    try {
      const document = readPolicy(policy, key);
      if (document.revision <= Math.max(kept.revision, refused)) return null;
      let came = 0;
      for (const pack of packs) {
        const blob = sha256Of(pack);
        if (!document.packs.some((one) => one.blob === blob)) continue;
        await writeFile(join(kept.incoming, blob), pack, { mode: 0o600 });
        came += pack.length;
      }
      await this.#fetch(document, NO_LINK);
      await this.#putInForce(policy, document, came);
      // It may have been refused: what is in force, and the stream may be behind, is what it was.
      if (kept.revision === document.revision) this.#ahead = document.revision;
      return document.revision;
    } catch {
      // Nobody signed the message as a whole, so that anybody may have sent it: what is wrong is told when the stream says the same.
      return null;
    }
  }

  /** @returns octets that came over the link */
  async #fetch(
    { contents, packs, revision }: PolicyDocument,
    link: Pick<Link, 'last'> = this.#parts.link,
  ): Promise<number> {
    const { kept } = this.#parts;
    let came = 0;
    for (const [list, { files }] of Object.entries(contents))
      for (const { sha256, octets } of files) {
        const path = cheapestPath(packs, sha256, (other) => kept.contents.has(other));
        if (path === null)
          throw new FleetError('FLEET_CONTENT', `the text of the list ${list} is not published`);
        for (const pack of path) {
          const file = join(kept.incoming, pack.blob);
          came += await fetchBlob(link, pack, file);
          await kept.contents.unpack(pack.to, pack.to === sha256 ? octets : null, file, pack.from);
        }
      }
    if (came > 0)
      this.#parts.report('info', `revision ${revision} of the head's policy: ${came} octets fetched`);
    return came;
  }

  async #putInForce(message: Uint8Array, document: PolicyDocument, cameOctets: number): Promise<void> {
    const { kept, apply, report } = this.#parts;
    const { revision } = document;
    try {
      await kept.prepare(message, document);
    } catch (error) {
      kept.drop();
      const why = messageOf(error);
      this.#refuse(message, revision, `it cannot be kept on the disk: ${why}`);
      return;
    }
    const why = await apply();
    if (why !== null) {
      kept.drop();
      this.#refuse(message, revision, why);
      return;
    }
    const sinceMs = this.#clock.now();
    await kept.commit().catch((error: unknown) => {
      report(
        'error',
        `revision ${revision} is in force and cannot be kept for the next start: ${String(error)}`,
      );
    });
    this.#refusedMessage = null;
    this.#set({ revision, sinceMs, refused: null, behind: null, cameOctets });
    report('info', `revision ${revision} of the head's policy is in force`);
  }

  #refuse(octets: Uint8Array, revision: number | null, why: string): void {
    const { report } = this.#parts;
    const before = this.#standing.refused;
    this.#refusedMessage = { octets, revision: revision ?? 0, untilMs: this.#clock.now() + RETRY_REFUSED_MS };
    if (before?.revision === revision && before.why === why) return;
    const inForce = this.#standing.revision;
    const stays =
      inForce === null ? 'the own configuration holds alone' : `revision ${inForce} stays in force`;
    report('error', `the head's policy is refused: ${why}; ${stays}`);
    this.#set({ refused: { revision, why, sinceMs: this.#clock.now() }, behind: null });
  }

  #set(change: Partial<Standing>): void {
    this.#standing = { ...this.#standing, ...change };
    this.#parts.changed();
  }
}
