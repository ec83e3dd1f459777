import type { Config, LocalConfig, LocalRecord, Prefix } from '../../config/config.ts';
import type { Policy } from '../../policy/decide.ts';
import type { Groups } from '../../policy/groups.ts';
import { VERDICT } from '../../policy/verdict.ts';
import { Views } from '../../policy/views.ts';
import { ACCESS, Access } from '../../resolver/access.ts';
import { Budgets, createBudgets } from '../../resolver/budgets.ts';
import { CANARIES, RESOLVER_NAME } from '../../resolver/local/special-names.ts';
import { ENDING, type Ending } from '../../resolver/query-observer.ts';
import { nameToText } from '../../wire/names/presentation.ts';
import { isStandIn } from '../../wire/names/stand-in.ts';
import { TYPE } from '../../wire/records/iana.ts';
import { certificateOf } from '../certificates.ts';
import { designation } from '../machine/designation.ts';
import { readHostsFile } from '../machine/hosts-file.ts';
import { ownNetworks } from '../machine/own-networks.ts';
import { makeRuling } from '../threads/make-ruling.ts';
import type { AnswerFrom, KnownAnswers } from './known-answers.ts';
import { type BlockedTarget, putToWalk, type WalkedHit, type WalkedQuestion } from './one-walk.ts';
import { aliasText, answerIn } from './reply-text.ts';

/**
 * `records`: an own record, above the lists. `lists`: a rule. `special`: a special name, below the lists. `any`: the short
 * answer to ANY (RFC 8482). `refused`: a type that is not forwarded. `rebinding`: upstreams gave a public name a private
 * address. `upstreams`: whatever they say, judged when it comes.
 */
export type Answerer = 'records' | 'lists' | 'special' | 'any' | 'refused' | 'rebinding' | 'upstreams';

/** What this machine knows of a name. */
export interface OwnAnswer {
  /** Where it comes from: `local.records`, `local.hosts`, `local.specialNames`, `local.canaries` or `resolver`. */
  readonly setting: string;
  /** The entry that covers the name: the name itself or one above it. */
  readonly name: string;
  /** NOERROR, NXDOMAIN, or SERVFAIL where aliases go in a circle. */
  readonly rcode: string;
  /** What the client gets, `A 192.0.2.7`; empty for a negative answer. Behind a CNAME at the end stands what upstreams say. */
  readonly records: readonly string[];
  /** The addresses among them. */
  readonly addresses: readonly string[];
}

export interface Walked {
  readonly answeredBy: Answerer;
  /** Null where this machine knows nothing of the name. */
  readonly own: OwnAnswer | null;
  /** The name that is asked for in its place: own aliases or a rule's CNAME lead there. */
  readonly leadsTo: string | null;
  /** What this machine answers with at once, `A 192.0.2.7`; empty for a negative answer and where upstreams are asked. */
  readonly records: readonly string[];
  /** What the client gets; null where upstreams have the last word and have not been asked. */
  readonly reply: ReplyView | null;
  /** Where what upstreams say was had from; null where it is not known, or of no use. */
  readonly upstreamAnswer: AnswerFrom | null;
}

/** A reply as a client with room for it gets it. */
export interface ReplyView {
  /** `none` when nothing is sent. */
  readonly rcode: string;
  readonly records: readonly string[];
}

const EVERYONE: Prefix = { bytes: new Uint8Array(16), bits: 0, text: '::/0' };
const UNLIMITED = { perSecond: 0, burst: 1 };

