// Tables for people: what is in them, and that they fit a screen.
import t from 'tap';
import { describe } from '../../src/alerts/describe.ts';
import { coverageLines as sitesLines } from '../../src/cli/fleet/across.ts';
import { byHead, clockLines, huntByHead } from '../../src/cli/fleet/by-head.ts';
import { logLines } from '../../src/cli/lines/coverage-lines.ts';
import { askersCounted, findingLines, hitLines, incidentLines } from '../../src/cli/lines/event-lines.ts';
import { leftOutLines } from '../../src/cli/lines/list-lines.ts';
import { FINDING, HIT, INCIDENT, LIST } from '../support/admin-state.ts';
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

t.test('a log that cannot be written is not said to be one that nobody asked for', async (t) => {
  const of = { since: '2026-11-23T06:00:00.000Z', keepsLog: true, leavesHitsOut: false };
  const coverage = { since: null, gaps: [], lost: 0 };
  const held = /^The log cannot be written at present, and what was asked since is not in it yet/;
  t.match(logLines({ ...of, isHeldUp: true, coverage }), [held]);
  t.match(logLines({ ...of, isHeldUp: true, coverage: { ...coverage, since: of.since } }), [held]);
  t.same(logLines({ ...of, isHeldUp: false, coverage }), ['The log has no query yet.']);
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

t.test('what happened at a site whose clock is wrong is shown by the clock of the head', async (t) => {
  const clocks = [{ site: 'site-3', offsetMs: -3 * 3_600_000 }];
  const [own, head] = ['2026-11-23T06:00:00.000Z', '2026-11-23T09:00:00.000Z'];
  t.match(byHead({ ...HIT, time: own }, 'site-3', ['time'], clocks), { id: HIT.id, time: head });
  t.match(byHead({ since: own, over: null }, 'site-3', ['since', 'over'], clocks), {
    since: head,
    over: null,
  });
  t.match(byHead({ since: own }, 'site-7', ['since'], clocks), { since: own });
  t.same(clockLines(clocks), [
    "The clock of site-3 is 3 h 0 min slow; what happened there is shown by this head's.",
  ]);
  const span = { first: own, last: own };
  const gap = { from: own, to: own, reason: 'killed', text: '' };
  const hunt = huntByHead({
    clocks,
    findings: [
      { site: 'site-3', names: [span] },
      { site: 'site-7', names: [span] },
    ],
    central: [{ names: [{ site: 'site-3', ...span }] }],
    gaps: [{ site: 'site-3', coverage: { from: own, to: own, gapsUnknownUntil: null, gaps: [gap] } }],
  } as never);
  const moved = { first: head, last: head };
  t.match(hunt, {
    findings: [{ names: [moved] }, { names: [span] }],
    central: [{ names: [moved] }],
    gaps: [{ coverage: { from: head, to: head, gapsUnknownUntil: null, gaps: [{ from: head, to: head }] } }],
  });
});

t.test('of a name that was looked for by itself no list is said, which would read as on none', async (t) => {
  const byName = { ...FINDING, list: null, rules: [] };
  const [head, row] = findingLines([byName]);
  t.match(head, /GOT$/);
  t.notMatch(row, / -$/);
  const [both, first, second] = findingLines([FINDING, byName]);
  t.match(both, /GOT +LIST$/);
  t.match(first, new RegExp(`${FINDING.list}$`));
  t.match(second, /looked for by name$/);
});

t.test('a site of which only times ahead of now are stored has sent something', async (t) => {
  const behind = [{ site: 'site-7', until: null }];
  const lines = sitesLines({ sites: 1, whole: 0, behind, clocks: [], removed: 0 });
  t.equal(lines[2], '  of site-7 it is not known until when');
});

t.test('what was found in the past is told apart from hits since the start', async (t) => {
  const lines = incidentLines([{ ...INCIDENT, retrospective: true }]).join('\n');
  t.match(lines.replaceAll(/\s+/g, ' '), 'retrospective (HITS: also what was asked before it was listed)');
});
