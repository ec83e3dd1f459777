// Tables for people: what is in them, and that they fit a screen.
import t from 'tap';
import { describe } from '../../src/alerts/describe.ts';
import { askersCounted, hitLines, incidentLines } from '../../src/cli/lines/event-lines.ts';
import { leftOutLines } from '../../src/cli/lines/list-lines.ts';
import { HIT, INCIDENT, LIST } from '../support/admin-state.ts';
import { run } from '../support/cli-run.ts';
import { noticeOf } from '../support/hits-receivers.ts';

const MAC = '02:00:00:00:00:07';
const client = { ...HIT.client, ip: '2001:db8::7', name: 'till-3', mac: MAC, nameFrom: 'inferred' as const };

t.test('a name that nobody says for the address is marked as inferred', async (t) => {
  t.match(incidentLines([{ ...INCIDENT, client }]).join('\n'), '2001:db8::7 (till-3, inferred by MAC)  3CX');
  t.match(hitLines([{ ...HIT, client }]).join('\n'), `2001:db8::7 (till-3, inferred by MAC, ${MAC})`);
  const said = { ...client, nameFrom: 'lease' as const };
  t.match(hitLines([{ ...HIT, client: said }]).join('\n'), `2001:db8::7 (till-3, ${MAC})`);
});

t.test('a table of incidents is no wider than a screen', async (t) => {
  const long = {
    ...INCIDENT,
    client: { ...client, ip: '192.0.2.107', nameFrom: 'lease' as const },
    campaign: '3CX supply chain',
    hits: 1234,
    outcomes: { blocked: 1000, data: 200, nxdomain: 34 },
    acknowledged: INCIDENT.last,
  };
  const [head, row, sentence] = incidentLines([long]);
  for (const line of [head, row, sentence]) t.ok((line?.length ?? 999) <= 140, `${line?.length}: ${line}`);
  t.match(sentence, /^ {4}open, acknowledged, every 5 min \(regularity 0\.97\): /);
});

t.test('a pseudonym is not counted as a machine beside those that are named', async (t) => {
  const by = (ip: string) => ({ client: { ...HIT.client, ip, machine: ip } }) as never;
  t.equal(askersCounted([by('192.0.2.7'), by('192.0.2.7')], 'client'), '1 client');
  t.equal(
    askersCounted([by('anon-1'), by('anon-2'), by('192.0.2.7')], 'client'),
    '1 client and 2 pseudonyms (one a machine and day)',
  );
  t.equal(askersCounted([by('anon-1')], 'machine'), '1 pseudonym (one a machine and day)');
});

t.test('lines of a list that were left out are said', async (t) => {
  const skips = [{ text: 'is a suffix', count: 1, examples: [], inForce: false }];
  t.same(leftOutLines([{ ...LIST, name: 'ads', skipped: 1, skips } as never]), [
    'list ads: 1 line left out: 1 is a suffix',
  ]);
});

t.test('names that are not shown are counted, kept or not', async (t) => {
  const notice = noticeOf();
  const [name] = notice.incident?.names ?? [];
  const names = Array.from({ length: 50 }, (_, i) => ({ ...name!, name: `n${i}.evil.example` }));
  const incident = notice.incident && { ...notice.incident, names, furtherNames: 100 };
  t.match(
    describe({ ...notice, incident }).facts.find(([what]) => what === 'Asked for')?.[1],
    / and 142 more$/,
  );
});

t.test('`cenote lists` says which lines of a list were left out', async (t) => {
  const cwd = t.testdir({
    'ads.txt': 'evil.example\nworse.example\nco.uk\n',
    'cenote.yaml': [
      'upstreams: { default: ["127.0.0.1:9"] }',
      'listen: { admin: off }',
      'events: { dir: data }',
      'lists: { ads: { source: ads.txt } }',
      'groups: { default: { clients: [any], lists: [ads] } }',
    ].join('\n'),
  });
  const { stdout } = await run(['lists', '-c', 'cenote.yaml'], { cwd });
  t.match(stdout, /^ads +2 [\s\S]*^list ads: 1 line left out: 1 /m);
});
