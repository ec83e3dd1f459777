// What stands in each row: a key that stays while the thing does, and its cells.
import { cell, press, word } from './table.js';
import { ENDS, LIST_STATES, linesLeftOut, nameOf, OUTCOMES, PAST_OUTCOMES, time } from './words.js';

const number = (value) => cell(Number(value).toLocaleString(), 'n');
const moment = (iso) => cell(time(iso), 'time');
const outcome = (name) => OUTCOMES[name] ?? name;

/** The id stays when the address changes; an older release stored none. */
const machineButton = ({ client, machine }, { machine: show }) =>
  press(nameOf(client), () => show(machine || client.ip));

/** What it got; an answer with data is what the attacker wants. */
const gotParts = (outcomes) =>
  Object.entries(outcomes).flatMap(([name, count], index) => [
    ...(index > 0 ? [', '] : []),
    word(`${Number(count).toLocaleString()} ${outcome(name)}`, name === 'data' ? 'bad' : ''),
  ]);

/** What came of those that were asked before they were listed. */
const pastParts = (past, isMore) => {
  if (past === null) return [];
  const classes = Object.keys(PAST_OUTCOMES).filter((name) => past[name] > 0);
  return [
    isMore ? '; before it was listed: ' : 'before it was listed: ',
    ...classes.flatMap((name, index) => [
      ...(index > 0 ? [', '] : []),
      word(`${Number(past[name]).toLocaleString()} ${PAST_OUTCOMES[name]}`, name === 'answered' ? 'bad' : ''),
    ]),
  ];
};

export function incidentLine(incident, acts) {
  const {
    id,
    addresses,
    client,
    campaign,
    list,
    hits,
    outcomes,
    past,
    first,
    last,
    state,
    end,
    severity,
    retrospective,
    acknowledged,
  } = incident;
  const grade = { high: 'bad', medium: 'warn', low: '' }[severity] ?? '';
  const others = addresses.filter((address) => address !== client.ip);
  const seen =
    acknowledged === null
      ? press('Acknowledge', () => acts.acknowledge(id))
      : `acknowledged ${time(acknowledged)}`;
  return [
    id,
    [
      cell([machineButton(incident, acts), others.length === 0 ? '' : ` also ${others.join(', ')}`]),
      cell(
        [word(severity, grade), ` ${campaign ?? list}${retrospective ? ' (before it was listed)' : ''}`],
        'name',
      ),
      number(hits),
      cell([...gotParts(outcomes), ...pastParts(past, Object.keys(outcomes).length > 0)]),
      moment(first),
      moment(last),
      cell(end === null ? state : `${state}: ${ENDS[end] ?? end}`),
      cell(seen),
    ],
  ];
}

export function hitLine(hit, acts) {
  const { id, time: when, count, question, via, verdict, outcome: got, list, rule, matches } = hit;
  const further = matches.map((match) => match.list).filter((name) => name !== list);
  return [
    id,
    [
      moment(when),
      number(count),
      cell(machineButton(hit, acts)),
      cell(`${question.name} ${question.type}${via === null ? '' : ` (by ${via})`}`, 'name'),
      cell([`${verdict}, `, word(outcome(got), got === 'data' ? 'bad' : '')]),
      cell(further.length === 0 ? list : `${list}; also on ${[...new Set(further)].join(', ')}`, 'name'),
      cell(rule, 'name'),
    ],
  ];
}

export const timelineLine = ({ name, count, first, last, outcome: got, ip }) => [
  JSON.stringify([name, got, first, ip]),
  [
    cell(name, 'name'),
    number(count),
    moment(first),
    moment(last),
    cell(word(outcome(got), got === 'blocked' ? 'bad' : '')),
  ],
];

export function listLine({
  name,
  entries,
  action,
  mode,
  format,
  lastGood,
  inForce,
  skipped,
  skips,
  expired,
  state,
  since,
  why,
}) {
  const told = skips.filter((skip) => skip.inForce).map(({ text, count: lines }) => `; ${lines} ${text}`);
  const ended = expired > 0 ? `, ${expired} expired: watched, not blocked` : '';
  const fine = `${LIST_STATES[state] ?? state}${skipped > 0 ? `, ${linesLeftOut(skipped)}` : ''}${ended}${told.join('')}`;
  const ill = `${state}${since === null ? '' : ` since ${time(since)}`}: ${why}; ${inForce ? 'an older text is in force' : 'nothing of it is in force'}`;
  return [
    name,
    [
      cell(name, 'name'),
      number(entries),
      cell(mode === 'monitor' ? `${action} (monitor)` : action),
      cell(format ?? '–'),
      moment(lastGood),
      why === null ? cell(fine, 'good') : cell(ill, 'bad'),
    ],
  ];
}

export const upstreamLine = ({ name, transport, fallback, healthy, rttMs, queries, failures }) => [
  JSON.stringify([name, transport, fallback]),
  [
    cell(`${name} (${transport}${fallback ? ', fallback' : ''})`, 'name'),
    cell(
      healthy ? (queries === 0 ? 'not asked yet' : 'answers') : 'does not answer',
      healthy ? 'good' : 'bad',
    ),
    cell(rttMs === null ? '–' : `${rttMs.toFixed(1)} ms`, 'n'),
    number(queries),
    number(failures),
  ],
];

/** Word and what is said, in the order of reading. */
export function decisionFacts({
  verdict,
  own,
  client,
  list,
  rule,
  lines,
  answer,
  entries,
  paused,
  outsideSchedule,
  indicator,
}) {
  const decided = verdict === 'pass' ? 'allowed: not on any list of this group' : verdict;
  return [
    ['verdict', own === null ? decided : `answered here (${own.setting}), not forwarded`],
    [
      'asked by',
      `${nameOf(client)}, group ${client.group ?? 'none'}${paused ? ', which is paused' : ''}${outsideSchedule ? ', whose lists are not in force at this hour' : ''}`,
    ],
    ...(list === null
      ? []
      : [
          ['list', list],
          ['rule', rule ?? '–'],
        ]),
    ...(indicator === null
      ? []
      : [['report', [indicator.campaign, indicator.source].filter(Boolean).join(', ')]]),
    ...(answer.length === 0 ? [] : [['answer', answer.join(', ')]]),
    ...lines.map((line) => [`${line.list}:${line.line}`, line.text]),
    ...entries
      .filter((entry) => !entry.used)
      .map((entry) => [`also on ${entry.list}`, `${entry.rule}, which this group does not use`]),
  ];
}
