// A reload with a fault in one of those who must take it, under load: whoever refuses, dies or is late, at preparing or at
// committing, all are by the same configuration afterwards, and none of the queries meanwhile went unanswered.
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { HealthView } from '../../src/admin/state.ts';
import { askUdp } from '../support/client.ts';
import { type ConfigLiteral, type Daemon, startDaemon } from '../support/daemon.ts';
import type { Order } from '../support/faulty-thread.ts';
import { query } from '../support/message.ts';
import { readMessage } from '../support/read-message.ts';
import { startSimpleUpstream } from '../support/simple-upstream.ts';
import { until } from '../support/tool.ts';

const FIXTURES = join(import.meta.dirname, '../fixtures/upstream-tls');
/** Enough for a list to be compiled by the helper, which yields to all else that runs. */
const NAMES = 32_000;
/** Beyond what is waited for. */
const LATE_MS = { prepare: 11_000, commit: 3_000 };

type Play =
  | { readonly holder: string; readonly order: Order; readonly isTaken: boolean }
  /** The pair of certificate and key on the disk cannot be used. */
  | { readonly holder: 'certificate'; readonly isTaken: false };

const THREADS = ['resolver-0', 'resolver-1', 'hits'];

const PLAYS: readonly Play[] = [
  ...THREADS.flatMap((holder): Play[] => [
    { holder, order: { at: 'prepare', fault: 'refuses' }, isTaken: false },
    { holder, order: { at: 'prepare', fault: 'dies' }, isTaken: true },
    { holder, order: { at: 'prepare', fault: 'late', lateMs: LATE_MS.prepare }, isTaken: true },
    { holder, order: { at: 'commit', fault: 'dies' }, isTaken: true },
    { holder, order: { at: 'commit', fault: 'late', lateMs: LATE_MS.commit }, isTaken: true },
  ]),
  { holder: 'compile', order: { at: 'prepare', fault: 'dies' }, isTaken: false },
  { holder: 'compile', order: { at: 'prepare', fault: 'refuses' }, isTaken: false },
  { holder: 'compile', order: { at: 'prepare', fault: 'late', lateMs: 3_000 }, isTaken: true },
  { holder: 'certificate', isTaken: false },
];

export interface Transaction {
  readonly plays: number;
  readonly whole: number;
  readonly queries: number;
  /** No answer, also when asked again. */
  readonly unanswered: number;
  /** What was not as it must be. */
  readonly wrong: readonly string[];
}

export async function playTransactions(directory: string): Promise<Transaction> {
  const orders = join(directory, 'orders');
  mkdirSync(orders);
  const [cert, key] = [join(directory, 'cert.pem'), join(directory, 'key.pem')];
  const certify = (): void => {
    copyFileSync(join(FIXTURES, 'cert.pem'), cert);
    copyFileSync(join(FIXTURES, 'key.pem'), key);
  };
  certify();
  const write = (parity: string, names: number): void =>
    writeFileSync(
      join(directory, parity),
      `${parity}.example\nboth.example\n${Array.from({ length: names }, (_, i) => `n${i}.${parity}.example\n`).join('')}`,
    );
  for (const parity of ['odd', 'even']) write(parity, 10);
  const upstream = await startSimpleUpstream();
  const configOf = (parity: 'odd' | 'even'): ConfigLiteral => ({
    workers: 2,
    upstreams: { default: [upstream.address] },
    lists: { [parity]: { source: join(directory, parity), alert: true } },
    sinkhole: { answer: { a: parity === 'odd' ? '192.0.2.1' : '192.0.2.2' } },
  });
  let inForce: 'odd' | 'even' = 'odd';
  const daemon = await startDaemon({
    directory,
    config: configOf('odd'),
    secure: true,
    environment: { FAULTY_THREADS: orders },
    imports: [join(import.meta.dirname, '../support/faulty-thread.ts')],
  });
  const load = new Load(daemon);
  const wrong: string[] = [];
  let whole = 0;
  try {
    for (const play of PLAYS) {
      const what = `${play.holder} ${'order' in play ? `${play.order.fault} at ${play.order.at}` : 'is broken'}`;
      const next: 'odd' | 'even' = inForce === 'odd' ? 'even' : 'odd';
      write(next, play.holder === 'compile' ? NAMES : 10);
      if ('order' in play) writeFileSync(join(orders, play.holder), JSON.stringify(play.order));
      const config = configOf(next);
      const broken = { ...tlsOf(daemon), tlsCertificate: { cert: join(directory, 'odd'), key } };
      daemon.rewrite('order' in play ? config : { ...config, listen: broken });
      const said = await until(what, () => ended(daemon, next), 120_000).catch(() => null);
      const mistakes: string[] = [];
      if (said === null) mistakes.push('no end');
      else if (said !== (play.isTaken ? 'taken' : 'refused')) mistakes.push(said);
      if (play.isTaken) inForce = next;
      // A thread that was late, or is new, turns a moment later.
      const settled = await until('all', async () => (await sample(daemon, inForce)) === 0, 60_000).catch(
        () => null,
      );
      if (settled === null) mistakes.push(`not all answer by the ${inForce} configuration`);
      // Shown once the threads have turned.
      const isShown = async (): Promise<boolean> => (await listsOf(daemon)).join() === inForce;
      if ((await until('what is shown', isShown, 60_000).catch(() => null)) === null)
        mistakes.push('lists of the other configuration are shown');
      if (mistakes.length === 0) whole += 1;
      else wrong.push(`${what}: ${mistakes.join('; ')}`);
      if (!play.isTaken) {
        // What was refused is taken once nothing speaks against it.
        daemon.rewrite(config);
        await until(`${what}, mended`, async () => (await ended(daemon, next)) === 'taken', 120_000);
        inForce = next;
      }
    }
  } finally {
    await load.stop();
    await daemon.stop();
    await upstream.close();
  }
  return { plays: PLAYS.length, whole, queries: load.queries, unanswered: load.unanswered, wrong };
}