/** What the walk makes of a question; `addresses` are those among `records`. */
export function walkFor(
  question: WalkedQuestion,
  config: Config,
  policy: Policy,
  groups: Groups,
  answers: KnownAnswers,
): Walked & {
  readonly hit: WalkedHit | null;
  readonly blocked: BlockedTarget | null;
  readonly addresses: readonly string[];
} {
  const { name, qtype } = question;
  const hosts = readHostsFile(config.local.hosts, { warn: () => undefined });
  // Everybody may ask: whether this client may is told on its own.
  const own = designation(config, certificateText(config), config.listen);
  const ruling = makeRuling(
    config,
    { hosts, designation: own },
    {
      policy,
      groups,
      access: new Access({ allow: [EVERYONE], rateLimit: UNLIMITED }, new Budgets(createBudgets(0, 1))),
      views: new Views(config.groups, 0),
      identities: null,
      firstSight: null,
      ownIds: null,
      audiences: null,
      ownOptions: null,
    },
  );
  const { local } = ruling;
  const { hit, ending, reply, asked, blocked } = putToWalk(question, ruling, answers);
  const target = asked ?? (hit === null || hit.verdict.addressBits >= 0 ? null : hit.via);
  const leadsTo = target === null || Buffer.compare(target, name) === 0 ? null : nameToText(target);
  const { rcode, records: given, addresses } = answerIn(reply);
  const isOfUpstreams = asked !== null && UPSTREAMS_ANSWER.has(ending ?? ENDING.ignored);
  const isKnown = answers.missing === null;
  const walked = {
    own: null,
    leadsTo,
    records: isOfUpstreams ? [] : given,
    addresses: isOfUpstreams ? [] : addresses,
    hit,
    blocked,
    reply: isKnown ? { rcode: reply.length === 0 ? 'none' : rcode, records: given } : null,
    upstreamAnswer: isKnown ? answers.from : null,
  };
  if (hit !== null && hit.verdict.code !== VERDICT.monitor) return { ...walked, answeredBy: 'lists' };
  if (ending === ENDING.refused) return { ...walked, answeredBy: 'refused' };
  if (ending === ENDING.withheld) return { ...walked, answeredBy: 'rebinding' };
  const entry = local.find(name, name.length, qtype);
  if (entry === null) return { ...walked, answeredBy: ending === ENDING.special ? 'any' : 'upstreams' };
  const entryName = nameToText(name, local.offset);
  const records = entry.kind === 'records' ? entry.records : [];
  const alias = records.filter(({ type }) => type === TYPE.CNAME);
  return {
    ...walked,
    answeredBy: entry.kind === 'records' ? 'records' : 'special',
    own: {
      setting:
        entry.kind === 'records' && entry.isOfTypes === true
          ? 'resolver'
          : settingOf(entryName, records, config.local, hosts),
      name: entryName,
      ...(ending === null || isOfUpstreams
        ? { rcode: 'NOERROR', records: alias.map(aliasText), addresses: [] }
        : { rcode, records: given, addresses }),
    },
  };
}

/** Of a question that an upstream was asked for. */
const UPSTREAMS_ANSWER: ReadonlySet<Ending> = new Set([ENDING.forwarded, ENDING.failed, ENDING.cached]);

function settingOf(
  name: string,
  records: readonly LocalRecord[],
  local: LocalConfig,
  hosts: readonly LocalRecord[],
): string {
  if (hasOne(local.records, records)) return 'local.records';
  if (hasOne(hosts, records)) return 'local.hosts';
  return name === RESOLVER_NAME || CANARIES.includes(name) ? 'local.canaries' : 'local.specialNames';
}

const isEqual = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

/** Whether one of them is of those, whatever TTL it is answered with. */
const hasOne = (those: readonly LocalRecord[], records: readonly LocalRecord[]): boolean =>
  records.some((record) =>
    those.some(
      ({ name, type, rdata }) =>
        type === record.type && isEqual(rdata, record.rdata) && isEqual(name, record.name),
    ),
  );

/** Whether `access.allow` lets a client (16 octets) ask at all. */
export function mayAsk(address: Uint8Array, { access }: Config): boolean {
  // No address of a network: a neighbour that may ask named the machine, or it has not shown itself yet.
  if (isStandIn(address)) return true;
  const guard = new Access({ allow: access.allow, rateLimit: UNLIMITED }, new Budgets(createBudgets(0, 1)));
  guard.allowAlso(access.allow.includes('own') ? ownNetworks() : []);
  return guard.check(address, 0) === ACCESS.allowed;
}

/** Null where there is none, or it cannot be read: who serves it says so. */
function certificateText(config: Config): string | null {
  try {
    return certificateOf(config)?.cert ?? null;
  } catch {
    return null;
  }
}
