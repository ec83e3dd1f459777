// The page: asks the admin interface and shows what it says. Runs in the browser as it is.
import { ask, kept } from './ask.js';
import { isWanted, latestHits } from './latest.js';
import { decisionFacts, hitLine, incidentLine, listLine, timelineLine, upstreamLine } from './lines.js';
import { againRows, refreshLog, refreshOverrides, showOlder } from './log.js';
import { element, onPress, rows } from './table.js';
import {
  clock,
  duration,
  hits as hitsText,
  nameOf,
  names,
  problems as problemsText,
  queries,
  time,
  zone,
} from './words.js';

const REFRESH_MS = 5000;
const at = (id) => document.getElementById(id);

/** Writes only what is new, so that selected text stays. */
function write(id, parts) {
  const said = JSON.stringify(parts);
  if (at(id).dataset.said === said) return;
  at(id).dataset.said = said;
  at(id).replaceChildren(...parts.map(([text, className]) => element('span', text, className)));
}

function showState({ health, uptimeSeconds, counters, rules, paused }) {
  const known = {
    healthy: ['healthy', 'good'],
    ill: ['not healthy', 'bad'],
    look: ['needs attention', 'warn'],
  };
  const concerns = health.problems.length + (health.refused === null ? 0 : 1);
  const [state, color] = !health.healthy
    ? known.ill
    : concerns > 0 || !health.ready
      ? known.look
      : known.healthy;
  const asked = ['Udp', 'Tcp', 'Tls', 'Https'].reduce((sum, by) => sum + (counters[`queries${by}`] ?? 0), 0);
  const facts = [
    ...(concerns > 0 ? [problemsText(concerns)] : []),
    ...(health.ready ? [] : ['not by the rules that should be in force']),
    names(rules.names),
    queries(asked),
    hitsText(counters.hits ?? 0),
    `up ${duration(uptimeSeconds)}`,
  ];
  write('state', [
    [state, `strong ${color}`],
    [` · ${facts.join(' · ')}`, ''],
  ]);
  write('revision', [
    [`Revision ${health.revision}, in force since ${time(health.since)} · times are of ${zone()}`, ''],
  ]);
  const until = (pause) => (pause.until === null ? 'until resumed' : `until ${time(pause.until)}`);
  write(
    'pause',
    paused.map((pause, index) => [
      `${index > 0 ? ' · ' : ''}${pause.group} blocks nothing ${until(pause)}`,
      'warn',
    ]),
  );
  showProblems(health);
}

function showProblems({ problems, refused }) {
  const lines = [
    ...(refused === null
      ? []
      : [
          [
            `Refused (${refused.kind}): ${refused.reason}`,
            'What was in force before it stays in force.',
            refused.since,
          ],
        ]),
    ...problems.map(({ what, remedy, since }) => [what, remedy, since]),
  ];
  at('problems').hidden = lines.length === 0;
  const said = JSON.stringify(lines);
  if (at('problem-list').dataset.said === said) return;
  at('problem-list').dataset.said = said;
  at('problem-list').replaceChildren(
    ...lines.map(([what, remedy, since]) =>
      element('li', [
        element('strong', what),
        element('span', ` ${remedy}`),
        element('span', ` (since ${time(since)})`, 'dim'),
      ]),
    ),
  );
}

const acts = {
  acknowledge: async (id) => {
    await ask(`incidents/${encodeURIComponent(id)}/acknowledge`, {});
    await refresh();
  },
  machine: async (who) => {
    const { client } = await ask(`clients/${encodeURIComponent(who)}`);
    at('machine-name').textContent = `${nameOf(client)}${client.mac === null ? '' : `, ${client.mac}`}`;
    at('timeline-cut').hidden = !client.isHistoryCut;
    rows('timeline', client.history.map(timelineLine));
    at('machine').hidden = false;
    at('machine').querySelector('h2').focus();
  },
};

/** What a row of the log can do. */
const logActs = {
  machine: acts.machine,
  done: async () => {
    await Promise.all([refreshLog(logActs, true), refreshOverrides(logActs.done)]);
  },
};

let newest = { hits: [], incidents: [] };

function showHits() {
  const [all, filter] = [at('hits-all').checked, at('hits-filter').value];
  const wanted = newest.hits.filter((hit) => isWanted(hit, { all, filter, incidents: newest.incidents }));
  const which = all ? 'hits' : 'hits on lists with alert: true';
  at('hits-empty').textContent =
    `Among the newest hits of the last 7 days there are no ${which}${filter.trim() === '' ? '' : ' that match the filter'}.`;
  rows(
    'hits',
    wanted.slice(0, 100).map((hit) => hitLine(hit, acts)),
  );
}

