// A resolver thread: its own sockets, cache and upstream connections around one walk; rules and counters are shared memory.
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
// Not the global of that name: it is looked up by a getter, five times a query.
import { performance } from 'node:perf_hooks';
import { parentPort, workerData } from 'node:worker_threads';
import { AnswerCache } from '../../cache/answer-cache.ts';
import type { Config, Prefix } from '../../config/config.ts';
import { counterRow } from '../../events/counters.ts';
import { Recorder } from '../../events/recorder.ts';
import { Journal } from '../../journal/journal.ts';
import type { Certificate, Listener } from '../../listen/listener.ts';
import { openListeners } from '../../listen/open.ts';
import { takeShortTurns } from '../../native/turns.ts';
import { Policy } from '../../policy/decide.ts';
import { Groups } from '../../policy/groups.ts';
import { minuteOfWeek } from '../../policy/schedule.ts';
import { Views } from '../../policy/views.ts';
import { Access } from '../../resolver/access.ts';
import { RingRecorder } from '../../resolver/record.ts';
import { Walk } from '../../resolver/walk.ts';
import type { WalkState } from '../../resolver/walk-state.ts';
import { createForwarder, type ObservedForwarder } from '../../upstream/forward.ts';
import { TRANSPORT, type Transport } from '../../wire/message/query.ts';
import { ownNetworks } from '../machine/own-networks.ts';
import type { FromWorker, Settings, ToWorker } from './messages.ts';
import { birthOf } from './newborn.ts';
import { Notifies } from './notifies.ts';
import { sinkholeOf, walkStateOf } from './walk-state.ts';

/** Octets of answers a resolver thread keeps when the config does not say. */
const CACHE_OCTETS: number = 64 * 1024 * 1024;
/** How often records that are due are passed on and schedules looked at. */
const TICK_MS = 200;
/** How often this machine's interfaces are looked at: a new network is served soon enough. */
const INTERFACES_MS = 10_000;

if (parentPort === null)
  throw new Error('worker.ts runs as a thread of the daemon (src/daemon); start `cenote serve`');
const port = parentPort;
// Taken apart, so that the first rules are not held for ever.
let { settings, ...birth } = await birthOf(workerData);
await takeShortTurns();
const seed = randomBytes(4).readUInt32LE();
const nowMs = (): number => performance.now();

let listeners: readonly Listener[] = [];
let useCertificate: (certificate: Certificate) => void = () => undefined;
let views = new Views(settings.config.groups, 0);
let forwarder = forwarderOf(settings.config, []);
const journal = new Journal({
  dir: join(settings.config.events.dir, 'journal'),
  boot: birth.boot,
  worker: birth.worker,
  now: nowMs,
  report: (error) => send({ kind: 'journal', error: error === null ? null : error.message }),
});
const events = new Recorder({
  hitRing: birth.hitRing,
  queryRing: birth.queryRing,
  counters: counterRow(birth.counters, birth.worker),
  worker: birth.worker,
  now: Date.now,
  journal,
  seed,
});
const cache = new AnswerCache({
  ...settings.config.cache,
  bytesMax: settings.config.cache.bytesMax ?? CACHE_OCTETS,
});
const notifies = new Notifies(send);
notifies.useLists(settings.config.lists);
const walk = new Walk({
  state: stateOf(settings),
  cacheConfig: settings.config.cache,
  cache,
  forwarder,
  recorder: new RingRecorder(events, () => walk.state.policy.ruleSet.revision),
  notified: notifies.take,
  nowMs,
  seed,
});

/** The networks that `access.allow: own` stood for last. */
let ownAllowed: readonly Prefix[] = [];

function allowOwn(): void {
  const now = settings.config.access.allow.includes('own') ? ownNetworks() : [];
  if (JSON.stringify(now) === JSON.stringify(ownAllowed)) return;
  ownAllowed = now;
  walk.state.access.allowAlso(now);
}

allowOwn();
const interfaces = setInterval(allowOwn, INTERFACES_MS).unref();
const tick = setInterval(() => {
  events.tick();
  walk.state.policy.setMinute(minuteOfWeek(new Date()), settings.paused);
}, TICK_MS);

function send(message: FromWorker): void {
  port.postMessage(message);
}

function stateOf(own: Settings): WalkState {
  const { config, assignments, hosts } = own;
  return walkStateOf(config, hosts, {
    policy: policyOf(own),
    groups: new Groups(config.groups, assignments),
    access: new Access(config.access, seed),
    views,
  });
}

