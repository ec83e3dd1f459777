// What a head publishes, and when: its configuration at a person's word, texts of published lists by themselves.
import type { PublishedView } from '../../admin/served/fleet-view.ts';
import { messageOf } from '../../config/coded-error.ts';
import type { HeadConfig } from '../../config/meant/fleet.ts';
import { FleetError } from '../../fleet/fleet-error.ts';
import { type PolicyDocument, WARNINGS } from '../../fleet/policy/document.ts';
import type { Said } from '../../fleet/policy/draft.ts';
import type { Publisher } from '../../fleet/policy/publisher.ts';
import type { Supervisor } from '../supervisor.ts';
import { PublishedSources } from './published-sources.ts';
import { saidNow } from './said.ts';

/** Lists are refreshed one after the other: those that come within this of one another are one revision. */
const SETTLE_MS = 500;

export interface PublishingParts {
  /** `fleet/head` in `events.dir`. */
  readonly dir: string;
  readonly config: HeadConfig;
  readonly supervisor: Supervisor;
  readonly publisher: Publisher;
  readonly report: (level: 'warn', text: string) => void;
}

export class Publishing {
  readonly #parts: PublishingParts;
  #settle: NodeJS.Timeout | null = null;
  readonly #sources: PublishedSources;
  /** Whether the file says something else than what is published. */
  #isAhead = false;
  /** Texts of lists that could not be published. */
  #isDue = false;

  constructor(parts: PublishingParts) {
    this.#parts = parts;
    this.#sources = new PublishedSources(parts.dir, parts.report);
  }

  get isAhead(): boolean {
    return this.#isAhead;
  }

  stop(): void {
    if (this.#settle !== null) clearTimeout(this.#settle);
  }

  /** Rules or configuration are others. Texts of published lists go out by themselves; the configuration waits for a word. */
  committed(): void {
    this.stop();
    this.#settle = setTimeout(() => void this.#publishTexts(), SETTLE_MS).unref();
  }

  /** There is a connection to NATS: what could not be published without is. */
  connected(): void {
    if (this.#isDue) this.committed();
  }

  async #publishTexts(): Promise<void> {
    const { publisher, supervisor, config, report } = this.#parts;
    try {
      await supervisor.rules.settled();
      this.#isDue = true;
      await publisher.publish((before) => this.#textsAfter(before));
      this.#isDue = false;
      if (publisher.document === null) return;
      this.#isAhead = await publisher.differs(saidNow(supervisor, config));
    } catch (error) {
      report('warn', `what lists bring is not published: ${messageOf(error)}`);
    }
  }

  /** As it was published, but for the texts of its lists; null where one of them has none, or nothing is published yet. */
  #textsAfter(before: PolicyDocument | null): Said | null {
    // A head that was restored knows an old configuration, and another head another one.
    if (before === null || this.#parts.publisher.foreign !== null) return null;
    const said = saidNow(this.#parts.supervisor, this.#parts.config);
    const names = Object.keys(before.contents).filter((name) => name !== WARNINGS);
    const lists = said.lists
      .filter(({ name, files }) => names.includes(name) && files !== null)
      .map((list) => ({ ...list, isKept: !this.#sources.isOf(list) }));
    const { published, override, parts } = before;
    const { warnings } = said;
    return lists.length === names.length ? { tree: parts, published, override, lists, warnings } : null;
  }

  /** @throws FleetError when it cannot be */
  async publish(): Promise<PublishedView> {
    const { supervisor, publisher, config } = this.#parts;
    await supervisor.reload('a policy is to be published');
    const wrong = supervisor.lastReload?.error ?? null;
    if (wrong !== null) throw new FleetError('FLEET_PUBLISH', `the configuration is not in order: ${wrong}`);
    await supervisor.rules.settled();
    let said: Said | null = null;
    const done = await publisher.publish(() => {
      said = saidNow(supervisor, config);
      return said;
    });
    if (done === null || said === null) throw new FleetError('FLEET_PUBLISH', 'nothing is to be published');
    this.#sources.published((said as Said).lists);
    const { document, isSame, waits } = done;
    this.#isAhead = false;
    return { revision: document.revision, change: document.change, isSame, waits };
  }
}
