// Feeds and rule files of the formats people publish in, each in the manner of the real thing: what is taken, what is left out.
import t from 'tap';
import { importText, leftIn, namesIn, lines as rows } from '../support/lists-report.ts';

const stix1Object = (condition: string, value: string | readonly string[], applied = 'ANY'): object => ({
  object: {
    properties: { value: { value, condition, apply_condition: applied }, 'xsi:type': 'DomainNameObjectType' },
  },
});

const FEEDS: readonly (readonly [
  what: string,
  text: string,
  names: readonly string[],
  left?: readonly string[],
])[] = [
  [
    'an OTX pulse',
    JSON.stringify({
      name: 'Lentera',
      references: ['https://lentera-blog.com/post'],
      indicators: [
        { indicator: 'first-evil.top', type: 'domain', is_active: 1 },
        {
          indicator: 'http://second-evil.top/x',
          type: 'URL',
          is_active: 1,
          expiration: '2027-01-01T00:00:00',
        },
        { indicator: 'gone-evil.top', type: 'hostname', is_active: 0 },
        { indicator: 'd41d8cd98f00b204e9800998ecf8427e', type: 'FileHash-MD5' },
      ],
    }),
    ['first-evil.top', 'second-evil.top'],
    [
      'https://lentera-blog.com/post reference',
      'gone-evil.top revoked',
      'd41d8cd98f00b204e9800998ecf8427e type',
    ],
  ],
  [
    "ThreatFox's export",
    JSON.stringify({
      7: [{ ioc_value: 'first-evil.top', ioc_type: 'domain', malware_printable: 'X', confidence_level: 100 }],
      8: [{ ioc_value: '192.0.2.7:443', ioc_type: 'ip:port' }],
    }),
    ['first-evil.top'],
    ['192.0.2.7:443 address'],
  ],
  [
    "ThreatFox's interface",
    JSON.stringify({ query_status: 'ok', data: [{ id: '9', ioc: 'first-evil.top', ioc_type: 'domain' }] }),
    ['first-evil.top'],
  ],
  [
    "URLhaus's export",
    JSON.stringify({
      12: [
        {
          dateadded: '2026-01-01',
          url: 'http://first-evil.top/a.exe',
          url_status: 'online',
          urlhaus_link: 'https://urlhaus.abuse.ch/url/12/',
          tags: ['exe'],
        },
      ],
    }),
    ['first-evil.top'],
  ],
  [
    'addresses of servers with the names their providers gave them',
    JSON.stringify([
      { ip_address: '192.0.2.7', port: 443, hostname: 'vps-7.provider.top', as_number: 64500, as_name: 'P' },
    ]),
    [],
  ],
  [
    "CERT.PL's warnings",
    JSON.stringify([
      { RegisterPositionId: 1, DomainAddress: 'first-evil.top', InsertDate: '2026-01-01', DeleteDate: null },
      {
        RegisterPositionId: 2,
        DomainAddress: 'gone-evil.top',
        InsertDate: '2026-01-01',
        DeleteDate: '2021-02-01',
      },
    ]),
    ['first-evil.top'],
    ['gone-evil.top expired'],
  ],
  [
    'an entry that was taken off before the end that it was given',
    JSON.stringify([{ domain: 'gone-evil.top', valid_until: '2099-01-01', deleted_at: '2021-02-01' }]),
    [],
    ['gone-evil.top expired'],
  ],
  [
    'JSON whose keys say that some of it is none',
    JSON.stringify({
      report: { iocs: [{ domain: 'first-evil.top' }] },
      benign: [{ domain: 'good-site.com' }],
      whitelist: { domains: ['white-site.com'] },
      known_good_domains: ['fine-site.com'],
      references: [{ url: 'https://blog-site.com/a' }],
      victims: [{ host: 'victim-site.com' }],
    }),
    ['first-evil.top'],
    [
      'good-site.com benign',
      'white-site.com benign',
      'fine-site.com benign',
      'https://blog-site.com/a reference',
      'victim-site.com victim',
    ],
  ],
  [
    'XML of nobody in particular: fields by their names, and what stands under others',
    '<?xml version="1.0"?><Report><iocs><domain>first-evil.top</domain><domain>second-evil.top</domain></iocs>' +
      '<indicator type="domain">third-evil.top</indicator><item kind="url" value="http://fourth-evil.top/a"/>' +
      '<benign><domain>good-site.com</domain></benign><references><url>https://blog-site.com/a</url></references></Report>',
    ['first-evil.top', 'second-evil.top', 'third-evil.top', 'fourth-evil.top'],
    ['good-site.com benign', 'https://blog-site.com/a reference'],
  ],
  [
    'a cell that goes on behind its closing quote is no value',
    'domain,note\n"first-evil.top"n,a\nsecond-evil.top,b\n',
    ['second-evil.top'],
    ['"first-evil.top"n not-a-name'],
  ],
  [
    'dots that are written %2e, in a host and not in a path',
    'url,note\nhttps://a%2efirst-evil%2Etop/x%2ey.com,a\nsecond-evil%2etop,b\n',
    ['a.first-evil.top', 'second-evil.top'],
  ],
  [
    'a MISP event whose attributes do not say to_ids: those of a type that MISP flags by itself',
    JSON.stringify({
      Event: {
        info: 'x',
        Attribute: [
          { type: 'domain', category: 'Network activity', value: 'first-evil.top' },
          { type: 'link', category: 'External analysis', value: 'https://blog-site.com/x' },
        ],
      },
    }),
    ['first-evil.top'],
    ['https://blog-site.com/x reference'],
  ],
  [
    'ECS, an indicator a line',
    rows(
      JSON.stringify({
        threat: {
          indicator: {
            type: 'url',
            url: { domain: 'first-evil.top' },
            reference: ['https://lentera-blog.com'],
          },
        },
      }),
      JSON.stringify({ threat: { indicator: { type: 'file', file: { hash: { md5: ['x'] } } } } }),
    ),
    ['first-evil.top'],
  ],
  [
    'a list of names in a field that says so',
    JSON.stringify({ domains: ['first-evil.top', 'second-evil.top'] }),
    ['first-evil.top', 'second-evil.top'],
  ],
  [
    "Zeek's intelligence",
    rows(
      '#fields\tindicator\tindicator_type\tmeta.source\tmeta.url',
      'first-evil.top\tIntel::DOMAIN\tlentera\thttps://lentera-blog.com',
      'second-evil.top/x\tIntel::URL\tlentera\t-',
      '192.0.2.7\tIntel::ADDR\tlentera\t-',
      'f\tIntel::FILE_NAME\tlentera\t-',
    ),
    ['first-evil.top', 'second-evil.top'],
    ['https://lentera-blog.com plain', '192.0.2.7 address', 'f type'],
  ],
  [
    'rules of Suricata',
    rows(
      '# Lentera',
      'alert dns $HOME_NET any -> any 53 (msg:"A"; dns.query; dotprefix; content:".first-evil.top"; nocase; endswith; sid:1;)',
      'alert tls any any -> any any (msg:"B"; tls.sni; content:"second-evil.top"; bsize:15; sid:2;)',
      'alert http any any -> any any (msg:"C"; content:"third-evil.top"; http_host; content:!"fine.top"; http_host; sid:3;)',
      'alert udp any any -> any 53 (msg:"D"; content:"|0b|fourth-evil|03|top|00|"; sid:4;)',
      '#alert dns any any -> any any (msg:"E"; dns.query; content:"off-evil.top"; sid:5;)',
      'alert http any any -> any any (msg:"F"; http.uri; content:"/gate.php"; sid:6;)',
    ),
    ['first-evil.top', 'second-evil.top', 'third-evil.top', 'fourth-evil.top'],
    ['off-evil.top revoked'],
  ],
  [
    'a rule of Sigma',
    rows(
      'title: Lentera',
      'logsource: { category: dns_query, product: windows }',
      'detection:',
      '  selection:',
      '    QueryName|contains:',
      '      - first-evil.top',
      '      - .second-evil.top',
      '  filter_ours:',
      '    QueryName: fine.top',
      '  condition: selection and not 1 of filter_*',
      'level: high',
    ),
    ['first-evil.top', 'second-evil.top'],
    ['fine.top allowed'],
  ],
  [
    'a hunting query',
    rows(
      'let c2 = dynamic(["first-evil.top", "second-evil.top"]);',
      'DeviceNetworkEvents | where RemoteUrl has_any (c2) and RemoteUrl !has "fine.top" | where FileName == "run.dll"',
    ),
    ['first-evil.top', 'second-evil.top'],
  ],
  [
    'STIX 1',
    rows(
      '<?xml version="1.0"?><stix:STIX_Package xmlns:stix="http://stix.mitre.org/stix-1">',
      '<DomainNameObj:Value condition="Equals">first-evil.top##comma##second-evil.top</DomainNameObj:Value>',
      '<URIObj:Value>http://third-evil.top/x</URIObj:Value></stix:STIX_Package>',
    ),
    ['first-evil.top', 'second-evil.top', 'third-evil.top'],
  ],
  [
    'STIX 1 that negates',
    rows(
      '<?xml version="1.0"?><stix:STIX_Package xmlns:stix="http://stix.mitre.org/stix-1"><stix:Indicators>',
      '<stix:Indicator negate="true"><indicator:Observable><DomainNameObj:Value condition="Equals">fine.top</DomainNameObj:Value></indicator:Observable>',
      '<indicator:Observable negate="true"><DomainNameObj:Value condition="Equals">first-evil.top</DomainNameObj:Value></indicator:Observable></stix:Indicator>',
      '<stix:Indicator><indicator:Observable><DomainNameObj:Value condition="Contains">second-evil.top</DomainNameObj:Value></indicator:Observable>',
      '<indicator:Observable><DomainNameObj:Value condition="DoesNotEqual">good.top</DomainNameObj:Value></indicator:Observable>',
      '<indicator:Observable><DomainNameObj:Value condition="Equals" apply_condition="NONE">own.top##comma##theirs.top</DomainNameObj:Value></indicator:Observable>',
      '<indicator:Observable><DomainNameObj:Value condition="StartsWith">part.to</DomainNameObj:Value></indicator:Observable></stix:Indicator>',
      '</stix:Indicators></stix:STIX_Package>',
    ),
    ['first-evil.top', 'second-evil.top'],
    ['fine.top allowed', 'good.top allowed', 'own.top allowed', 'theirs.top allowed', 'part.to unsupported'],
  ],
  [
    'STIX 1 as python-stix writes it in JSON',
    JSON.stringify({
      id: 'example:Package-1',
      version: '1.2',
      indicators: [
        { observable: stix1Object('Equals', 'first-evil.top') },
        { negate: true, observable: stix1Object('Equals', 'fine.top') },
        { observable: { ...stix1Object('Equals', 'good.top'), negate: true } },
        { observable: stix1Object('DoesNotContain', 'right.top') },
        { observable: stix1Object('Equals', ['own.top', 'theirs.top'], 'NONE') },
        {
          object: {
            properties: {
              address_value: { value: ['198.51.100.7', '203.0.113.0/24'], condition: 'Equals' },
              'xsi:type': 'AddressObjectType',
            },
          },
        },
      ],
    }),
    ['first-evil.top'],
    [
      'fine.top allowed',
      'good.top allowed',
      'right.top allowed',
      'own.top allowed',
      'theirs.top allowed',
      '198.51.100.7 address',
      '203.0.113.0/24 address',
    ],
  ],
  [
    'another feed of version 1.0 with indicators',
    JSON.stringify({ version: '1.0', indicators: [{ type: 'domain', value: 'first-evil.top' }] }),
    ['first-evil.top'],
  ],
  [
    'addresses of STIX 1',
    rows(
      '<?xml version="1.0"?><stix:STIX_Package xmlns:stix="http://stix.mitre.org/stix-1">',
      '<AddressObj:Address_Value condition="Equals">198.51.100.7##comma##203.0.113.0/24</AddressObj:Address_Value>',
      '<AddressObj:Address_Value condition="Equals">eve@evil.top</AddressObj:Address_Value></stix:STIX_Package>',
    ),
    [],
    ['198.51.100.7 address', '203.0.113.0/24 address', 'eve@evil.top email'],
  ],
  [
    'OpenIOC',
    rows(
      '<?xml version="1.0"?><ioc xmlns="http://schemas.mandiant.com/2010/ioc"><definition><Indicator operator="OR">',
      '<IndicatorItem id="1" condition="is"><Context search="Network/DNS"/><Content type="string">first-evil.top</Content></IndicatorItem>',
      '<IndicatorItem id="second-evil.top" condition="is"><Context search="Network/DNS"/><Content></Content></IndicatorItem>',
      '<IndicatorItem id="3" condition="isnot"><Context search="Network/DNS"/><Content>fine.top</Content></IndicatorItem>',
      '</Indicator></definition></ioc>',
    ),
    ['first-evil.top', 'second-evil.top'],
    ['fine.top allowed'],
  ],
  [
    "CrowdStrike's indicators",
    rows(
      'type,value,action,severity,expiration',
      'domain,first-evil.top,detect,high,2027-01-01',
      'domain,fine.top,no_action,low,',
    ),
    ['first-evil.top'],
    ['fine.top allowed'],
  ],
  [
    'a column of STIX patterns',
    rows(
      'tlp,id,type,name,pattern,pattern_type',
      "white,indicator--1,indicator,x,[domain-name:value = 'first-evil.top'],stix",
      "white,indicator--2,indicator,y,[ipv4-addr:value = '192.0.2.7'],stix",
    ),
    ['first-evil.top'],
    ['192.0.2.7 address'],
  ],
  [
    "Recorded Future's risk list",
    rows(
      'Name,Risk,RiskString,EvidenceDetails',
      'first-evil.top,90,2/50,"{}"',
      'second-evil.top,70,1/50,"{}"',
    ),
    ['first-evil.top', 'second-evil.top'],
  ],
];

