// A notice as syslog messages: one a hit (each with its count), or one for the incident when it brings none.
import type { Hit } from '../../hits/hit.ts';
import type { IncidentSummary } from '../../hits/incidents/summary.ts';
import { textOf } from '../describe.ts';
import { forStructuredData, plain } from '../escape.ts';
import { gotText, letThroughText } from '../outcomes.ts';
import type { Notice } from '../receiver.ts';
import { machineText, timesText } from '../words.ts';
import { cefOfHit, cefOfNotice } from './cef.ts';
import { ecsOfHit, ecsOfNotice } from './ecs.ts';
import { leefOfHit, leefOfNotice } from './leef.ts';
import { ocsfOfHit, ocsfOfNotice } from './ocsf.ts';
import { foundIn, ownMatch } from './of-hit.ts';

export type SyslogFormat = 'rfc5424' | 'cef' | 'leef' | 'ecs' | 'ocsf';

/** What a body format makes of one hit, and of a notice as a whole, in so many octets where it must not be cut. */
export interface BodyFormat {
  readonly hit: (hit: Hit, incident: IncidentSummary, octetsMax: number) => string;
  readonly notice: (notice: Notice, octetsMax: number) => string;
}

const BODIES: Record<SyslogFormat, BodyFormat> = {
  rfc5424: { hit: textOfHit, notice: textOfNotice },
  cef: { hit: cefOfHit, notice: cefOfNotice },
  leef: { hit: leefOfHit, notice: leefOfNotice },
  ecs: { hit: ecsOfHit, notice: ecsOfNotice },
  ocsf: { hit: ocsfOfHit, notice: ocsfOfNotice },
};

/** Local use 0 (RFC 5424 §6.2.1). */
const FACILITY = 16;
const SEVERITY = { high: 2, medium: 4, low: 5 } as const;
const NOTICE = 5;
const INFORMATIONAL = 6;
/** The enterprise number set aside for documentation (RFC 5612): cenote has none of its own. */
const SD_ID = 'cenote@32473';

export interface Origin {
  readonly hostName: string;
  readonly processId: number;
}

interface Head {
  readonly id: string;
  readonly time: string;
  /** RFC 5424 §6.2.1. */
  readonly severity: number;
  readonly data: readonly (readonly [name: string, value: string])[];
}

/**
 * One a hit, or one for the notice when it brings none or is a test: a rule that waits for hits must not fire for a test.
 * @param octetsMax of a message @returns complete RFC 5424 messages, unframed
 */
export function syslogMessages(
  notice: Notice,
  format: SyslogFormat,
  origin: Origin,
  octetsMax: number = Number.POSITIVE_INFINITY,
): string[] {
  const body = BODIES[format];
  const { incident, hits, kind, furtherHits } = notice;
  const whole = (id: string): string => {
    const head = headOfNotice(notice, id);
    return wrap(head, origin, octetsMax, (room) => body.notice(notice, room));
  };
  if (incident === null || hits.length === 0 || kind === 'test') return [whole(kind.toUpperCase())];
  const messages = hits.map((hit) =>
    wrap(headOfHit(notice, incident, hit), origin, octetsMax, (room) => body.hit(hit, incident, room)),
  );
  // What a notice without hits says has to be said too: that it is over, that it was found in the past.
  const saysMore = furtherHits > 0 || notice.found.length > 0 || kind === 'closed';
  return saysMore ? [...messages, whole(furtherHits > 0 ? 'FURTHER' : kind.toUpperCase())] : messages;
}

function headOfHit(notice: Notice, incident: IncidentSummary, hit: Hit): Head {
  const { list, severity } = ownMatch(hit, incident);
  return {
    id: 'HIT',
    time: hit.time,
    severity: SEVERITY[severity],
    data: [
      ['notice', notice.id],
      ['incident', incident.id],
      ['list', list],
      ['client', hit.client.ip],
      ...userData(hit.client),
      ['severity', severity],
      ['hit', hit.id],
      ['name', hit.question.name],
      ['count', String(hit.count)],
      ['outcome', hit.outcome],
    ],
  };
}

function headOfNotice(whole: Notice, id: string): Head {
  const { id: notice, kind, time, incident, furtherHits, trouble } = whole;
  const found = foundIn(whole);
  if (kind === 'test')
    return {
      id,
      time,
      severity: INFORMATIONAL,
      data: [
        ['notice', notice],
        ['test', 'true'],
      ],
    };
  if (incident === null) {
    const about: [string, string][] = trouble === null ? [] : [['trouble', trouble.id]];
    const severity = kind === 'recovered' ? NOTICE : SEVERITY.high;
    return { id, time, severity, data: [['notice', notice], ...about] };
  }
  const { list, client, severity, end } = incident;
  return {
    id,
    time,
    severity: SEVERITY[severity],
    data: [
      ['notice', notice],
      ['incident', incident.id],
      ['list', list],
      ['client', client.ip],
      ...userData(client),
      ['severity', severity],
      ...(end === null ? [] : [['end', end] as const]),
      ...(furtherHits > 0 ? [['count', String(furtherHits)] as const] : []),
      ...(found > 0 ? [['found', String(found)] as const] : []),
    ],
  };
}

const userData = ({ user = null }: Hit['client']): [string, string][] =>
  user === null ? [] : [['user', user]];

function wrap(head: Head, origin: Origin, octetsMax: number, body: (room: number) => string): string {
  const host = origin.hostName.replace(/[^\x21-\x7e]/g, '').slice(0, 255) || '-';
  const data = head.data.map(([name, value]) => ` ${name}="${forStructuredData(value)}"`).join('');
  const start = `<${FACILITY * 8 + head.severity}>1 ${head.time} ${host} cenote ${origin.processId} ${head.id} [${SD_ID}${data}] `;
  return start + body(octetsMax - Buffer.byteLength(start));
}

/** RFC 5424 §6.4: a text in UTF-8 begins with the mark. */
const BOM = '\uFEFF';

function textOfHit(hit: Hit, incident: IncidentSummary): string {
  const { client, question, count, outcome } = hit;
  const campaign = incident.campaign === null ? '' : ` (${plain(incident.campaign)})`;
  const { list } = ownMatch(hit, incident);
  const decider = list === hit.list ? '' : ` by list ${plain(hit.list)}`;
  const got = gotText({ outcomes: { [outcome]: count } });
  const why = letThroughText(hit);
  const notBlocked = why === null ? '' : `, not blocked since ${why}`;
  return `${BOM}${machineText(client)} asked for ${question.name} ${question.type} ${timesText(count, 0)}, list ${plain(list)}${campaign}: ${got}${notBlocked}${decider} [${hit.verdict}]`;
}

function textOfNotice(notice: Notice): string {
  return `${BOM}${textOf(notice)}`;
}
