// A hit as its line of JSON: what JSON.stringify writes, put together from texts that are remembered by the objects hits share.
//
// Twin: JSON.stringify in test/hits/log/hit-line.test.ts.
import { type Hit, isOfKind } from '../hit.ts';

const remembered = new WeakMap<object, string>();
/** Anything but printing ASCII without quote and backslash. */
const NEEDS_ESCAPE = /[^ !#-[\]-~]/;

/** What one hit after another has alike: most are of the same rule, type and transport. */
interface Pieces {
  readonly of: Hit;
  /** From the name's end to the rule, from there to `via`, from there to the machine. */
  readonly type: string;
  readonly list: string;
  readonly indicator: string;
  /** Behind the matches. */
  readonly outcome: string;
}

const KINDS_RECENT = 4;
const recent: Pieces[] = [];

/** Without a line feed. */
export function hitLine(hit: Hit): string {
  const { type, list, indicator, outcome } = piecesOf(hit);
  return (
    `{"event":"hit","id":"${hit.id}","time":"${hit.time}","count":${hit.count},"client":${jsonOf(hit.client)}` +
    `,"question":{"name":${quoted(hit.question.name)}${type}${quoted(hit.rule)}${list}${orNull(hit.via)}` +
    `${indicator}${quoted(hit.machine)},"visit":${quoted(hit.visit)},"matches":${jsonOf(hit.matches)}${outcome}` +
    `${orNull(hit.through)},"resolver":${quoted(hit.resolver)}}`
  );
}

function piecesOf(hit: Hit): Pieces {
  for (const one of recent) if (isOfKind(one.of, hit)) return one;
  const { question, indicator } = hit;
  const made: Pieces = {
    of: hit,
    type: `,"type":"${question.type}","class":"${question.class}"},"transport":"${hit.transport}","verdict":"${hit.verdict}","rule":`,
    list: `,"list":${quoted(hit.list)},"answer":${jsonOf(hit.answer)},"via":`,
    indicator: `,"indicator":${indicator === null ? 'null' : jsonOf(indicator)},"worker":${hit.worker},"machine":`,
    outcome: `,"outcome":"${hit.outcome}","rcode":${orNull(hit.rcode)},"through":`,
  };
  recent.unshift(made);
  if (recent.length > KINDS_RECENT) recent.pop();
  return made;
}

/** JSON of an object that does not change. */
export function jsonOf(shared: object): string {
  let text = remembered.get(shared);
  if (text === undefined) {
    text = JSON.stringify(shared);
    remembered.set(shared, text);
  }
  return text;
}

const orNull = (text: string | null): string => (text === null ? 'null' : quoted(text));
const quoted = (text: string): string => (NEEDS_ESCAPE.test(text) ? JSON.stringify(text) : `"${text}"`);
