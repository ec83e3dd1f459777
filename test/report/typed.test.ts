// Values of fields that say they are names or URLs: taken whole or left out, never shortened to somebody else's name.
import t from 'tap';
import { importText, leftIn, namesIn } from '../support/lists-report.ts';

const stix = (...names: string[]): string =>
  JSON.stringify({
    type: 'bundle',
    objects: names.map((value, index) => ({
      type: 'indicator',
      id: `indicator--${index}`,
      pattern: `[domain-name:value = '${value}']`,
    })),
  });
const misp = (...names: string[]): string =>
  JSON.stringify({ Event: { Attribute: names.map((value) => ({ type: 'domain', value, to_ids: true })) } });
const csv = (...names: string[]): string =>
  ['domain,seen', ...names.map((name) => `${name},2026-01-01`)].join('\n');

t.test('a typed value with an unknown end is not cut to an innocent name', async (t) => {
  for (const write of [stix, misp, csv]) {
    const text = write('paypal.com.lan', 'shop.com.corp', 'good-evil.top');
    t.same(namesIn(text), ['good-evil.top']);
    t.same(leftIn(text), ['paypal.com.lan no-suffix', 'shop.com.corp no-suffix']);
  }
  t.same(namesIn(stix('bankname.co.za', 'shop.com.bit')), ['bankname.co.za', 'shop.com.bit']);
  t.same(namesIn('first-evil.top\nbankname.com.lan\nsecond-evil.top\n'), [
    'first-evil.top',
    'second-evil.top',
  ]);
});

t.test('a typed value keeps the hyphens and underscores at its ends: with them it is no name', async (t) => {
  for (const write of [stix, misp, csv]) {
    const text = write('-evil.top', 'bad.top-', '_under.top_', '_dmarc.evil.top', 'whole.top');
    t.same(namesIn(text), ['_dmarc.evil.top', 'whole.top']);
    t.same(
      leftIn(text)
        .map((line) => line.split(' ')[0])
        .sort(),
      ['-evil.top', '_under.top_', 'bad.top-'],
    );
  }
});

t.test('top-level domains without a rule of their own are known', async (t) => {
  t.same(namesIn('C2 domains:\n- one.co[.]za\n- hxxp://two.org[.]za/x\n- evil[.]example\n'), [
    'one.co.za',
    'two.org.za',
    'evil.example',
  ]);
});

t.test(
  "a customer's own host on a wildcard suffix is taken, what stands above it is everybody's",
  async (t) => {
    const text = [
      'C2 domains:',
      '- some-words.at.ply[.]gg',
      '- ec2-192-0-2-10.compute-1.amazonaws[.]com',
      '- evil.r.appspot[.]com',
      '- evil-vm.brazilsouth.cloudapp.azure[.]com',
      '- 198-51-100-7.bc.googleusercontent[.]com',
      '- at.ply[.]gg',
      '- eu-west-1.compute.amazonaws[.]com',
      '- core.windows[.]net',
      '- f003.backblazeb2[.]com',
      '- www.google.com[.]mx',
      '- raw.githubusercontent[.]com',
    ].join('\n');
    t.same(namesIn(text), [
      'some-words.at.ply.gg',
      'ec2-192-0-2-10.compute-1.amazonaws.com',
      'evil.r.appspot.com',
      'evil-vm.brazilsouth.cloudapp.azure.com',
      '198-51-100-7.bc.googleusercontent.com',
    ]);
    t.ok(importText(text).leftOut.every(({ reason }) => reason === 'suffix' || reason === 'shared-host'));
  },
);

t.test('addresses of any digits are addresses in a list', async (t) => {
  for (const address of ['45.85.76.10', '1.2.3.4', '10.0.0.1', '192.0.2.7'])
    t.same(namesIn(`update-evil.top\ncdn-evil.top\n${address}\n`), ['update-evil.top', 'cdn-evil.top']);
});

t.test('hosts of shares, of file names and of URLs in URLs', async (t) => {
  const CASES: readonly (readonly [written: string, names: string[]])[] = [
    ['- file://webdav-a.evil[.]com@SSL/DavWWWRoot/a.lnk', ['webdav-a.evil.com']],
    ['- file://webdav-b.evil[.]com@8080/x', ['webdav-b.evil.com']],
    ['- \\\\webdav-c.evil[.]com@SSL@443\\x', ['webdav-c.evil.com']],
    ['hxxps__evil[.]com', ['evil.com']],
    ['scope=https%3A%2F%2Fmanagement.core.windows[.]net', []],
    ['hxxps://a-evil[.]me/L0/https%3A%2F%2Fcloud.evil[.]com%2F', ['a-evil.me']],
    ['hxxps://www.google[.]com/url?q=https://open-evil[.]com/x', ['open-evil.com']],
  ];
  for (const [written, names] of CASES) t.same(namesIn(`see ${written} there`), names, written);
  t.same(leftIn('go hxxps://a-evil[.]me/L0/https%3A%2F%2Fcloud.evil[.]com%2F'), [
    'https%3A%2F%2Fcloud.evil[.]com path',
  ]);
});

t.test('a heading about hosting is about names; a label that says only who hosts is not', async (t) => {
  for (const heading of [
    'DOMAINS HOSTING THE INSTALLER DLL:',
    'URLS HOSTING THE MALWARE',
    '6 NAMESERVERS ASSOCIATED WITH THIS CAMPAIGN:',
    'Pages that impersonate email service providers:',
  ])
    t.same(namesIn(`${heading}\n\n- alpha-evil[.]com - 192.0.2.7\n- beta-evil[.]com\n`), [
      'alpha-evil.com',
      'beta-evil.com',
    ]);
  t.same(leftIn('Hosting provider: good-host[.]com\n'), ['good-host[.]com beside']);
});

t.test(
  "a MISP object's victim, name servers and mail servers are no indicators, though flagged for detection",
  async (t) => {
    const attribute = (value: string, relation: string) => ({
      type: 'domain',
      value,
      object_relation: relation,
      to_ids: true,
    });
    const event = {
      info: 'x',
      Object: [
        { name: 'victim', Attribute: [attribute('attacked-firm.com', 'domain')] },
        {
          name: 'dns-record',
          Attribute: [
            attribute('c2-of-them.com', 'queried-domain'),
            attribute('ns1.big-hoster.com', 'ns-record'),
            attribute('mx.big-hoster.com', 'mx-record'),
          ],
        },
      ],
    };
    t.same(namesIn(JSON.stringify({ Event: event })), ['c2-of-them.com']);
  },
);

t.test(
  'an address in any notation is one address; a host with a customer’s label is the customer’s',
  async (t) => {
    const feed = (value: string) =>
      JSON.stringify({ Event: { Attribute: [{ type: 'url', value, to_ids: true }] } });
    for (const value of [
      'http://3232235521/x',
      'http://0xC0A80001/',
      '0300.0250.0.1',
      'http://192.168.1/',
      'http://u:p@192.0x0a8.0.1:80/x',
    ]) {
      const [left, ...more] = importText(feed(value)).leftOut;
      t.same([left?.text, left?.reason, more], ['192.168.0.1', 'address', []], value);
    }
    t.same(leftIn(feed('http://[2001:db8::1]:80/x')), ['http://[2001:db8::1] address']);
    t.same(namesIn(feed('x.at.ply.gg')), ['x.at.ply.gg']);
  },
);
