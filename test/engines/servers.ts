// Real resolvers asked about lists: one process holds the lists of many cases, each case under a name of its own.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ipaddr from 'ipaddr.js';
import pLimit from 'p-limit';
import { askUdp, type Server } from '../support/client.ts';
import { query, response } from '../support/message.ts';
import { type ReadMessage, readMessage } from '../support/read-message.ts';
import { type Script, startSimpleUpstream } from '../support/simple-upstream.ts';
import { findTool, freePort, until } from '../support/tool.ts';
import { type Case, dataOf, type Outcome } from './outcome.ts';

/** What the upstream says of every name. */
const UPSTREAM: Readonly<Record<string, string>> = {
  A: '198.51.100.7',
  AAAA: '2001:db8:f::7',
  TXT: '"up"',
};

const answerEverything: Script = (asked) => {
  const question = readMessage(asked)?.question;
  if (!question) return null;
  const data = UPSTREAM[question.type];
  return data === undefined
    ? response(asked, { authority: ['example. 300 SOA ns.example. root.example. 1 7200 3600 1209600 300'] })
    : response(asked, { answer: [`${question.name} 300 ${question.type} ${data}`] });
};

export interface Place {
  readonly dir: string;
  readonly port: number;
  /** Port of the upstream on 127.0.0.1. */
  readonly upstream: number;
}

export interface Program {
  readonly name: string;
  /** Names that do not exist once all is loaded; a program may answer before. */
  readonly loaded?: readonly string[];
  /** Writes what it reads. @returns its arguments */
  readonly prepare: (place: Place, cases: readonly Case[]) => readonly string[];
}

const ASKED_AT_ONCE = 16;
/** A query without an answer for this long was dropped. */
const SILENCE_MS = 700;
/** Cases of one process. */
const CASES_AT_ONCE = 500;

/** The part of all names of a case. */
export const suffixOf = (number: number): string => `s${number}.example`;

export async function askProgram(
  program: Program,
  cases: readonly Case[],
): Promise<readonly (readonly Outcome[])[]> {
  const outcomes: (readonly Outcome[])[] = [];
  for (let from = 0; from < cases.length; from += CASES_AT_ONCE)
    outcomes.push(...(await askSome(program, cases.slice(from, from + CASES_AT_ONCE))));
  return outcomes;
}

async function askSome(program: Program, cases: readonly Case[]): Promise<readonly (readonly Outcome[])[]> {
  const upstream = await startSimpleUpstream(answerEverything);
  const dir = mkdtempSync(join(tmpdir(), `cenote-${program.name}-`));
  const place = { dir, port: await freePort(), upstream: Number(upstream.address.split(':')[1]) };
  const parameters = program.prepare(place, cases);
  const child: ChildProcess = spawn(findTool(program.name) ?? program.name, parameters, {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let told = '';
  child.stderr?.on('data', (text: Buffer) => {
    told = (told + text.toString()).slice(-4000);
  });
  const gone = once(child, 'exit');
  try {
    const server = { host: '127.0.0.1', port: place.port };
    await until(`${program.name} to answer`, async () => {
      if (child.exitCode !== null) throw new Error(`${program.name} ended: ${told}`);
      const answers = await Promise.all(
        (program.loaded ?? ['ready.example']).map((name) => askUdp(server, query(name, 'A'), 300)),
      );
      return answers.every(
        (octets) => octets !== null && (program.loaded === undefined || readMessage(octets)?.rcode === 3),
      );
    });
    const limit = pLimit(ASKED_AT_ONCE);
    return await Promise.all(
      cases.map(({ questions }) =>
        Promise.all(questions.map(({ name, type }) => limit(() => outcomeOf(server, name, type)))),
      ),
    );
  } finally {
    child.kill('SIGKILL');
    await gone;
    await upstream.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

async function outcomeOf(server: Server, name: string, type: string): Promise<Outcome> {
  // Twice: what is lost under load is no answer of the program's.
  const ask = (): Promise<Buffer | null> => askUdp(server, query(name, type), SILENCE_MS);
  const octets = (await ask()) ?? (await ask());
  const answer = octets === null ? null : readMessage(octets);
  if (answer === null) return 'drop';
  if (answer.rcode === 3) return 'nxdomain';
  if (answer.rcode === 5) return 'refused';
  if (answer.rcode !== 0) return `rcode ${answer.rcode}`;
  return answer.tc ? 'tcp' : answeredBy(answer, type);
}

/** Rdata as read-message.ts tells it: addresses in full, all else in hex. */
const UP = ['198.51.100.7', '2001:db8:f::7', '027570'];

function answeredBy({ answer }: ReadMessage, type: string): Outcome {
  const [first] = answer;
  if (first === undefined) return 'nodata';
  if (first.type === 'CNAME') return `alias ${first.data.replace(/\.$/, '')}`;
  const isAddress = type === 'A' || type === 'AAAA';
  const values = answer.map(({ data }) => (isAddress ? ipaddr.parse(data).toString() : data));
  if (values.some((value) => UP.some((up) => value.startsWith(up)))) return 'pass';
  return isAddress ? dataOf(values) : `data ${type}`;
}
