// Prometheus Alertmanager, API v2: an incident is one alert. It ends by itself unless it is told again (`endsAt`), so it is told
// again while it lasts; what makes two posts one alert, its labels, never changes.

import { describe } from '../describe.ts';
import { plain } from '../escape.ts';
import type { Notice } from '../receiver.ts';
import type { Format } from './payload.ts';

const PATH = '/api/v2/alerts';
const TEST_MS = 5 * 60_000;

export const alertmanager: Format = (notice, url) => {
  const { title, sentence, facts } = describe(notice);
  const at = new URL(url);
  if (!at.pathname.endsWith(PATH)) at.pathname = at.pathname.replace(/\/$/, '') + PATH;
  const ends = endsAt(notice);
  return {
    url: at.href,
    body: [
      {
        labels: labelsOf(notice),
        annotations: {
          summary: title,
          description: [sentence, ...facts.map(([label, value]) => `${label}: ${value}`)].join('\n'),
        },
        startsAt: startsAt(notice),
        ...(ends === null ? {} : { endsAt: ends }),
        ...(notice.link === null ? {} : { generatorURL: notice.link }),
      },
    ],
  };
};

/** Nothing in them changes while an incident goes on, but for a severity that rises: routes go by it. */
function labelsOf({ kind, incident, trouble }: Notice): Record<string, string> {
  if (kind === 'test') return { alertname: 'CenoteTest', severity: 'none', test: 'true' };
  if (incident === null)
    return {
      alertname: 'CenoteTrouble',
      severity: 'high',
      ...(trouble === null ? {} : { trouble: trouble.id }),
    };
  return {
    alertname: incident.retrospective ? 'CenotePastHit' : 'CenoteHit',
    severity: incident.severity,
    incident: incident.id,
    client: incident.firstAddress,
    group: plain(incident.groups[0] ?? incident.client.group),
    // By its first name: a label that changed would be another alert.
    list: plain(incident.lists[0] ?? incident.list),
    ...(incident.campaign === null ? {} : { campaign: plain(incident.campaign) }),
  };
}

function startsAt({ incident, trouble, time }: Notice): string {
  return incident?.opened ?? trouble?.since ?? time;
}

function endsAt(notice: Notice): string | null {
  const { kind, incident, expires, time } = notice;
  if (kind === 'test' || kind === 'recovered') return kind === 'test' ? soonAfter(time) : time;
  if (kind === 'closed') return incident?.closed ?? time;
  return expires;
}

/** A test shows, and is gone. */
const soonAfter = (time: string): string => new Date(Date.parse(time) + TEST_MS).toISOString();
