// Reads the configuration again and puts it into force: whole, or not at all.
import { isDeepStrictEqual } from 'node:util';
import type { Logger } from 'pino';
import { changedSettings } from '../../config/change.ts';
import { messageOf } from '../../config/coded-error.ts';
import type { Loaded } from '../../config/load.ts';
import { problemText } from '../../config/problem.ts';
import type { OwnTrouble } from '../../desk/messages.ts';
import { nextCertificate } from '../certificates.ts';
import type { InForceOwner, Parts } from '../in-force.ts';
import { readHostsFile } from '../machine/hosts-file.ts';
import type { Rules } from '../rules/rules.ts';
import { NOTHING_WAITS, needsRestart, type Waits } from '../settings.ts';

/** Mistakes that a refusal repeats; the log has all. */
const MISTAKES_TOLD = 3;

/** Who did it is in the audit log. */
const CHANGED_HERE = 'somebody changed it here';

export type ReloadCause =
  | 'SIGHUP'
  | 'the file changed'
  | 'the hosts file changed'
  | 'the certificate changed'
  | 'the head published a policy'
  | 'a policy is to be published';

/** When the configuration was last read anew, and why it was refused. */
export interface LastReload {
  readonly atMs: number;
  readonly error: string | null;
}

export interface Reloaded {
  readonly cause: ReloadCause;
  readonly settings: readonly string[];
  readonly refused: string | null;
  /** In force before, and now. */
  readonly before: number;
  readonly revision: number;
}

export interface ReloaderParts {
  readonly load: () => Loaded | Promise<Loaded>;
  readonly owner: InForceOwner;
  readonly rules: Rules;
  readonly log: Logger;
  readonly onTrouble: (trouble: OwnTrouble) => void;
  /** After a commit. */
  readonly onCommitted: () => void;
  /** What came of it: the settings that changed, or why it was refused. */
  readonly onReloaded: ((told: Reloaded) => void) | undefined;
}

export class Reloader {
  readonly #parts: ReloaderParts;
  #running: Promise<void> | null = null;
  #waiting: Promise<void> | null = null;
  /** Changes that are being made here: until they are written, the file says what was before them. */
  #changing: Promise<void> = Promise.resolve();
  /**
   * The configuration of the last change that was made here, or that a signal had read: that the file says so is no change by somebody
   * else, nor another one.
   */
  #known: Parts['config'] | null = null;
  #last: LastReload | null = null;
  /** What was refused last, and why: refused for the same once more, it is reported only to a SIGHUP. */
  #refused: { readonly loaded: Loaded | null; readonly reason: string } | null = null;
  #isStopping = false;
  /** What sockets, threads, cache and fleet were begun with. */
  readonly #started: Parts['config'];
  #waits: Waits = NOTHING_WAITS;

  constructor(parts: ReloaderParts) {
    this.#parts = parts;
    this.#started = parts.owner.value.config;
  }

  get last(): LastReload | null {
    return this.#last;
  }

  get waits(): Waits {
    return this.#waits;
  }

  /** What does not come into force from now on is refused for no mistake of its own. */
  stop(): void {
    this.#isStopping = true;
  }

