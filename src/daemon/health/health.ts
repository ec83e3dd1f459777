// Whether the daemon is well, whether it answers by the rules, and all that is wrong meanwhile.
//
// healthy: a restart would not help. ready: it answers queries by the rules that should be in force. Neither is lost for one
// list, one upstream or a disk: what a restart or another machine cannot mend is a problem beside them.

import type { HealthView } from '../../admin/state.ts';
import type { SteadyClock } from '../../config/steady-clock.ts';
import { counted, momentText, takesText } from '../../config/values/grouped.ts';
import type { HitsState } from '../../desk/messages.ts';
import { queryLogText } from '../../desk/news.ts';
import { gapProblem, listProblem } from '../../lists/library/list-problem.ts';
import type { ListStatus } from '../../lists/library/list-status.ts';
import { expiryText } from '../certificates.ts';
import type { InForce, Refusal } from '../in-force.ts';
import type { Waits } from '../settings.ts';
import type { ProblemBook, ProblemFact } from './problems.ts';

/** By their names; of more, how many. */
const GROUPS_SHOWN = 3;

export interface HealthFacts {
  readonly inForce: InForce;
  readonly refusals: readonly Refusal[];
  readonly lists: readonly ListStatus[];
  /** Resolver threads that answered just now. */
  readonly answering: number;
  readonly isListening: boolean;
  /** null when the hits thread does not answer. */
  readonly hits: HitsState | null;
  /** Whether that thread takes over a store of an earlier version. */
  readonly isTakingOver: boolean;
  readonly paused: readonly { readonly group: string; readonly until: string | null }[];
  readonly upstreams: readonly { readonly healthy: boolean }[];
  readonly waits: Waits;
  /** Of parts that are there only where they are configured. */
  readonly more: readonly ProblemFact[];
  /** Zones and lists for others, with what is wrong with each. */
  readonly served: readonly { readonly name: string; readonly error: string | null }[];
}

export function healthOf(facts: HealthFacts, book: ProblemBook, nowMs: number): HealthView {
  const { inForce, refusals, answering, isListening } = facts;
  const sinceText = (steadyMs: number): string => new Date(book.clock.wall(steadyMs)).toISOString();
  const [refused] = refusals;
  // Only threads that do not answer are mended by a restart; lists, disks and upstreams are not.
  const healthy = answering > 0;
  return {
    healthy,
    ready: healthy && isListening && hasRules(facts),
    revision: inForce.revision,
    since: sinceText(inForce.sinceMs),
    refused:
      refused === undefined
        ? null
        : { kind: refused.kind, since: sinceText(refused.sinceMs), reason: refused.reason },
    problems: book.note(problemsOf(facts, book.clock, nowMs)),
  };
}

/** Whether anything is in force where lists should be: none of them having a name is no rule at all. */
function hasRules({ inForce, lists }: HealthFacts): boolean {
  const { names, patterns } = inForce.ruleSet;
  return lists.length === 0 || names > 0 || patterns.length > 0 || lists.some((list) => list.inForce);
}

function problemsOf(facts: HealthFacts, clock: SteadyClock, nowMs: number): ProblemFact[] {
  return [
    ...refusalProblems(facts, clock),
    ...threadProblems(facts, clock),
    ...ruleProblems(facts),
    ...hitProblems(facts, nowMs),
    ...certificateProblems(facts, nowMs),
    ...upstreamProblems(facts),
    ...servedProblems(facts),
    ...facts.more,
  ];
}

const REFUSED_REMEDY: Readonly<Record<Refusal['kind'], string>> = {
  configuration: 'mend the file (`cenote check` shows its mistakes); what was in force stays until then',
  lists: 'see the log; it is tried again by itself',
  certificate: 'put a certificate and its own key in place; the one before is used until then',
  pause: 'see the log, then pause or resume again',
  clients: 'see the log',
};

function refusalProblems({ refusals }: HealthFacts, clock: SteadyClock): ProblemFact[] {
  return refusals.map(({ kind, sinceMs, reason }) => ({
    id: `refused:${kind}`,
    sinceMs: clock.wall(sinceMs),
    what: `the new ${kind === 'lists' ? 'rules were' : `${kind} was`} refused: ${reason}`,
    remedy: REFUSED_REMEDY[kind],
  }));
}

function threadProblems({ inForce, answering, waits }: HealthFacts, clock: SteadyClock): ProblemFact[] {
  const { workers } = inForce.config;
  const problems: ProblemFact[] = [];
  if (answering < workers)
    problems.push({
      id: 'threads',
      sinceMs: null,
      what: `${workers - answering} of ${workers} resolver threads do not answer`,
      remedy: 'cenote starts another when a thread ends; restart it if this lasts',
    });
  if (waits.sinceMs !== null)
    problems.push({
      id: 'restart',
      sinceMs: clock.wall(waits.sinceMs),
      what: `changed in the file and not in force before a restart: ${waits.settings.join(', ')}`,
      remedy: 'restart cenote',
    });
  return problems;
}

