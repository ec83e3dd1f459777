// The page under a person's hands: what they hold stays through refreshes, and what went wrong is said where it belongs.
import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { OverrideView } from '../../src/admin/overrides/routes.ts';
import { RouteError } from '../../src/admin/route.ts';
import { openAdmin } from '../../src/admin/server.ts';
import type { AdminState } from '../../src/admin/state.ts';
import { CodedError } from '../../src/config/coded-error.ts';
import type { Hit } from '../../src/hits/hit.ts';
import { HEALTHY, HIT, INCIDENT, LOG_ANSWERS, OVERRIDE, STATUS, stateOf } from '../support/admin-state.ts';
import { openPage, type Page } from '../support/browser.ts';
import { daemonFolder } from '../support/daemon-folder.ts';
import { missingTool, until } from '../support/tool.ts';

const skip = missingTool('chromium');
const LOG_ROW = LOG_ANSWERS.rows.rows[0]!;
const TOKEN = 't'.repeat(43);
const ADS: readonly Hit[] = Array.from({ length: 1000 }, (_, index) => ({
  ...HIT,
  id: `ad-${String(index).padStart(4, '0')}`,
  time: '2026-11-23T10:00:00.000Z',
  list: 'ads',
  rule: 'ads.example',
  indicator: null,
  question: { ...HIT.question, name: `ads${index}.example` },
}));
const MATCHED: Hit = {
  ...HIT,
  matches: [{ list: HIT.list, rule: HIT.rule, indicator: null, mode: 'enforce' }],
};

/** A page of a server in this process, whose state the test may change under it. */
async function seen(t: Test, change: Partial<AdminState>) {
  const state: { -readonly [Key in keyof AdminState]: AdminState[Key] } = stateOf(change);
  const server = await openAdmin({
    address: { host: '127.0.0.1', port: 0 },
    state,
    token: TOKEN,
    metricsEnabled: () => true,
    report: () => undefined,
  });
  const page = await openPage(`http://${server.bound}/`, join(daemonFolder(), 'browser'));
  t.teardown(async () => {
    await page.close();
    await server.close();
  });
  // Until the document is there, there is nothing to evaluate in.
  await until('the page to show a state', () =>
    page.value<boolean>("document.getElementById('house')?.hidden === false").catch(() => false),
  );
  return { page, server, state };
}

const text = (page: Page, selector: string): Promise<string> =>
  page.value(`document.querySelector(${JSON.stringify(selector)}).innerText`);
/** What the page does when its tab is looked at again. */
const look = (page: Page): Promise<void> =>
  page.value("void document.dispatchEvent(new Event('visibilitychange'))");

t.test(
  'focus, selected text and the rows stay through refreshes, also when rows come',
  { skip },
  async (t) => {
    let asked = 0;
    const { page, state } = await seen(t, {
      status: () => {
        asked += 1;
        return { ...STATUS, uptimeSeconds: asked };
      },
      hits: async () => [MATCHED],
    });
    await page.value(`
    const button = document.querySelector('#incidents tbody button');
    button.focus();
    const name = document.querySelector('#hits td.name div');
    getSelection().selectAllChildren(name);
    window.held = [button, name];
  `);
    const holds = 'document.activeElement === held[0] && held[1].isConnected && getSelection().toString()';
    t.equal(await page.value(holds), 'www.akamaicontainer.com A');
    const refreshed = async (): Promise<void> => {
      const before = await text(page, '#state');
      await look(page);
      await until('a refresh', async () => (await text(page, '#state')) !== before);
    };
    await refreshed();
    await refreshed();
    t.equal(await page.value(holds), 'www.akamaicontainer.com A', 'through two refreshes');
    state.incidents = async () => [
      { ...INCIDENT, id: 'NEWER', campaign: 'Newer' },
      { ...INCIDENT, hits: 8 },
    ];
    state.hits = async () => [{ ...MATCHED, id: 'newer', time: '2026-11-23T11:00:00.000Z' }, MATCHED];
    await refreshed();
    await until('both rows', () => page.value("document.querySelectorAll('#hits tbody tr').length === 2"));
    t.equal(await page.value(holds), 'www.akamaicontainer.com A', 'and where rows came above');
    t.match(await text(page, `#incidents tr[data-key="${INCIDENT.id}"]`), /\b8\b/, 'what changed is shown');
  },
);

