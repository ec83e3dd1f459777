// A resolver thread: its own sockets, cache and upstream connections around one walk; rules and counters are shared memory.
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
// Not the global of that name: it is looked up by a getter, five times a query.
import { performance } from 'node:perf_hooks';
import { parentPort, workerData } from 'node:worker_threads';
import { AnswerCache } from '../../cache/answer-cache.ts';
import { openNeighbour } from '../../clients/one-neighbour.ts';
import { messageOf } from '../../config/coded-error.ts';
import type { Config } from '../../config/config.ts';
import { counterRow } from '../../events/counters.ts';
import { EventWriter } from '../../events/event-writer.ts';
import { Journal } from '../../journal/journal.ts';
import type { Certificate, Listener } from '../../listen/listener.ts';
import { openListeners } from '../../listen/open.ts';
import { takeShortTurns } from '../../native/turns.ts';
import { StartGarbage } from '../../offload/start-garbage.ts';
import { answerTexts } from '../../policy/answer-texts.ts';
import { Views } from '../../policy/views.ts';
import { RingObserver } from '../../resolver/ring-observer.ts';
import type { Ruling } from '../../resolver/ruling.ts';
import { Walk } from '../../resolver/walk.ts';
import { TRANSPORT, type Transport } from '../../wire/message/query.ts';
import type { Served } from '../machine/designation.ts';
import { budgetsOf, doorOf, OwnNetworks } from './admission.ts';
import { parseBound } from './bound.ts';
import { forwarderOf } from './forwarding.ts';
import { keptAnswer } from './kept-answer.ts';
import { problemOf } from './listening.ts';
import { askedBy, changedRuling, localNamesOf, ownRecordsOf, rulingOf, tellTime } from './make-ruling.ts';
import type { FromWorker, Settings, ToWorker } from './messages.ts';
import { assignmentOf } from './prestart.ts';
import { WhoAsks } from './who-asks.ts';
import { ZoneMessages } from './zone-messages.ts';

/** Octets of answers a resolver thread keeps when the config does not say. */
const CACHE_OCTETS: number = 64 * 1024 * 1024;
/** How often records that are due are passed on and schedules looked at. */
const TICK_MS = { busy: 200, idle: 1000 } as const;
/** How often this machine's interfaces are looked at: a new network is served soon enough. */
const INTERFACES_MS = 10_000;

if (parentPort === null)
  throw new Error('worker.ts runs as a thread of the daemon (src/daemon); start `cenote serve`');
const port = parentPort;
// Taken apart, so that the first rules are not held for ever.
let { settings, ...assignment } = await assignmentOf(workerData);
await takeShortTurns();
const seed = randomBytes(4).readUInt32LE();
const budgets = budgetsOf(assignment.budgets);
const nowMs = (): number => performance.now();

let listeners: readonly Listener[] = [];
let useCertificate: (certificate: Certificate) => void = () => undefined;
let views = new Views(settings.config.groups, 0);
let forwarder = forwarderOf(settings.config, views, []);
const journal = new Journal({
  dir: join(settings.config.events.dir, 'journal'),
  boot: assignment.boot,
  worker: assignment.worker,
  now: nowMs,
  report: (error) => send({ kind: 'journal', error: error === null ? null : error.message }),
});
const events = new EventWriter({
  ...assignment,
  counters: counterRow(assignment.counters, assignment.worker),
  now: Date.now,
  journal,
  seed,
});
const cache = new AnswerCache({
  ...settings.config.cache,
  bytesMax: settings.config.cache.bytesMax ?? CACHE_OCTETS,
});
explainRules(settings);
const neighbour = await openNeighbour();
const who = new WhoAsks({
  settings: () => settings,
  neighbour,
  send,
  clocks: { now: Date.now, monotonic: nowMs },
  handedOver: () => events.flush(),
  regroup: (groups) => walk.apply({ ...walk.ruling, groups }),
});
let served: Served = { tls: [], https: [] };
const threadParts = {
  budgets,
  ...who,
  cookieSecret: assignment.cookieSecret,
  served: () => served,
};
const zoneMessages = new ZoneMessages(send);
zoneMessages.use(settings.config);
const observer = new RingObserver(events, (): number => walk.ruling.policy.ruleSet.revision);
const walk = new Walk({
  ruling: rulingOf(settings, { ...threadParts, views }),
  cacheConfig: settings.config.cache,
  cache,
  forwarder,
  observer,
  ofZones: zoneMessages.take,
  nowMs,
  seed,
});

const ownNetworks = new OwnNetworks();
const allowOwn = (isNew = false): void => ownNetworks.tell(settings.config, walk.ruling.access, isNew);
allowOwn();
const interfaces = setInterval(() => allowOwn(), INTERFACES_MS).unref();
const garbage = new StartGarbage();
const asked = (): number => listeners.reduce((sum, { counters }) => sum + counters.queries, 0);
let tick = setTimeout(onTick, TICK_MS.busy);
function onTick(): void {
  events.tick();
  tellTime(walk.ruling.policy, settings.paused);
  garbage.tick(events.isEmpty, asked());
  tick = setTimeout(onTick, events.isEmpty ? TICK_MS.idle : TICK_MS.busy);
}

const door = doorOf(() => walk.ruling, observer);

function send(message: FromWorker): void {
  port.postMessage(message);
}

/** What records of hits mean from here on. */
function explainRules({ config, ruleSet }: Settings): void {
  const groups = config.groups.map(({ name }) => name);
  journal.explain(ruleSet, groups, answerTexts(config.sinkhole.answer));
}