for (const [what, text, names, left] of FEEDS)
  t.test(what, async (t) => {
    t.same(namesIn(text), names);
    if (left !== undefined) t.same(leftIn(text), left);
  });

const bundle = (...objects: object[]): string => JSON.stringify({ type: 'bundle', objects });
const indicator = (id: string, value: string, more: object = {}): object => ({
  type: 'indicator',
  id: `indicator--${id}`,
  pattern: `[domain-name:value = '${value}']`,
  ...more,
});

t.test('STIX: the newest version counts, observables do not, relations and markings are told', async (t) => {
  const text = bundle(
    indicator('1', 'old-evil.top', { modified: '2026-01-01T00:00:00Z' }),
    indicator('1', 'old-evil.top', { modified: '2026-02-01T00:00:00Z', revoked: true }),
    indicator('2', 'first-evil.top', {
      valid_until: '2122-01-01T00:00:00Z',
      object_marking_refs: ['marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421'],
    }),
    { type: 'domain-name', id: 'domain-name--3', value: 'victim-company.com' },
    {
      type: 'observed-data',
      id: 'observed-data--4',
      labels: ['misp:to_ids="False"'],
      objects: { 0: { type: 'url', value: 'https://research.lentera-blog.com/x' } },
    },
    { type: 'malware', id: 'malware--5', name: 'SuaraRAT' },
    {
      type: 'relationship',
      id: 'relationship--6',
      relationship_type: 'indicates',
      source_ref: 'indicator--2',
      target_ref: 'malware--5',
    },
  );
  const { taken } = importText(text);
  t.match(taken, [
    { name: 'first-evil.top', said: { malware: 'SuaraRAT', tlp: 'amber', expires: '2122-01-01T00:00:00Z' } },
  ]);
  t.equal(taken.length, 1);
  t.same(leftIn(text), [
    'old-evil.top revoked',
    'victim-company.com observable',
    'https://research.lentera-blog.com/x observable',
  ]);
});

