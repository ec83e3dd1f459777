// What `cenote alerts test` tells: names and addresses that are reserved for examples.
import { hostname } from 'node:os';
import { textOf } from '../../alerts/describe.ts';
import type { Notice } from '../../alerts/receiver.ts';
import type { Hit } from '../../hits/hit.ts';
import { concernsOf } from '../../hits/incidents/concern.ts';
import { addHit, openIncident } from '../../hits/incidents/growth.ts';
import { summaryOf } from '../../hits/incidents/summary.ts';

const INDICATOR = { campaign: 'Test', source: null, firstPublished: null, confidence: 'low' } as const;

function sampleHit(timeMs: number): Hit {
  return {
    event: 'hit',
    id: '00000000000000000000000000',
    time: new Date(timeMs).toISOString(),
    count: 1,
    client: { ip: '192.0.2.7', name: 'test-machine', mac: null, group: 'default' },
    question: { name: 'www.malware.example', type: 'A', class: 'IN' },
    transport: 'udp',
    verdict: 'sinkhole',
    rule: 'malware.example',
    list: 'test',
    answer: ['0.0.0.0'],
    via: null,
    indicator: INDICATOR,
    worker: 0,
    machine: '192.0.2.7',
    visit: '00000000000000000000000000',
    matches: [{ list: 'test', rule: 'malware.example', indicator: INDICATOR, mode: 'enforce' }],
    outcome: 'blocked',
    rcode: 'NOERROR',
    through: null,
    resolver: hostname(),
  };
}

/** @param id of the notice, and of its incident */
export function sampleNotice(id: string, nowMs: number, link: string | null): Notice {
  const hit = sampleHit(nowMs);
  const [concern] = concernsOf(hit);
  if (concern === undefined) throw new Error('the sample concerns no campaign');
  const at = { openedMs: nowMs, firstMs: nowMs, isPast: false };
  const incident = openIncident(id, { ...hit, concern }, at);
  addHit(incident, hit, concern);
  const notice: Notice = {
    id,
    kind: 'test',
    time: new Date(nowMs).toISOString(),
    text: '',
    incident: summaryOf(incident),
    hits: [hit],
    furtherHits: 0,
    found: [],
    furtherFound: 0,
    others: [],
    trouble: null,
    link,
    expires: null,
  };
  return { ...notice, text: textOf(notice) };
}
