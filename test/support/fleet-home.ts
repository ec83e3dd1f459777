// A site and its head over real engines, in one process: what is stored at the site, what arrives, and a hand that strikes between any two steps.
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Collector } from '../../src/fleet/home/collector.ts';
import { Sender } from '../../src/fleet/home/sender.ts';
import { Spool } from '../../src/fleet/home/spool.ts';
import { Link } from '../../src/fleet/link.ts';
import type { Batch } from '../../src/fleet/messages/batch.ts';
import { type Seal, sealOf } from '../../src/fleet/seal.ts';
import { isSignedBy, publicKeyText, signatureOf } from '../../src/fleet/signing.ts';
import { SiteKeys } from '../../src/fleet/site-keys.ts';
import { Database } from '../../src/fleet/store/connection.ts';
import { BatchTaker, type Taken } from '../../src/fleet/store/take-batch.ts';
import type { Hit } from '../../src/hits/hit.ts';
import { Store } from '../../src/hits/store/store.ts';
import { createUlidMaker } from '../../src/hits/ulid.ts';
import type { Nats } from './nats.ts';
import type { Postgres } from './postgres.ts';

/** Where something may die, in the order of a batch's way. */
export const STEPS = ['read', 'kept', 'given', 'committed', 'told'] as const;
export type Step = (typeof STEPS)[number];

/** Of the head. */
export const HEAD_KEY = generateKeyPairSync('ed25519').privateKey;
const LOOK = { look: 20, resend: 300, resendMax: 2000, idle: 60_000, notes: 0 };

export class HomeRig {
  readonly nats: Nats;
  readonly postgres: Postgres;
  readonly said: string[] = [];
  /** Called at each step; throws where who takes it dies. */
  strike: (step: Step) => Promise<void> = async () => undefined;
  site: RigSite;
  #headLink: Link | null = null;
  #collector: Collector | null = null;
  database: Database;
  readonly siteKeys: SiteKeys;

  constructor(nats: Nats, postgres: Postgres) {
    this.nats = nats;
    this.postgres = postgres;
    this.database = new Database({ url: postgres.url });
    this.site = new RigSite(this);
    const report = (_: string, text: string): unknown => this.said.push(text);
    this.siteKeys = new SiteKeys({ dir: this.site.dir, now: Date.now, report });
  }

  linkOf(site: string): Link {
    const link = new Link({
      fleet: {
        site,
        nats: { servers: [{ host: '127.0.0.1', port: this.nats.port }], isTls: false },
        ca: null,
        credentials: null,
      },
      report: (_, text) => this.said.push(text),
      now: Date.now,
    });
    link.start();
    return link;
  }

  startHead(): void {
    const link = this.linkOf('head');
    const taker = new BatchTaker(this.database, Date.now);
    let isAlive = true;
    this.#headLink = link;
    this.#collector = new Collector({
      link: {
        get connection() {
          return link.connection;
        },
        tell: (subject, octets) => {
          if (isAlive) link.tell(subject, octets);
        },
      },
      taker: {
        store: async (site: string, batch: Batch): Promise<Taken> => {
          await this.strike('given');
          const taken = await taker.store(site, batch);
          await this.strike('committed');
          if (!isAlive) throw new Error('dead');
          void this.strike('told');
          return taken;
        },
      },
      sign: (body) => signatureOf(body, HEAD_KEY, 'done'),
      open: (site, octets) => this.siteKeys.open(site, 'batch', octets),
      report: (_, text) => this.said.push(text),
      ackMs: 500,
    });
    this.#collector.use(['site-7']);
    const collector = this.#collector;
    this.killHead = async () => {
      isAlive = false;
      await link.connection?.close();
      await link.stop();
      void collector.stop();
    };
  }

  /** Its connection ends, and nothing that it has begun is said any more. */
  killHead: () => Promise<void> = async () => undefined;

  async restartDatabase(): Promise<void> {
    await this.postgres.kill();
    await this.postgres.start();
  }

  /** Hits of a site in the central store: rows, and different ones. */
  async counted(site = 'site-7'): Promise<{ rows: number; distinct: number }> {
    const [row] = await this.database.query(
      'SELECT count(*) AS rows, count(DISTINCT h.id) AS distinct FROM cenote.hits h JOIN cenote.lives l ON l.id = h.life WHERE l.site = $1',
      [site],
    );
    return { rows: Number(row?.['rows']), distinct: Number(row?.['distinct']) };
  }

  async stop(): Promise<void> {
    await this.site.stop();
    await this.#collector?.stop();
    await this.#headLink?.stop();
    await this.database.close();
  }
}