function tlsOf({ server, tlsPort, httpsPort, adminUrl }: Daemon) {
  return {
    dns: [`127.0.0.1:${server.port}`],
    tls: [`127.0.0.1:${tlsPort}`],
    https: [`127.0.0.1:${httpsPort}`],
    admin: adminUrl.slice('http://'.length),
  };
}

const health = async ({ adminUrl }: Daemon): Promise<HealthView> =>
  (await fetch(`${adminUrl}/healthz`)).json() as Promise<HealthView>;

/** Null while it is under way. */
async function ended(daemon: Daemon, next: 'odd' | 'even'): Promise<'taken' | 'refused' | null> {
  if ((await health(daemon)).refused !== null) return 'refused';
  return (await sample(daemon, next)) === 0 ? 'taken' : null;
}

async function listsOf({ adminUrl }: Daemon): Promise<string[]> {
  const { lists } = (await (await fetch(`${adminUrl}/api/v1/lists`)).json()) as { lists: { name: string }[] };
  return lists.map(({ name }) => name);
}

/** Of 24 clients, whose ports spread them over the threads, how many are not answered by this configuration. */
async function sample({ server }: Daemon, parity: 'odd' | 'even'): Promise<number> {
  const names = ['both.example', 'odd.example', 'even.example'];
  const asked = Array.from({ length: 24 }, async (_, i) => {
    const name = names[i % 3] ?? '';
    const answer = await askUdp(server, query(name, 'A'), 1000);
    const data = answer === null ? null : readMessage(answer)?.answer[0]?.data;
    const sinkhole = parity === 'odd' ? '192.0.2.1' : '192.0.2.2';
    const isListed = name === 'both.example' || name === `${parity}.example`;
    return data === (isListed ? sinkhole : '198.51.100.1') ? 0 : 1;
  });
  return (await Promise.all(asked)).reduce<number>((sum, one) => sum + one, 0);
}

/** Asks all the time, as clients do: again when nothing came. */
class Load {
  queries = 0;
  unanswered = 0;
  #isOver = false;
  readonly #all: Promise<unknown>;

  constructor({ server }: Daemon) {
    const ask = async (name: string): Promise<void> => {
      while (!this.#isOver) {
        this.queries += 1;
        let answer: Buffer | null = null;
        for (let attempt = 0; answer === null && attempt < 3; attempt += 1)
          answer = await askUdp(server, query(name, 'A'), 1000);
        if (answer === null) this.unanswered += 1;
        await pause(10);
      }
    };
    this.#all = Promise.all(['both', 'odd', 'even', 'other'].map((label) => ask(`${label}.example`)));
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#all;
  }
}
