// Plays the start matrix, row by row: each fault's machine, every command on it, the unit under systemd too.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { until } from '../../support/tool.ts';
import type { Seen } from './ask.ts';
import { type Machine, type Running, scriptOf, startMachine, whyNoMachine } from './machine.ts';
import { type Cell, COLUMNS, type Column, ROWS, type Row } from './rows.ts';

const CENOTE = '/opt/cenote/bin/cenote';
const CONFIG = '/etc/cenote/cenote.yaml';
/** Beyond the start of a daemon and all retries of a list, on a machine with ten times the work it can do: who is as wanted is not waited for. */
const WAIT_MS = 180_000;
const URL = 'http://lists.example:8080/list';

/** What one cell came to. */
export interface Played {
  readonly row: string;
  readonly column: Column;
  /** What is not as it must be; empty where all is. */
  readonly wrong: readonly string[];
  /** The exit code, or what a daemon does. */
  readonly outcome: string;
  /** All that was said. */
  readonly text: string;
}

const configOf = (row: Row): string => `
listen: { dns: ["127.0.0.1:53", "[::1]:53"], admin: "127.0.0.1:5380" }
upstreams: { default: [system] }
clients: { leases: [], neighbours: false, reverse: false }
lists:
  mine: { names: [evil.example] }
  far: { source: "${URL}" }
${row.config ?? ''}
`;

/**
 * @param dir where machines are mounted
 * @param wanted words of rows to play; none for all
 * @returns why no machine can be had, else all cells
 */
export async function playStarts(
  dir: string,
  wanted: readonly string[],
  tell: (played: Played) => void,
): Promise<readonly Played[] | string> {
  const missing = whyNoMachine();
  if (missing !== null) return missing;
  const shared = join(dir, 'before');
  mkdirSync(shared);
  const all: Played[] = [];
  for (const [number, row] of ROWS.entries()) {
    // The first leaves what the others begin with.
    if (number > 0 && wanted.length > 0 && !wanted.some((word) => row.what.includes(word))) continue;
    const root = join(dir, `machine-${number}`);
    mkdirSync(root);
    const machine = await startMachine(root, shared, row.machine ?? '');
    try {
      await prepare(machine, row);
      for (const column of COLUMNS) {
        if (column === 'unit' && !machine.hasSystemd) continue;
        const played = await play(machine, row, column);
        all.push(played);
        tell(played);
      }
    } finally {
      await machine.stop();
    }
  }
  return all;
}

async function prepare(machine: Machine, row: Row): Promise<void> {
  await machine.run(['sh', '-c', `cat >${CONFIG}`], { input: configOf(row) });
  if (row.unit !== undefined) {
    const dropIn = '/etc/systemd/system/cenote.service.d';
    const script = `mkdir -p ${dropIn} && cat >${dropIn}/row.conf && systemctl daemon-reload`;
    await machine.run(['sh', '-c', script], { input: row.unit });
  }
  const world = machine.begin(scriptOf('world.ts', JSON.stringify(row.world)));
  while (!world.text().includes('ready')) await pause(50);
}

async function play(machine: Machine, row: Row, column: Column): Promise<Played> {
  const cell = row.cells[column];
  if (column === 'unit') return playUnit(machine, row);
  if (column === 'serve' || column === 'serve again') return playServe(machine, row, column);
  const args = {
    check: ['check', '-c', CONFIG],
    sources: ['check', '--sources', '-c', CONFIG],
    import: ['import', URL, '--out', '/data/lists', '--name', 'far'],
  }[column];
  const { code, text } = await machine.run([CENOTE, ...args], asTyped(row, '/data/again'));
  const wrong = code === cell.code ? [] : [`exit ${code}, must be ${cell.code}`];
  return judged(row, column, wrong, `exit ${code}`, text);
}

function asTyped(row: Row, dir: string) {
  const environment = { CENOTE_EVENTS_DIR: dir, ...row.environment };
  return { environment, ...(row.uid === undefined ? {} : { uid: row.uid }) };
}

async function playServe(machine: Machine, row: Row, column: 'serve' | 'serve again'): Promise<Played> {
  const dir = column === 'serve' ? '/data/first' : '/data/again';
  const other = row.otherDaemon === true ? await startOther(machine, dir) : null;
  const daemon = machine.begin([CENOTE, 'serve', '-c', CONFIG], asTyped(row, dir));
  const seen = await watch(machine, row.cells[column], daemon);
  daemon.signal('SIGTERM');
  const code = await daemon.ended;
  await other?.stop();
  if (column === 'serve' && row.what === 'all well')
    await machine.run(['sh', '-c', 'cp -a /data/first /before/again; cp -a /data/first /data/again']);
  const ended = seen === null ? code : null;
  const wrong = judgeDaemon(row.cells[column], ended, seen);
  if (seen !== null && code !== 0) wrong.push(`ended with ${code} at SIGTERM`);
  return judged(row, column, wrong, outcomeOf(ended, seen), daemon.text());
}

