// One kind of work: all its servers run at once and take turns inside each round, so that a slow minute of the machine
// hits all of them. CPU is that of the whole process, all its threads.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Load, load, untilAnswered } from '../support/load.ts';
import { type Latency, pace } from '../support/pace.ts';
import { securePort } from '../support/peers.ts';
import { cpuOf, type Running, residentOf } from '../support/process.ts';
import { median } from '../support/table.ts';
import type { Contestant, Scenario } from './scenarios.ts';

export interface QueryRow {
  readonly work: string;
  readonly server: string;
  readonly version: string;
  readonly perSecond: number;
  /** Queries of all rounds, and of the latency's own run, without an answer. */
  readonly lost: number;
  readonly userUs: number;
  readonly systemUs: number;
  readonly cpuUs: number;
  /** At half of `perSecond`, or at the rate that was asked at; UDP only. */
  readonly latency: Latency | null;
  readonly residentMiB: number;
}

export interface ContestOptions {
  readonly folder: string;
  readonly port: number;
  readonly upstreamPort: number;
  readonly rounds: number;
  readonly seconds: number;
}

interface Measured {
  readonly load: Load;
  readonly userUs: number;
  readonly systemUs: number;
  /** Of queries at a rate of ours. */
  readonly latency: Latency | null;
}

interface Entrant {
  readonly contestant: Contestant;
  readonly version: string;
  readonly server: Running;
  readonly port: number;
  readonly questions: readonly string[];
  readonly file: string;
  readonly measured: Measured[];
}

/** Names timed one by one; the rest of a long list is for the peak rate. */
const PACED_NAMES_MAX = 20_000;
const READY_SECONDS = 120;
const CONNECTIONS = 100;
const SECURE_CONNECTIONS = 20;
/** Parts that fresh names are cut into: a warm-up and rounds. */
const ROUNDS_MAX = 6;

export async function contest(scenario: Scenario, options: ContestOptions): Promise<QueryRow[]> {
  const entrants = await startAll(scenario, options);
  const { rounds, seconds } = options;
  for (const { port, file, questions } of entrants) {
    put(file, ofRound(scenario, questions, rounds));
    await load({ ...clientsOf(scenario), port, file, seconds: Math.min(2, seconds) });
  }
  for (let round = 0; round < rounds; round += 1)
    for (const entrant of entrants) entrant.measured.push(await measure(scenario, entrant, seconds, round));
  const rows: QueryRow[] = [];
  for (const entrant of entrants) rows.push(await rowOf(scenario, entrant, Math.min(2, seconds)));
  for (const { server } of entrants) await server.stop();
  return rows;
}

function clientsOf({ transport }: Scenario) {
  const clients = { udp: 4, tcp: CONNECTIONS, dot: SECURE_CONNECTIONS, doh: SECURE_CONNECTIONS };
  return { transport, clients: clients[transport] };
}

function put(file: string, names: readonly string[]): void {
  writeFileSync(file, names.map((name) => `${name} A\n`).join(''));
}

/** What one round asks: of fresh names a part of its own. */
function ofRound({ isFresh }: Scenario, questions: readonly string[], round: number): readonly string[] {
  if (isFresh !== true) return questions;
  const share = Math.floor(questions.length / ROUNDS_MAX);
  const first = (round % ROUNDS_MAX) * share;
  return questions.slice(first, first + share);
}

async function startAll(
  scenario: Scenario,
  { folder, port, upstreamPort }: ContestOptions,
): Promise<Entrant[]> {
  const entrants: Entrant[] = [];
  for (const [i, contestant] of scenario.contestants.entries()) {
    const version = contestant.peer.version();
    if (version === null) continue;
    const own = mkdtempSync(join(folder, 'run-'));
    const { names, cacheEntries } = scenario;
    const work = { folder: own, port: port + i, upstreamPort, names, cacheEntries, ...contestant.change };
    const server = contestant.peer.start(work);
    const questions = contestant.questions ?? scenario.questions;
    const file = join(own, 'questions');
    const at = contestant.peer.fixedPort ?? work.port;
    await untilAnswered(at, questions[0] ?? 'bench.test', READY_SECONDS);
    const asked = work.secure === undefined ? at : securePort(work);
    entrants.push({ contestant, version, server, port: asked, questions, file, measured: [] });
  }
  return entrants;
}

async function measure(
  scenario: Scenario,
  { server, port, file, questions }: Entrant,
  seconds: number,
  round: number,
): Promise<Measured> {
  const names = ofRound(scenario, questions, round);
  if (scenario.isFresh === true) put(file, names);
  const before = cpuOf(server.pid);
  const { perSecond } = scenario;
  const latency =
    perSecond === undefined
      ? null
      : await pace({ port, names: names.slice(0, PACED_NAMES_MAX), perSecond, seconds });
  const result =
    latency === null
      ? await load({ ...clientsOf(scenario), port, file, seconds })
      : {
          sent: latency.perSecond * seconds,
          completed: latency.perSecond * seconds - latency.lost,
          perSecond: latency.perSecond,
        };
  const after = cpuOf(server.pid);
  const count = Math.max(1, result.completed);
  return {
    load: result,
    latency,
    userUs: (after.userUs - before.userUs) / count,
    systemUs: (after.systemUs - before.systemUs) / count,
  };
}

async function rowOf(scenario: Scenario, entrant: Entrant, seconds: number): Promise<QueryRow> {
  const { contestant, version, server, port, questions, measured } = entrant;
  const perSecond = Math.round(median(measured.map((one) => one.load.perSecond)));
  const names = questions.slice(0, PACED_NAMES_MAX);
  const residentMiB = Math.round(residentOf(server.pid) / 1_048_576);
  const lost = measured.reduce((sum, one) => sum + one.load.sent - one.load.completed, 0);
  const paced =
    scenario.perSecond === undefined && scenario.transport === 'udp'
      ? await pace({ port, names, perSecond: Math.floor(perSecond / 2), seconds })
      : null;
  return {
    work: scenario.work,
    server: contestant.name,
    version,
    perSecond,
    lost: lost + (paced?.lost ?? 0),
    userUs: median(measured.map((one) => one.userUs)),
    systemUs: median(measured.map((one) => one.systemUs)),
    cpuUs: median(measured.map((one) => one.userUs + one.systemUs)),
    latency: paced ?? measured.at(-1)?.latency ?? null,
    residentMiB,
  };
}