t.test(
  'what was an indicator for a time that is over is left out with its date, and taken on request',
  async (t) => {
    const text = bundle(
      indicator('1', 'old-evil.top', { valid_until: '2022-01-01T00:00:00Z' }),
      indicator('2', 'first-evil.top', {}),
    );
    t.same(namesIn(text), ['first-evil.top']);
    t.match(importText(text).leftOut, [
      {
        text: 'old-evil.top',
        reason: 'expired',
        explanation: /until 2022-01-01T00:00:00Z; --take old-evil\.top/,
      },
    ]);
    t.same(importText(text, { take: ['old-evil.top'] }).taken.length, 2);
  },
);

t.test('STIX as JSON Lines, and as the page of a TAXII server that has more', async (t) => {
  const lines = [indicator('1', 'first-evil.top'), indicator('2', 'second-evil.top')].map((each) =>
    JSON.stringify(each),
  );
  t.same(namesIn(lines.join('\n')), ['first-evil.top', 'second-evil.top']);
  const page = importText(
    JSON.stringify({ more: true, next: '7', objects: [indicator('1', 'first-evil.top')] }),
  );
  t.match(page, { taken: [{ name: 'first-evil.top' }], warnings: [/more than this page/] });
});

const PATTERNS: readonly (readonly [pattern: string, taken: readonly string[]])[] = [
  ["[domain-name:'value' = 'a-evil.top']", ['a-evil.top']],
  ["[domain-name : value='a-evil.top' /* domain-name:value='c.com' */]", ['a-evil.top']],
  ["[DOMAIN-NAME:VALUE = b'YS1ldmlsLnRvcA==']", ['a-evil.top']],
  ["[domain-name:value = h'612d6576696c2e746f70']", ['a-evil.top']],
  ["[NOT domain-name:value = 'a-evil.top']", []],
  ["[domain-name:value NOT IN ('a-evil.top')]", []],
  ["[network-traffic:extensions.'http-request-ext'.request_header.Host = 'a-evil.top']", ['a-evil.top']],
  ["[domain-name:value LIKE '%.a-evil.top']", ['a-evil.top below']],
  ["[url:value LIKE 'https://a-evil.top/%']", ['a-evil.top']],
  ["[domain-name:value MATCHES '^[a-z0-9]+\\\\.a-evil\\\\.top$']", ['a-evil.top below']],
  ["[domain-name:value MATCHES '^a-evil\\\\.top$']", ['a-evil.top exact']],
  ["[domain-name:value MATCHES 'evil']", []],
];