function ruleProblems(facts: HealthFacts): ProblemFact[] {
  const { lists, paused } = facts;
  const problems: ProblemFact[] = lists.flatMap((list) =>
    [listProblem(list), gapProblem(list)].filter((one) => one !== null),
  );
  if (!hasRules(facts))
    problems.push({
      id: 'rules',
      sinceMs: null,
      what: 'no list has anything in force: nothing is blocked',
      remedy: 'see `cenote lists`',
    });
  for (const [until, own] of Map.groupBy(paused, (pause) => pause.until))
    problems.push({
      id: `paused:${own[0]?.group}`,
      sinceMs: null,
      what: `blocking is paused for ${groupsText(own.map(({ group }) => group))} ${until === null ? 'until it is resumed' : `until ${momentText(until)}`}`,
      remedy: '`cenote resume` blocks again',
    });
  return problems;
}

function groupsText(groups: readonly string[]): string {
  if (groups.length > GROUPS_SHOWN) return counted(groups.length, 'group');
  return `${groups.length === 1 ? 'group' : 'groups'} ${groups.join(', ')}`;
}

const STORE_TAKEN_OVER: ProblemFact = {
  id: 'store-opening',
  sinceMs: null,
  what: 'the store of hits is not open yet: one of an earlier version is taken over first',
  remedy: 'wait: names are answered, hits wait in the journal, and the log says when it is done',
};
const HITS_THREAD_SILENT: ProblemFact = {
  id: 'hits-thread',
  sinceMs: null,
  what: 'the hits thread does not answer',
  remedy: 'hits are journalled meanwhile; cenote starts another when it ends',
};

function hitProblems({ hits, isTakingOver }: HealthFacts, nowMs: number): ProblemFact[] {
  if (hits === null) return [isTakingOver ? STORE_TAKEN_OVER : HITS_THREAD_SILENT];
  const problems: ProblemFact[] = [];
  if (hits.storeError !== null)
    problems.push({
      id: 'store',
      sinceMs: null,
      what: `hits cannot be stored: ${hits.storeError}; ${hits.pending} wait`,
      remedy: 'make room on the disk of events.dir, or mend its permissions; they are stored then',
    });
  if (hits.queryLogError !== null)
    problems.push({
      id: 'query-log',
      sinceMs: null,
      what: queryLogText(hits.queryLogError),
      remedy: 'make room on the disk of events.dir, or mend its permissions; what waits is logged then',
    });
  if (hits.logFailing)
    problems.push({
      id: 'hit-log',
      sinceMs: null,
      what: `hits.jsonl cannot be written: its lines wait in memory${hits.logLinesLost === 0 ? '' : `, ${hits.logLinesLost} are lost to it since the start`}; the store has its own copy`,
      remedy: 'make room on the disk of events.dir, or mend its permissions; what waits is written then',
    });
  if (hits.lost > 0)
    problems.push({
      id: 'hits-lost',
      sinceMs: null,
      what: `${counted(hits.lost, 'hit was', 'hits were')} lost: neither disk nor memory had room`,
      remedy: 'make room on the disk of events.dir',
    });
  if (hits.unstored > 0)
    problems.push({
      id: 'hits-unstored',
      sinceMs: null,
      what: `${counted(hits.unstored, 'query', 'queries')} for listed names, decided by a pause, a schedule or the rate limit: neither the store nor memory had room for the hits, which are in hits.jsonl alone`,
      remedy: 'make room on the disk of events.dir, or mend its permissions, so that the next are stored',
    });
  for (const { name, error, takesPart, failingSince, waiting } of hits.out)
    if (error !== null)
      problems.push({
        id: `out:${name}`,
        sinceMs: failingSince === null ? null : Date.parse(failingSince),
        what: `output ${name} ${takesText({ error, takesPart })}; ${counted(waiting, 'event waits', 'events wait')}`,
        remedy: 'look at the receiver, its address and token; what waits is sent then',
      });
  for (const { receiver, error, takesPart, failingForMs, waiting, givenUp } of hits.receivers)
    if (error !== null)
      problems.push({
        id: `receiver:${receiver}`,
        sinceMs: failingForMs === null ? null : nowMs - failingForMs,
        what: `receiver ${receiver} of alerts ${takesText({ error, takesPart })}; ${counted(waiting, 'notice waits', 'notices wait')}${givenUp === 0 ? '' : `, ${givenUp} given up since the start`}`,
        remedy:
          'mend it, its address or its secret, until `cenote alerts test` is accepted; what waits is sent then',
      });
  return problems;
}

function certificateProblems({ inForce }: HealthFacts, nowMs: number): ProblemFact[] {
  const { certificate } = inForce;
  const what = certificate === null ? null : expiryText(certificate, nowMs);
  if (what === null) return [];
  const remedy = 'put renewed files in place; they are noticed without a signal';
  return [{ id: 'certificate', sinceMs: null, what, remedy }];
}

function upstreamProblems({ upstreams }: HealthFacts): ProblemFact[] {
  if (upstreams.length === 0 || upstreams.some(({ healthy }) => healthy)) return [];
  return [
    {
      id: 'upstreams',
      sinceMs: null,
      what: 'no upstream answers',
      remedy: 'check the network and `upstreams`; names on lists are blocked all the same',
    },
  ];
}

function servedProblems({ served }: HealthFacts): ProblemFact[] {
  return served.flatMap(({ name, error }) =>
    error === null
      ? []
      : {
          id: `served:${name}`,
          sinceMs: null,
          what: `${name}, which is served to others: ${error}`,
          remedy:
            'make room on the disk of events.dir, or mend its permissions; it is made again when a list changes',
        },
  );
}
