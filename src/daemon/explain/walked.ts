// Which step of the walk answers a question: the walk itself is asked, with an upstream that only notes that it was.
//
// So the order of the steps stands in one place, resolver/walk.ts, and what is explained cannot differ from what is done.
import { AnswerCache } from '../../cache/answer-cache.ts';
import type { Config, LocalConfig, LocalRecord, Prefix } from '../../config/config.ts';
import type { Policy } from '../../policy/decide.ts';
import type { Groups } from '../../policy/groups.ts';
import { VERDICT, Verdict } from '../../policy/verdict.ts';
import { Views } from '../../policy/views.ts';
import { ACCESS, Access } from '../../resolver/access.ts';
import { Budgets, createBudgets } from '../../resolver/budgets.ts';
import { CANARIES, RESOLVER_NAME } from '../../resolver/local/special-names.ts';
import { ENDING, type Ending } from '../../resolver/query-observer.ts';
import type { Ruling } from '../../resolver/ruling.ts';
import { Walk } from '../../resolver/walk.ts';
import { FAILURE } from '../../upstream/exchange.ts';
import { HEADER_OCTETS, MESSAGE_OCTETS_MAX, OFFSET, rcodeOf, readU16 } from '../../wire/header.ts';
import { composeQuery } from '../../wire/message/compose.ts';
import { Query, TRANSPORT } from '../../wire/message/query.ts';
import { nameLength, skipName } from '../../wire/names/name.ts';
import { nameToText } from '../../wire/names/presentation.ts';
import { rcodeToText, TYPE, typeToText } from '../../wire/records/iana.ts';
import { rdataText } from '../../wire/records/record-text.ts';
import { nextRecord, RecordView, skipQuestions } from '../../wire/records/records.ts';
import { certificateOf } from '../certificates.ts';
import { designation } from '../machine/designation.ts';
import { readHostsFile } from '../machine/hosts-file.ts';
import { ownNetworks } from '../machine/own-networks.ts';
import { makeRuling } from '../threads/make-ruling.ts';

/**
 * `records`: an own record, above the lists. `lists`: a rule. `special`: a special name, below the lists. `any`: the short
 * answer to ANY (RFC 8482). `refused`: a type that is not forwarded. `upstreams`: whatever they say, judged when it comes.
 */
export type Answerer = 'records' | 'lists' | 'special' | 'any' | 'refused' | 'upstreams';

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
}

/** The rule that the walk told of. */
export interface WalkedHit {
  readonly verdict: Verdict;
  /** Where own aliases lead, lower-case wire form, when that is what matched; null when it was the name asked for. */
  readonly via: Uint8Array | null;
}

export interface WalkedQuestion {
  /** Lower-case wire form. */
  readonly name: Uint8Array;
  readonly qtype: number;
  /** Of the client, 16 octets. */
  readonly address: Uint8Array;
}

/** Room for one record: nothing is kept. */
const CACHE_OCTETS = 4096;
const EVERYONE: Prefix = { bytes: new Uint8Array(16), bits: 0, text: '::/0' };
const UNLIMITED = { perSecond: 0, burst: 1 };

/** What the walk makes of a question; `addresses` are those among `records`. */
export function walkFor(
  question: WalkedQuestion,
  config: Config,
  policy: Policy,
  groups: Groups,
): Walked & { readonly hit: WalkedHit | null; readonly addresses: readonly string[] } {
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
      ownOptions: null,
    },
  );
  const { local } = ruling;
  const { hit, ending, reply, asked } = take(question, ruling, config);
  const target = asked ?? hit?.via ?? null;
  const leadsTo = target === null || Buffer.compare(target, name) === 0 ? null : nameToText(target);
  const { rcode, records: given, addresses } = answerIn(reply);
  const walked = { own: null, leadsTo, records: given, addresses, hit };
  if (hit !== null && hit.verdict.code !== VERDICT.monitor) return { ...walked, answeredBy: 'lists' };
  if (ending === ENDING.refused) return { ...walked, answeredBy: 'refused' };
  const entry = local.find(name, name.length, qtype);
  if (entry === null) return { ...walked, answeredBy: ending === ENDING.local ? 'any' : 'upstreams' };
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
      ...(ending === null
        ? { rcode: 'NOERROR', records: alias.map(aliasText), addresses: [] }
        : { rcode, records: given, addresses }),
    },
  };
}

interface Taken {
  hit: WalkedHit | null;
  /** Null while it waits for an upstream. */
  ending: Ending | null;
  /** QNAME of what an upstream is asked, wire form. */
  asked: Uint8Array | null;
}