  /** One at a time; all that are asked for while one runs are one more. */
  reload(cause: ReloadCause): Promise<void> {
    if (this.#running === null) {
      this.#running = this.#reload(cause).finally(() => {
        this.#running = null;
      });
      return this.#running;
    }
    this.#waiting ??= this.#running.then(() => {
      this.#waiting = null;
      return this.reload(cause);
    });
    return this.#waiting;
  }

  async #reload(cause: ReloadCause): Promise<void> {
    let loaded: Loaded | null = null;
    try {
      loaded = await this.#loadUnchanged();
      if (cause === 'the file changed' && this.#isKnown(loaded)) return;
      await this.#commit(cause, loaded);
      if (cause === 'SIGHUP') this.#known = this.#parts.owner.value.config;
    } catch (error) {
      if (!this.#isStopping) this.#refuse(cause, loaded, messageOf(error));
    }
  }

  /** As the file is when no change is being made here: what was read before one was written must not undo it. */
  async #loadUnchanged(): Promise<Loaded> {
    for (;;) {
      const seen = this.#changing;
      await seen;
      const loaded = await this.#parts.load();
      if (seen === this.#changing) return loaded;
    }
  }

  /**
   * Puts a configuration that somebody changed into force. A refusal is an error for the caller, and no notice for others.
   * @param write once it is in force, before the file is read again
   * @throws Error when it is refused, or what `write` throws: then nothing changed
   */
  use(loaded: Loaded, write?: () => void): Promise<void> {
    const done = this.#use(loaded, write);
    // Results of earlier changes are not kept.
    this.#changing = Promise.allSettled([this.#changing, done]).then(() => undefined);
    return done;
  }

  async #use(loaded: Loaded, write?: () => void): Promise<void> {
    const { owner, rules, log, onCommitted } = this.#parts;
    const { config, hosts, certificate } = owner.value;
    await this.#commit(CHANGED_HERE, loaded);
    try {
      write?.();
      this.#known = owner.value.config;
    } catch (error) {
      // Not what the file says: somebody may have written a mistake into it.
      await rules.reload(config, { config, hosts, certificate });
      this.#noteWaits();
      onCommitted();
      log.info({ revision: owner.value.revision }, 'a change that could not be written is taken back');
      throw error;
    }
  }

  #isKnown({ config }: Loaded): boolean {
    const inForce = this.#parts.owner.value.config;
    // Where the file was refused since, it is put into force though it says the same: that reports that its mistake is over.
    return this.#refused === null && inForce === this.#known && isDeepStrictEqual(config, inForce);
  }

  #noteWaits(): void {
    const { owner, log } = this.#parts;
    const known = this.#waits;
    const settings = needsRestart(this.#started, owner.value.config);
    const sinceMs = known.sinceMs ?? owner.value.sinceMs;
    this.#waits = settings.length === 0 ? NOTHING_WAITS : { settings, sinceMs };
    for (const setting of settings)
      if (!known.settings.includes(setting))
        log.warn({ setting }, 'this setting takes effect at the next start');
  }

  async #commit(cause: ReloadCause | typeof CHANGED_HERE, loaded: Loaded): Promise<void> {
    const { owner, rules, log, onTrouble, onCommitted, onReloaded } = this.#parts;
    const { config: before, revision: revisionBefore } = owner.value;
    const more = partsOf(loaded, owner.value, log);
    await rules.reload(more.config, more);
    this.#noteWaits();
    if (this.#refused !== null)
      onTrouble({ id: 'configuration', text: 'the new configuration is in force', state: 'over' });
    this.#refused = null;
    this.#last = { atMs: Date.now(), error: null };
    onCommitted();
    if (cause !== CHANGED_HERE)
      onReloaded?.({
        cause,
        settings: changedSettings(before, more.config),
        refused: null,
        before: revisionBefore,
        revision: owner.value.revision,
      });
    log.info({ cause, names: owner.value.ruleSet.names, revision: owner.value.revision }, 'reloaded');
  }

  /** @param loaded null: it could not be read, for want of memory or file descriptors */
  #refuse(cause: ReloadCause, loaded: Loaded | null, reason: string): void {
    const { owner, log, onTrouble, onReloaded } = this.#parts;
    const { revision } = owner.value;
    const isKnown = this.#refused?.loaded === loaded && this.#refused.reason === reason;
    owner.refuse('configuration', reason);
    if (isKnown && cause !== 'SIGHUP') return;
    this.#last = { atMs: Date.now(), error: reason };
    onReloaded?.({ cause, settings: [], refused: reason, before: revision, revision });
    if (loaded?.config === null) for (const problem of loaded.problems) log.error(problemText(problem));
    log.error(
      { cause, reason, revision },
      'the new configuration is refused; what was in force stays in force',
    );
    if (!isKnown)
      onTrouble({
        id: 'configuration',
        text: `the new configuration is refused, what was in force stays in force: ${reason}`,
        state: 'begun',
      });
    this.#refused = { loaded, reason };
  }
}

/** @throws Error that says why a configuration cannot be used */
function partsOf(loaded: Loaded, now: Parts, log: Logger): Pick<Parts, 'config' | 'hosts' | 'certificate'> {
  if (loaded.config === null) {
    const { problems } = loaded;
    const told = problems.slice(0, MISTAKES_TOLD).map(problemText).join('; ');
    throw new Error(
      problems.length > MISTAKES_TOLD ? `${told}; and ${problems.length - MISTAKES_TOLD} more` : told,
    );
  }
  const { config } = loaded;
  // As a save leaves it that was cut short by a full disk, or by a look in its midst.
  if (loaded.isBlank && now.config.lists.length > 0)
    throw new Error(
      `the file holds nothing any more (${config.file}); put it back, or write what is meant: \`lists: {}\` where nothing is to be blocked`,
    );
  return {
    config,
    hosts: readHostsFile(config.local.hosts, log),
    certificate: nextCertificate(config, now.certificate, Date.now()),
  };
}
