// One daemon of the box: head or site, with its own way to the NATS server, clock, disk and release.
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ConfigLiteral, type Daemon, startDaemon } from '../../support/daemon.ts';
import { type NatsKey, natsKey } from '../../support/nats.ts';
import { freePort } from '../../support/tool.ts';
import type { Wire } from './wire.ts';

export interface PlaceParts {
  readonly name: string;
  readonly dir: string;
  readonly wire?: Wire;
  /** The servers where nothing lies between; unset, there is a wire. */
  readonly nats?: readonly string[];
  /** More of its section `fleet`. */
  readonly fleet: ConfigLiteral;
  /** The file with how far all clocks were moved. */
  readonly clock: string;
  /** How far its own clock is off, ms. */
  readonly skewMs?: number;
  /** A folder with the sources of another release; null: this one. */
  readonly release?: string | null;
}

export class Place {
  readonly name: string;
  readonly dir: string;
  readonly #wire: Wire | null;
  skewMs: number;
  readonly release: string | null;
  /** What its own file calls it, where that is not its name. */
  called: string | null = null;
  readonly #parts: PlaceParts;
  #ports = { dns: 0, admin: 0 };
  #own: ConfigLiteral;
  /** Of its NATS user. */
  key: NatsKey = natsKey();
  daemon: Daemon | null = null;
  /** Whether a revision is to be in force here within its time; null: it is, else why not. */
  excuse: string | null = 'it has not begun';

  constructor(parts: PlaceParts, own: ConfigLiteral) {
    this.#parts = parts;
    this.#own = own;
    this.name = parts.name;
    this.#wire = parts.wire ?? null;
    this.skewMs = parts.skewMs ?? 0;
    this.release = parts.release ?? null;
    this.dir = join(parts.dir, parts.name);
    mkdirSync(join(this.dir, 'data'), { recursive: true });
  }

  get line(): Wire | null {
    return this.#wire;
  }

  get wire(): Wire {
    if (this.#wire === null) throw new Error(`${this.name} has no wire`);
    return this.#wire;
  }

  get config(): ConfigLiteral {
    const { fleet, name } = this.#parts;
    const nats = this.#parts.nats ?? [`nats://127.0.0.1:${this.wire.port}`];
    return {
      upstreams: { default: ['127.0.0.1:9'] },
      ...this.#own,
      fleet: { nats, site: this.called ?? name, credentials: join(this.dir, 'seed'), ...fleet },
    };
  }

  /** Another machine with all that it has, over its own way. */
  cloned(name: string): Place {
    const clone = new Place({ ...this.#parts, name }, this.#own);
    clone.key = this.key;
    clone.called = this.called ?? this.name;
    return clone;
  }

  async start(): Promise<Daemon> {
    if (this.#ports.dns === 0) this.#ports = { dns: await freePort(), admin: await freePort() };
    writeFileSync(join(this.dir, 'seed'), this.key.seed, { mode: 0o600 });
    const { clock } = this.#parts;
    this.daemon = await startDaemon({
      directory: this.dir,
      ports: this.#ports,
      config: this.config,
      environment: { FLEET_BOX_CLOCK: clock, FLEET_BOX_SKEW: String(this.skewMs) },
      imports: [join(import.meta.dirname, '../../support/moved-clock-thread.ts')],
      ...(this.release === null ? {} : { program: join(this.release, 'bin/cenote') }),
    });
    return this.daemon;
  }

  /** Its own file says this from now on. */
  say(own: ConfigLiteral): void {
    this.#own = own;
    this.daemon?.rewrite(this.config);
  }

  async kill(): Promise<void> {
    const { child } = this.daemon ?? {};
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }
}
