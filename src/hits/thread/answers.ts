// Answers to what people ask the hits thread: hits, incidents, a client's timeline, the hunt, the state.
import type { Notice } from '../alerts/sink.ts';
import { drive, findFirstAskers, findNames } from '../hunt/past.ts';
import { huntRules } from '../hunt/rule-hunt.ts';
import { addHit, openIncident } from '../incidents/incident.ts';
import { type IncidentSummary, summaryOf } from '../incidents/summary.ts';
import type {
  Answer,
  Answers,
  ClientTimeline,
  HitsState,
  HuntFinding,
  Question,
  SinkReply,
} from '../messages.ts';
import { dayOf } from '../store/schema.ts';
import type { HitsDesk } from './desk.ts';
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
      return timelineOf(desk, question.ip, question.sinceMs);
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

function timelineOf(desk: HitsDesk, ip: string, sinceMs: number): ClientTimeline {
  desk.writeHistory();
  const { name, mac } = desk.clientOf(ip, '');
  return desk.store.read<ClientTimeline>(
    (tables) => ({
      ip,
      name,
      mac,
      incidents: tables.incidents.find({ ip, sinceMs }).map(summaryOf),
      hits: tables.hits.find({ ip, sinceMs }),
      history: tables.history.ofClient(ip, sinceMs, TIMELINE_LINES),
    }),
    { ip, name, mac, incidents: [], hits: [], history: [] },
  );
}

async function hunt(
  desk: HitsDesk,
  { targets, sinceMs }: Extract<Question, { what: 'hunt' }>,
): Promise<Answers['hunt']> {
  desk.writeHistory();
  const tables = readable(desk);
  const days = tables.history.days().filter((day) => day >= dayOf(sinceMs));
  const names = await drive(findNames(tables.database, targets), desk.options.monotonic);
  const { asked, further } = await drive(
    findFirstAskers(tables.database, names, days),
    desk.options.monotonic,
  );
  return { asked: asked.filter((one) => one.lastMs >= sinceMs), further };
}

async function huntLists(
  desk: HitsDesk,
  { lists, sinceMs }: Extract<Question, { what: 'huntLists' }>,
): Promise<readonly HuntFinding[]> {
  desk.writeHistory();
  const { ruleSet, groups, assignments, sinkhole } = desk.settings;
  const search = huntRules(readable(desk), {
    rulebook: { ruleSet, groups, assignments, answer: sinkhole },
    client: (ip, group) => desk.clientOf(ip, group),
    lists,
    sinceMs,
    onlyNews: false,
  });
  const findings = await drive(search, desk.options.monotonic);
  return findings.map(({ client, list, askings }) => ({
    client,
    list,
    furtherNames: Math.max(0, askings.length - NAMES_SHOWN),
    names: askings.slice(0, NAMES_SHOWN).map(({ name, count, firstMs, lastMs }) => ({
      name,
      count,
      first: new Date(firstMs).toISOString(),
      last: new Date(lastMs).toISOString(),
    })),
  }));
}

function readable(desk: HitsDesk) {
  const tables = desk.store.read((present) => present, null);
  if (tables === null) throw new Error('the store cannot be read at present; try again');
  return tables;
}

/** Sends a sample past every queue, so that each sink's own answer is seen. */
async function testAlerts(desk: HitsDesk): Promise<readonly SinkReply[]> {
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
    desk.delivery.sinks.map(async (sink) => {
      try {
        await sink.deliver(notice, AbortSignal.timeout(TEST_MS));
        return { sink: sink.name, error: null };
      } catch (error) {
        return { sink: sink.name, error: error instanceof Error ? error.message : String(error) };
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
    sinks: delivery.states,
  };
}
