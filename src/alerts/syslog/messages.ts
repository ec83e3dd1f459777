// A notice as syslog messages: one a hit (each with its count), or one for the incident when it brings none.
import type { Hit } from '../../hits/hit.ts';
import type { IncidentSummary } from '../../hits/incidents/summary.ts';
import { describe } from '../describe.ts';
import { forStructuredData, plain } from '../escape.ts';
import type { Notice } from '../receiver.ts';
import { cefOfHit, cefOfNotice } from './cef.ts';
import { ecsOfHit, ecsOfNotice } from './ecs.ts';
import { leefOfHit, leefOfNotice } from './leef.ts';
import { ocsfOfHit, ocsfOfNotice } from './ocsf.ts';

export type SyslogFormat = 'rfc5424' | 'cef' | 'leef' | 'ecs' | 'ocsf';

/** What a body format makes of one hit, and of a notice as a whole. */
export interface BodyFormat {
  readonly hit: (hit: Hit, incident: IncidentSummary) => string;
  readonly notice: (notice: Notice) => string;
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
/** The enterprise number set aside for documentation (RFC 5612): cenote has none of its own. */
const SD_ID = 'cenote@32473';

export interface Origin {
  readonly hostName: string;
  readonly processId: number;
}

/** @returns complete RFC 5424 messages, unframed */
export function syslogMessages(notice: Notice, format: SyslogFormat, origin: Origin): string[] {
  const body = BODIES[format];
  const { incident, hits } = notice;
  if (incident === null || hits.length === 0)
    return [
      wrap(
        notice,
        notice.time,
        { id: notice.kind.toUpperCase(), data: dataOf(notice, null) },
        body.notice(notice),
        origin,
      ),
    ];
  const messages = hits.map((hit) =>
    wrap(notice, hit.time, { id: 'HIT', data: dataOf(notice, hit) }, body.hit(hit, incident), origin),
  );
  if (notice.furtherHits > 0)
    messages.push(
      wrap(notice, notice.time, { id: 'FURTHER', data: dataOf(notice, null) }, body.notice(notice), origin),
    );
  return messages;
}

function wrap(
  notice: Notice,
  time: string,
  head: { readonly id: string; readonly data: string },
  body: string,
  { hostName, processId }: Origin,
): string {
  const priority = FACILITY * 8 + SEVERITY[notice.incident?.severity ?? 'high'];
  const host = hostName.replace(/[^\x21-\x7e]/g, '').slice(0, 255) || '-';
  return `<${priority}>1 ${time} ${host} cenote ${processId} ${head.id} ${head.data} ${body}`;
}

function dataOf(notice: Notice, hit: Hit | null): string {
  const { incident } = notice;
  const values: [string, string][] = [['notice', notice.id]];
  if (incident !== null)
    values.push(
      ['incident', incident.id],
      ['list', incident.list],
      ['client', incident.client.ip],
      ['severity', incident.severity],
    );
  if (hit !== null) values.push(['hit', hit.id], ['name', hit.question.name], ['count', String(hit.count)]);
  else if (notice.furtherHits > 0) values.push(['count', String(notice.furtherHits)]);
  return `[${SD_ID}${values.map(([name, value]) => ` ${name}="${forStructuredData(value)}"`).join('')}]`;
}

/** RFC 5424 §6.4: a text in UTF-8 begins with the mark. */
const BOM = '\uFEFF';

function textOfHit(hit: Hit, incident: IncidentSummary): string {
  const { client, question } = hit;
  const who = client.name === null ? client.ip : `${plain(client.name)} (${client.ip})`;
  const campaign = incident.campaign === null ? '' : ` (${plain(incident.campaign)})`;
  return `${BOM}${who} asked for ${question.name} ${question.type}, ${hit.count} times, list ${plain(hit.list)}${campaign}: ${hit.verdict}`;
}

function textOfNotice(notice: Notice): string {
  const { title, sentence } = describe(notice);
  return `${BOM}${title}. ${sentence}`;
}