t.test('STIX patterns of every form', async (t) => {
  for (const [pattern, expected] of PATTERNS) {
    const { taken } = importText(bundle({ type: 'indicator', id: 'indicator--1', pattern }));
    t.same(
      taken.map(
        ({ name, isExact, isBelow }) => `${name}${isExact ? ' exact' : ''}${isBelow ? ' below' : ''}`,
      ),
      expected,
      pattern,
    );
  }
});

t.test('MISP: what is deleted, has decayed or is on a warning list is not taken', async (t) => {
  const attribute = (value: string, more: object = {}): object => ({
    type: 'domain',
    value,
    to_ids: true,
    ...more,
  });
  const text = JSON.stringify({
    Event: {
      Tag: [{ name: 'tlp:amber' }],
      Attribute: [
        attribute('first-evil.top'),
        attribute('decayed.top', { decay_score: [{ decayed: true }] }),
        attribute('everybodys.top', { warnings: [{ warninglist_name: 'Top sites' }] }),
        attribute('gone.top', { deleted: true }),
        { type: 'email-subject', value: 'Invoice for you.top', to_ids: true },
      ],
      Object: [
        { deleted: true, Attribute: [attribute('deleted.top')] },
        {
          name: 'network-connection',
          Attribute: [
            attribute('office-pc.top', { object_relation: 'hostname-src' }),
            attribute('second-evil.top', { object_relation: 'hostname-dst' }),
          ],
        },
      ],
    },
  });
  t.same(namesIn(text), ['first-evil.top', 'second-evil.top']);
  t.same(leftIn(text), [
    'decayed.top revoked',
    'everybodys.top shared-host',
    'gone.top revoked',
    'Invoice for you.top type',
    'deleted.top revoked',
    'office-pc.top victim',
  ]);
  t.equal(importText(text).provenance.tlp, 'amber');
});

