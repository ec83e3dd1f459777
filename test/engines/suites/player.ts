// A walk with policy zones as the tests of other engines have them: queries go in, one table stands for all upstreams.
import type { GroupConfig, ListConfig } from '../../../src/config/config.ts';
import { compileRuleSet } from '../../../src/lists/compile.ts';
import { FAILURE } from '../../../src/upstream/exchange.ts';
import { OUTCOME, TRANSPORT } from '../../../src/wire/message/query.ts';
import { groupOf } from '../../support/group.ts';
import { listConfig } from '../../support/lists-compile.ts';
import { numberOfType, recordOctets, response } from '../../support/message.ts';
import { type ReadMessage, readMessage } from '../../support/read-message.ts';
import { type Bench, walkBench } from '../../support/walk-bench.ts';
import { wireOpt } from '../../support/wire-message.ts';
import { isWritable, type Lookup, recordLine, resolved } from './upstream.ts';

export interface ZoneSaid {
  readonly name: string;
  readonly text: string;
  readonly settings: Partial<ListConfig>;
}

export interface Asked {
  readonly name: string;
  readonly type: string;
  /** Dotted quad. */
  readonly client: string;
  readonly isTcp: boolean;
  readonly dnssecOk: boolean;
  readonly isRecursive: boolean;
  /** CD=1. */
  readonly isUnchecked?: boolean;
}

/** What a test compares: RCODE, TC, and the records of the answer in any order. */
export interface Reply {
  readonly rcode: number;
  readonly tc: boolean;
  readonly answer: readonly string[];
}

const bytes = new TextEncoder();

async function ruleSetFrom(zones: readonly ZoneSaid[]) {
  const { ruleSet } = await compileRuleSet({
    revision: 1,
    seed: 1,
    lists: zones.map(({ name, text, settings }) => ({
      config: listConfig({
        name,
        format: 'rpz',
        action: 'zone',
        allowPublicSuffixes: true,
        ...settings,
      }),
      body: { kind: 'bytes', bytes: bytes.encode(`$ORIGIN ${name}.\n${text}`) },
      fallback: null,
      previousEntries: null,
      mayBeEmpty: true,
    })),
  });
  return ruleSet;
}

export class Player {
  readonly #bench: Bench;
  readonly #lookup: Lookup;

  private constructor(bench: Bench, lookup: Lookup) {
    this.#bench = bench;
    this.#lookup = lookup;
  }

  static async start(
    zones: readonly ZoneSaid[],
    lookup: Lookup,
    groups: readonly GroupConfig[] = [groupOf({ lists: zones.map(({ name }) => name), rebinding: false })],
  ): Promise<Player> {
    const ruleSet = await ruleSetFrom(zones);
    const local = { records: [], hosts: null, specialNames: false, canaries: false };
    return new Player(walkBench({ ruleSet, groups, local }), lookup);
  }

  async useZones(zones: readonly ZoneSaid[]): Promise<void> {
    this.#bench.use({ ruleSet: await ruleSetFrom(zones) });
  }

  advance(seconds: number): void {
    this.#bench.advance(seconds * 1000);
  }

  /** @returns null where nothing is answered */
  ask({ name, type, client, isTcp, dnssecOk, isRecursive, isUnchecked = false }: Asked): Reply | null {
    const bench = this.#bench;
    const [a = 0, b = 0, c = 0, d = 0] = client.split('.').map(Number);
    const before = bench.sent.length;
    const { outcome, reply } = bench.ask(
      {
        name: name.replace(/\.$/, ''),
        type: numberOfType(type),
        flags: (isRecursive ? 0x0100 : 0) | (isUnchecked ? 0x0010 : 0),
        additional: dnssecOk ? [wireOpt([], { dnssecOk: true })] : [],
      },
      d,
      isTcp ? TRANSPORT.tcp : TRANSPORT.udp,
      [a, b, c],
    );
    this.#answerUpstream();
    if (outcome !== OUTCOME.waiting) return outcome === OUTCOME.answered ? replyOf(readMessage(reply)) : null;
    const late = bench.sent.slice(before).at(-1);
    return late === undefined || late.length === 0 ? null : replyOf(readMessage(late));
  }

  #answerUpstream(): void {
    for (;;) {
      const asked = this.#bench.asked.pop();
      if (asked === undefined) return;
      const { name, type } = readMessage(asked.message)!.question!;
      const said = resolved(this.#lookup, name === '.' ? '.' : `${name}.`, type);
      const answer = response(asked.message, said);
      asked.asker.settled(asked.ticket, answer, answer.length, FAILURE.none, 'test');
    }
  }
}

function replyOf(message: ReadMessage | null): Reply | null {
  if (message === null) return null;
  const answer = message.answer.map(
    ({ name, type, data }) => `${name.toLowerCase()} ${type} ${data.toLowerCase()}`,
  );
  return { rcode: message.rcode, tc: message.tc, answer: answer.sort() };
}

/** Records as the replies above show them. */
export function shownRecords(lines: readonly string[]): string[] {
  const octets = lines.map(recordLine).filter(isWritable).map(recordOctets);
  const header = [0, 0, 0, 0, 0, 0, 0, octets.length, 0, 0, 0, 0];
  const message = Uint8Array.from([...header, ...octets.flatMap((record) => [...record])]);
  return [...replyOf(readMessage(message))!.answer];
}
