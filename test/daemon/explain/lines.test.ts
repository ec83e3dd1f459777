// Which lines of which lists speak of a name: those of lists that came over a network too, from the copy on disk.
import { join } from 'node:path';
import t from 'tap';
import { loadConfig } from '../../../src/config/load.ts';
import { decideFor } from '../../../src/daemon/explain/decision.ts';
import { linesFor } from '../../../src/daemon/explain/lines.ts';
import { withOfflineLists } from '../../../src/daemon/explain/offline.ts';
import { body, startListServer } from '../../support/lists-server.ts';

t.test(
  'every list is named with its line, whether its text is a file, fetched or written down here',
  async (t) => {
    const { origin } = await startListServer(t, {
      '/hosts': body('# feed\n0.0.0.0\twww.evil.test # \x1b[31m\n'),
      '/zone': body(
        '$TTL 30\n@ SOA a. b. 1 2 3 4 5\n@ NS a.\n*.evil.test CNAME .\n32.5.2.0.192.rpz-client-ip CNAME .\n',
      ),
    });
    const dir = t.testdir({
      'c2.txt': '||evil.test^\n198.51.100.0/24\n||evil.test^$dnstype=TXT\n',
      'cenote.yaml': `
lists:
  c2: { source: c2.txt }
  feed: { source: "${origin}/hosts" }
  zone: { source: "${origin}/zone", action: zone }
  own: { names: [other.test, www.evil.test] }
  unused: { names: [other.test] }
groups: { default: { clients: [any], lists: [c2, feed, zone, own, unused] } }
`,
    });
    const { config } = loadConfig({ file: join(dir, 'cenote.yaml'), environment: {}, workingDirectory: dir });
    if (config === null) throw new Error('the config of this test is bad');
    const found = (name: string, type = 'A', client = '192.0.2.1') =>
      withOfflineLists(config, async ({ result, textInForce }) => {
        const asked = { name, type, client };
        const decision = decideFor(asked, config, result.ruleSet, [], new Date());
        const lines = await linesFor(decision, textInForce);
        t.equal(lines[0]?.list, decision.list, 'the one that decided comes first');
        const idle = decision.entries.filter(({ holds }) => !holds).length;
        t.equal(
          idle,
          name === 'www.evil.test' && type === 'A' ? 2 : 0,
          'entries for others are told as such',
        );
        return lines.map(({ list, line, text }) => `${list}:${line} ${text}`).sort();
      });

    t.same(await found('www.evil.test'), [
      'c2:1 ||evil.test^',
      'feed:2 0.0.0.0 www.evil.test # \ufffd[31m',
      'own:2 www.evil.test',
      'zone:4 *.evil.test CNAME .',
    ]);
    t.same(
      (await found('www.evil.test', 'TXT', '192.0.2.5')).filter((line) => /dnstype|client-ip/.test(line)),
      ['c2:3 ||evil.test^$dnstype=TXT', 'zone:5 32.5.2.0.192.rpz-client-ip CNAME .'],
      'lines for other types and clients are of those alone',
    );
    t.same(await found('198.51.100.9'), ['c2:2 198.51.100.0/24']);
  },
);
