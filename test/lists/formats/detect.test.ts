import t from 'tap';
import { detect } from '../../../src/lists/formats/detect/detect.ts';
import { wrappedName } from '../../../src/lists/formats/wrapped-name.ts';

const detectText = (text: string) => detect(new TextEncoder().encode(text));

for (const [format, text] of [
  ['hosts', '# hosts\n127.0.0.1 localhost\n0.0.0.0 a.example\n0.0.0.0 b.example\n'],
  ['domains', '# names\na.example\nb.example # note\nc.example\n'],
  ['wildcard', '*.a.example\n*.b.example\nc.example\n'],
  ['domains', '1,a.example\n2,b.example\n3,c.example\n'],
  ['csv', 'rank,domain\n1,a.example\n2,b.example\n'],
  ['domains', 'a.example b.example\nc.example\td.example # note\nsee e.example for more\n'],
  ['adblock', '! title\n||a.example^\n'],
  ['adblock', '[Adblock Plus 2.0]\na.example\n'],
  ['domains', 'a.example\nb.example\n0.0.0.0 c.example\n@@||d.example^\n'],
  ['hosts', '0.0.0.0 a.example\n0.0.0.0 b.example\n||c.example^\n/word/\n'],
  ['adblock', '||a.example^\n@@||b.example^\nc.example\n/word/\n'],
  ['adblock', '/word/\n/other/\n'],
  ['adblock', '! title\n/word/\n||a.example^\n'],
  ['report', '/word/\nhttps://a.example/x\nhttps://b.example/y\n'],
  [
    'regex',
    '# deny\n^ad([sxv]?[0-9]*|system)[_.-]\n(\\.|^)evil\\.example$\n(^|\\.)x\\.example$;querytype=AAAA\n',
  ],
  ['adblock', '/^ads[0-9]/\n*$denyallow=com\n'],
  ['domains', 'a.example\nb.example\n192.0.2.7:443\n/aramco/\nc.example\n'],
  ['domains', `/aramco/\n${'a.example\n'.repeat(500)}`],
  ['domains', `${'a.example\n'.repeat(500)}||b.example^\n`],
  ['wildcard', '*.a.example\n*.b.example\n@@||c.example^\n'],
  ['report', 'a.example\nb.example:8800\nc.example/update/\nd.example\ne.example\n'],
  ['domains', `${'a.example\n'.repeat(500)}b.example/x\n`],
  [
    'report',
    '<?xml version="1.0"?>\n<Rejestr><Pozycja><AdresDomeny>a.example</AdresDomeny></Pozycja></Rejestr>\n',
  ],
  ['report', '{"name": "mine", "denied-remote-domains": ["a.example"]}'],
  ['indicators', '{"campaign": "3CX", "published": "2023-03-29", "indicators": ["a.example"]}'],
  ['indicators', '{\n "campaign": "3CX",\n "indicators": [{"name": "a.example"}]\n}'],
  ['report', '{"campaign": "3CX", "indicators": [{"indicator": "a.example", "type": "domain"}]}'],
  ['report', '{"resources": [{"type": "domain", "value": "a.example"}]}'],
  ['domains', 'a.example\nb.example\nc.example\n/^ad[0-9]+\\./\n'],
  ['dnsmasq', 'address=/a.example/#\nserver=/b.example/\n'],
  ['unbound', 'server:\n  local-zone: "a.example" always_null\n'],
  ['rpz', '$TTL 60\n@ IN SOA a. b. 1 2 3 4 5\n IN NS a.\na.example CNAME .\n*.a.example CNAME .\n'],
  ['rpz', '@ IN SOA a. b. (\n 1\n 2 3\n 4 5 )\na.example CNAME .\n*.a.example CNAME .\nb.example CNAME .\n'],
  ['csv', 'domain;seen\na.example;2023-03-29\nb.example;2023-03-30\n'],
  [
    'report',
    '## Names\n\n| Type | Name |\n|---|---|\n| Domain | evil[.]example |\n| Domain | b[.]example |\n',
  ],
  ['stix', '{"type": "bundle", "id": "bundle--1", "objects": []}'],
  ['misp', '{"Event": {"info": "x", "Attribute": []}}'],
  ['misp', '{"response": [{"Event": {"info": "x"}}]}'],
  ['report', 'The attackers used these names.\nWe saw evil[.]example and hxxps://bad[.]example/x today.\n'],
  ['csv', 'first_seen,ioc_type,ioc_value\n2023-03-29,domain,a.example\n'],
  [
    'csv',
    '# URLhaus\n"1","2023-03-29","http://a.example/x","online"\n"2","2023-03-29","http://b.example/x","online"\n',
  ],
] as const) {
  t.test(`detects ${format} in ${JSON.stringify(text.slice(0, 30))} and says why`, async (t) => {
    const detected = detectText(text);
    t.equal(detected.format, format);
    t.not(detected.reason, '');
  });
}