t.test('a daemon that does not answer is said in red, and nothing stays healthy', { skip }, async (t) => {
  const { page, server } = await seen(t, {});
  t.match(await text(page, '#state'), /^healthy/);
  await server.close();
  await look(page);
  await until('the header to say so', async () => /does not answer/.test(await text(page, '#state')));
  t.match(await text(page, '#state'), /^cenote does not answer since \d\d:\d\d:\d\d/);
  t.notMatch(await text(page, '#state'), /healthy/);
  t.equal(await page.value("document.querySelector('#state .bad') !== null"), true);
});

t.test('an error stands beside its form until the next try', { skip }, async (t) => {
  let asked = 0;
  const { page } = await seen(t, {
    status: () => {
      asked += 1;
      return { ...STATUS, uptimeSeconds: asked };
    },
    decide: () => {
      throw new CodedError('BAD_NAME', 'not a domain name: "a..b"');
    },
    pause: async () => {
      throw new RouteError(400, 'BAD_GROUP', 'there is no such group');
    },
  });
  await page.value(
    "document.getElementById('ask-name').value = 'a..b'; document.getElementById('ask').requestSubmit()",
  );
  await until('the error', async () => (await text(page, '#ask .said')) !== '');
  t.match(await text(page, '#ask .said'), /^Not a domain name: "a\.\.b"/);
  await page.value("document.getElementById('pausing').requestSubmit()");
  await until('the other error', async () => (await text(page, '#pausing .said')) !== '');
  const before = await text(page, '#state');
  await look(page);
  await until('a refresh', async () => (await text(page, '#state')) !== before);
  t.match(await text(page, '#ask .said'), /^Not a domain name/, 'a refresh leaves it there');
  t.equal(await text(page, '#pausing .said'), 'There is no such group');
});

t.test('a wrong token is called wrong, and the right one opens', { skip }, async (t) => {
  const { page } = await seen(t, {});
  await page.value(
    "sessionStorage.setItem('token', 'old'); void document.dispatchEvent(new Event('visibilitychange'))",
  );
  await until('the door', () => page.value("!document.getElementById('door').hidden"));
  t.equal(await text(page, '#door h2'), 'Sign in');
  for (const wrong of ['wrong', 'pässword', '€']) {
    await page.value("document.getElementById('door-said').textContent = ''");
    await page.value(
      `document.getElementById('token').value = '${wrong}'; document.getElementById('door').requestSubmit()`,
    );
    await until('the word', async () => (await text(page, '#door-said')) === 'The token is wrong.');
  }
  await page.value(
    `document.getElementById('token').value = '${TOKEN}'; document.getElementById('door').requestSubmit()`,
  );
  await until('the house', () => page.value("!document.getElementById('house').hidden"));
  t.equal(await text(page, '#door-said'), '');
});

t.test(
  'ads hide no attacker: hits on lists that alert come first, all on demand, and a filter narrows',
  { skip },
  async (t) => {
    const { page } = await seen(t, {
      hits: async ({ list, limit = 1000 }) =>
        [...ADS, MATCHED].filter((hit) => list === undefined || hit.list === list).slice(0, limit),
    });
    const shown = (): Promise<string[]> =>
      page.value("[...document.querySelectorAll('#hits tbody tr')].map((row) => row.dataset.key)");
    t.same(await shown(), [HIT.id], 'the one hit of 1,001 that matters');
    await page.value("document.getElementById('hits-all').click()");
    await until('all of them', async () => (await shown()).length === 100);
    await page.value(
      "document.getElementById('hits-filter').value = 'ADS42.'; void document.getElementById('hits-filter').dispatchEvent(new Event('input'))",
    );
    t.same(await shown(), ['ad-0042']);
  },
);

