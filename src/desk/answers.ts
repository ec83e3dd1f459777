// Answers to what people ask the hits thread: hits, incidents, a client's timeline, the hunt, the state.

import type { Notice } from '../alerts/receiver.ts';
import type { Who } from '../clients/who.ts';
import type { HitClient } from '../hits/hit.ts';
import type { ClientAskings } from '../hits/hunt/past.ts';
import { addHit, openIncident } from '../hits/incidents/incident.ts';
import { type IncidentSummary, summaryOf } from '../hits/incidents/summary.ts';
import { momentToText } from '../hits/log/moment.ts';
import { Groups } from '../policy/groups.ts';
import { addressToText, textToAddress } from '../wire/names/address.ts';
import type { HitsDesk } from './desk.ts';
import type { Answer, ClientTimeline, HitsState, HuntFinding, Question, ReceiverReply } from './messages.ts';
import { sampleHit } from './sample-hit.ts';

const TEST_MS = 10_000;
const TIMELINE_LINES = 2000;
/** Of one client and list. */
const NAMES_SHOWN = 1000;

/** Answers from all that is in the rings by now. */
export async function answerQuestion(desk: HitsDesk, question: Question): Promise<Answer> {
  desk.takeIn();
  switch (question.what) {
    case 'hits':
      return desk.store.read((tables) => tables.hits.find(question.filter), []);
    case 'incidents':
      return desk.store.read((tables) => tables.incidents.find(question.filter), []).map(summaryOf);
    case 'acknowledge':
      return acknowledge(desk, question.id);
    case 'client':
      return timelineOf(desk, question.who, question.sinceMs);
    case 'hunt':
      return hunt(desk, question);
    case 'huntLists':
      return huntLists(desk, question);
    case 'testAlerts':
      return testAlerts(desk);
    case 'state':
      return stateOf(desk);
    default:
      return question satisfies never;
  }
}

function acknowledge(desk: HitsDesk, id: string): IncidentSummary | null {
  const now = desk.options.now();
  const open = desk.registry.acknowledge(id, now);
  if (open !== null) return summaryOf(open);
  const closed = desk.incident(id);
  if (closed === null) return null;
  closed.acknowledgedMs ??= now;
  desk.store.write((tables) => tables.incidents.write([closed]));
  return summaryOf(closed);
}

/** Of the machine that is meant first: of an address, the one that has it now. */
function timelineOf(desk: HitsDesk, { machines, ips }: Who, sinceMs: number): ClientTimeline {
  desk.writeHistory();
  const { machines: table } = desk.context;
  const [meant = ''] = machines;
  const { id = table.idNow(meant), name = null, nameFrom = null, mac = null } = table.machine(meant) ?? {};
  const held = table.bindingsOf(id).map(({ address, fromMs, toMs }) => ({
    ip: addressToText(address),
    fromMs,
    toMs: toMs ?? Number.POSITIVE_INFINITY,
  }));
  const addresses = held.length > 0 ? [...new Set(held.map(({ ip }) => ip))] : ips;
  const [ip = id] = ips.length > 0 ? ips : addresses;
  const who = { machines: table.idsOf(id), ips: [] };
  const known = { ip, name, nameFrom, mac, machine: id, addresses };
  return desk.store.read<ClientTimeline>(
    (tables) => ({
      ...known,
      incidents: tables.incidents.find({ who, sinceMs }).map(summaryOf),
      hits: tables.hits.find({ who, sinceMs }),
      history: addresses
        .flatMap((address) =>
          tables.history
            .ofClient(address, sinceMs, TIMELINE_LINES)
            .filter(
              ({ first, last }) =>
                held.length === 0 ||
                held.some(
                  (one) =>
                    one.ip === address &&
                    Date.parse(last) + 1000 > one.fromMs &&
                    Date.parse(first) < one.toMs,
                ),
            ),
        )
        .sort((a, b) => (a.last === b.last ? 0 : a.last < b.last ? 1 : -1))
        .slice(0, TIMELINE_LINES),
    }),
    { ...known, incidents: [], hits: [], history: [] },
  );
}

async function hunt(
  desk: HitsDesk,
  { targets, sinceMs }: Extract<Question, { what: 'hunt' }>,
): Promise<readonly HuntFinding[]> {
  desk.writeHistory();
  const { groups, assignments } = desk.settings;
  const grouping = new Groups(groups, assignments);
  const found = await desk.searcher.search({ by: 'names', targets, sinceMs });
  return found.map((askings) => {
    // An anonymous client has no address; the group that takes anyone is its own.
    const group = grouping.groupOf(textToAddress(askings.ip) ?? new Uint8Array(16));
    return findingOf(desk.clientOf(askings.ip, grouping.names[group] ?? 'none'), null, askings);
  });
}

async function huntLists(
  desk: HitsDesk,
  { lists, sinceMs }: Extract<Question, { what: 'huntLists' }>,
): Promise<readonly HuntFinding[]> {
  desk.writeHistory();
  const { ruleSet, groups, assignments, sinkhole } = desk.settings;
  const found = await desk.searcher.search({
    by: 'rules',
    rulebook: { ruleSet, groups, assignments, answer: sinkhole },
    lists,
    sinceMs,
    onlyNews: false,
    namesMax: NAMES_SHOWN,
  });
  return found.map((finding) => findingOf(desk.clientOf(finding.ip, finding.group), finding.list, finding));
}

function findingOf(
  client: HitClient,
  list: string | null,
  { askings, furtherNames }: ClientAskings,
): HuntFinding {
  const names = askings.map(({ name, count, firstMs, lastMs }) => ({
    name,
    count,
    first: momentToText(firstMs),
    last: momentToText(lastMs),
  }));
  return { client, list, names, furtherNames };
}

/** Sends a sample past every queue, so that each receiver's own answer is seen. */
async function testAlerts(desk: HitsDesk): Promise<readonly ReceiverReply[]> {
  const now = desk.options.now();
  const hit = sampleHit(now);
  const incident = openIncident(desk.context.id(now), hit);
  addHit(incident, hit);
  const notice: Notice = {
    id: desk.context.id(now),
    kind: 'test',
    time: new Date(now).toISOString(),
    text: 'This is a test. No machine asked for anything.',
    incident: summaryOf(incident),
    hits: [hit],
    furtherHits: 0,
    others: [],
  };
  return Promise.all(
    desk.delivery.receivers.map(async (receiver) => {
      try {
        await receiver.deliver(notice, AbortSignal.timeout(TEST_MS));
        return { receiver: receiver.name, error: null };
      } catch (error) {
        return { receiver: receiver.name, error: error instanceof Error ? error.message : String(error) };
      }
    }),
  );
}

function stateOf({ keeper, log, sightings, registry, store, delivery }: HitsDesk): HitsState {
  return {
    pending: keeper.pending,
    lost: keeper.lost,
    recovered: keeper.recovered,
    logLinesLost: log.linesLost,
    historyLost: sightings.lost,
    openIncidents: registry.openCount,
    storeError: store.failing?.message ?? null,
    receivers: delivery.states,
  };
}
