// What security products and block lists of wallets, firewalls and registers export: each in the manner of the real thing.
import t from 'tap';
import { importText, leftIn, namesIn, lines as rows } from '../support/lists-report.ts';

const json = (value: unknown): string => JSON.stringify(value);

const EXPORTS: readonly (readonly [
  what: string,
  text: string,
  names: readonly string[],
  left?: readonly string[],
])[] = [
  [
    "a wallet's list of what is let through and what is not",
    json({ allow: ['good-wallet.com', '*.github.io'], deny: ['fake-wallet.top', 'claim-drop.xyz'] }),
    ['fake-wallet.top', 'claim-drop.xyz'],
    ['good-wallet.com benign', '*.github.io benign'],
  ],
  [
    'a list of phishing sites beside those that they imitate',
    json({
      version: 2,
      tolerance: 2,
      fuzzylist: ['wallet.com'],
      whitelist: ['good-wallet.com'],
      blacklist: ['a-b.top'],
    }),
    ['a-b.top'],
    ['good-wallet.com benign'],
  ],
  [
    'a list of nearly nothing but names, of which some could be files',
    json({ deny: [...Array.from({ length: 60 }, (_, n) => `fake-${n}.top`), 'claim.zip', 'drop.mov'] }),
    [...Array.from({ length: 60 }, (_, n) => `fake-${n}.top`), 'claim.zip', 'drop.mov'],
    [],
  ],
  [
    'rules of a firewall, of which one lets through',
    json({
      name: 'mine',
      rules: [
        { action: 'deny', process: 'any', 'remote-domains': ['track-one.com'] },
        { action: 'allow', process: 'any', 'remote-domains': ['good-one.com'] },
      ],
    }),
    ['track-one.com'],
    ['good-one.com allowed'],
  ],
  [
    'what a feed has added and removed',
    json({ added: [{ domain: 'first-evil.top' }], removed: ['old-evil.top', 'gone-evil.top'] }),
    ['first-evil.top'],
    ['old-evil.top revoked', 'gone-evil.top revoked'],
  ],
  [
    "STIX 1 without a name: its namespaces are nobody's indicators",
    '<stix:STIX_Package xmlns:stix="http://docs.stix-home.org/core-1" xmlns:indicator="http://docs.stix-home.org/indicator-1" ' +
      'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://docs.stix-home.org/core-1 http://docs.stix-home.org/core.xsd">' +
      '<stix:Indicators><stix:Indicator id="x:1"><indicator:Title>hashes</indicator:Title></stix:Indicator></stix:Indicators></stix:STIX_Package>',
    [],
    [],
  ],
  [
    "a table of Sentinel's: whether it is active, and until when by UTC",
    rows(
      'TimeGenerated [UTC],Action,Active,DomainName,ExpirationDateTime [UTC],TrafficLightProtocolLevel,Url',
      '2026-01-01,alert,True,first-evil.top,2027-05-01T00:00:00Z,amber,',
      '2026-01-01,alert,False,off-evil.top,2027-05-01T00:00:00Z,amber,',
      '2026-01-01,alert,True,,2027-05-01T00:00:00Z,amber,https://second-evil.top/x',
      '2026-01-01,alert,True,over-evil.top,2025-05-01T00:00:00Z,amber,',
    ),
    ['first-evil.top', 'second-evil.top'],
    ['off-evil.top revoked', 'over-evil.top expired'],
  ],
  [
    "Sentinel's indicators of today",
    rows(
      'Id,Pattern,ObservableKey,ObservableValue,Confidence,IsActive,Revoked,IsDeleted',
      "1,[domain-name:value = 'first-evil.top'],domain-name:value,first-evil.top,80,True,False,False",
      "2,[domain-name:value = 'gone-evil.top'],domain-name:value,gone-evil.top,80,True,False,True",
      "3,[domain-name:value = 'back-evil.top'],domain-name:value,back-evil.top,80,True,True,False",
    ),
    ['first-evil.top'],
    ['gone-evil.top revoked', 'back-evil.top revoked'],
  ],
  [
    "Sentinel's form for many at once",
    rows(
      'name,threatTypes,confidence,observableType,observableValue,validFrom,revoked',
      'C2,malicious-activity,90,domain-name,first-evil.top,2026-01-01T00:00:00Z,false',
      'C2,malicious-activity,90,ipv4-addr,192.0.2.7,2026-01-01T00:00:00Z,false',
      'C2,malicious-activity,90,domain-name,gone-evil.top,2026-01-01T00:00:00Z,TRUE',
    ),
    ['first-evil.top'],
    ['192.0.2.7 address', 'gone-evil.top revoked'],
  ],
  [
    "CrowdStrike's indicators as its interface gives them",
    json({
      meta: { query_time: 0.1 },
      resources: [
        { type: 'domain', value: 'first-evil.top', action: 'detect', expired: false, deleted: false },
        { type: 'domain', value: 'over-evil.top', action: 'detect', expired: true, deleted: false },
        { type: 'domain', value: 'gone-evil.top', action: 'detect', expired: false, deleted: true },
        { type: 'domain', value: 'ours.com', action: 'no_action', expired: false, deleted: false },
      ],
    }),
    ['first-evil.top'],
    ['over-evil.top expired', 'gone-evil.top revoked', 'ours.com allowed'],
  ],
  [
    'what stands below a record that is withdrawn',
    json([
      { indicator: 'gone-evil.top', type: 'domain', deleted: true, relations: [{ domain: 'its-evil.top' }] },
    ]),
    [],
    ['gone-evil.top revoked', 'its-evil.top revoked'],
  ],
  [
    "Recorded Future's answer",
    json({
      data: {
        results: [
          {
            entity: { id: 'idn:first-evil.top', name: 'first-evil.top', type: 'InternetDomainName' },
            risk: { score: 90, evidenceDetails: [{ evidenceString: 'see https://news-site.com/x' }] },
          },
        ],
      },
    }),
    ['first-evil.top'],
    [],
  ],
  [
    'evidence beside a value is about others, too: who wrote of it, and what else they wrote of',
    rows(
      'Name,Risk,RiskString,EvidenceDetails',
      'first-evil.top,90,2/50,"{""EvidenceString"": ""2 sightings: news-site.com, hxxps://other[.]news-two.com""}"',
      'second-evil.top,70,1/50,"{}"',
    ),
    ['first-evil.top', 'second-evil.top'],
    [],
  ],
  [
    'one server alone, and what its provider calls it',
    json([{ ip_address: '192.0.2.7', hostname: 'vps-7.provider.top', as_number: 64500, as_name: 'P' }]),
    [],
    ['vps-7.provider.top beside'],
  ],
  [
    'what a lock file says of those who pay for a package',
    json({ packages: { 'node_modules/x': { version: '1.0.0', funding: { url: 'https://fund-us.com/x' } } } }),
    [],
  ],
  [
    'a URL with commas and semicolons in its path is one',
    rows(
      'id,url,threat',
      '"1","http://first-evil.top/b,c.zip","malware"',
      '"2","http://second-evil.top/x;y.mov,z","malware"',
      '"3","http://third-evil.top/a,http://fourth-evil.top/b","malware"',
    ),
    ['first-evil.top', 'second-evil.top', 'third-evil.top', 'fourth-evil.top'],
    [],
  ],
  [
    'JSON without a field of names: what its texts defang, and no host of a log',
    json([
      { title: 'A loader', content: 'It asks first-evil[.]top and reads good-site.com.' },
      { headers: { x: 1 }, line: 'Host: logged-site.com' },
    ]),
    ['first-evil.top'],
  ],
  [
    'JSON that holds an article with its own headings',
    json({ post: 'A loader.\n\nIndicators of compromise\n\nDomains:\nfirst-evil.top\nsecond-evil.top\n' }),
    ['first-evil.top', 'second-evil.top'],
  ],
  [
    'a server that is inactive stays an indicator',
    rows('domain,status', 'first-evil.top,active', 'second-evil.top,inactive', 'third-evil.top,offline'),
    ['first-evil.top', 'second-evil.top', 'third-evil.top'],
  ],
  [
    'an entry that is inactive, and has an end, does not',
    rows(
      'value,itype,status,expiration_ts',
      'first-evil.top,mal_domain,active,2027-01-01',
      'second-evil.top,mal_domain,inactive,2027-01-01',
      'third-evil.top,mal_domain,falsepos,2027-01-01',
    ),
    ['first-evil.top'],
    ['second-evil.top revoked', 'third-evil.top revoked'],
  ],
];