/** As `stateOf`; of most changes, most of it stays: queries wait while it is made. */
function changedState(state: WalkState, own: Settings, changes: Partial<Settings>): WalkState {
  const { config, assignments, paused } = own;
  if ('config' in changes || 'hosts' in changes) return stateOf(own);
  const groups = 'assignments' in changes ? new Groups(config.groups, assignments) : state.groups;
  if ('ruleSet' in changes) {
    const policy = policyOf(own);
    return { ...state, groups, policy, sinkhole: sinkholeOf(config, policy) };
  }
  state.policy.setMinute(minuteOfWeek(new Date()), paused);
  return { ...state, groups };
}

function policyOf({ config, ruleSet, paused }: Settings): Policy {
  const policy = new Policy(ruleSet, config.groups, config.sinkhole.answer);
  journal.explain(
    ruleSet,
    config.groups.map((group) => group.name),
  );
  policy.setMinute(minuteOfWeek(new Date()), paused);
  return policy;
}

function forwarderOf(config: Config, own: readonly string[]): ObservedForwarder {
  return createForwarder({
    upstreams: config.upstreams,
    views: views.servers,
    firstView: views.first,
    own,
    now: nowMs,
    udp: config.listen.udp === 'portable' ? 'portable' : 'auto',
  });
}

async function listen({ sockets, reusePort }: Extract<ToWorker, { kind: 'listen' }>): Promise<void> {
  const { certificate, config } = settings;
  try {
    const opened = await openListeners({
      addresses: sockets.dns,
      answer: walk.answer,
      ...(certificate === null ? {} : { secure: { tls: sockets.tls, https: sockets.https, certificate } }),
      options: { reusePort, udp: config.listen.udp, now: nowMs, beforeSend: () => events.commit() },
    });
    listeners = opened.listeners;
    useCertificate = (own) => opened.useCertificate(own);
    await replaceForwarder(config, boundTo());
    const bound = {
      dns: boundTo(TRANSPORT.udp, TRANSPORT.tcp),
      tls: boundTo(TRANSPORT.tls),
      https: boundTo(TRANSPORT.https),
    };
    send({ kind: 'listening', bound, notes: opened.notes });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'UNKNOWN';
    send({ kind: 'cannotListen', problem: { code, message: messageOf(error) } });
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
  forwarder = forwarderOf(config, bound);
  walk.useForwarder(forwarder);
  await old.close();
}

function apply({ changes, sequence }: Extract<ToWorker, { kind: 'apply' }>): void {
  try {
    const own = { ...settings, ...changes };
    const asksOthers = own.config !== settings.config && askedBy(own.config) !== askedBy(settings.config);
    // With other upstreams, nothing the old ones said is of use: all views are new.
    if (asksOthers) views = new Views(own.config.groups, views.next);
    const { access } = walk.state;
    walk.apply(changedState(walk.state, own, changes));
    settings = own;
    if (walk.state.access !== access) {
      ownAllowed = [];
      allowOwn();
    }
    notifies.useLists(own.config.lists);
    if (asksOthers) {
      cache.clear();
      void replaceForwarder(own.config, boundTo());
    }
    const { certificate } = changes;
    if (certificate != null) useCertificate(certificate);
    send({ kind: 'applied', sequence, error: null });
  } catch (error) {
    send({ kind: 'applied', sequence, error: messageOf(error) });
  }
}

/** Everything that says who is asked. */
const askedBy = ({ upstreams, groups }: Config): string =>
  JSON.stringify([upstreams, groups.map((group) => group.upstreams)]);

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

async function stop(drainMs: number): Promise<void> {
  await Promise.all(listeners.map((listener) => listener.close(drainMs)));
  await forwarder.close();
  clearInterval(tick);
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
    case 'apply':
      apply(message);
      return;
    case 'assign':
      settings = { ...settings, assignments: message.assignments };
      walk.apply({ ...walk.state, groups: new Groups(settings.config.groups, message.assignments) });
      return;
    case 'report':
      send({
        kind: 'report',
        sequence: message.sequence,
        report: {
          worker: birth.worker,
          waiting: walk.waiting,
          cacheEntries: cache.entries,
          cacheOctets: cache.bytes,
          cacheHits: cache.hits,
          cacheMisses: cache.misses,
          upstreams: forwarder.states(),
        },
      });
      return;
    case 'notified':
      notifies.answer(message.number, message.reply);
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
