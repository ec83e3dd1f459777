// The head publishes: a revision is on this disk, signed and whole, before the first site can hear of it; then the stream is made to
// hold what the disk does, now and whenever the stream was lost or set back.
import type { KeyObject } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../../config/coded-error.ts';
import { keepWhole } from '../../config/disk/whole-file.ts';
import { Beat } from '../beat.ts';
import { FleetError } from '../fleet-error.ts';
import type { Link } from '../link.ts';
import { publicKeyText, signatureOf } from '../signing.ts';
import { Streams } from '../streams.ts';
import { SUBJECTS } from '../subjects.ts';
import { dropBlob, fillParts } from './blobs.ts';
import { Contents } from './contents.ts';
import {
  LaterPolicy,
  POLICY_OCTETS_MAX,
  type PolicyDocument,
  policyMessage,
  readPolicy,
} from './document.ts';
import { draftOf, meaningOf, type Said } from './draft.ts';
import { tooLongText, unknownText, unreadText } from './head-sentences.ts';
import { InStream, type Own } from './in-stream.ts';
import { Offers, readWake, wakeOf } from './wake.ts';

/** How often the stream is held against the disk. */
const BEAT_MS = 30_000;
/**
 * A cluster that lost the leader of a stream has another after 4 to 9 s. No client is notified of it, and what was asked of the dead one is
 * never answered. What fails for longer fails for another reason, or over a slow line.
 */
const ELECTION_MS = 15_000;
const RETRY_MS = { soon: 250, later: 5_000 } as const;
const KEEP_MS = { small: Array(10).fill(1_000), large: [12_000] } as const;
const SMALL_OCTETS = 64 * 1024;
/** Of a stream without a leader nothing is known, and it takes a second to time out: streams are not looked after at each try. */
const MAKE_AGAIN_MS = 5_000;

export interface PublisherParts {
  readonly site: string;
  /** `fleet/head` in `events.dir`. */
  readonly dir: string;
  readonly key: KeyObject;
  readonly link: Link;
  readonly report: (level: 'info' | 'warn' | 'error', text: string) => void;
  readonly changed: () => void;
  /** Wall clock, ms. */
  readonly now: () => number;
}

export interface Published {
  readonly document: PolicyDocument;
  /** Whether the policy before said the same, so that none was made. */
  readonly isSame: boolean;
  /** Why NATS does not keep it yet, so that not all sites can have it; null when it does. */
  readonly waits: string | null;
}

export class Publisher {
  readonly #parts: PublisherParts;
  readonly #file: string;
  readonly #contents: Contents;
  readonly #blobs: Contents;
  readonly #publicKey: string;
  #message: Uint8Array | null = null;
  #document: PolicyDocument | null = null;
  readonly #inStream: InStream;
  #waits: string | null = null;
  /** Why it is not known what was published last; null: it is, or nothing was. */
  #problem: string | null = null;
  /** What the stream was seen to hold. */
  #held: PolicyDocument | null = null;
  readonly #offers: Offers;
  /** What wake messages announce until the stream holds it. */
  #offered: PolicyDocument | null = null;
  /** Since when the stream does not hold what the disk does, monotonic, ms; null: it does. */
  #failingMs: number | null = null;
  readonly #streams: Streams;
  readonly #beat = new Beat(() => this.#inTurn(() => this.#look()));
  #turn: Promise<unknown> = Promise.resolve();

