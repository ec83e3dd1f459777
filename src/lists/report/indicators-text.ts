// An indicator list as YAML text that people can read and edit; formats/indicators.ts reads it back.
import { Document, isMap, isScalar, isSeq } from 'yaml';
import type { IndicatorEntry, IndicatorList } from '../formats/indicators.ts';

const HEAD = ` Names of attackers from one report. A query for one of them, or for any name below it, is a hit.
 An entry is a name, or a map: name, note, confidence, campaign, source, firstPublished, subdomains: false.
 What stands above the entries holds for all of them. Edit freely; an import keeps what you wrote.`;

const LINE_WIDTH = 100;

export function indicatorsText(list: IndicatorList): string {
  const report = filled({
    title: list.title,
    source: list.source,
    url: list.url,
    published: list.published,
  });
  const document = new Document({
    ...filled({ name: list.name }),
    ...(Object.keys(report).length > 0 ? { report } : {}),
    ...filled({ campaign: list.campaign, confidence: list.confidence, note: list.note }),
    indicators: list.entries.map(entryValue),
  });
  document.commentBefore = HEAD;
  spread(document);
  return document.toString({ lineWidth: LINE_WIDTH, singleQuote: true });
}

function entryValue(entry: IndicatorEntry): unknown {
  const said = { ...filled(entry.said), ...(entry.isExact ? { subdomains: false } : {}) };
  return Object.keys(said).length === 0 ? entry.name : { name: entry.name, ...said };
}

function filled(values: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values)
      .filter(([, value]) => value !== null && value !== undefined)
      .map(([key, value]) => [key, typeof value === 'string' ? oneLine(value) : value]),
  );
}

/** A stranger's text: no control or direction characters, no line ends. */
function oneLine(text: string): string {
  return text.replaceAll(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ').trim();
}

/** A blank line before the entries. */
function spread(document: Document): void {
  if (!isMap(document.contents)) return;
  for (const { key, value } of document.contents.items)
    if (isScalar(key) && key.value === 'indicators' && isSeq(value)) key.spaceBefore = true;
}
