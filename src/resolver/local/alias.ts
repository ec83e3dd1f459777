// Answers a name with aliases of our own: their CNAMEs, then whatever the last target's answer is. Rare, so it may allocate.
//
// The target is asked for by a query of its own, which knows the client's through its `lead`: the walk decides on it as on
// any name, tells of the client's query alone, and makes the client's reply of the target's here.
import { FLAG, HEADER_OCTETS, OFFSET, rcodeOf, readU16, writeU16, writeU32 } from '../../wire/header.ts';
import { beginReply, replyLimit } from '../../wire/message/compose.ts';
import { appendEde, appendOpt, appendOptions, findOpt, OPT_OCTETS } from '../../wire/message/edns.ts';
import { copyQuery, type Lead, type LeadAlias, Query, type Way } from '../../wire/message/query.ts';
import { readQuery } from '../../wire/message/question.ts';
import { MessageWriter } from '../../wire/message/rebuild.ts';
import { CLASS, EDE, TYPE } from '../../wire/records/iana.ts';
import { nextRecord, RecordView, skipQuestions } from '../../wire/records/records.ts';

/** Aliases of our own that lead to one another, one rewrite among them. */
export const ALIASES_MAX = 8;
const NOTHING = new Uint8Array(0);

const record = new RecordView();

/** Goes on from `query` to the target of the last of some aliases; null when they go in a circle or on for too long. */
export function leadOn(query: Query, way: Way): Lead | null {
  const lead = query.lead ?? leadFrom(query);
  for (const alias of way) {
    const isKnown = ({ target }: LeadAlias): boolean => isSame(target, target.length, alias.target);
    if (isSame(lead.root.qname, lead.root.qnameEnd - HEADER_OCTETS, alias.target)) return null;
    if (lead.aliases.some(isKnown) || lead.aliases.length === ALIASES_MAX) return null;
    lead.aliases.push(alias);
    if (alias.stage > lead.stage) lead.stage = alias.stage;
    lead.reason ??= alias.reason;
  }
  return lead;
}

function leadFrom(query: Query): Lead {
  const root = new Query(new Uint8Array(query.messageLength), NOTHING);
  copyQuery(query, root);
  return { root, aliases: [], stage: 0, isAllowed: false, reason: null };
}

function isSame(name: Uint8Array, length: number, other: Uint8Array): boolean {
  return Buffer.compare(name.subarray(0, length), other) === 0;
}

/** A query for the last target of a lead, its reply to be built in `reply`. */
export function targetQuery(lead: Lead, reply: Uint8Array): Query {
  const { root, aliases } = lead;
  const target = aliases.at(-1)?.target ?? root.qname;
  const { message, qnameEnd, messageLength } = root;
  const query = new Query(new Uint8Array(0), reply);
  copyQuery(root, query);
  query.message = Buffer.concat([
    message.subarray(0, HEADER_OCTETS),
    target,
    message.subarray(qnameEnd, messageLength),
  ]);
  query.messageLength = query.message.length;
  query.lead = lead;
  readQuery(query);
  return query;
}

/**
 * Builds the client's reply: a chain of CNAMEs, each owned by the target of the one before, and the target's answer.
 * @param client the client's query, or its copy
 * @param source the reply to the target's query
 * @returns its length
 */
export function composeLed(client: Query, lead: Lead, source: Uint8Array): number {
  const { reply } = client;
  const limit = replyLimit(client) - (client.optOffset === 0 ? 0 : OPT_OCTETS);
  const flags = readU16(source, OFFSET.flags);
  const question = beginReply(client, rcodeOf(flags));
  const writer = new MessageWriter(reply.subarray(0, limit), question);
  let fits = (flags & FLAG.tc) === 0;
  if (fits) {
    writer.end = appendAliases(lead, reply, question, limit);
    fits = writer.end >= 0 && copyFront(source, writer);
  }
  if (!fits) {
    writer.end = question;
    writeU16(reply, OFFSET.ancount, 0);
    writeU16(reply, OFFSET.nscount, 0);
    writeU16(reply, OFFSET.flags, readU16(reply, OFFSET.flags) | FLAG.tc);
  }
  if (client.optOffset === 0) return writer.end;
  const opt = writer.end;
  let end = appendOpt(reply, opt, client.dnssecOk, 0);
  const theirs = findOpt(source, source.length);
  if (theirs !== 0) end = appendOptions(reply, opt, end, source, theirs, replyLimit(client));
  const { reason } = lead;
  if (reason === null) return end;
  return appendEde(reply, opt, end, EDE.FORGED_ANSWER, reason, reason.length, replyLimit(client));
}

/** @returns the offset just past them, −1 when they do not fit */
function appendAliases(lead: Lead, reply: Uint8Array, start: number, limit: number): number {
  let at = start;
  let owner = HEADER_OCTETS;
  for (const { target, ttlSeconds } of lead.aliases) {
    if (at + 12 + target.length > limit) return -1;
    writeU16(reply, at, 0xc000 | owner);
    writeU16(reply, at + 2, TYPE.CNAME);
    writeU16(reply, at + 4, CLASS.IN);
    writeU32(reply, at + 6, ttlSeconds);
    writeU16(reply, at + 10, target.length);
    reply.set(target, at + 12);
    owner = at + 12;
    at += 12 + target.length;
  }
  writeU16(reply, OFFSET.ancount, lead.aliases.length);
  return at;
}

/** Copies answer and authority sections; false when they do not fit. */
function copyFront(source: Uint8Array, writer: MessageWriter): boolean {
  const answers = readU16(source, OFFSET.ancount);
  const front = answers + readU16(source, OFFSET.nscount);
  let at = skipQuestions(source, source.length);
  for (let i = 0; at >= 0 && i < front; i += 1) {
    at = nextRecord(source, at, source.length, record);
    const counter = i < answers ? OFFSET.ancount : OFFSET.nscount;
    if (at < 0 || !writer.copy(source, source.length, record, counter)) return false;
  }
  return at >= 0;
}