t.test(
  'on a narrow screen nothing is off it, every header has a word, every table can be scrolled by keys',
  { skip },
  async (t) => {
    const { page } = await seen(t, {
      hits: async () => [
        { ...MATCHED, question: { ...HIT.question, name: `${'a'.repeat(63)}.${'b'.repeat(63)}.example` } },
      ],
      incidents: async () => [
        { ...INCIDENT, state: 'closed', end: 'silent', outcomes: { data: 3, blocked: 4 } },
      ],
      status: () => ({
        ...STATUS,
        health: {
          ...HEALTHY,
          revision: 7,
          refused: { kind: 'configuration', since: HIT.time, reason: 'unknown key <b>`lsiten`</b>' },
          problems: [
            { id: 'list:ads', since: HIT.time, what: 'list ads is stale', remedy: 'look at its source' },
          ],
        },
      }),
    });
    await page.resize(390, 800);
    const off = `[...document.querySelectorAll('td, button, input')].filter((one) => one.getClientRects().length > 0)
    .filter((one) => one.getBoundingClientRect().right > innerWidth + 0.5).map((one) => one.outerHTML)`;
    t.same(await page.value(off), []);
    t.equal(await page.value('document.documentElement.scrollWidth <= innerWidth'), true);
    t.ok(
      (await page.value<number>("document.getElementById('pausing').getBoundingClientRect().top")) < 800,
      'pause is near the top',
    );
    t.same(
      await page.value(
        "[...document.querySelectorAll('th')].filter((head) => head.textContent.trim() === '').length",
      ),
      0,
    );
    t.equal(
      await page.value(
        "[...document.querySelectorAll('.scroll')].every((one) => one.tabIndex === 0 && document.getElementById(one.getAttribute('aria-labelledby')) !== null)",
      ),
      true,
    );
    t.match(await text(page, '#state'), /needs attention · 2 problems/);
    t.match(
      await text(page, '#problem-list'),
      /Refused \(configuration\): unknown key <b>`lsiten`<\/b>.*\n?.*list ads is stale look at its source/s,
    );
    t.match(await text(page, '#revision'), /^Revision 7, in force since 2026-/);
    t.equal(await page.value("document.querySelector('#incidents .bad:not(td)') !== null"), true);
    t.match(await text(page, '#incidents tbody'), /3 answered, 4 blocked/);
    t.match(await text(page, '#incidents tbody'), /closed: asked no more/);
  },
);

t.test(
  'the log of queries: attackers write no markup, rows stay, a name is allowed or blocked from there and taken back',
  { skip },
  async (t) => {
    const wanted: unknown[] = [];
    let overrides: OverrideView[] = [];
    const evil = '<img\\032src=x\\032onerror=alert\\(1\\)>.example';
    const rows = [
      {
        ...LOG_ROW,
        name: evil,
        outcome: 'blocked',
        result: 'blocked',
        list: 'ads',
        from: 'list',
        rule: evil,
      },
      { ...LOG_ROW, name: 'cdn.example' },
    ];
    let newer: (typeof rows)[number][] = [];
    const { page } = await seen(t, {
      askLog: async (question) => {
        if (question.what !== 'rows') return LOG_ANSWERS[question.what] as never;
        wanted.push(question.filter.name);
        return { ...LOG_ANSWERS.rows, rows: [...newer, ...rows], next: { timeMs: 5, given: 1 } } as never;
      },
      overrides: () => overrides,
      override: async (asked) => {
        wanted.push(asked);
        const made: OverrideView = { ...OVERRIDE, ...asked, id: 'k1', until: null };
        overrides = [made];
        return made;
      },
      removeOverride: async () => {
        const [gone] = overrides;
        overrides = [];
        return gone ?? null;
      },
    });
    await until('rows of the log', () =>
      page.value<boolean>("document.querySelectorAll('#log tbody tr').length === 2"),
    );
    t.equal(await page.value("document.querySelectorAll('#log img').length"), 0);
    t.match(await text(page, '#log tbody tr'), /onerror/);
    t.match(await page.value("document.getElementById('chart').getAttribute('aria-label')"), /1 blocked/);
    await page.value("void (window.kept = document.querySelector('#log tbody tr'))");
    newer = [{ ...LOG_ROW, name: 'newer.example', time: '2026-11-23T09:00:05.000Z' }];
    await look(page);
    await until('a row that came', () =>
      page.value<boolean>("document.querySelectorAll('#log tbody tr').length === 3"),
    );
    t.ok(
      await page.value<boolean>("window.kept === document.querySelectorAll('#log tbody tr')[1]"),
      'the row stays',
    );

    await page.value(
      "void document.querySelectorAll('#log tbody tr')[1].querySelector('td:last-child button').click()",
    );
    await until('the override', () =>
      page.value<boolean>("document.querySelectorAll('#overrides tbody tr').length === 1"),
    );
    t.match(
      wanted.find((one) => typeof one === 'object' && one !== null),
      {
        action: 'allow',
        name: evil,
        forMs: 300_000,
        client: 'm-0123456789',
      },
    );
    await page.value("void document.querySelector('#overrides button').click()");
    await until('it to be taken back', () =>
      page.value<boolean>("document.getElementById('overrides-empty').hidden === false"),
    );

    await page.value(
      "void (document.getElementById('log-name').value = 'cdn', document.querySelector('#log-filter button').click())",
    );
    await until('the filter to be asked', async () => wanted.includes('cdn'));
    await page.value("void document.getElementById('log-older').click()");
    await until('older rows', () =>
      page.value<boolean>("document.querySelectorAll('#log tbody tr').length > 3"),
    );
  },
);
