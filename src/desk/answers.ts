// Answers to what people ask the hits thread: hits, incidents, a client's timeline, the hunt, the state.

import { addressShown } from '../clients/machine.ts';
import { logonsOf } from '../clients/users/logons.ts';
import type { Who } from '../clients/who.ts';
import { messageOf } from '../config/coded-error.ts';
import type { Coverage } from '../hits/coverage.ts';
import { summaryOf } from '../hits/incidents/summary.ts';
import { alsoMeant } from './answers/also-meant.ts';
import { huntLists, huntNames } from './answers/hunts.ts';
import { acknowledge, incidentDetail, noteIncident } from './answers/incident-detail.ts';
import { knownSince } from './answers/known-since.ts';
import { sampleNotice } from './answers/sample-notice.ts';
import type { Desk } from './desk.ts';
import type { Answer, ClientTimeline, HitsState, Question, ReceiverReply } from './messages.ts';
import { linkTo } from './telling.ts';

const TEST_MS = 10_000;
const TIMELINE_LINES = 2000;
const TIMELINE_HITS = 1000;

/** Answers from all that is in the rings by now. */
export async function answerQuestion(desk: Desk, question: Question): Promise<Answer> {
  desk.drainRings();
  switch (question.what) {
    case 'hits':
      return knownSince(
        desk.context.machines,
        desk.store.read((tables) => tables.hits.find(question.filter), []),
      );
    case 'incidents':
      return desk.store.read((tables) => tables.incidents.find(question.filter), []).map(summaryOf);
    case 'acknowledge':
      return acknowledge(desk, question.id);
    case 'incident':
      return incidentDetail(desk, question.id);
    case 'note':
      return noteIncident(desk, question.id, question.text, question.base);
    case 'client':
      return timelineOf(desk, question.who, question.sinceMs);
    case 'hunt':
      return huntNames(desk, question);
    case 'huntLists':
      return huntLists(desk, question);
    case 'testAlerts':
      return testAlerts(desk);
    case 'state':
      return stateOf(desk);
    case 'coverage':
      return coverageOf(desk, question);
    case 'turned':
      await desk.turning.ended();
      return true;
    default:
      return question satisfies never;
  }
}

function coverageOf(desk: Desk, { of, sinceMs }: Extract<Question, { what: 'coverage' }>): Coverage {
  const isStored = desk.writeHistory();
  const { historyMs, hitsMs } = desk.settings;
  const { pending } = desk.keeper;
  const waiting = pending + (of === 'history' && !isStored ? desk.sightings.size : 0);
  const holders = isStored && pending === 0 ? 'byThreads' : 'byAll';
  return desk.watch.coverage(of, { sinceMs, historyMs, hitsMs, waiting, holders });
}

/** Of the machine that is meant first: of an address, the one that has it now. */
function timelineOf(desk: Desk, { machines, ips }: Who, sinceMs: number): ClientTimeline {
  desk.writeHistory();
  const { machines: table } = desk.context;
  const [meant = ''] = machines;
  const { id = table.idNow(meant), name = null, nameFrom = null, mac = null } = table.machine(meant) ?? {};
  const held = [...new Set(table.bindingsOf(id).map(({ address, who }) => addressShown(address, who)))];
  const addresses = held.length > 0 ? held : ips;
  const [ip = id] = ips.length > 0 ? ips : addresses;
  const who = { machines: table.idsOf(id), ips: [] };
  const nowMs = desk.options.now();
  const said = logonsOf(table.sessionsOfMachine(id, sinceMs, nowMs), nowMs);
  const others = alsoMeant(table, { machines, ips }, { id, sinceMs });
  const known = { ip, name, nameFrom, mac, machine: id, addresses, others, ...said };
  return desk.store.read<ClientTimeline>(
    (tables) => {
      const hits = tables.hits.find({ who, sinceMs, limit: TIMELINE_HITS + 1 });
      const history = who.machines
        .flatMap((machine) => tables.history.ofMachine(machine, sinceMs, TIMELINE_LINES + 1))
        .sort((a, b) => (a.last === b.last ? 0 : a.last < b.last ? 1 : -1));
      return {
        ...known,
        incidents: tables.incidents.find({ who, sinceMs }).map(summaryOf),
        hits: knownSince(table, hits.slice(0, TIMELINE_HITS)),
        history: history.slice(0, TIMELINE_LINES),
        areHitsCut: hits.length > TIMELINE_HITS,
        isHistoryCut: history.length > TIMELINE_LINES,
      };
    },
    { ...known, incidents: [], hits: [], history: [], areHitsCut: false, isHistoryCut: false },
  );
}

/** Sends a sample past every queue, so that each receiver's own answer is seen. */
async function testAlerts(desk: Desk): Promise<readonly ReceiverReply[]> {
  const now = desk.options.now();
  const notice = sampleNotice(desk.context.id(now), now, linkTo(desk, null));
  return Promise.all(
    desk.delivery.queues.map(async (queue) => {
      const { receiver } = queue;
      try {
        await receiver.deliver(notice, AbortSignal.timeout(TEST_MS));
        // What it refused before is not put off any longer.
        queue.wake();
        return { receiver: receiver.name, error: null };
      } catch (error) {
        return { receiver: receiver.name, error: messageOf(error) };
      }
    }),
  );
}

function stateOf({ keeper, log, queryLog, registry, store, delivery, tap }: Desk): HitsState {
  return {
    pending: keeper.pending,
    lost: keeper.lost,
    unstored: keeper.unstored,
    recovered: keeper.recovered,
    logLinesLost: log.linesLost,
    stdoutLost: log.stdoutLost,
    logFailing: log.failing,
    openIncidents: registry.openCount,
    counts: keeper.counts.all(),
    storeError: store.failing?.message ?? null,
    queryLogError: queryLog.failing?.message ?? null,
    receivers: delivery.states,
    out: tap.states,
  };
}