function take(
  { name, qtype, address }: WalkedQuestion,
  ruling: Ruling,
  config: Config,
): Taken & { readonly reply: Uint8Array } {
  const taken: Taken = { hit: null, ending: null, asked: null };
  let settle = (): void => undefined;
  const limits = { ...config.cache, entries: 1, bytesMax: CACHE_OCTETS };
  const walk = new Walk({
    ruling,
    cacheConfig: limits,
    cache: new AnswerCache(limits),
    forwarder: {
      ask: (message, _length, asker, ticket) => {
        taken.asked = message.slice(HEADER_OCTETS, skipName(message, HEADER_OCTETS, message.length));
        settle = () => asker.settled(ticket, message, 0, FAILURE.closed, '');
      },
      close: async () => undefined,
    },
    observer: {
      hit: (_, told, via) => {
        // What a list on trial notes does not go before what holds the answer back.
        if (taken.hit !== null && told.code === VERDICT.monitor) return;
        const verdict = new Verdict();
        verdict.copyFrom(told);
        taken.hit = { verdict, via: via === null ? null : via.slice(0, nameLength(via, 0)) };
      },
      leads: () => undefined,
      end: (_, ending) => {
        taken.ending = ending;
      },
      // One question comes once.
      held: { place: -1, number: 0 },
      revision: 0,
      again: () => false,
      allowed: () => undefined,
      missed: () => undefined,
      waited: () => undefined,
      claimIgnored: () => undefined,
    },
    nowMs: () => 0,
    seed: 0,
  });
  const message = composeQuery(name, qtype);
  const query = new Query(message, new Uint8Array(MESSAGE_OCTETS_MAX));
  query.messageLength = message.length;
  query.address.set(address);
  // A rule that only wants TCP has what it wants, and any answer has room.
  query.transport = TRANSPORT.tcp;
  query.origin = { send: () => undefined, abandon: () => undefined };
  walk.answer(query);
  const { ending } = taken;
  // What a rewrite has is told when its query ends.
  settle();
  return { ...taken, ending, reply: query.reply.subarray(0, query.replyLength) };
}

function settingOf(
  name: string,
  records: readonly LocalRecord[],
  local: LocalConfig,
  hosts: readonly LocalRecord[],
): string {
  if (records.some((record) => local.records.includes(record))) return 'local.records';
  if (records.some((record) => hosts.includes(record))) return 'local.hosts';
  return name === RESOLVER_NAME || CANARIES.includes(name) ? 'local.canaries' : 'local.specialNames';
}

const aliasText = ({ rdata }: LocalRecord): string => `CNAME ${nameToText(rdata)}`;

function answerIn(reply: Uint8Array): Pick<OwnAnswer, 'rcode' | 'records' | 'addresses'> {
  const record = new RecordView();
  const records: string[] = [];
  const addresses: string[] = [];
  let at = skipQuestions(reply, reply.length);
  for (let left = readU16(reply, OFFSET.ancount); left > 0; left -= 1) {
    at = nextRecord(reply, at, reply.length, record);
    const data = dataText(reply, record);
    records.push(`${typeToText(record.type)} ${data}`);
    if (record.type === TYPE.A || record.type === TYPE.AAAA) addresses.push(data);
  }
  return { rcode: rcodeToText(rcodeOf(readU16(reply, OFFSET.flags))), records, addresses };
}

/** Strings as people wrote them, other data as in a zone file, but for the dot behind a name that ends it. */
function dataText(reply: Uint8Array, record: RecordView): string {
  if (record.type !== TYPE.TXT && record.type !== TYPE.HINFO)
    return (rdataText(reply, record) ?? '').replace(/(?<=[^ ])\.$/, '');
  const strings: string[] = [];
  const end = record.rdata + record.rdataLength;
  for (let at = record.rdata; at < end; at += 1 + (reply[at] ?? 0)) {
    const octets = reply.subarray(at + 1, Math.min(end, at + 1 + (reply[at] ?? 0)));
    strings.push(`"${Array.from(octets, charText).join('')}"`);
  }
  return strings.join(' ');
}

/** RFC 1035 §5.1. */
function charText(octet: number): string {
  if (octet < 0x20 || octet > 0x7e) return `\\${String(octet).padStart(3, '0')}`;
  const char = String.fromCharCode(octet);
  return char === '"' || char === '\\' ? `\\${char}` : char;
}

/** Whether `access.allow` lets a client (16 octets) ask at all. */
export function mayAsk(address: Uint8Array, { access }: Config): boolean {
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
