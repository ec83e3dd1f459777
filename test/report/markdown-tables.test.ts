// Tables of a README or an article whose names are written plainly: what their heading and their columns say decides.
import t from 'tap';
import { leftIn, namesIn } from '../support/lists-report.ts';

const table = (...rows: string[]): string => {
  const [head, ...body] = rows;
  return `${[head, head!.replaceAll(/[^|]/g, '-'), ...body].join('\n')}\n`;
};

const TABLES: readonly (readonly [
  what: string,
  text: string,
  names: readonly string[],
  left?: readonly string[],
])[] = [
  [
    'a column of domains under a heading of indicators',
    `## Indicators of Compromise\n\n${table('| Domain | First seen |', '| first-evil.top | 2026-01-01 |', '| second-evil.top | 2026-01-02 |')}`,
    ['first-evil.top', 'second-evil.top'],
  ],
  [
    'below a heading of references no column makes a name an indicator',
    `## IOCs\n\n${table('| Domain | Note |', '| first-evil.top | C2 |')}\n## References\n\n${table('| Title | URL |', '| A post | https://blog-site.com/post |')}`,
    ['first-evil.top'],
    ['https://blog-site.com reference'],
  ],
  [
    'nor below one of what is legitimate',
    `## Legitimate domains\n\n${table('| Domain | Note |', '| good-one.com | a |', '| good-two.com | b |')}`,
    [],
    ['good-one.com benign', 'good-two.com benign'],
  ],
  [
    'tools, feeds and brands, and where each is',
    `# Tools\n\n${table('| Tool | URL | Description |', '| A | https://tool-a.io | scans |')}\n## Threat feeds\n\n${table('| Feed | Domain | License |', '| B | feed-b.org | free |')}\n## Affected brands\n\n${table('| Brand | Domain |', '| Bank | some-bank.com |')}`,
    [],
    ['https://tool-a.io reference', 'feed-b.org reference', 'some-bank.com reference'],
  ],
  [
    'sites that imitate brands, where the heading says so',
    `## Phishing domains\n\n${table('| Brand | Domain |', '| Bank | bank-login.top |', '| Shop | shop-verify.top |')}`,
    ['bank-login.top', 'shop-verify.top'],
  ],
  [
    'a target among indicators',
    table(
      '| Indicator | Type | Context |',
      '| first-evil[.]top | Domain | C2 |',
      '| some-bank.com | Domain | Target |',
    ),
    ['first-evil.top'],
    ['some-bank.com benign'],
  ],
  [
    "a vendor's products, and what the vendor has written of each",
    [
      'Supplier,Product,Version,Status,Notes,Links',
      "FileBox,FileBox Server,5.1,Not vuln,,{'source': 'https://filebox-site.com/blog/x'}",
      "Server Eye,,,,,{'Server Eye Blog Post': 'https://server-eye-site.de/blog/y'}",
      "HostMany,,,,,{'HostMany Link': 'https://hostmany-site.com/kb/z'}",
      '',
    ].join('\n'),
    [],
  ],
];

for (const [what, text, names, left] of TABLES)
  t.test(what, async (t) => {
    t.same(namesIn(text), names);
    if (left !== undefined) t.same(leftIn(text), left);
  });