t.test('of RSS and Atom the items count, not what leads to them', (t) => {
  const item = (title: string, text: string): string =>
    `<item><title>${title}</title><link>https://follow.example.org/1</link><guid>http://guid-${title.length}.com/x</guid><description>${text}</description></item>`;
  const rss = `<?xml version="1.0"?>\n<rss version="2.0"><channel><title>Feed of May</title><link>https://feed-home.com/</link>
<image><url>https://feed-home.com/logo.png</url></image>
${item('http://first-evil.top', 'Value: http://first-evil.top\nTweet: https://posts.example.org/2')}
${item('second-evil.top', 'seen by somebody')}
${item('A new loader', '&lt;p&gt;It calls &lt;b&gt;third-evil[.]top&lt;/b&gt;, see http://vendor-blog.com/&lt;/p&gt;')}</channel></rss>`;
  t.same(namesIn(rss), ['first-evil.top', 'second-evil.top', 'third-evil.top']);
  const atom = `<feed xmlns="http://www.w3.org/2005/Atom"><title>Alerts</title><link href="https://feed-home.com/"/>
<entry><title>third-evil.top</title><id>https://feed-home.com/3</id><content type="html">hxxp://fourth-evil.top/a</content></entry></feed>`;
  t.same(namesIn(atom), ['third-evil.top', 'fourth-evil.top']);
  t.end();
});

