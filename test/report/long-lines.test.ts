// Long lines of one separator in every kind of file: each is looked through once. What went through them again for each of its characters
// did not come to an end here: sixty thousand of them are 10^10 steps, or 10^14.
import t from 'tap';
import { regex } from '../../src/lists/formats/regex.ts';
import { importSource } from '../../src/lists/import/import-source.ts';
import { NOW } from '../support/lists-report.ts';

const LONG = 60_000;
const rule = 'rule a { strings: $c2_1 = "evil.com" condition: any of them }\n';
const sigma = (condition: string): string =>
  `title: x\nlogsource:\n  category: dns_query\ndetection:\n  a:\n    QueryName: evil.com\n  condition: ${condition}\n`;
const event = (tag: string): string =>
  JSON.stringify({
    Event: {
      info: 'x',
      Tag: [{ name: tag }],
      Attribute: [{ type: 'domain', value: 'evil.com', to_ids: true }],
    },
  });

const CASES: Readonly<Record<string, string>> = {
  'quotes behind a row': `evil[.]com\n| C&C | x | ${"'".repeat(LONG)}`,
  'labels behind a row': `evil[.]com\n| C&C | x | ${'.co.za'.repeat(LONG)}`,
  'spaces behind a row': `evil[.]com\n| C&C | x | ${' '.repeat(LONG)}y`,
  'spaces and dashes behind a row': `evil[.]com\n| C&C | x | ${' -'.repeat(LONG)}y`,
  'an address, and spaces': `evil[.]com\n192.0.2.7${' '.repeat(LONG)}y`,
  'colons behind a value': `evil[.]com\na.${':'.repeat(LONG)}b`,
  'empty lines': `evil[.]com${'\n'.repeat(LONG)}x`,
  'labels behind a rule of YARA': `${rule}${'.co.za'.repeat(LONG)}`,
  'words of fields behind a rule of YARA': `${rule}${'url'.repeat(LONG)}`,
  'a field, and spaces': `${rule}domain in${' '.repeat(LONG)}x`,
  'a variable of many words': `${rule}$${'url'.repeat(LONG)}`,
  'an assignment, and spaces': `${rule}$url =${' '.repeat(LONG)}x`,
  'brackets in a value': `${rule}$url = "x${')'.repeat(LONG)}y"`,
  'a rule of YARA that does not end': `${rule}rule ${'b'.repeat(LONG)}`,
  'negations of a Sigma rule': sigma(`a and ${'not b* and '.repeat(2000)} not c`),
  'a tag of MISP': event(`misp-galaxy:${'tool'.repeat(LONG)}`),
  'hyphens in a cell': `type,value\ndomain,evil.com\nip,x.a${'-'.repeat(LONG)}y`,
  'spaces in a rule of Suricata': `alert dns any any -> any any (msg:"x"; dns.query; content:"evil.com"; endswith; content:${' '.repeat(LONG / 2)}x; sid:1;)`,
};

t.test('a file with a long line is read to its end, and what stands beside is taken', async (t) => {
  for (const [what, text] of Object.entries(CASES)) {
    const { taken } = await importSource({ bytes: Buffer.from(text), sourceName: null, now: NOW });
    t.same(
      taken.map(({ name }) => name),
      ['evil.com'],
      what,
    );
  }
});

t.test('so is an option of an expression', (t) => {
  const skipped: string[] = [];
  const unused = (): never => t.fail('none of these') as never;
  const parser = regex.open({
    skipText: (reason: string) => skipped.push(reason),
    pattern: unused,
  } as unknown as Parameters<typeof regex.open>[0]);
  parser.write(
    Buffer.from(`^evil;a${' '.repeat(60_000)}b=c\n^evil;${' '.repeat(60_000)}x${' '.repeat(4000)}y\n`),
  );
  parser.end();
  t.same(skipped, ['unsupported-modifier', 'unsupported-modifier']);
  t.end();
});

t.test('XML whose elements stand deeper in each other than any has them is refused in words', async (t) => {
  for (const head of [
    '<stix:STIX_Package xmlns:stix="x"><a>',
    '<ioc xmlns="http://schemas.mandiant.com/2010/ioc"><a>',
    '<x><domain>evil.com</domain><a>',
    '<rss><channel>',
  ])
    await t.rejects(
      importSource({
        bytes: Buffer.from(`<?xml version="1.0"?>${head}${'<b>'.repeat(LONG)}`),
        sourceName: null,
        now: NOW,
      }),
      { code: 'REPORT_TOO_BIG', message: /^its XML elements stand more than 512 deep/ },
      head,
    );
});
