// One kind of work: all its servers run at once and take turns inside each round, so that a slow minute of the machine
// hits all of them. CPU is that of the whole process, all its threads.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crowd } from '../support/crowd.ts';
import { type Load, load, untilAnswered } from '../support/load.ts';
import { type Latency, pace } from '../support/pace.ts';
import { CENOTE, securePort } from '../support/peers.ts';
import { cpuOf, type Running, residentOf, untilCalm } from '../support/process.ts';
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
  /** What was measured, round by round. */
  readonly rounds: readonly Measured[];
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
const WARM_CROWD_SECONDS = 0.5;
/** A warm-up is so many rounds long where few queries are asked. */
const WARM_SLOW = 3;
/** The round before the first. */
const WARM_UP = -1;
/** Fresh names for each second of a round: more than anybody answers. */
const FRESH_PER_SECOND = 200_000;

export async function contest(scenario: Scenario, options: ContestOptions): Promise<QueryRow[]> {
  const entrants: Entrant[] = [];
  try {
    await startAll(scenario, options, entrants);
    return await race(scenario, options, entrants);
  } finally {
    for (const { server } of entrants) await server.stop();
  }
}

async function race(
  scenario: Scenario,
  { rounds, seconds }: ContestOptions,
  entrants: readonly Entrant[],
): Promise<QueryRow[]> {
  let left = entrants;
  for (let round = WARM_UP; round < rounds; round += 1) {
    const able: Entrant[] = [];
    for (const entrant of left)
      try {
        if (round === WARM_UP) await warm(scenario, entrant, rounds, seconds);
        else entrant.measured.push(await measure(scenario, entrant, seconds, round));
        able.push(entrant);
      } catch (error) {
        // Not all of dnsperf's modes work with every server: the others' figures count all the same.
        process.stderr.write(
          `${scenario.work}: ${entrant.contestant.name} is left out: ${error instanceof Error ? error.message : error}\n`,
        );
        process.exitCode = 1;
      }
    left = able;
  }
  const rows: QueryRow[] = [];
  for (const entrant of left) rows.push(await rowOf(scenario, entrant, Math.min(2, seconds)));
  return rows;
}

async function warm(scenario: Scenario, entrant: Entrant, rounds: number, seconds: number): Promise<void> {
  const { contestant, port, file, questions } = entrant;
  const warmSeconds = secondsOfWarmUp(scenario, seconds);
  // Warm is what has been asked as fast as it goes, whatever the rate is later.
  put(file, ofRound({ ...scenario, perSecond: FRESH_PER_SECOND }, questions, rounds, warmSeconds));
  if (contestant.addresses === undefined)
    await load({ ...clientsOf(scenario), port, file, seconds: warmSeconds });
  else await crowd({ port, names: questions, addresses: contestant.addresses, seconds: WARM_CROWD_SECONDS });
}

const secondsOfWarmUp = (scenario: Scenario, seconds: number): number =>
  seconds * (isSlow(scenario) ? WARM_SLOW : 1);

/** How long a contest takes at least: its starts, and what is stored later, come on top. */
export const secondsOf = (scenario: Scenario, { rounds, seconds }: ContestOptions): number =>
  scenario.contestants.length * (rounds * seconds + secondsOfWarmUp(scenario, seconds));

/** Few queries in a round: the first of them, by which code gets hot and a start is cleared up after, would count for much. */
const isSlow = ({ kind, perSecond }: Scenario): boolean => perSecond !== undefined || kind === 'secure';

function clientsOf({ transport, isFresh = false }: Scenario) {
  const ofStreams = transport === 'tcp' ? CONNECTIONS : SECURE_CONNECTIONS;
  return { transport, clients: transport === 'udp' ? 4 : ofStreams, once: isFresh };
}

function put(file: string, names: readonly string[]): void {
  writeFileSync(file, names.map((name) => `${name} A\n`).join(''));
}

/** What one round asks. */
function ofRound(
  { isFresh, perSecond = FRESH_PER_SECOND }: Scenario,
  questions: readonly string[],
  round: number,
  seconds: number,
): readonly string[] {
  if (isFresh !== true) return questions;
  const count = Math.ceil(perSecond * seconds);
  return Array.from({ length: count }, (_, i) => `r${round}x${i}.${questions[0] ?? 'test'}`);
}

async function startAll(
  scenario: Scenario,
  { folder, port, upstreamPort }: ContestOptions,
  entrants: Entrant[],
): Promise<void> {
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
    const asked = work.secure === undefined ? at : securePort(work);
    entrants.push({ contestant, version, server, port: asked, questions, file, measured: [] });
    await untilAnswered(at, questions[0] ?? 'bench.test', READY_SECONDS);
  }
}

async function measure(
  scenario: Scenario,
  entrant: Entrant,
  seconds: number,
  round: number,
): Promise<Measured> {
  const { server, port, file, questions, contestant } = entrant;
  const { perSecond } = scenario;
  const names = ofRound(scenario, questions, round, seconds);
  if (scenario.isFresh === true) put(file, names);
  const { addresses } = contestant;
  // Each client and name is a hit of its own, which is stored later.
  const isStored = addresses !== undefined && contestant.peer === CENOTE;
  if (isStored) await untilCalm(server.pid);
  const before = cpuOf(server.pid);
  const latency =
    perSecond === undefined
      ? null
      : await pace({ port, names: names.slice(0, PACED_NAMES_MAX), perSecond, seconds });
  const result =
    addresses !== undefined
      ? await crowd({ port, names, addresses, seconds })
      : latency === null
        ? await load({ ...clientsOf(scenario), port, file, seconds })
        : {
            sent: latency.perSecond * seconds,
            completed: latency.perSecond * seconds - latency.lost,
            perSecond: latency.perSecond,
          };
  if (isStored) await untilCalm(server.pid);
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
  const most = scenario.isFresh === true ? Math.ceil((perSecond * seconds) / 2) : PACED_NAMES_MAX;
  // Of fresh names those of a round that there was not.
  const names = ofRound(scenario, questions, measured.length + 1, seconds).slice(0, most);
  const residentMiB = Math.round(residentOf(server.pid) / 1_048_576);
  const lost = measured.reduce((sum, one) => sum + one.load.sent - one.load.completed, 0);
  const paced =
    scenario.perSecond === undefined && scenario.transport === 'udp' && contestant.addresses === undefined
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
    rounds: measured,
  };
}
