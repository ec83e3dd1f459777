// What is not blocked comes out of cenote as the resolver behind it says it, octet for octet: compared, and differences listed.
import { askTcp, askUdp, type Server } from '../support/client.ts';
import { query } from '../support/message.ts';
import { type ReadMessage, readMessage, withoutIdAndTtls } from '../support/read-message.ts';

export interface Comparison {
  readonly asked: number;
  readonly equal: number;
  readonly rcodes: Readonly<Record<number, number>>;
  readonly authenticated: number;
  /** Asked again over TCP, on both sides, since TC was set on both. */
  readonly overTcp: number;
  readonly differences: readonly Difference[];
}

export interface Difference {
  readonly name: string;
  readonly type: string;
  readonly why: string;
  readonly ours: ReadMessage | null;
  readonly theirs: ReadMessage | null;
}

const AT_ONCE = 24;
const PATIENCE_MS = 8000;

/** Asks both each (name, type) with DO set, in letters of mixed case. */
export async function compare(
  ours: Server,
  theirs: Server,
  names: readonly string[],
  types: readonly string[],
): Promise<Comparison> {
  const questions = names.flatMap((name) => types.map((type) => ({ name, type })));
  const rcodes: Record<number, number> = {};
  const differences: Difference[] = [];
  const counts = { authenticated: 0, overTcp: 0 };
  let next = 0;
  const one = async (name: string, type: string): Promise<void> => {
    const message = query(mixed(name), type, { edns: { size: 1232, dnssecOk: true } });
    // The resolver first: its own first answer and its later ones may differ in order.
    await askUdp(theirs, message, PATIENCE_MS);
    let pair = await both(askUdp, ours, theirs, message);
    if (pair.every((answer) => answer !== null && readMessage(answer)?.tc === true)) {
      counts.overTcp += 1;
      pair = await both(askTcp, ours, theirs, message);
    }
    const [own, other] = pair.map((answer) => (answer === null ? null : readMessage(answer)));
    if (own?.ad === true) counts.authenticated += 1;
    rcodes[own?.rcode ?? -1] = (rcodes[own?.rcode ?? -1] ?? 0) + 1;
    const why = differs(pair[0] ?? null, pair[1] ?? null, own ?? null, other ?? null);
    if (why !== null) differences.push({ name, type, why, ours: own ?? null, theirs: other ?? null });
  };
  const worker = async (): Promise<void> => {
    for (let question = questions[next++]; question !== undefined; question = questions[next++])
      await one(question.name, question.type);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return {
    asked: questions.length,
    equal: questions.length - differences.length,
    rcodes,
    ...counts,
    differences,
  };
}

type Ask = (server: Server, message: Uint8Array, timeoutMs: number) => Promise<Buffer | null>;

const both = (ask: Ask, ours: Server, theirs: Server, message: Uint8Array): Promise<(Buffer | null)[]> =>
  Promise.all([ask(ours, message, PATIENCE_MS), ask(theirs, message, PATIENCE_MS)]);

const mixed = (name: string): string =>
  name.replace(/[a-z]/g, (letter, i) => (i % 3 === 0 ? letter.toUpperCase() : letter));

/** null when nothing but ID and TTLs, ours no longer than theirs by more than the second that passed between, differs. */
function differs(
  own: Buffer | null,
  other: Buffer | null,
  ours: ReadMessage | null,
  theirs: ReadMessage | null,
): string | null {
  if (own === null || other === null || ours === null || theirs === null) return 'no answer';
  if (Buffer.compare(withoutIdAndTtls(own), withoutIdAndTtls(other)) !== 0) return 'octets';
  const ttls = (message: ReadMessage): number[] =>
    [...message.answer, ...message.authority, ...message.additional].map(({ ttl }) => ttl);
  const limits = ttls(theirs);
  return ttls(ours).some((ttl, i) => ttl > (limits[i] ?? 0) + 1) ? 'a TTL that grew' : null;
}