export class RigSite {
  readonly dir: string = mkdtempSync(join(tmpdir(), 'cenote-site-'));
  readonly name: string;
  readonly key: KeyObject = generateKeyPairSync('ed25519').privateKey;
  readonly seal: Seal;
  readonly #rig: HomeRig;
  readonly #ulid = createUlidMaker();
  #store: Store | null = null;
  #link: Link | null = null;
  sender: Sender | null = null;
  stored = 0;

  constructor(rig: HomeRig, name = 'site-7') {
    this.#rig = rig;
    this.name = name;
    this.seal = sealOf(name, this.key);
  }

  get path(): string {
    return join(this.dir, 'cenote.db');
  }

  get store(): Store {
    this.#store ??= new Store({ path: this.path, now: Date.now, report: () => undefined });
    return this.#store;
  }

  /** As the hits thread stores them: a few are rows, many a batch. */
  hit(count: number): void {
    const hits = Array.from({ length: count }, (_, i) =>
      hitOf(`w${this.stored + i}.c2.example`, this.#ulid(Date.now())),
    );
    if (!this.store.write((tables) => tables.hits.write(hits, []))) throw new Error('not stored');
    this.stored += count;
  }

  start(): void {
    const link = this.#rig.linkOf(this.name);
    const rig = this.#rig;
    let isAlive = true;
    this.#link = link;
    const sender = new Sender({
      site: this.name,
      link: {
        get state() {
          return link.state;
        },
        get octetsMax() {
          return link.octetsMax;
        },
        onUp: (then) => link.onUp(then),
        listen: (subject, heard) => link.listen(subject, (octets) => (isAlive ? heard(octets) : undefined)),
        keep: async (subject, octets) => {
          await rig.strike('read');
          if (!isAlive) throw new Error('dead');
          const sequence = await link.keep(subject, octets, [1000]);
          await rig.strike('kept');
          return sequence;
        },
      },
      spool: new Spool({ path: this.path, now: Date.now, pseudonyms: null }),
      seal: (batch) => this.seal('batch', batch),
      isSigned: (body, signature) => isSignedBy(body, signature, publicKeyText(HEAD_KEY), 'done'),
      report: (_, text) => rig.said.push(text),
      monotonic: () => performance.now(),
      times: LOOK,
      hitsMax: 300,
    });
    this.sender = sender;
    sender.start();
    this.kill = async () => {
      isAlive = false;
      await link.connection?.close();
      await link.stop();
      void sender.stop();
    };
  }

  kill: () => Promise<void> = async () => undefined;

  /** Closes the store's file: what reopens it finds another. */
  closeStore(): void {
    this.#store?.close();
    this.#store = null;
  }

  async stop(): Promise<void> {
    await this.sender?.stop();
    await this.#link?.stop();
    this.closeStore();
    rmSync(this.dir, { recursive: true, force: true });
  }
}

function hitOf(name: string, id: string): Hit {
  const client = {
    ip: '192.0.2.7',
    name: 'till-3',
    mac: 'aa:bb:cc:00:00:07',
    group: 'default',
    machine: 'm7',
    nameFrom: 'lease' as const,
  };
  const own = { list: 'threats', rule: name, indicator: null, mode: 'enforce' as const };
  return {
    event: 'hit',
    id,
    time: new Date().toISOString(),
    count: 1,
    client,
    question: { name, type: 'A', class: 'IN' },
    transport: 'udp',
    verdict: 'sinkhole',
    rule: name,
    list: 'threats',
    answer: ['0.0.0.0'],
    via: null,
    indicator: null,
    worker: 0,
    machine: 'm7',
    visit: id,
    matches: [own],
    outcome: 'blocked',
    rcode: 'NOERROR',
    through: null,
    resolver: 'resolver.example',
  };
}
