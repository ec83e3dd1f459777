// Mutates files of every kind that an import reads: nothing may throw but a refusal, nothing hang, and nothing be taken whose labels do
// not stand in the file.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { domainToUnicode } from 'node:url';
import { decodeHTML } from 'entities';
import { importSource } from '../../src/lists/import/import-source.ts';
import { ReportError } from '../../src/report/report.ts';
import { seeded } from './mutate.ts';

export interface ReportFault {
  /** Repeats it with the same seed. */
  readonly number: number;
  readonly what: string;
  readonly text: string;
}

export interface ReportsResult {
  readonly files: number;
  readonly refused: number;
  readonly taken: number;
  readonly slowestMs: number;
  readonly faults: readonly ReportFault[];
}

const SLOW_MS = 5000;
const FAULTS_MAX = 10;
const NOW = Date.UTC(2026, 0, 1);

const rows = (...lines: string[]): string => `${lines.join('\n')}\n`;
const json = (value: unknown): string => JSON.stringify(value, null, 1);

const SEEDS: readonly string[] = [
  rows(
    '# Report',
    '## Domains',
    '- `kabarawan.com`',
    '- awan-data77[.]top',
    '| C&C | rapatdaring.wiki |',
    'See hxxps://lentera[.]org/x?u=https%3A%2F%2Fa.evil[.]top',
  ),
  rows(
    '<html><body><table><tr><td>Domain</td><td>kabarawan&#46;com</td></tr></table><p>awan-data77[.]top</p></body></html>',
  ),
  rows(
    'type,value,valid_until,note',
    'domain,kabarawan.com,2027-01-01,"C2, active"',
    'url,http://awan-data77.top/x,,',
    'ip,192.0.2.7,,',
  ),
  rows(
    '#fields\tindicator\tindicator_type\tmeta.source',
    'kabarawan.com\tIntel::DOMAIN\tx',
    'awan-data77.top/a\tIntel::URL\tx',
  ),
  rows('https://kabarawan.com/a', 'awan-data77.top:8080', '192.0.2.7', 'rapatdaring.wiki # C2'),
  rows('0.0.0.0 kabarawan.com', '127.0.0.1 awan-data77.top www.awan-data77.top', '::1 localhost'),
  rows('||kabarawan.com^', '@@||lentera.org^', '||awan-data77.top^$important'),
  rows(
    'title: x',
    'logsource: { category: dns_query }',
    'detection:',
    '  selection:',
    '    QueryName|endswith:',
    '      - kabarawan.com',
    '      - .awan-data77.top',
    '  condition: selection',
  ),
  rows(
    'alert dns any any -> any any (msg:"kabarawan[.]com"; dns.query; content:"awan-data77.top"; endswith; nocase; sid:1;)',
    '#alert tls any any -> any any (msg:"x"; tls.sni; content:"rapatdaring.wiki"; sid:2;)',
  ),
  rows('rule a { strings: $c2_1 = "kabarawan.com" $b = "awan-data77[.]top" condition: any of them }'),
  rows(
    'let c2 = dynamic(["kabarawan.com", "awan-data77.top"]);',
    'DnsEvents | where Name has_any (c2) or QueryName =~ "rapatdaring.wiki"',
  ),
  rows(
    '<?xml version="1.0"?><ioc xmlns="http://schemas.mandiant.com/2010/ioc"><definition><IndicatorItem condition="is"><Context search="Network/DNS"/><Content type="string">kabarawan.com</Content></IndicatorItem></definition></ioc>',
  ),
  json({
    type: 'bundle',
    id: 'bundle--1',
    objects: [
      {
        type: 'indicator',
        spec_version: '2.1',
        id: 'indicator--1',
        pattern_type: 'stix',
        pattern: "[domain-name:value = 'kabarawan.com' OR url:value LIKE 'https://awan-data77.top/%']",
        valid_until: '2027-01-01T00:00:00Z',
      },
    ],
  }),
  json({
    Event: {
      info: 'x',
      date: '2026-01-01',
      Attribute: [
        { type: 'domain|ip', value: 'kabarawan.com|192.0.2.7', to_ids: true },
        { type: 'url', value: 'http://awan-data77.top/x', to_ids: '1' },
      ],
    },
  }),
  json({
    name: 'x',
    indicators: [
      { indicator: 'kabarawan.com', type: 'domain' },
      { indicator: 'http://awan-data77.top', type: 'URL', expiration: '2027-01-01' },
    ],
  }),
  rows(
    '恶意域名：kabarawan[.]com、awan-data77[.]top',
    'C2 ドメイン: rapatdaring(.)wiki',
    'hxxp://münchen-evil[.]example/x',
  ),
];