t.test('what a query rules out or only writes is no indicator of its', async (t) => {
  const spl = 'index=dns query IN ("first-evil.top") NOT query IN ("good-one.com", "good-two.org")\n';
  t.same(namesIn(spl), ['first-evil.top']);
  const kql =
    'DeviceNetworkEvents\n| where RemoteUrl in~ ("first-evil.top") and not(RemoteUrl has "good-one.com")\n| extend domain = "some-sample.com"\n';
  t.same(namesIn(kql), ['first-evil.top']);
});

for (const [what, text, names, left] of EXPORTS)
  t.test(what, async (t) => {
    t.same(namesIn(text), names);
    if (left !== undefined) t.same(leftIn(text), left);
  });

t.test("a file's name says of its fields that they are to be let through", async (t) => {
  const table = 'domain,added\ngood-one.com,2026-01-01\ngood-two.org,2026-01-01\n';
  const records = json([{ url: 'good-one.com' }, { url: 'good-two.org' }]);
  for (const [name, text] of [
    ['allowlist.csv', table],
    ['our-whitelist.json', records],
    ['false_positives.csv', table],
  ] as const) {
    const { taken, leftOut } = importText(text, {}, name);
    t.same(taken, [], name);
    t.same(
      leftOut.map(({ text: printed, reason }) => `${printed} ${reason}`),
      ['good-one.com benign', 'good-two.org benign'],
    );
  }
  t.equal(importText(table, {}, 'blocklist.csv').taken.length, 2);
});

t.test('what an export says of its entries besides', async (t) => {
  const sentinel = rows(
    'DomainName,TrafficLightProtocolLevel,ExpirationDateTime [UTC]',
    'first-evil.top,amber,2027-05-01T00:00:00Z',
    'second-evil.top,green,2027-05-01T00:00:00Z',
  );
  t.match(importText(sentinel).taken[0]!.said, { tlp: 'amber', expires: '2027-05-01T00:00:00Z' });
  const falcon = json({
    resources: [
      {
        indicator: 'first-evil.top',
        type: 'domain',
        deleted: false,
        malicious_confidence: 'high',
        actors: ['SALTY SPIDER'],
        malware_families: ['Mofksys'],
      },
    ],
  });
  t.match(importText(falcon).taken[0]!.said, {
    confidence: 'high',
    campaign: 'SALTY SPIDER',
    malware: 'Mofksys',
  });
});