async function playUnit(machine: Machine, row: Row): Promise<Played> {
  const other = row.otherDaemon === true ? await startOther(machine, '/var/lib/private/cenote') : null;
  await machine.run(['systemctl', 'start', '--no-block', 'cenote']);
  const cell = row.cells.unit;
  const seen = cell.code === null ? await ask(machine, WAIT_MS, cell.state) : null;
  if (seen === null)
    await until('a restart', async () => /=[1-9]/.test(await shownOf(machine, 'NRestarts')), 90_000);
  await other?.stop();
  const log = await machine.run(['journalctl', '-u', 'cenote', '-o', 'cat', '--no-pager']);
  await machine.run(['systemctl', 'stop', 'cenote']);
  if (row.what === 'all well') await machine.run(['cp', '-a', '/var/lib/private/cenote', '/before/unit']);
  // systemd tries it again for ever; what it ended with stands in the journal.
  const code = /cannot start/.test(log.text) ? 1 : null;
  const wrong = judgeDaemon(cell, code, seen);
  const outcome = seen === null ? `exit ${code}, started again by systemd` : outcomeOf(null, seen);
  return judged(row, 'unit', wrong, outcome, log.text);
}

async function shownOf(machine: Machine, property: string): Promise<string> {
  return (await machine.run(['systemctl', 'show', 'cenote', `--property=${property}`])).text;
}

/** One that has the folder already, on ports of its own. */
async function startOther(
  machine: Machine,
  dir: string,
): Promise<Running & { readonly stop: () => Promise<void> }> {
  const environment = {
    CENOTE_EVENTS_DIR: dir,
    CENOTE_LISTEN_DNS: '127.0.0.1:54',
    CENOTE_LISTEN_ADMIN: 'off',
  };
  const other = machine.begin([CENOTE, 'serve', '-c', CONFIG], { environment });
  await machine.run(scriptOf('ask.ts', '3000', '127.0.0.1', '54'));
  const stop = async (): Promise<void> => {
    other.signal('SIGTERM');
    await other.ended;
  };
  return { ...other, stop };
}

/** Null for a daemon that ended. */
async function watch(machine: Machine, cell: Cell, daemon: Running): Promise<Seen | null> {
  return Promise.race([daemon.ended.then(() => null), ask(machine, WAIT_MS, cell.state)]);
}

/** Until the list is in that state, or the time is over. */
async function ask(machine: Machine, ms: number, state?: string): Promise<Seen> {
  const { text } = await machine.run(
    scriptOf('ask.ts', String(ms), '127.0.0.1', '53', ...(state ? [state] : [])),
  );
  return JSON.parse(text) as Seen;
}

/** @param ended exit code of a daemon that ended by itself */
function judgeDaemon(cell: Cell, ended: number | string | null, seen: Seen | null): string[] {
  if (cell.code !== null)
    return ended === cell.code ? [] : [`runs or ended with ${ended}, must end with ${cell.code}`];
  if (seen === null) return [`ended with ${ended}`];
  const wrong: string[] = [];
  if (!seen.isUp) wrong.push('answers no query');
  const blocks = cell.blocks ?? [true, true];
  if (seen.blocks.join() !== blocks.join()) wrong.push(`blocks ${seen.blocks}, must ${blocks}`);
  if (cell.state !== undefined && seen.list?.state !== cell.state)
    wrong.push(`the list is ${seen.list?.state}, must be ${cell.state}`);
  return wrong;
}

function outcomeOf(code: number | string | null, seen: Seen | null): string {
  if (seen === null) return `exit ${code}`;
  const blocks = seen.blocks.map((one) => (one ? 'yes' : 'no')).join('/');
  return `${seen.isUp ? 'answers' : 'no answer'}, blocks ${blocks}, list ${seen.list?.state}${seen.list?.why ? `: ${seen.list.why}` : ''}`;
}

/** Nothing uncaught, and the sentence. */
function judged(row: Row, column: Column, wrong: readonly string[], outcome: string, text: string): Played {
  const { says } = row.cells[column];
  const more: string[] = [];
  if (/^\s+at .*[:(]|node:internal|Uncaught|UnhandledPromise|\[object /m.test(text))
    more.push('a stack trace');
  if (says !== undefined && !says.test(`${outcome}\n${text}`)) more.push(`does not say ${says}`);
  const shown = text.replaceAll(/^\{"event":"hit".*\n/gm, '');
  return { row: row.what, column, outcome, text: shown, wrong: [...wrong, ...more] };
}