for (const [code, what, body] of [
  ['LIST_HTML', 'a login page', '<!DOCTYPE html><html><body>Please log in</body></html>'],
  ['LIST_HTML', 'a page behind a comment', '\n  <!-- x -->\n<html lang="en">'],
  ['LIST_HTML', 'an XML error', '<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>'],
  ['LIST_HTML', 'a piece of a page', '<noscript>turn JavaScript on</noscript>'],
  [
    'LIST_HTML',
    'a script that leads to a login page',
    'window.location.replace("https://login.example/");\n',
  ],
  ['LIST_HTML', 'a script behind a comment', '/* x */ !function(){location="https://login.example/"}()'],
  ['LIST_HTML', "a shell's script", '#!/bin/sh\ncurl https://a.example/list\n'],
  ['LIST_JSON', 'a JSON error', '{"error": "rate limit exceeded"}'],
  [
    'LIST_JSON',
    "a MISP feed's manifest in place of its events",
    '{"11111111-1111-4111-8111-111111111111": {"info": "x", "timestamp": "1"}}',
  ],
  [
    'LIST_UNKNOWN_FORMAT',
    "a MISP feed's sums of its values",
    'd41d8cd98f00b204e9800998ecf8427e,11111111-1111-4111-8111-111111111111\n'.repeat(3),
  ],
  ['LIST_EMPTY', 'nothing', ''],
  ['LIST_EMPTY', 'blanks', ' \n\t\r\n'],
  ['LIST_EMPTY', 'comments only', '# nothing\n! to see\n'],
  ['LIST_BINARY', 'gzip', '\x1f\x8b\x08\x00\x00'],
  ['LIST_BINARY', 'a zip archive', 'PK\x03\x04'],
  ['LIST_BINARY', 'lines hold NUL octets', 'a\0b\0c\0d\0e\0f\0'],
  [
    'LIST_UNKNOWN_FORMAT',
    'prose',
    'This page has moved.\nPlease look elsewhere for it.\nThank you very much.\n',
  ],
] as const) {
  t.test(`refuses ${what}`, async (t) => {
    t.throws(() => detect(Buffer.from(body, 'latin1')), { code });
  });
}

t.test('a sample cut inside a line is judged without that line', async (t) => {
  const text = `${'a.example\n'.repeat(3)}b.exa mple cut`;
  t.equal(detect(new TextEncoder().encode(text), false).format, 'domains');
});

t.test('a long line that begins as a rank does is looked through once', async (t) => {
  const text = `1,${'a.'.repeat(30_000)}:\n`.repeat(4);
  const before = process.cpuUsage().user;
  t.equal(wrappedName(text.split('\n', 1)[0]!), null);
  t.throws(() => detectText(`1,a.example\n${text}`), { code: 'LIST_UNKNOWN_FORMAT' });
  t.ok(process.cpuUsage().user - before < 500_000, 'looking again from each dot on takes seconds');
});
