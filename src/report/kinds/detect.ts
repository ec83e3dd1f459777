// Says by content which kind of report a text is: the one place where kinds are told apart.
import type { ReportKind } from '../report.ts';
import { isMarkdown, isTextAroundTags } from '../text/markdown.ts';
import { openTable } from './csv.ts';
import { isFeed } from './feed-items.ts';
import { isYamlOfRecords } from './json.ts';
import { isQuery, isYara } from './queries.ts';
import { isSigma } from './sigma.ts';
import { isSuricata } from './suricata.ts';
import { isIndicatorXml } from './xml.ts';
import { isRecordXml } from './xml-records.ts';

const SAMPLE_CHARACTERS = 65_536;
/** So many tags make a page; fewer are a text that mentions one. */
const TAGS_MIN = 3;

export interface DetectedKind {
  readonly kind: ReportKind;
  /** For people: what decided. */
  readonly reason: string;
}

export function detectKind(text: string): DetectedKind {
  const sample = text.slice(0, SAMPLE_CHARACTERS);
  const start = sample.trimStart();
  if (start.startsWith('{') || start.startsWith('[')) {
    if (/"type"\s{0,9}:\s{0,9}"bundle"|"spec_version"\s{0,9}:\s{0,9}"2\.\d"/.test(start))
      return { kind: 'stix', reason: 'a STIX bundle' };
    if (/"(Event|Attribute|response|Object)"\s{0,9}:/.test(start))
      return { kind: 'misp', reason: 'a MISP event' };
    if (/^(\{\s{0,9}["}]|\[\s{0,9}[{"\]])/.test(start)) return { kind: 'json', reason: 'JSON' };
  }
  if (isFeed(sample)) return { kind: 'xml', reason: 'a feed in RSS or Atom' };
  if (isIndicatorXml(sample)) return { kind: 'xml', reason: 'XML of indicators' };
  if (isSigma(sample, text)) return { kind: 'sigma', reason: 'a Sigma rule' };
  if (isSuricata(sample)) return { kind: 'suricata', reason: 'rules of Suricata or Snort' };
  if (isYamlOfRecords(sample)) return { kind: 'json', reason: 'records in YAML' };
  if (isRecordXml(start)) return { kind: 'xml', reason: 'XML with fields of indicators' };
  if (isHtml(sample) && (isMarkdown(sample) || !isTextAroundTags(sample)))
    return { kind: 'html', reason: 'HTML tags' };
  if (openTable(text) !== null) return { kind: 'csv', reason: 'columns of indicators' };
  if (isYara(sample) || isQuery(sample)) return { kind: 'query', reason: 'queries or YARA rules' };
  return { kind: 'text', reason: 'no other kind' };
}

function isHtml(sample: string): boolean {
  if (/<!doctype\s{1,9}html|<html[\s>]|<body[\s>]/i.test(sample)) return true;
  const tags = sample.match(
    /<\/?(p|div|table|tr|td|th|ul|ol|li|h[1-6]|span|br|a|strong|em|pre|code|section|article)(\s[^<>]{0,200})?\/?>/gi,
  );
  return (tags?.length ?? 0) >= TAGS_MIN;
}