/** Pieces that mean something to a reader somewhere. */
const PIECES =
  '[.] [dot] (.) {.} \\. hxxp:// :// // @ [@] : [:] . .. , ; | \t \n \r\n " \' ` ( ) [ ] { } < > </ <!-- <script> &#46; &amp; % %2F %253A * # - _ = == ! && // /* \\ \\\\ \u00ad \u200b \u3002 \uff0e \u00e9 \ud800 \ufffd \u0000 xn-- www. .co.za .com com true null 0 -1 1e999 2027-01-01 192.0.2.1 ::1'.split(
    ' ',
  );

/** @param count files to make of the seeds */
export async function fuzzReports(count: number, seed: number): Promise<ReportsResult> {
  const random = seeded(seed);
  const below = (limit: number): number => random() % limit;
  const seeds = [...SEEDS, ...fixtures()];
  const faults: ReportFault[] = [];
  let [refused, taken, slowestMs] = [0, 0, 0];
  let number = 0;
  for (; number < count && faults.length < FAULTS_MAX; number += 1) {
    let text = seeds[below(seeds.length)]!;
    for (let steps = 1 + below(12); steps > 0; steps -= 1) text = mutateText(text, seeds, below);
    const from = performance.now();
    try {
      const result = await importSource({ bytes: Buffer.from(text), sourceName: null, now: NOW });
      taken += result.taken.length;
      const absent = absentIn(
        text,
        result.taken.map(({ name }) => name),
      );
      if (absent !== null) faults.push({ number, what: `${absent} is taken and not in the file`, text });
    } catch (error) {
      if (error instanceof ReportError) refused += 1;
      else
        faults.push({
          number,
          what: error instanceof Error ? (error.stack ?? error.message) : String(error),
          text,
        });
    }
    const took = performance.now() - from;
    slowestMs = Math.max(slowestMs, took);
    if (took > SLOW_MS) faults.push({ number, what: `took ${Math.round(took)} ms`, text });
  }
  return { files: number, refused, taken, slowestMs: Math.round(slowestMs), faults };
}

function fixtures(): string[] {
  const folder = join(import.meta.dirname, '../fixtures/reports');
  return readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8'));
}

function mutateText(text: string, seeds: readonly string[], below: (limit: number) => number): string {
  const at = below(text.length + 1);
  const end = Math.min(text.length, at + 1 + below(40));
  switch (below(8)) {
    case 0:
      return text.slice(0, at) + text.slice(end);
    case 1:
      return text.slice(0, end) + text.slice(at);
    case 2:
      return text.slice(0, at) + String.fromCharCode(below(0x300)) + text.slice(at + 1);
    case 3:
      return text.slice(0, at);
    case 4: {
      const other = seeds[below(seeds.length)]!;
      const from = below(other.length);
      return text.slice(0, at) + other.slice(from, from + below(200)) + text.slice(at);
    }
    case 5:
      return (
        text.slice(0, at) +
        PIECES[below(PIECES.length)]!.repeat(1 + below(below(20) === 0 ? 5000 : 3)) +
        text.slice(at)
      );
    default:
      return text.slice(0, at) + PIECES[below(PIECES.length)]! + text.slice(at);
  }
}

const plain = (text: string): string => text.normalize('NFKC').toLowerCase();
/** What a reader steps over inside a word. */
const INVISIBLE = /\p{Default_Ignorable_Code_Point}|\\/gu;
const TAGS = /<[^<>]*>/g;
/** As browsers read one that was broken: to the next end, whatever is in it. */
const BROKEN_TAGS = /<[^>]*>/g;

/** The first name one of whose labels is nowhere in the text. */
function absentIn(text: string, names: readonly string[]): string | null {
  const places = [text, decodeHTML(text)].flatMap((each) => [
    each,
    each.replaceAll(TAGS, ''),
    each.replaceAll(BROKEN_TAGS, ''),
  ]);
  places.push(...places.map((each) => each.replaceAll(INVISIBLE, '')));
  const stacks = places.map((each) => `${plain(each)} ${plain(plain(each).replaceAll(/[–—‐‑]/g, '--'))}`);
  for (const name of names) {
    const labels = name.split('.').flatMap((label) => [label, plain(domainToUnicode(label))]);
    const isThere = (label: string): boolean => stacks.some((stack) => label !== '' && stack.includes(label));
    for (let at = 0; at < labels.length; at += 2)
      if (!isThere(labels[at]!) && !isThere(labels[at + 1]!)) return name;
  }
  return null;
}
