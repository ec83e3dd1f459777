// Entry of the hits thread: `daemon` starts it with a HitsAssignment and speaks to it as messages.ts says.
import { flushCompileCache } from 'node:module';
import { getPriority, hostname, setPriority } from 'node:os';
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { outletsOf } from '../alerts/create.ts';
import { messageOf } from '../config/coded-error.ts';
import { LOOK_MS, LookPace, WAKE_MS } from '../events/look-pace.ts';
import { RingSleep } from '../events/ring-sleep.ts';
import { SearchApart } from '../hits/hunt/search-apart.ts';
import { collectAhead, HeapBound } from '../offload/garbage.ts';
import { StartGarbage } from '../offload/start-garbage.ts';
import { answerQuestion } from './answers.ts';
import { HitsService } from './hits-service.ts';
import type { FromHits, HitsAssignment, HitsSettings, ToHits } from './messages.ts';

/** Storing must not take a core from those who answer. On Linux a thread has a niceness of its own. */
const NICENESS = 5;
/** In a flood of hits the heap grew to 69 MiB of which 25 were alive. A collection takes some 18 ms. */
const HEAP_GROWTH_MAX = 12 * 1024 * 1024;
/** With ten thousand machines 60 MB are alive: collected at each 6 MB more, that was half of the thread's time. Of a thousand it is less than this. */
const HEAP_USUAL = 48 * 1024 * 1024;

if (parentPort === null)
  throw new Error('thread.ts runs as a thread of the daemon (src/desk); start `cenote serve`');
const port = parentPort;
// As a resolver thread does (daemon/threads/prestart.ts): 3 MiB.
flushCompileCache();
if (process.platform === 'linux') setPriority(Math.max(getPriority(), NICENESS));
const send = (message: FromHits): void => port.postMessage(message);

port.once('message', (first: ToHits) => {
  if (first.kind !== 'settings')
    throw new Error(`the hits thread is told its settings first, not: ${first.kind}`);
  work(first.settings);
});

interface Ticking {
  /** Null: it stops. */
  timer: NodeJS.Timeout | null;
}

function work(settings: HitsSettings): void {
  const heap = new HeapBound({
    growthMax: HEAP_GROWTH_MAX,
    usual: HEAP_USUAL,
    collect: collectAhead,
  });
  const desk = new HitsService({
    assignment: workerData as HitsAssignment,
    settings,
    now: Date.now,
    monotonic: () => performance.now(),
    send,
    resolver: hostname(),
    outletsOf,
    searcherOf: (path) => new SearchApart(path),
    // A tick of a flood takes 400 ms and makes 20 MiB.
    onPiece: () => heap.tick(),
  });
  const garbage = new StartGarbage();
  const pace = new LookPace();
  const { hitRings, queryRings } = workerData as HitsAssignment;
  const sleep = new RingSleep([...hitRings, ...queryRings], () => lookIn(WAKE_MS));
  const ticking: Ticking = { timer: setTimeout(tick, LOOK_MS.busy) };
  let dueMs = performance.now() + LOOK_MS.busy;
  function tick(): void {
    sleep.end();
    hearWaiting();
    if (ticking.timer === null) return;
    desk.tick();
    heap.tick();
    const { waiting } = desk;
    garbage.tick(waiting === 0);
    const nextMs = pace.nextMs(waiting);
    ticking.timer = setTimeout(tick, nextMs);
    dueMs = performance.now() + nextMs;
    if (nextMs === LOOK_MS.rest) sleep.begin();
  }
  /** So soon, unless a look comes sooner. */
  function lookIn(ms: number): void {
    const atMs = performance.now() + ms;
    if (ticking.timer === null || atMs >= dueMs) return;
    clearTimeout(ticking.timer);
    ticking.timer = setTimeout(tick, ms);
    dueMs = atMs;
  }
  /** Who has an address, or is logged on there, was said before resolver threads went by it: what they recorded since is theirs. */
  function hearWaiting(): void {
    for (;;) {
      const waiting = receiveMessageOnPort(port);
      if (waiting === undefined) return;
      hear(desk, ticking, waiting.message as ToHits);
    }
  }
  port.on('message', (message: ToHits) => {
    hear(desk, ticking, message);
    lookIn(LOOK_MS.idle);
  });
}

async function stop(desk: HitsService, ticking: Ticking): Promise<void> {
  if (ticking.timer !== null) clearTimeout(ticking.timer);
  ticking.timer = null;
  await desk.stop();
  send({ kind: 'stopped' });
  port.close();
}

let prepared: Extract<ToHits, { kind: 'prepare' }> | null = null;

function prepare(desk: HitsService, message: Extract<ToHits, { kind: 'prepare' }>): void {
  const { number, settings } = message;
  try {
    desk.context.prepareLists(settings.ruleSet, settings.groups);
    prepared = message;
    send({ kind: 'prepared', number, error: null });
  } catch (error) {
    prepared = null;
    send({ kind: 'prepared', number, error: messageOf(error) });
  }
}

function hearTrouble(
  { troubles }: HitsService,
  { id, text, state }: Extract<ToHits, { kind: 'trouble' }>,
): void {
  if (state === 'once') troubles.once(id, text);
  else if (state === 'begun') troubles.begin(id, text);
  else troubles.end(id, text);
}

function hear(desk: HitsService, ticking: Ticking, message: ToHits): void {
  switch (message.kind) {
    case 'settings':
      desk.useSettings(message.settings);
      return;
    case 'prepare':
      prepare(desk, message);
      return;
    case 'commit':
      if (prepared?.number === message.number) desk.useSettings(prepared.settings);
      prepared = null;
      return;
    case 'assign':
      desk.useAssignments(message.assignments);
      return;
    case 'machines':
      desk.useMachines(message.update);
      return;
    case 'trouble':
      hearTrouble(desk, message);
      return;
    case 'ask':
      answerQuestion(desk, message.question).then(
        (answer) => send({ kind: 'answer', number: message.number, answer }),
        (error) => send({ kind: 'failed', number: message.number, error: String(error?.message ?? error) }),
      );
      return;
    case 'stop':
      void stop(desk, ticking);
      return;
    default:
      message satisfies never;
  }
}
