// The page under a person's hands: what they hold stays through refreshes, what went wrong is said where it belongs, and nothing looks
// fresh that is not. One browser and one server for all of it; each test changes what the server says.
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { Audit } from '../../src/admin/audit/audit.ts';
import { Door } from '../../src/admin/door/door.ts';
import type { OverrideAsked, OverrideView } from '../../src/admin/overrides/routes.ts';
import type { ChangeView } from '../../src/admin/overrides/settings-routes.ts';
import { RouteError } from '../../src/admin/route.ts';
import { type AdminServer, openAdmin } from '../../src/admin/server.ts';
import type { AdminState } from '../../src/admin/state.ts';
import { CodedError } from '../../src/config/coded-error.ts';
import type { Hit } from '../../src/hits/hit.ts';
import { FLEET } from '../support/admin-fleet.ts';
import {
  COVERAGE,
  DETAIL,
  HEALTHY,
  HIT,
  INCIDENT,
  LIST,
  LOG_ANSWERS,
  MACHINE,
  OVERRIDE,
  STATUS,
  stateOf,
} from '../support/admin-state.ts';
import { overflowing, violations } from '../support/axe.ts';
import { openPage, type Page } from '../support/browser.ts';
import { daemonFolder } from '../support/daemon-folder.ts';
import { type Person, personAt } from '../support/person.ts';
import { missingTool, until } from '../support/tool.ts';

const TOKEN = 't'.repeat(43);
const LOG_ROW = LOG_ANSWERS.rows.rows[0]!;
const LONG_NAME = `${'a'.repeat(63)}.${'b'.repeat(63)}.example`;
const MATCHED: Hit = {
  ...HIT,
  matches: [{ list: HIT.list, rule: HIT.rule, indicator: null, mode: 'enforce' }],
};
const EVIL = '<img\\032src=x\\032onerror=alert\\(1\\)>.example';
const ADS: readonly Hit[] = Array.from({ length: 1000 }, (_, index) => ({
  ...HIT,
  id: `ad-${String(index).padStart(4, '0')}`,
  time: '2026-11-23T10:00:00.000Z',
  list: 'ads',
  rule: 'ads.example',
  indicator: null,
  question: { ...HIT.question, name: `ads${index}.example` },
}));
const VIEWS = [
  '#now',
  '#incidents',
  `#incidents/${INCIDENT.id}`,
  '#log',
  '#machines',
  `#machines/${MACHINE.id}`,
  '#lists',
  '#groups',
  '#fleet',
  '#access',
  '#check',
  '#report',
  '#settings',
];

interface Seen {
  readonly page: Page;
  readonly person: Person;
  readonly server: AdminServer;
  /** What the server says; a test may change it. */
  readonly state: { -readonly [Key in keyof AdminState]: AdminState[Key] };
}

t.test('the page in use', { skip: missingTool('chromium') }, async (t) => {
  const state = stateOf();
  const [dir, now, report] = [t.testdir({}), Date.now, () => undefined];
  const audit = new Audit({ dir, keepMs: () => 1e9, now, report });
  const server = await openAdmin({
    address: { host: '127.0.0.1', port: 0 },
    state,
    fleet: FLEET,
    audit,
    door: new Door({ token: TOKEN, dir, settings: () => null, firstPassword: null, now, report }),
    token: TOKEN,
    metricsEnabled: () => true,
    report: () => undefined,
  });
  const page = await openPage(`http://${server.bound}/`, join(daemonFolder(), 'browser'));
  t.teardown(async () => {
    await page.close();
    await server.close();
    await audit.close();
  });
  const seen: Seen = { page, person: personAt(page), server, state };
  await seen.person.sees(/healthy/);
  for (const [what, play] of STORIES) {
    Object.assign(state, stateOf());
    await t.test(what, (t) => play(t, seen));
  }
});

const STORIES: readonly (readonly [string, (t: Test, seen: Seen) => Promise<void>])[] = [
  ['every view: nothing a screen reader stumbles over, nothing off a narrow or a wide screen', everyView],
  ['focus, selected text and rows stay through refreshes, also when rows come', stays],
  ['ads hide no attacker: hits on lists that alert first, all on demand, a filter narrows', alertsFirst],
  ['an error stands beside its form until the next try', errorsStay],
  ['a name is allowed from the log by keys alone, and taken back', allowFromLog],
  ['a whole top-level domain is blocked once that was said twice', broadName],
  ['the log says what it does not show, of whom its figures are, and ranks by what is wanted', logSays],
  ['every figure says what of its time is not known', unknownIsSaid],
  ['who goes back finds a view as it was left', goesBack],
  ['an hour that comes twice is told apart, and a zone of half hours is said', times],
  ['on paper there is the whole of an incident, and nothing to press', onPaper],
  ['an incident is acknowledged, and noted', incidents],
  ['many incidents are narrowed down and acknowledged together', manyIncidents],
  ['what somebody else noted meanwhile is shown, and not written over unseen', twoNotes],
  ['the focus goes to the stop before what went away, and is kept by what waits', focusStays],
  ['text that would turn its sentence round, or hide, is written out', textIsSeen],
  ['a report is read, its doubtful names are decided, and it is blocked', report],
  ['a list and a setting are changed once their difference was seen', changes],
  ['sites, tokens and who changed what; a group is changed once that was seen', fleetAndAccess],
  ['on a slow network the view that was asked for last is shown', slowly],
  ['a wrong token is called wrong, the right one opens, and somebody signs out', tokens],
  ['a daemon that is gone is said at once, and nothing looks fresh', gone],
];