let asked = 0;

async function refresh() {
  asked += 1;
  const mine = asked;
  try {
    const [status, { incidents }, { lists }] = await Promise.all([
      ask('status'),
      ask('incidents?limit=200'),
      ask('lists'),
    ]);
    const hits = await latestHits(incidents, {
      all: at('hits-all').checked,
      filter: at('hits-filter').value,
    });
    if (mine !== asked) return; // a later one is under way or has shown its answer
    silentSince = null;
    newest = { hits, incidents };
    showState(status);
    rows(
      'incidents',
      incidents.map((incident) => incidentLine(incident, acts)),
    );
    showHits();
    await Promise.all([refreshLog(logActs), refreshOverrides(logActs.done)]);
    rows('lists', lists.map(listLine));
    rows('upstreams', status.upstreams.map(upstreamLine));
    at('door').hidden = true;
    at('house').hidden = false;
  } catch (error) {
    if (mine === asked) showFailure(error);
  }
}

let silentSince = null;

/** The header says that what stands below it is old: nothing that was shown before may still be believed. */
function showFailure(error) {
  if (error.kind === 'token') {
    kept.forget();
    at('house').hidden = true;
    write('state', [['a token is needed', 'strong warn']]);
    write('revision', []);
    write('pause', []);
    if (error.message !== '') at('door-said').textContent = error.message;
    if (at('door').hidden) {
      at('door').hidden = false;
      at('token').focus();
    }
    return;
  }
  silentSince ??= new Date();
  const what = error.kind === 'said' ? 'answers with an error' : 'does not answer';
  const why = error.kind === 'silent' ? '' : `: ${error.message}`;
  write('state', [
    [`cenote ${what} since ${clock(silentSince)}`, 'strong bad'],
    [`${why}${at('house').hidden ? '' : ' · what is shown is of before'}`, ''],
  ]);
}

/** Does it; what went wrong stands where it was asked for, until the next try. */
async function attempt(place, act) {
  const said = place.querySelector('.said');
  said.textContent = '';
  try {
    await act();
  } catch (error) {
    if (error.kind !== 'said') showFailure(error);
    said.textContent = error.message;
  }
}

function onSubmit(id, act) {
  at(id).addEventListener('submit', (event) => {
    event.preventDefault();
    attempt(at(id), act);
  });
}

onPress(attempt);
onSubmit('door', async () => {
  kept.keep(at('token').value.trim());
  await refresh();
});
onSubmit('ask', async () => {
  at('decision').hidden = true;
  const question = {
    name: at('ask-name').value.trim(),
    type: at('ask-type').value.trim(),
    client: at('ask-client').value.trim(),
  };
  const facts = decisionFacts(await ask(`query?${new URLSearchParams(question)}`));
  at('decision').replaceChildren(
    ...facts.flatMap(([name, said]) => [element('dt', name), element('dd', said)]),
  );
  at('decision').hidden = false;
});
onSubmit('pausing', async () => {
  const wanted = at('pause-for').value.trim();
  await ask('pause', wanted === '' ? {} : { for: wanted });
  await refresh();
});
onSubmit('log-filter', () => refreshLog(logActs, true));
for (const id of ['log-whom', 'log-for']) at(id).addEventListener('change', () => againRows(logActs));
at('log-live').addEventListener('change', () =>
  attempt(at('log-filter'), async () => {
    if (at('log-live').checked) await refreshLog(logActs, true);
  }),
);
at('log-older').addEventListener('click', () => attempt(at('log-filter'), () => showOlder(logActs)));
at('resume').addEventListener('click', () =>
  attempt(at('pausing'), async () => {
    await ask('resume', {});
    await refresh();
  }),
);
at('hits-filter').addEventListener('input', showHits);
for (const [id, event] of [
  ['hits-filter', 'change'],
  ['hits-all', 'change'],
])
  at(id).addEventListener(event, refresh);
at('choose').addEventListener('submit', (event) => event.preventDefault());
at('machine-close').addEventListener('click', () => {
  at('machine').hidden = true;
});

const refreshIfSeen = async () => {
  if (!document.hidden && at('door').hidden) await refresh();
};
document.addEventListener('visibilitychange', refreshIfSeen);

async function loop() {
  await refreshIfSeen();
  setTimeout(loop, REFRESH_MS);
}
loop();