t.test('a JSON object whose keys are indicators tells something of each', (t) => {
  const keyed = {
    count: 3,
    entries: {
      'first-evil.top': [{ src: 'x', threat: 'on 2 lists', link: 'https://tracker.example.org/1' }],
      '192.0.2.1': [{ src: 'x' }],
      '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08': [{ src: 'y' }],
      'second-evil.top': [{ src: 'x', status: 'revoked' }],
    },
  };
  t.same(namesIn(JSON.stringify(keyed)), ['first-evil.top']);
  t.same(namesIn(JSON.stringify({ dependencies: { 'socket.io': '4.1.0', 'chart.js': '3.0.0' } })), []);
  t.end();
});

t.test("a beacon's configuration says its servers, with their paths", (t) => {
  const row = (server: unknown): string =>
    JSON.stringify({ result: { ip: '192.0.2.7', BeaconType: 'HTTPS', C2Server: server, Port: '443' } });
  t.same(namesIn(`${row('first-evil.top,/watch')}\n${row(['192.0.2.8,/in', 'second-evil.top,/in'])}\n`), [
    'first-evil.top',
    'second-evil.top',
  ]);
  t.end();
});

t.test('a defanged name in a row that calls it a hash is a name', (t) => {
  const rows =
    'Type,Value\nhash,9f86d081884c7d659a2feaa0c55ad015\nhash,first-evil[.]top\nhash,setup.zip\nmd5,plain-name.top\n';
  t.same(namesIn(rows), ['first-evil.top']);
  t.end();
});
