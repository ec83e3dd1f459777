// Prometheus Alertmanager, API v2: an incident is one alert, told again with the same labels and ended when it is over.

import { describe } from '../describe.ts';
import { plain } from '../escape.ts';
import type { Format } from './payload.ts';

const PATH = '/api/v2/alerts';

export const alertmanager: Format = (notice, url) => {
  const { incident } = notice;
  const { title, sentence, facts } = describe(notice);
  const at = new URL(url);
  if (!at.pathname.endsWith(PATH)) at.pathname = at.pathname.replace(/\/$/, '') + PATH;
  const over = incident !== null && incident.state === 'closed' && !incident.retrospective;
  return {
    url: at.href,
    body: [
      {
        labels: {
          alertname:
            incident === null ? 'CenoteTrouble' : incident.retrospective ? 'CenotePastHit' : 'CenoteHit',
          severity: incident?.severity ?? 'high',
          ...(incident === null
            ? {}
            : {
                incident: incident.id,
                client: incident.client.ip,
                group: plain(incident.client.group),
                list: plain(incident.list),
                ...(incident.campaign === null ? {} : { campaign: plain(incident.campaign) }),
              }),
        },
        annotations: {
          summary: title,
          description: [sentence, ...facts.map(([label, value]) => `${label}: ${value}`)].join('\n'),
        },
        startsAt: incident?.opened ?? notice.time,
        ...(over ? { endsAt: incident.closed ?? notice.time } : {}),
      },
    ],
  };
};
