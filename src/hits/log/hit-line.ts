// A hit as its line of JSON: what JSON.stringify writes, put together from texts that are remembered by the objects hits share.
//
// Twin: JSON.stringify in test/hits/hit-line.test.ts.
import type { Hit } from '../hit.ts';

const remembered = new WeakMap<object, string>();
/** Anything but printing ASCII without quote and backslash. */
const NEEDS_ESCAPE = /[^ !#-[\]-~]/;

/** Without a line feed. */
export function hitLine(hit: Hit): string {
  const { question, indicator } = hit;
  return (
    `{"event":"hit","id":"${hit.id}","time":"${hit.time}","count":${hit.count},"client":${jsonOf(hit.client)}` +
    `,"question":{"name":${quoted(question.name)},"type":"${question.type}","class":"${question.class}"}` +
    `,"transport":"${hit.transport}","verdict":"${hit.verdict}","rule":${quoted(hit.rule)},"list":${quoted(hit.list)}` +
    `,"answer":${jsonOf(hit.answer)},"via":${orNull(hit.via)}` +
    `,"indicator":${indicator === null ? 'null' : jsonOf(indicator)},"worker":${hit.worker},"machine":${quoted(hit.machine)}` +
    `,"visit":${quoted(hit.visit)},"matches":${jsonOf(hit.matches)},"outcome":"${hit.outcome}","rcode":${orNull(hit.rcode)}` +
    `,"through":${orNull(hit.through)},"resolver":${quoted(hit.resolver)}}`
  );
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