async function listen({ sockets, reusePort }: Extract<ToWorker, { kind: 'listen' }>): Promise<void> {
  const { certificate, config } = settings;
  const { udp, proxy } = config.listen;
  const beforeSend = (): void => events.commit();
  const giveAway = await zoneMessages.giver(send);
  const options = { giveAway, reusePort, udp, proxy, now: nowMs, beforeSend, ...door };
  try {
    const opened = await openListeners({
      addresses: sockets.dns,
      answer: walk.answer,
      ...(certificate === null ? {} : { secure: { tls: sockets.tls, https: sockets.https, certificate } }),
      options,
    });
    listeners = opened.listeners;
    useCertificate = (own) => opened.useCertificate(own);
    await replaceForwarder(config, boundTo());
    const bound = {
      dns: boundTo(TRANSPORT.udp, TRANSPORT.tcp),
      tls: boundTo(TRANSPORT.tls),
      https: boundTo(TRANSPORT.https),
    };
    served = { tls: bound.tls.map(parseBound), https: bound.https.map(parseBound) };
    walk.apply({ ...walk.ruling, local: localNamesOf(config, ownRecordsOf(settings, served)) });
    send({ kind: 'listening', bound, notes: opened.notes });
  } catch (error) {
    send({ kind: 'cannotListen', problem: problemOf(error) });
  }
}

/** Addresses we listen on, those of some transports or all. */
function boundTo(...transports: Transport[]): string[] {
  const chosen = listeners.filter(
    ({ transport }) => transports.length === 0 || transports.includes(transport),
  );
  return [...new Set(chosen.map(({ bound }) => bound))];
}

async function replaceForwarder(config: Config, bound: readonly string[]): Promise<void> {
  const old = forwarder;
  forwarder = forwarderOf(config, views, bound);
  walk.useForwarder(forwarder);
  await old.close();
}

/** Settings that wait for their commit, and what was made of them. */
interface Prepared {
  readonly revision: number;
  readonly own: Settings;
  readonly ruling: Ruling;
  readonly views: Views;
}
let prepared: Prepared | null = null;

function prepare({ changes, revision, sequence }: Extract<ToWorker, { kind: 'prepare' }>): void {
  prepared = null;
  try {
    const own = { ...settings, ...changes };
    // With other upstreams, nothing the old ones said is of use: all views are new.
    const ownViews = asksOthers(own) ? new Views(own.config.groups, views.next) : views;
    prepared = {
      revision,
      own,
      ruling: changedRuling({
        ruling: walk.ruling,
        own,
        changes,
        parts: { ...threadParts, views: ownViews },
      }),
      views: ownViews,
    };
    send({ kind: 'prepared', sequence, error: null });
  } catch (error) {
    send({ kind: 'prepared', sequence, error: messageOf(error) });
  }
}

/** What fails here ends the thread: its successor begins with what is in force. */
function commit({ revision, sequence }: Extract<ToWorker, { kind: 'commit' }>): void {
  if (prepared?.revision !== revision) {
    send({ kind: 'committed', sequence, isKnown: false });
    return;
  }
  const { own, ruling } = prepared;
  const others = asksOthers(own);
  const isCertified = own.certificate !== settings.certificate;
  const { access, policy } = walk.ruling;
  views = prepared.views;
  prepared = null;
  if (ruling.policy !== policy) explainRules(own);
  walk.apply(ruling);
  settings = own;
  tellTime(ruling.policy, own.paused);
  if (ruling.access !== access) allowOwn(true);
  zoneMessages.use(own.config);
  if (others) {
    cache.clear();
    void replaceForwarder(own.config, boundTo());
  }
  if (isCertified && own.certificate !== null) useCertificate(own.certificate);
  send({ kind: 'committed', sequence, isKnown: true });
}

const asksOthers = (own: Settings): boolean =>
  own.config !== settings.config && askedBy(own.config) !== askedBy(settings.config);

async function stop(drainMs: number): Promise<void> {
  await Promise.all(listeners.map((listener) => listener.close(drainMs)));
  await forwarder.close();
  clearTimeout(tick);
  clearInterval(interfaces);
  events.flush();
  send({ kind: 'stopped' });
  port.close();
}

port.on('message', (message: ToWorker) => {
  switch (message.kind) {
    case 'listen':
      void listen(message);
      return;
    case 'prepare':
      prepare(message);
      return;
    case 'commit':
      commit(message);
      return;
    case 'drop':
      if (prepared?.revision === message.revision) prepared = null;
      return;
    case 'assign':
      settings = { ...settings, assignments: message.assignments };
      who.heard();
      return;
    case 'arrived':
      who.hear(message.told, walk.ruling.identities);
      return;
    case 'report':
      send({
        kind: 'report',
        sequence: message.sequence,
        report: {
          worker: assignment.worker,
          waiting: walk.waiting,
          cacheEntries: cache.entries,
          cacheOctets: cache.bytes,
          upstreams: forwarder.states(),
        },
      });
      return;
    case 'kept':
      send(keptAnswer(message, cache, views, nowMs()));
      return;
    case 'zoneAnswer':
      zoneMessages.answer(message.number, message.reply);
      return;
    case 'flush':
      events.flush();
      send({ kind: 'flushed', sequence: message.sequence });
      return;
    case 'stop':
      void stop(message.drainMs);
      return;
    default:
      message satisfies never;
  }
});
