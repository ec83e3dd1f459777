// The page: asks the admin interface and shows what it says. Every text is set as text, never as markup: attackers write the
// query names. Runs in the browser as it is; the token of another machine stays in this tab.
const REFRESH_MS = 5000;
const at = (id) => document.getElementById(id);
const refused = Symbol('refused');
const silent = Symbol('silent');

async function ask(path, body) {
  const headers = {};
  const token = sessionStorage.getItem('token');
  if (token !== null) headers.authorization = `Bearer ${token}`;
  if (body !== undefined) headers['content-type'] = 'application/json';
  const options = body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) };
  const response = await fetch(`api/v1/${path}`, options).catch(() => {
    throw silent;
  });
  if (response.status === 401) throw refused;
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error?.message ?? `status ${response.status}`);
  return answer;
}

/** @param content text, a node, or a list of both */
function element(tag, content = '', className = '') {
  const made = document.createElement(tag);
  made.append(...[content].flat());
  if (className !== '') made.className = className;
  return made;
}

const shown = new Map();

/** @param of what the rows are made of: while it stays the same, so do they, with focus and selection in them */
function rows(id, lines, of) {
  const text = JSON.stringify(of);
  if (shown.get(id) === text) return;
  shown.set(id, text);
  const body = at(id).tBodies[0];
  body.replaceChildren(...lines.map((cells) => element('tr', cells)));
  at(id).hidden = lines.length === 0;
  const empty = at(`${id}-empty`);
  if (empty !== null) empty.hidden = lines.length > 0;
}

const cell = (content, className) => element('td', content, className);
const number = (value) => cell(Number(value).toLocaleString(), 'n');
// Swedish writes a moment as ISO 8601 does, in local time: it sorts, and no reader takes days for months.
const time = (iso) => (iso === null ? '–' : new Date(iso).toLocaleString('sv'));
const moment = (iso) => cell(time(iso), 'time');
const nameOf = ({ ip, name }) => (name === null ? ip : `${ip} (${name})`);

function pressable(text, act) {
  const button = element('button', text, 'link');
  button.type = 'button';
  button.addEventListener('click', () => attempt(act));
  return button;
}

function showState({ health, uptimeSeconds, counters, rules, paused }) {
  const state = at('state');
  const known = { healthy: ['healthy', 'good'], ill: ['not healthy', 'bad'], look: ['needs attention', 'warn'] };
  const [word, color] = !health.healthy ? known.ill : health.problems.length > 0 ? known.look : known.healthy;
  const queries = ['Udp', 'Tcp', 'Tls', 'Https'].reduce((sum, by) => sum + (counters[`queries${by}`] ?? 0), 0);
  const facts = [
    `${rules.names.toLocaleString()} names`,
    `${queries.toLocaleString()} queries`,
    `${(counters.hits ?? 0).toLocaleString()} hits`,
    `up ${Math.floor(uptimeSeconds / 3600)} h ${Math.floor((uptimeSeconds % 3600) / 60)} min`,
    ...health.problems.map(({ what }) => what),
  ];
  state.replaceChildren(element('strong', word, color), ` · ${facts.join(' · ')}`);
  const until = (pause) => (pause.until === null ? 'until resumed' : `until ${time(pause.until)}`);
  at('pause').textContent = paused.map((pause) => `${pause.group} blocks nothing ${until(pause)}`).join(' · ');
  at('pause').className = 'warn';
}

function incidentRow(incident) {
  const { id, client, campaign, list, hits, first, last, state, severity, retrospective, acknowledged } = incident;
  const grade = { high: 'bad', medium: 'warn', low: '' }[severity] ?? '';
  const seen = acknowledged === null ? pressable('Acknowledge', () => acknowledge(id)) : `seen ${time(acknowledged)}`;
  return [
    cell(pressable(nameOf(client), () => showMachine(client.ip))),
    cell([element('span', severity, grade), ` ${campaign ?? list}${retrospective ? ' (before it was listed)' : ''}`]),
    number(hits), moment(first), moment(last), cell(state), cell(seen),
  ];
}

async function acknowledge(id) {
  await ask(`incidents/${encodeURIComponent(id)}/acknowledge`, {});
  await refresh();
}

const hitRow = ({ time: when, count, client, question, via, verdict, list, rule }) => [
  moment(when), number(count), cell(pressable(nameOf(client), () => showMachine(client.ip))),
  cell(`${question.name} ${question.type}${via === null ? '' : ` (by ${via})`}`, 'name'), cell(verdict), cell(list), cell(rule, 'name'),
];

async function showMachine(ip) {
  const { client } = await ask(`clients/${encodeURIComponent(ip)}`);
  at('machine-name').textContent = `${nameOf(client)}${client.mac === null ? '' : `, ${client.mac}`}`;
  rows('timeline', client.history.map(({ name, count, first, last, blocked, outcome }) => [
    cell(name, 'name'), number(count), moment(first), moment(last), cell(outcome === 'data' ? 'yes' : `no: ${outcome}`, blocked ? 'bad' : ''),
  ]), client);
  at('machine').hidden = false;
  at('machine').scrollIntoView();
}