async function everyView(t: Test, { page, person, state }: Seen): Promise<void> {
  state.hits = async () => [{ ...MATCHED, question: { ...HIT.question, name: LONG_NAME } }];
  state.incidents = async () => [
    { ...INCIDENT, state: 'closed', end: 'silent', outcomes: { data: 3, blocked: 4 } },
  ];
  state.askLog = async (question) =>
    (question.what === 'rows'
      ? { ...LOG_ANSWERS.rows, rows: [{ ...LOG_ROW, name: LONG_NAME }] }
      : LOG_ANSWERS[question.what]) as never;
  const refused = {
    kind: 'configuration',
    since: HIT.time,
    reason: `unknown key <b>${'lsiten'.repeat(20)}</b>`,
  };
  const problems = [{ id: 'list:ads', since: HIT.time, what: 'list ads is stale', remedy: 'see its source' }];
  state.status = () => ({ ...STATUS, health: { ...HEALTHY, revision: 7, refused, problems } });
  const broken: string[] = [];
  for (const [index, view] of VIEWS.entries()) {
    const isNarrow = index % 2 === 0;
    await page.resize(isNarrow ? 360 : 1400, 800);
    await page.scheme(index % 3 === 0 ? 'dark' : 'light');
    await person.goes(view);
    await until(`${view} to be there`, () =>
      page.value<boolean>(
        `document.querySelector('main section') !== null && !/asking…|loading…/.test(document.querySelector('main').innerText) && location.hash === '${view}'`,
      ),
    );
    for (const one of [...(await violations(page)), ...(await overflowing(page))])
      broken.push(`${view}: ${one}`);
  }
  t.same(broken, []);
  state.lists = () => [{ ...LIST, source: 'inline', nextCheck: null }];
  await person.goes(`#lists/${LIST.name}`);
  await person.sees(/its names stand in the configuration[\s\S]*when the configuration changes/);
  await page.resize(1000, 800);
  await person.goes('#now');
  await person.sees(/Refused \(configuration\): unknown key <b>/, 'what was refused, as text');
  await person.sees(/Revision 7, in force since 2026-/);
  await person.sees(/All times are of this browser's time zone, \S+/);
}

async function stays(t: Test, { page, person, state }: Seen): Promise<void> {
  let asked = 0;
  state.hits = async () => {
    asked += 1;
    return [MATCHED];
  };
  await person.goes('#now');
  await person.sees(/www\.akamaicontainer\.com A/);
  await page.value(`
    const button = [...document.querySelectorAll('main button')].find((one) => one.textContent === 'Acknowledge');
    button.focus();
    const name = [...document.querySelectorAll('td.name div')].find((one) => one.textContent.startsWith('www.'));
    getSelection().selectAllChildren(name);
    scrollTo(0, 60);
    window.held = [button, name, scrollY];
    void 0;
  `);
  const holds =
    'document.activeElement === held[0] && held[1].isConnected && scrollY === held[2] && getSelection().toString()';
  t.equal(await page.value(holds), 'www.akamaicontainer.com A');
  const before = asked;
  await until('two refreshes', () => asked >= before + 2);
  t.equal(await page.value(holds), 'www.akamaicontainer.com A', 'through two refreshes');
  state.incidents = async () => [
    { ...INCIDENT, id: 'NEWER', about: 'Newer' },
    { ...INCIDENT, hits: 8 },
  ];
  state.hits = async () => [{ ...MATCHED, id: 'newer', time: '2026-11-23T11:00:00.000Z' }, MATCHED];
  await person.sees(/Newer[\s\S]*\b8\b/, 'a row that came above');
  await until('the newer hit', () =>
    page.value<boolean>('document.querySelector(\'[data-key="newer"]\') !== null'),
  );
  const now = 'document.activeElement === held[0] && held[1].isConnected && getSelection().toString()';
  t.equal(await page.value(now), 'www.akamaicontainer.com A', 'and where rows came above');
}

async function alertsFirst(t: Test, { page, person, state }: Seen): Promise<void> {
  const foreign: Hit = {
    ...ADS[0]!,
    id: 'ad-idn',
    question: { ...HIT.question, name: 'xn--bcher-kva.example' },
  };
  state.hits = async ({ list, limit = 1000 }) =>
    [...ADS.slice(1), foreign, MATCHED]
      .filter((hit) => list === undefined || hit.list === list)
      .slice(0, limit);
  await person.goes('#check');
  await person.goes('#now');
  await person.sees(/www\.akamaicontainer\.com A/);
  t.notMatch(await person.text('main'), /ads1\.example/, 'the one hit of 1,001 that matters');
  await person.presses('all hits, not only');
  await person.sees(/ads1\.example/, 'all of them');
  await until('a page of twenty', () =>
    page.value<boolean>("/1 to 20 of/.test(document.querySelector('main').innerText)"),
  );
  await person.writes('Machine, name or list', 'ADS42.');
  await person.sees(/ads42\.example/);
  t.notMatch(await person.text('main'), /ads43\.example/);
  await person.writes('Machine, name or list', 'BÜCH');
  await person.sees(/xn--bcher-kva\.example/, 'part of what its A-label spells');
  t.notMatch(await person.text('main'), /ads42\.example/);
}

async function errorsStay(t: Test, { page, person, state }: Seen): Promise<void> {
  state.decide = () => {
    throw new CodedError('BAD_NAME', 'not a domain name: "a..b"');
  };
  let asked = 0;
  state.health = () => {
    asked += 1;
    return HEALTHY;
  };
  await person.goes('#check');
  await person.writes('Name', 'a..b');
  await person.presses('Explain');
  await person.sees(/Not a domain name: "a\.\.b"/);
  const before = asked;
  await until('a pulse', () => asked > before);
  t.match(await person.text('#ask .said'), /^Not a domain name/, 'a refresh leaves it there');
  t.equal(await page.value("document.querySelector('#ask input').value"), 'a..b', 'and what was typed');
  Object.assign(state, { decide: stateOf().decide });
  await person.writes('Name', 'www.akamaicontainer.com');
  await person.presses('Explain');
  await person.sees(/blocked \(sinkhole\)[\s\S]*akamaicontainer\.com/);
  t.equal(await person.text('#ask .said'), '', 'until the next try');
  const { decide } = stateOf();
  Object.assign(state, { decide: async (asked: never) => ({ ...(await decide(asked)), verdict: 'allow' }) });
  await person.presses('Allow it');
  await person.presses('Allow');
  await person.sees(/is allowed for[\s\S]*allowed by a rule/, 'what is said of it is of after that');
}

async function allowFromLog(t: Test, { page, person, state }: Seen): Promise<void> {
  const wanted: OverrideAsked[] = [];
  let overrides: OverrideView[] = [];
  const names: (string | null)[] = [];
  const blocked = { ...LOG_ROW, name: EVIL, outcome: 'blocked', result: 'blocked', list: 'ads', rule: EVIL };
  state.askLog = async (question) => {
    if (question.what !== 'rows') return LOG_ANSWERS[question.what] as never;
    names.push(question.filter.name);
    const next = { timeMs: 5, given: 1 };
    return { ...LOG_ANSWERS.rows, rows: [blocked, { ...LOG_ROW, name: 'cdn.example' }], next } as never;
  };
  state.overrides = () => overrides;
  state.override = async (asked) => {
    wanted.push(asked);
    overrides = [{ ...OVERRIDE, ...asked, id: 'k1', until: null }];
    return overrides[0]!;
  };
  state.removeOverride = async () => overrides.pop() ?? null;
  await person.goes('#log');
  await person.sees(/onerror/);
  t.equal(await page.value("document.querySelectorAll('main img').length"), 0, 'no markup');
  await page.value(
    "[...document.querySelectorAll('main button')].find((one) => one.textContent === 'Allow').focus()",
  );
  await page.press('Enter');
  await until('the dialog', () => page.value<boolean>("document.querySelector('dialog[open]') !== null"));
  t.same(await violations(page), [], 'of the dialog');
  await person.writes('How long', '5m');
  await person.writes('Why', 'the shop needs it');
  await page.press('Enter');
  await person.sees(/is allowed for till-3/);
  t.match(wanted[0], {
    action: 'allow',
    name: EVIL,
    forMs: 300_000,
    client: 'm-0123456789',
    group: null,
    reason: 'the shop needs it',
  });
  t.equal(await page.value('document.activeElement.textContent'), 'Allow', 'the focus is where it was');
  await person.presses('Take back');
  await person.sees(/Taken back\./);
  t.equal(overrides.length, 0);
  await person.writes('Name, or part of it', 'cdn');
  await person.presses('Search');
  await until('the filter to be asked', () => names.includes('cdn'));
  await person.presses('Further');
  await person.sees(/101 to 102/, 'the next page');
}

async function broadName(t: Test, { page, person, state }: Seen): Promise<void> {
  const wanted: OverrideAsked[] = [];
  state.override = async (asked) => {
    wanted.push(asked);
    if (!asked.isBroadMeant) throw new RouteError(409, 'BROAD_NAME', '"com" is a single label');
    return { ...OVERRIDE, ...asked, until: null };
  };
  await person.goes('#now');
  await person.presses('Block a name');
  await person.writes('Name', 'com');
  await person.presses('Block');
  await person.sees(/com is a single label, [\s\S]* All names below it would be blocked\./);
  t.same(await violations(page), []);
  await person.writes('Name', 'org');
  await person.presses('Block');
  await person.sees(/org is a single label/, 'what was said of one name is not said of another');
  await person.presses('Block all of it');
  await person.sees(/org is blocked for everybody/);
  t.same(
    wanted.map(({ name, isBroadMeant }) => [name, isBroadMeant]),
    [
      ['com', false],
      ['org', false],
      ['org', true],
    ],
  );
}

async function twoNotes(t: Test, { page, person, state }: Seen): Promise<void> {
  let note: { text: string; time: string } | null = null;
  const noted = (text: string, minute: number): void => {
    note = { text, time: `2026-11-23T10:0${minute}:00.000Z` };
  };
  state.incident = async () => ({ ...DETAIL, note });
  state.noteIncident = async (_, text, base) => {
    const was = note as { text: string; time: string } | null;
    if (base !== undefined && base !== (was?.time ?? null)) return { isKept: false, was };
    noted(text, 9);
    return { isKept: true, was, detail: { ...DETAIL, note } };
  };
  await person.goes('#now');
  await person.goes(`#incidents/${INCIDENT.id}`);
  await person.writes('What is known', 'called the shop');
  noted('the till is off the network', 1);
  await person.presses('Keep the note');
  await person.sees(/Somebody noted something else meanwhile/);
  await person.sees(/Noted meanwhile, [^:]*:01:00: the till is off the network/);
  t.same(await violations(page), []);
  t.match(note, { text: 'the till is off the network' }, 'it stands');
  await person.writes('What is known', 'the till is off the network, called the shop');
  await person.presses('Keep the note');
  await until('the note to be kept', () => note?.text === 'the till is off the network, called the shop');
  await person.writes('What is known', 'begun');
  noted('again by another', 2);
  await person.sees(/Noted meanwhile, [^:]*:02:00: again by another/, 'also while it is written');
  await person.presses('Keep the note');
  await until('it to be kept in the place of what was shown', () => note?.text === 'begun');
}

async function logSays(t: Test, { page, person, state }: Seen): Promise<void> {
  const after: unknown[] = [];
  let tails = 0;
  state.askLog = async (question) => {
    if (question.what === 'top') return { ...LOG_ANSWERS.top, approximate: question.of === 'names' } as never;
    if (question.what !== 'tail') return LOG_ANSWERS[question.what] as never;
    if (question.after === null) return LOG_ANSWERS.tail as never;
    after.push(question.after);
    tails += 1;
    const came = [LOG_ROW, { ...LOG_ROW, name: 'fresh.example' }];
    return (
      tails === 1
        ? { rows: came, ids: ['8.1', '8.2'], after: 8, isCut: true, missed: 12 }
        : { ...LOG_ANSWERS.tail, after: 8 }
    ) as never;
  };
  await person.goes('#check');
  await person.goes('#log');
  await person.sees(
    /All queries of the last 24 hours[\s\S]*Most asked for, of all queries of the last 24 hours/,
  );
  await person.sees(/Counts may be too low/);
  await person.sees(/More came than can be followed: 12 are not shown here/);
  await person.sees(/fresh\.example/);
  t.same(after[0], { batch: 7 }, 'the stream goes on where the rows end');
  const shown =
    "[...document.querySelectorAll('td.name')].filter((one) => one.textContent === '=cmd.example').length";
  t.equal(await page.value(shown), 1, 'what is in both is shown once');
  await person.writes('Machine', 'half-typ');
  await person.writes('Outcome', 'failed');
  const asked = tails;
  await until('rows to be asked for twice more', () => tails >= asked + 2);
  const typed =
    "['client', 'outcome'].map((name) => document.querySelector('#log-filter [name=' + name + ']').value)";
  t.same(await page.value(typed), ['half-typ', 'failed'], 'what is typed stays while rows come');
  await person.writes('Rank', 'machines');
  await person.sees(
    /Who asks most, of all queries of the last 24 hours[\s\S]*192\.0\.2\.7 \(till-3\)\s+4\s+1/,
  );
  t.notMatch(await person.text('main'), /Counts may be too low/, 'machines are counted');
  await page.value(`{
    const ask = fetch;
    window.fetch = (url, options) => String(url).includes('log/export')
      ? Promise.resolve(new Response('{}', { headers: { 'x-cenote-cut': 'true' } })) : ask(url, options);
  }`);
  const paused = ['a', 'b', 'c', 'd', 'e'].map((group) => ({ group, until: '2099-01-01T00:00:00.000Z' }));
  state.paused = () => paused;
  await person.sees(/Nothing is blocked for 5 groups, .* left/, 'one line for a pause of all');
  state.paused = () => [];
  await person.presses('Export as CSV');
  await person.sees(/The file has the newest 100,000: there are more/);
  t.same(await violations(page), []);
  await person.goes('#log');
  await person.writes('Name, or part of it', 'gate & co/100%');
  await person.presses('Search');
  await until('the search in the address', () =>
    page.value<boolean>("location.hash.includes('name=gate+%26+co%2F100%25')"),
  );
  await page.value('void location.reload()').catch(() => undefined);
  await until('the search after it was loaded again', () =>
    page
      .value<boolean>("document.querySelector('#log-filter [name=name]')?.value === 'gate & co/100%'")
      .catch(() => false),
  );
  await person.goes('#log');
  await until('the whole log', () =>
    page.value<boolean>("document.querySelector('#log-filter [name=name]')?.value === ''"),
  );
}

async function unknownIsSaid(t: Test, { page, person, state }: Seen): Promise<void> {
  const ago = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();
  const gaps = [90, 70, 50, 30].map((minutes) => ({ from: ago(minutes), to: ago(minutes - 0.1) }));
  const logKnown = { since: ago(20 * 60), gaps, lost: 3 };
  state.askLog = async (question) => ({ ...LOG_ANSWERS[question.what], coverage: logKnown }) as never;
  state.listCatches = async () => ({
    catches: [{ list: LIST.name, queries: 7, alone: 5, looked: 7 }],
    coverage: logKnown,
  });
  const gap = { from: ago(50), to: ago(49), reason: 'killed', text: 'Killed for a minute.' } as const;
  state.coverage = async () => ({ ...COVERAGE, gaps: [gap], unnamed: 4, isWhole: false });
  const ofLog =
    /The log begins \S+ \S+ Not all queries of .* to .*, nor of 1 earlier time, are in the log\. Not in the log, for want of room: 3 queries\./;
  const ofHits = /Killed for a minute\.\s+Of 4 queries only a name above is kept/;
  await person.goes('#now');
  await person.sees(new RegExp(`not all is known\\s+${ofLog.source}`));
  await person.sees(new RegExp(`Latest hits[\\s\\S]*${ofHits.source}`));
  const drawn = await page.value<string>("document.querySelector('path.unknown').getAttribute('d')");
  t.match(drawn, /^(M\d+ 0h1v100h-1z){2,8}$/, 'the steps that a gap reaches into');
  t.match(
    await page.value<string>("document.querySelector('table.figures').textContent"),
    /\(not all is known\)/,
    'also where nothing else is to be told',
  );
  for (const [view, said] of [
    [
      '#log',
      new RegExp(
        `All queries[\\s\\S]*${ofLog.source}[\\s\\S]*${ofLog.source}[\\s\\S]*Rank[\\s\\S]*${ofLog.source}`,
      ),
    ],
    ['#lists', ofLog],
    ['#incidents', ofHits],
    [
      `#machines/${MACHINE.id}`,
      new RegExp(`${ofHits.source}[\\s\\S]*asked for, by day[\\s\\S]*${ofHits.source}`),
    ],
  ] as const) {
    await person.goes(view);
    await person.sees(said);
  }
  // Lists whose hits are not in the log have caught more than it says.
  state.leavesHitsOut = () => true;
  await person.goes('#lists');
  await person.sees(/Caught: .*\s+Neither hits nor who asked/);
  state.leavesHitsOut = () => false;
  await person.goes('#log');
  await page.value('URL.createObjectURL = () => "#log"');
  await person.presses('Export as CSV');
  await person.sees(new RegExp(`Export as CSV[^]*as JSON Lines\\s*${ofLog.source}`));
  t.same(await violations(page), []);
}

async function goesBack(t: Test, { page, person, state }: Seen): Promise<void> {
  const asked: unknown[] = [];
  state.clientPage = async (wanted) => {
    if (wanted.client === null) asked.push([wanted.search, wanted.offset, wanted.sort]);
    return { clients: [MACHINE], total: 10_000 };
  };
  const field = (selector: string): Promise<string> =>
    page.value<string>(`String(document.querySelector('${selector}')?.value)`);
  const back = async (view: string): Promise<void> => {
    await page.value('history.back()');
    await until(`${view} again`, () => page.value<boolean>(`location.hash === '${view}'`));
  };
  await person.goes('#machines');
  await person.writes('Name, address', 'till');
  await person.presses('Further');
  await person.presses('Group');
  await until('the order', () => asked.some((one) => String(one) === 'till,0,group'));
  await person.presses('Further');
  await person.presses(MACHINE.name ?? '');
  await person.sees(/What it asked for, by day/);
  asked.length = 0;
  await back('#machines');
  await until('the machines to be asked for', () => asked.length > 0);
  t.same([asked[0], await field('#machine-search')], [['till', 100, 'group'], 'till']);
  await person.goes('#incidents');
  await person.writes('State', 'closed');
  await person.goes('#now');
  await person.writes('Machine, name or list', 'till-3');
  await person.goes('#groups');
  await back('#now');
  await until('the filter', async () => (await field('#hits-filter')) === 'till-3');
  await back('#incidents');
  await until('the state', async () => (await field('main select')) === 'closed');
  await person.goes('#check');
  await person.writes('Name', 'gate.example');
  await person.writes('Type', 'AAAA');
  await person.presses('Explain');
  await person.sees(/sinkhole|blocked|allowed/i);
  await person.goes('#report');
  await person.writes('Paste the report', 'evil[.]example');
  await person.presses('Read it');
  await until('the report to be read', async () => !/reading…/.test(await person.text('main')));
  await person.goes('#groups');
  await back('#report');
  await until('the report', async () => (await field('#report-text')) === 'evil[.]example');
  await back('#check');
  await until('what was asked', async () => (await field('#ask [name=type]')) === 'AAAA');
  t.equal(await field('#ask [name=name]'), 'gate.example');
  await person.goes('#check/other.example');
  await until('the name of the address', async () => (await field('#ask [name=name]')) === 'other.example');
  await back('#check');
  await until('what was asked before', async () => (await field('#ask [name=name]')) === 'gate.example');
  await person.goes('#incidents/x');
  await person.goes('#incidents');
  await until('all of them', async () => (await field('main select')) === '');
}

async function times(t: Test, { page, person, state }: Seen): Promise<void> {
  const at = async (zone: string, ...isos: readonly string[]): Promise<string[]> => {
    await page.zone(zone);
    state.hits = async () => isos.map((time, i) => ({ ...MATCHED, id: `hit-${i}`, time }));
    await person.goes('#check');
    await person.goes('#now');
    const hits = `[...document.querySelectorAll('section[aria-label="Latest hits"] td time')].map((one) => one.textContent)`;
    let shown: string[] = [];
    await until('the hits', async () => {
      shown = await page.value<string[]>(hits);
      return shown.length >= isos.length;
    });
    return shown;
  };
  t.same(await at('Europe/Berlin', '2026-10-25T01:30:00Z', '2026-10-25T00:30:00Z', '2026-10-24T20:30:00Z'), [
    '2026-10-25 02:30:00 (UTC+1:00)',
    '2026-10-25 02:30:00 (UTC+2:00)',
    '2026-10-24 22:30:00',
  ]);
  t.same(await at('Asia/Kolkata', '2026-10-25T00:30:00Z'), ['2026-10-25 06:00:00']);
  await person.sees(/time zone, Asia\/(Kolkata|Calcutta) \(now UTC\+5:30\)/);
  const before = state.askLog;
  state.askLog = async (question) => {
    if (question.what !== 'chart') return before(question) as never;
    const { stepMs, offsetMs, untilMs } = question;
    const dayMs = Math.floor((untilMs + offsetMs) / stepMs) * stepMs - offsetMs;
    return {
      ...LOG_ANSWERS.chart,
      points: [{ ...LOG_ANSWERS.chart.points[0], time: new Date(dayMs).toISOString() }],
    } as never;
  };
  await person.goes('#log/since=30d');
  await person.sees(/All queries of the last 30 days/);
  const days = `[...document.querySelectorAll('main details th[scope=row]')].map((one) => one.textContent)`;
  await until('the day', async () => (await page.value<string[]>(days)).length > 0);
  t.match(
    await page.value<string[]>(days),
    [/ 00:00:00$/],
    'a day begins at midnight of the clock of the page',
  );
  state.askLog = before;
  await page.zone('');
}

async function onPaper(t: Test, { page, person, state }: Seen): Promise<void> {
  const hits = Array.from({ length: 250 }, (_, i) => ({ ...HIT, id: `hit-${i}` }));
  state.incident = async () => ({ ...DETAIL, hits });
  await page.resize(794, 1123); // A4
  await page.scheme('dark');
  await person.goes(`#incidents/${INCIDENT.id}`);
  await person.sees(/1 to 100 of 250/);
  await page.print(true);
  const seen = (selector: string): Promise<number> =>
    page.value<number>(
      `[...document.querySelectorAll('${selector}')].filter((one) => one.getClientRects().length > 0).length`,
    );
  t.same(await Promise.all(['button:not(.sort)', '#views', 'input, textarea'].map(seen)), [0, 0, 0]);
  t.match(await person.text('nav.pages'), /1 to 100 of 250/, 'and of what there is more');
  t.same(await overflowing(page), []);
  const clipped = `[...document.querySelectorAll('.scroll')].filter((one) => one.scrollHeight > one.clientHeight + 1 && getComputedStyle(one).overflowY !== 'visible').length`;
  t.equal(await page.value<number>(clipped), 0);
  t.equal(await page.value<string>('getComputedStyle(document.body).backgroundColor'), 'rgb(255, 255, 255)');
  await page.print(false);
  await page.resize(1000, 800);
}

async function incidents(t: Test, { person, state }: Seen): Promise<void> {
  const noted: string[] = [];
  state.noteIncident = async (_, text) => {
    noted.push(text);
    state.incident = async () => ({ ...DETAIL, note: { text, time: HIT.time } });
    return { isKept: true, was: null, detail: { ...DETAIL, note: { text, time: HIT.time } } };
  };
  state.acknowledge = async () => {
    state.incident = async () => ({ ...DETAIL, incident: { ...INCIDENT, acknowledged: INCIDENT.last } });
    return { ...INCIDENT, acknowledged: INCIDENT.last };
  };
  await person.goes(`#incidents/${INCIDENT.id}`);
  await person.sees(/till-3 asked for names of 3CX: 7 queries in 7 visits from 2026-11-23/);
  await person.sees(/Beacon score 0\.97/);
  await person.presses('Acknowledge');
  await person.sees(/acknowledged 2026-/);
  await person.writes('What is known', 'till-3 is on the bench');
  await person.presses('Keep the note');
  await person.sees(/kept 2026-/);
  t.same(noted, ['till-3 is on the bench']);
}

async function manyIncidents(t: Test, { page, person, state }: Seen): Promise<void> {
  const seen = new Set<string>();
  const open = (index: number) => ({
    ...INCIDENT,
    id: `I${index}`,
    about: index % 2 === 0 ? 'Paper Crane' : '3CX',
    acknowledged: seen.has(`I${index}`) ? INCIDENT.last : null,
  });
  state.incidents = async ({ limit = 1000 }) => Array.from({ length: 60 }, (_, i) => open(i)).slice(0, limit);
  state.incident = async (id) => ({ ...DETAIL, incident: open(Number(id.slice(1))) });
  let room = 20;
  state.acknowledge = async (id) => {
    if (seen.size === room) throw new RouteError(503, 'NO_STORE', 'it cannot be stored, so nothing changed');
    seen.add(id);
    return open(Number(id.slice(1)));
  };
  await person.goes('#now');
  await person.sees(/1 to 10 of 50[\s\S]*Latest hits/, 'what else there is now stands near the top');
  await person.goes('#incidents');
  await person.writes('Machine or campaign', 'crane');
  await person.sees(/Acknowledge these 30/);
  t.notMatch(await person.text('main table'), /3CX/);
  await person.presses('Acknowledge these 30');
  await person.sees(/cannot be taken back/);
  t.same(await violations(page), []);
  t.equal(seen.size, 0, 'not at once');
  await person.presses('Acknowledge all 30');
  await person.sees(/It cannot be stored, so nothing changed/, 'what was not kept is said');
  await person.sees(/Acknowledge these 10/, 'and what is left');
  room = 29;
  await person.presses('Acknowledge these 10');
  await person.presses('Acknowledge all 10');
  await until('all but one', () => seen.size === room);
  t.notOk(
    [...seen].some((id) => Number(id.slice(1)) % 2 === 1),
    'those that were shown, and no other',
  );
  await person.sees(/It cannot be stored, so nothing changed/, 'of the last one too');
  room = 60;
  await person.writes('Machine or campaign', '3cx');
  await person.presses('Acknowledge these 31');
  await person.presses('Acknowledge all 31');
  await person.sees(/31 incidents are acknowledged\./);
  await person.writes('Machine or campaign', 'nobody');
  await person.sees(/None of these is like that\./);
}

const FOCUSED =
  "document.activeElement.getAttribute('aria-label') ?? (document.activeElement.labels?.[0] ?? document.activeElement).textContent.trim()";

async function focusStays(t: Test, { page, person, state }: Seen): Promise<void> {
  const focused = (): Promise<string> => page.value<string>(FOCUSED);
  const [acknowledging, reading, removing] = [held(), held(), held()];
  let acknowledged: string | null = null;
  state.incidents = async () => [{ ...INCIDENT, acknowledged }];
  state.acknowledge = async () => {
    await acknowledging.isHeld();
    acknowledged = INCIDENT.last;
    return { ...INCIDENT, acknowledged };
  };
  await person.goes('#incidents');
  await person.sees(/all of the last 30 days/);
  await person.presses('Acknowledge the incident of till-3');
  await acknowledging.begun;
  t.equal(await focused(), 'Acknowledge the incident of till-3');
  acknowledging.letGo();
  await until('the link before the button that went', async () => (await focused()) === '3CX');
  state.readReport = async (wanted) => {
    await reading.isHeld();
    return stateOf().readReport(wanted);
  };
  await person.goes('#report');
  await person.writes('Paste the report', 'evil[.]example');
  await person.presses('Read it');
  await reading.begun;
  await until('a button that waits', async () => (await focused()) === 'reading…');
  reading.letGo();
  await person.sees(/2 names would be blocked/);
  t.equal(await focused(), 'Read it');
  const { removeList, refreshLists } = stateOf();
  let refreshed = 0;
  state.removeList = async (...wanted) => {
    await removing.isHeld();
    return removeList(...wanted);
  };
  state.refreshLists = async (names) => {
    refreshed += 1;
    return refreshLists(names);
  };
  await person.goes(`#lists/${LIST.name}`);
  await person.presses('Remove');
  await removing.begun;
  await page.value(
    "[...document.querySelectorAll('main button')].find((one) => one.textContent === 'Refresh').click()",
  );
  removing.letGo();
  await person.sees(/What would change/);
  t.equal(refreshed, 0, 'what waits beside it cannot be pressed');
}

/** An answer that comes when the test says so. */
function held(): { begun: Promise<void>; letGo: () => void; isHeld: () => Promise<void> } {
  const [begins, ends] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const isHeld = (): Promise<void> => {
    begins.resolve();
    return ends.promise;
  };
  return { begun: begins.promise, letGo: ends.resolve, isHeld };
}

async function textIsSeen(t: Test, { person, state }: Seen): Promise<void> {
  state.incidents = async () => [{ ...INCIDENT, about: 'Crane \u202egpj\u200b' }];
  await person.goes('#check');
  await person.goes('#now');
  await person.sees(/Crane \\u\{202e\}gpj\\u\{200b\}/);
  t.notMatch(await person.text('main'), /[\u202e\u200b]/);
}

async function report(t: Test, { page, person, state }: Seen): Promise<void> {
  const asked: unknown[] = [];
  const { readReport, blockReport } = stateOf();
  state.readReport = async (wanted) => {
    asked.push({ text: wanted.text, take: wanted.take });
    return readReport(wanted);
  };
  state.blockReport = async (wanted, groups) => {
    asked.push({ name: wanted.name, take: wanted.take, groups });
    return blockReport(wanted, groups);
  };
  await person.goes('#report');
  await person.writes('Paste the report', 'evil[.]example');
  await person.presses('Read it');
  await person.sees(
    /2 names would be blocked[\s\S]*page 2[\s\S]*Doubtful: 2[\s\S]*<i>half[\s\S]*Left out: 4/,
  );
  await person.presses('Take cdn.example');
  await until('it to be read with that name', () => asked.length === 2);
  await person.presses('Block everywhere');
  await person.sees(/1 machine asked before[\s\S]*till-3[\s\S]*2026-/);
  t.match(
    await page.value('document.activeElement.textContent'),
    /^Blocked:/,
    'the focus is on what came of it',
  );
  t.same(asked, [
    { text: 'evil[.]example', take: [] },
    { text: 'evil[.]example', take: ['cdn.example'] },
    { name: 'report', take: ['cdn.example'], groups: null },
  ]);
}

async function changes(t: Test, { person, state }: Seen): Promise<void> {
  const byHand = { ...LIST, name: 'by-hand-allow', source: 'inline', byHand: true };
  state.lists = () => [byHand, ...stateOf().lists()];
  await person.goes('#lists');
  await person.sees(/What is allowed or blocked by hand stands under Now/);
  t.notMatch(await person.text('main table'), /by-hand/, 'it is no list that could be changed');
  await person.goes('#groups');
  await person.presses('Add a group');
  await person.sees(/3cx-2023/);
  t.notMatch(await person.text('fieldset'), /by-hand/, 'nor one that a group could have');
  const done: unknown[] = [];
  const { addList, changeSetting } = stateOf();
  state.addList = async (asked, change) => {
    done.push([asked.name, asked.source, asked.alert, change.base, change.dryRun]);
    return addList(asked, change);
  };
  state.changeSetting = async (asked) => {
    done.push([asked.path, asked.value, asked.base, asked.dryRun]);
    return { ...(await changeSetting(asked)), waitsForRestart: ['cache.entries'] };
  };
  await person.goes('#lists');
  await person.presses('Add a list');
  await person.writes('Name', 'feed');
  await person.writes('Address', 'https://lists.example/hosts');
  await person.presses('attackers');
  await person.presses('Show the change');
  await person.sees(/entries: 20000[\s\S]*entries: 30000/, 'the difference');
  t.equal(done.length, 1, 'nothing is done yet');
  await person.presses('Do it');
  await person.sees(/3cx-2023 is in force with 21 entries/);
  await person.goes('#settings');
  await person.sees(/entries: 20000 # <b>enough<\/b>[\s\S]*/);
  await person.presses('Change cache.entries');
  await person.writes('Value', '30000');
  await person.presses('Show the change');
  await person.presses('Do it');
  await person.sees(/cache\.entries is changed in the file, and takes effect at the next start/);
  t.same(done, [
    ['feed', 'https://lists.example/hosts', true, null, true],
    ['feed', 'https://lists.example/hosts', true, 'd2', false],
    [['cache', 'entries'], '30000', 'd1', true],
    [['cache', 'entries'], '30000', 'd1', false],
  ]);
  state.changeSetting = async (asked) => {
    if (asked.dryRun) return changeSetting(asked);
    throw new RouteError(409, 'EDIT_OVERTAKEN', 'the file is another now');
  };
  await person.presses('Show the change');
  await person.sees(/What would change/);
  await person.presses('Do it');
  await person.sees(/The file is another now/);
  t.notMatch(await person.text('main'), /What would change/, 'what was shown is of another text');
}

async function fleetAndAccess(t: Test, { page, person, state }: Seen): Promise<void> {
  await person.presses('Fleet');
  await person.sees(/Revision 12 .* is in force at 1 of 2 sites/);
  await person.sees(/site-7\s+cut off\s+11[\s\S]*Removed: site-3\./);
  await person.presses('Access');
  await person.writes('What for', 'grafana');
  await person.presses('Make a token');
  await person.sees(/shown this once: cenote_\S+/);
  await person.sees(/tokens \{"name":"grafana","role":"reader"\}[\s\S]*"name":"grafana"/, 'its row below');
  t.same(await violations(page), []);
  await person.presses('Revoke grafana');
  await person.sees(/There are no tokens\./);
  const done: unknown[] = [];
  const { addGroup, changeGroup, removeGroup } = stateOf();
  const noting =
    <Asked extends unknown[]>(make: (...asked: Asked) => Promise<ChangeView>) =>
    async (...asked: Asked): Promise<ChangeView> => {
      done.push(asked);
      return make(...asked);
    };
  Object.assign(state, {
    addGroup: noting(addGroup),
    changeGroup: noting(changeGroup),
    removeGroup: noting(removeGroup),
  });
  await person.goes('#machines');
  await person.presses('Addresses');
  await until('the order to be said', () =>
    page.value<boolean>(
      "document.querySelector('th[aria-sort=ascending]')?.textContent.startsWith('Addresses') && document.activeElement.textContent.startsWith('Addresses')",
    ),
  );
  await person.goes('#groups');
  await person.presses('Add a group');
  await person.writes('Name', 'kids');
  await person.writes('Clients', '192.0.2.0/28, kid*');
  // Its link stands below before the box is there.
  await person.presses('input[name=list][value="3cx-2023"]');
  await person.writes('Schedule', 'mon-fri 08:00-18:00');
  await person.presses('Show the change');
  await person.sees(/entries: 20000[\s\S]*entries: 30000/, 'the difference');
  t.same(await violations(page), []);
  await person.presses('Do it');
  await person.sees(/Group kids is in force/);
  await person.presses('Change');
  await person.writes('Upstreams', 'tls://dns.example, 192.0.2.53');
  await person.presses('Show the change');
  await person.presses('Do it');
  await person.sees(/Group \S+ is changed and in force/);
  await person.presses('Remove');
  await person.presses('Do it');
  await person.sees(/Group \S+ is out of the configuration/);
  const kids = {
    name: 'kids',
    clients: ['192.0.2.0/28', 'kid*'],
    lists: ['3cx-2023'],
    schedule: 'mon-fri 08:00-18:00',
    upstreams: null,
  };
  const ownServers = { name: 'default', upstreams: ['tls://dns.example', '192.0.2.53'] };
  const [looked, made] = [
    { base: null, dryRun: true },
    { base: 'd2', dryRun: false },
  ];
  t.same(done, [
    [kids, looked],
    [kids, made],
    [ownServers, looked],
    [ownServers, made],
    ['default', looked],
    ['default', made],
  ]);
}

async function tokens(t: Test, { page, person }: Seen): Promise<void> {
  await person.goes('#now');
  await person.sees(/Open incidents/);
  // As through a proxy: who comes so must sign in.
  await page.headers({ 'x-forwarded-for': '192.0.2.7' });
  await page.value('void location.reload()');
  await person.sees(/nobody is signed in[\s\S]*Token/);
  t.same(await violations(page), []);
  await person.writes('Token', 'wrong');
  await person.presses('Open');
  await until('the word', async () => /^The token is wrong/.test(await person.text('#door-said')));
  await person.writes('Token', TOKEN);
  await person.presses('Open');
  await person.sees(/healthy[\s\S]*Open incidents/);
  const kept = 'JSON.stringify([document.cookie, history.state, { ...sessionStorage }, { ...localStorage }])';
  t.notMatch(await page.value(kept), /ttt/, 'no script sees it');
  await sessionEnds(t, page, person);
  await person.goes('#machines');
  await person.writes('Name, address', 'half-typed');
  await person.goes('#now');
  await person.writes('Machine, name or list', 'half-typed');
  t.match(await page.value(kept), /half-typed/, 'for who comes back to it');
  await person.presses('Sign out');
  await person.sees(/nobody is signed in[\s\S]*Signed out\./);
  t.notMatch(await page.value(kept), /half-typed/);
  await page.value('history.back()');
  await until('the view before', () => page.value("location.hash === '#machines'"));
  t.notMatch(await page.value(kept), /half-typed/, 'nor at the step before');
  await person.goes('#now');
  t.equal(await page.value("document.querySelector('dialog, table') === null"), true, 'nothing stays shown');
  await otherTab(t, page, person);
  await page.headers({});
  await page.value('void location.reload()');
  await person.sees(/healthy/);
}

/** As another tab of the same browser tells it. */
async function otherTab(t: Test, page: Page, person: Person): Promise<void> {
  const send = (path: string, body: object): Promise<unknown> =>
    page.value(`void fetch('api/v1/${path}', { method: 'POST', body: ${JSON.stringify(JSON.stringify(body))}, headers: { 'content-type': 'application/json' } })
      .then(() => void new BroadcastChannel('cenote').postMessage('${path === 'sign-in' ? 'in' : 'out'}'))`);
  await send('sign-in', { token: TOKEN });
  await person.sees(/healthy[\s\S]*Open incidents/, 'it is open here too');
  await person.writes('Machine, name or list', 'half-typed');
  await page.value("void ((window.isBefore = true), (document.documentElement.dataset.user = 'another'))");
  await send('sign-in', { token: TOKEN }).catch(whileItLoads);
  await until('the page anew', () =>
    page.value<boolean>('window.isBefore === undefined').catch(whileItLoads),
  );
  await person.sees(/healthy[\s\S]*Open incidents/);
  t.equal(await page.value("document.getElementById('hits-filter').value"), '', 'of whoever was here before');
  await send('sign-out', {});
  await person.sees(/nobody is signed in[\s\S]*Signed out in another tab\./);
  t.equal(await page.value("document.querySelector('dialog, table') === null"), true, 'nothing stays shown');
}

/** What the page before was asked while another took its place has no answer. */
function whileItLoads(error: unknown): boolean {
  if (/target navigated/.test(String(error))) return false;
  throw error;
}

/** Elsewhere, or by its age, while somebody writes. */
async function sessionEnds(t: Test, page: Page, person: Person): Promise<void> {
  await person.presses('Block a name');
  await person.writes('Name, with all below it', 'evil.example');
  await person.writes('Why', 'seen in the morning');
  await page.value(
    "fetch('api/v1/sign-out', { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } })",
  );
  await person.presses('Block');
  await person.sees(/The sign-in is over\. What was being written is kept\./);
  t.same(await violations(page), []);
  t.equal(
    await page.value(
      "document.elementFromPoint(innerWidth / 2, innerHeight / 2)?.closest('dialog')?.className",
    ),
    'door',
    'nothing of what was shown can be used',
  );
  await page.press('Escape');
  await page.value(`(() => {
    const field = document.querySelector('dialog.door [name=token]');
    field.value = ${JSON.stringify(TOKEN)};
    field.form.requestSubmit();
  })()`);
  await until('the door to be gone', () => page.value("document.querySelector('dialog.door') === null"));
  await person.sees(/This was not done: the sign-in was over\. Try again\./);
  await until('the focus back', () => page.value("document.activeElement?.closest('dialog') !== null"));
  await person.presses('Block');
  await person.sees(/evil\.example is blocked for everybody/);
}

async function slowly(t: Test, { page, person }: Seen): Promise<void> {
  await page.slow(700);
  await person.goes('#machines');
  await person.goes('#groups');
  await person.goes('#log');
  await person.sees(/Queries[\s\S]*=cmd\.example/, 'the view that was asked for last');
  t.notMatch(await person.text('main'), /Clients[\s\S]*Schedule/, 'and nothing of the others');
  await page.slow(0);
}

async function gone(t: Test, { page, person, server, state }: Seen): Promise<void> {
  await person.goes('#now');
  await person.sees(/healthy[\s\S]*Latest hits/);
  const asked = Promise.withResolvers<void>();
  state.hits = () => {
    asked.resolve();
    return new Promise(() => undefined);
  };
  await asked.promise;
  await server.close();
  await person.sees(/cenote does not answer since \d\d:\d\d:\d\d/);
  t.notMatch(await person.text('header'), /healthy|queries\/s/);
  t.match(await person.text('header'), /what is shown is of before/);
  t.equal(await page.value("document.querySelector('main.old') !== null"), true, 'what is below looks old');
  t.equal(
    await page.value("[...document.querySelectorAll('main .said')].map((one) => one.textContent).join('')"),
    '',
    'it is said once, above, and goes with its end',
  );
  t.same(await violations(page), []);
}
