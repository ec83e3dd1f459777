// What a daemon of the start matrix does now, as JSON: whether it blocks a name of its own list and of the far one, and that one's
// state. Waits until that is as wanted. Arguments: how long at most in ms, host, port, state.
import { askUdp } from '../../support/client.ts';
import { query } from '../../support/message.ts';
import { readMessage } from '../../support/read-message.ts';

export interface Seen {
  /** It answers at all. */
  readonly isUp: boolean;
  readonly blocks: readonly [boolean, boolean];
  readonly list: { readonly state: string; readonly inForce: boolean; readonly why: string | null } | null;
  readonly problems: readonly string[];
}

const WAIT_MS = Number(process.argv[2] ?? 10_000);
const wanted = process.argv[5];
const server = { host: process.argv[3] ?? '127.0.0.1', port: Number(process.argv[4] ?? 53) };

async function isBlocked(name: string): Promise<boolean | null> {
  const answer = await askUdp(server, query(name, 'A', { id: 7 }), 3000).catch(() => null);
  return answer === null ? null : readMessage(answer)?.answer[0]?.data === '0.0.0.0';
}

async function get(path: string): Promise<Record<string, unknown>> {
  const reply = await fetch(`http://127.0.0.1:5380${path}`, { signal: AbortSignal.timeout(5000) });
  return (await reply.json()) as Record<string, unknown>;
}

async function look(): Promise<Seen> {
  const { lists } = (await get('/api/v1/lists').catch(() => ({}))) as {
    lists?: (Seen['list'] & { name: string })[];
  };
  const list = lists?.find(({ name }) => name === 'far') ?? null;
  // After what it says of the list: the other way round it may come into force in between.
  const [mine, far] = [await isBlocked('evil.example'), await isBlocked('far.example')];
  const { problems } = (await get('/healthz').catch(() => ({}))) as { problems?: { what: string }[] };
  return {
    isUp: mine !== null,
    blocks: [mine === true, far === true],
    list: list && { state: list.state, inForce: list.inForce, why: list.why },
    problems: (problems ?? []).map(({ what }) => what),
  };
}

const untilMs = performance.now() + WAIT_MS;
const isAsWanted = ({ isUp, list }: Seen): boolean =>
  isUp && list !== null && (wanted === undefined || list.state === wanted);
let seen = await look();
while (performance.now() < untilMs && !isAsWanted(seen)) {
  await new Promise((resolve) => setTimeout(resolve, 250));
  seen = await look();
}
process.stdout.write(`${JSON.stringify(seen)}\n`);