function showDecision({ verdict, own, client, list, rule, lines, answer, entries, paused, outsideSchedule, indicator }) {
  const facts = {
    verdict: own !== null ? `answered here (${own.setting}), not forwarded` : verdict === 'pass' ? 'allowed: not on any list of this group' : verdict,
    'asked by': `${nameOf(client)}, group ${client.group ?? 'none'}${paused ? ', which is paused' : ''}${outsideSchedule ? ', whose lists are not in force at this hour' : ''}`,
    ...(list === null ? {} : { list, rule }),
    ...(indicator === null ? {} : { report: [indicator.campaign, indicator.source].filter(Boolean).join(', ') }),
    ...(answer.length === 0 ? {} : { answer: answer.join(', ') }),
    ...Object.fromEntries(lines.map((line) => [`${line.list}:${line.line}`, line.text])),
    ...Object.fromEntries(entries.filter((entry) => !entry.used).map((entry) => [`also on ${entry.list}`, `${entry.rule}, which this group does not use`])),
  };
  at('decision').replaceChildren(...Object.entries(facts).flatMap(([word, said]) => [element('dt', word), element('dd', said)]));
  at('decision').hidden = false;
}

const LIST_STATES = { new: 'new, never tried', fetching: 'being fetched for the first time', empty: 'empty by its owner' };

async function refresh() {
  const [status, { incidents }, { hits }, { lists }] = await Promise.all([
    ask('status'), ask('incidents?limit=200'), ask('hits?limit=100'), ask('lists'),
  ]);
  showState(status);
  rows('incidents', incidents.map(incidentRow), incidents);
  rows('hits', hits.map(hitRow), hits);
  rows('lists', lists.map(({ name, entries, action, mode, format, lastGood, inForce, skipped, state, since, why }) => [
    cell(name), number(entries), cell(mode === 'monitor' ? `${action} (monitor)` : action), cell(format ?? '–'), moment(lastGood),
    cell(why === null ? `${LIST_STATES[state] ?? state}${skipped > 0 ? `, ${skipped} lines left out` : ''}`
      : `${state}${since === null ? '' : ` since ${since.slice(0, 16).replace('T', ' ')} UTC`}: ${why}; ${inForce ? 'an older text is in force' : 'nothing of it is in force'}`,
    why === null ? 'good' : 'bad'),
  ]), lists);
  rows('upstreams', status.upstreams.map(({ name, transport, fallback, healthy, rttMs, queries, failures }) => [
    cell(`${name} (${transport}${fallback ? ', fallback' : ''})`), cell(healthy ? (queries === 0 ? 'not asked yet' : 'answers') : 'does not answer', healthy ? 'good' : 'bad'),
    cell(rttMs === null ? '–' : `${rttMs.toFixed(1)} ms`, 'n'), number(queries), number(failures),
  ]), status.upstreams);
  at('door').hidden = true;
  at('house').hidden = false;
}

let silentSince = null;

/** Does it; says what went wrong; asks for the token where one is needed. */
async function attempt(act) {
  try {
    await act();
    silentSince = null;
    at('trouble').textContent = '';
  } catch (error) {
    if (error === refused) {
      at('house').hidden = true;
      at('door').hidden = false;
      at('state').textContent = 'a token is needed';
    } else if (error === silent) {
      // No answer at all: nothing that was shown before may still be believed.
      silentSince ??= new Date();
      const since = silentSince.toLocaleTimeString('sv');
      at('state').replaceChildren(element('strong', `cenote does not answer since ${since}`, 'bad'));
    } else at('trouble').textContent = `${error.message[0].toUpperCase()}${error.message.slice(1)}`;
  }
}

function onSubmit(id, act) {
  at(id).addEventListener('submit', (event) => {
    event.preventDefault();
    attempt(act);
  });
}

onSubmit('door', async () => {
  sessionStorage.setItem('token', at('token').value.trim());
  await refresh();
});
onSubmit('ask', async () => {
  const asked = { name: at('ask-name').value.trim(), type: at('ask-type').value.trim(), client: at('ask-client').value.trim() };
  showDecision(await ask(`query?${new URLSearchParams(asked)}`));
});
onSubmit('pausing', async () => {
  const duration = at('pause-for').value.trim();
  await ask('pause', duration === '' ? {} : { for: duration });
  await refresh();
});
at('resume').addEventListener('click', () => attempt(async () => {
  await ask('resume', {});
  await refresh();
}));
at('machine-close').addEventListener('click', () => { at('machine').hidden = true; });

async function loop() {
  if (!document.hidden && at('door').hidden) await attempt(refresh);
  setTimeout(loop, REFRESH_MS);
}
loop();