  constructor(parts: PublisherParts) {
    this.#parts = parts;
    this.#file = join(parts.dir, 'policy');
    this.#contents = new Contents(join(parts.dir, 'contents'));
    this.#blobs = new Contents(join(parts.dir, 'blobs'));
    this.#publicKey = publicKeyText(parts.key);
    this.#offers = new Offers(parts.link);
    this.#streams = new Streams(parts.link, parts.report);
    this.#inStream = new InStream(parts.link, this.#publicKey, parts.report);
    if (!existsSync(this.#file)) return;
    try {
      this.#message = readFileSync(this.#file);
      this.#document = readPolicy(this.#message, this.#publicKey);
    } catch (error) {
      if (error instanceof LaterPolicy) this.#inStream.seen = error.revision ?? 0;
      else this.#message = null;
      this.#problem = unreadText(this.#file, error);
      parts.report('error', this.#problem);
    }
  }

  /** As sites have it in `fleet.key`. */
  get publicKey(): string {
    return this.#publicKey;
  }

  /** Published last. */
  get document(): PolicyDocument | null {
    return this.#document;
  }

  /** Why NATS does not keep it yet; null when it does. */
  get waits(): string | null {
    return this.#waits;
  }

  /** Why this head does not know what it published last; null: it does, or nothing was published. */
  get problem(): string | null {
    return this.#problem;
  }

  /** A revision that the stream holds and this head did not publish; null: it holds what this head says. */
  get foreign(): number | null {
    return this.#inStream.foreign;
  }

  start(): void {
    // Another head with this one's key tells, too.
    this.#parts.link.listen(SUBJECTS.wakeAll, (octets) => {
      if (readWake(octets).revision > (this.#document?.revision ?? 0)) this.#beat.in(0);
    });
    this.#parts.link.onUp(() => {
      this.#failingMs = null;
      this.#beat.in(0);
    });
  }

  async stop(): Promise<void> {
    await this.#beat.stop();
    await this.#turn;
    // What was at work may have begun one.
    this.#offers.end();
  }

  /** A site holds this revision, which may be newer than what this head knows of. */
  saw(revision: number): void {
    this.#inStream.saw(revision, this.#own.revision);
  }

  /** Whether what is said now is another policy than the one that was published. */
  async differs(said: Said): Promise<boolean> {
    if (this.#document === null) return true;
    const draft = await this.#inTurn(() => this.#draft(said));
    return meaningOf(draft) !== meaningOf(this.#document);
  }

  /**
   * @param saidAfter what is to be published after the policy before, asked when its turn has come; null: nothing
   * @returns null when nothing was to be published @throws FleetError when it cannot be
   */
  publish(saidAfter: (before: PolicyDocument | null) => Said | null): Promise<Published | null> {
    return this.#inTurn(async () => {
      const before = this.#document;
      const said = saidAfter(before);
      if (said === null) return null;
      const draft = await this.#draft(said);
      const stream = this.#inStream;
      const isInForce = stream.foreign === null && this.#own.revision >= stream.seen;
      if (before !== null && meaningOf(draft) === meaningOf(before) && isInForce)
        return { document: before, isSame: true, waits: this.#waits };
      // Not a number twice, where its folder was set back.
      await (stream.isSeen ? stream.look(this.#own).catch(() => undefined) : this.#learnNumbers());
      const revision = Math.max(this.#own.revision, stream.seen) + 1;
      const document: PolicyDocument = { ...draft, revision, publishedMs: this.#parts.now() };
      const body = Buffer.from(JSON.stringify(document));
      const message = policyMessage(body, signatureOf(body, this.#parts.key, 'policy'));
      if (message.length > POLICY_OCTETS_MAX)
        throw new FleetError('FLEET_PUBLISH', tooLongText(message.length));
      readPolicy(message, this.#publicKey); // as sites will read it
      await keepWhole(this.#file, [message]);
      this.#message = message;
      this.#document = document;
      this.#problem = null;
      await this.#hold();
      this.#beat.in(this.#nextMs);
      this.#parts.report('info', `revision ${revision} is published: ${document.change}`);
      await this.#forget(document, before);
      this.#parts.changed();
      return { document, isSame: false, waits: this.#waits };
    });
  }

  #draft(said: Said): ReturnType<typeof draftOf> {
    const folders = { contents: this.#contents, blobs: this.#blobs };
    return draftOf(said, this.#parts.site, this.#document, folders);
  }

  get #own(): Own {
    return { message: this.#message, revision: this.#document?.revision ?? 0 };
  }

  /** NATS has not said since this head's start which number was given last. One that keeps nothing holds up only who knows none at all. @throws FleetError */
  async #learnNumbers(): Promise<void> {
    try {
      if (this.#document === null) await this.#streams.makeWithin(ELECTION_MS);
      await this.#inStream.lookWithin(ELECTION_MS, this.#own);
    } catch (error) {
      if (this.#document !== null && this.#parts.link.connection !== null) return;
      throw new FleetError('FLEET_PUBLISH', unknownText(messageOf(error)));
    }
  }

  /** Now and then, and at each connect: streams may have been lost, or made anew with other limits. @returns when to look again, ms */
  async #look(): Promise<number> {
    const { madeMs } = this.#streams;
    await this.#hold();
    // The first time it made them itself.
    if (this.#waits === null && this.#streams.madeMs === madeMs)
      await this.#streams.make().catch(() => undefined);
    return this.#nextMs;
  }

  get #nextMs(): number {
    if (this.#waits === null) return BEAT_MS;
    const forMs = performance.now() - (this.#failingMs ?? performance.now());
    return forMs < ELECTION_MS ? RETRY_MS.soon : RETRY_MS.later;
  }

  /** Makes the stream hold what this disk does. */
  async #hold(): Promise<void> {
    const { report, changed } = this.#parts;
    const before = this.#waits;
    try {
      await this.#offer();
      if (this.#streams.madeMs === Number.NEGATIVE_INFINITY) await this.#streams.make();
      await this.#fill().catch(async (error: unknown) => {
        // There may be no stream, which says nothing either, or one that is too small.
        if (performance.now() - this.#streams.madeMs < MAKE_AGAIN_MS) throw error;
        await this.#streams.make();
        await this.#fill();
      });
      this.#waits = null;
      this.#failingMs = null;
    } catch (error) {
      this.#failingMs ??= performance.now();
      this.#waits = messageOf(error);
      if (before !== this.#waits) report('warn', `NATS does not keep what is published: ${this.#waits}`);
    }
    if (before !== this.#waits) changed();
  }

  async #offer(): Promise<void> {
    const [message, document] = [this.#message, this.#document];
    if (message === null || document === null || this.#offered === document) return;
    this.#offers.begin(await wakeOf(message, document, this.#held, this.#blobs));
    this.#offered = document;
  }

  async #fill(): Promise<void> {
    const { link } = this.#parts;
    const there = await this.#inStream.look(this.#own);
    this.#held = there?.document ?? null;
    const [message, document] = [this.#message, this.#document];
    if (message === null || document === null) return;
    const isNew = there === null || there.revision < document.revision;
    const mayFill = isNew || this.#inStream.foreign === null;
    const sent = mayFill ? await fillParts(link, document.packs, this.#blobs, !isNew) : 0;
    if (isNew) {
      await link.keep(SUBJECTS.policy, message, KEEP_MS[message.length < SMALL_OCTETS ? 'small' : 'large']);
      this.#held = document;
    } else if (sent > 0)
      this.#parts.report('warn', `NATS had lost ${sent} parts of what is published; it has them again`);
    if (isNew || sent > 0) this.#offers.tell();
    this.#offers.end();
  }

  /** Sites may be fetching what the last revision named; what only older ones named goes. */
  async #forget(document: PolicyDocument, before: PolicyDocument | null): Promise<void> {
    const blobs = new Set([...document.packs, ...(before?.packs ?? [])].map(({ blob }) => blob));
    const texts = Object.values(document.contents).flatMap(({ files }) => files.map(({ sha256 }) => sha256));
    await this.#contents.keepOnly(new Set(texts));
    const { connection } = this.#parts.link;
    // What is still in the stream stays on the disk: it is known by that, and goes with the next revision.
    if (connection === null) return;
    for (const blob of await this.#blobs.all())
      if (!blobs.has(blob)) await dropBlob(connection, blob).catch(() => blobs.add(blob));
    await this.#blobs.keepOnly(blobs);
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }
}
