// The hit that `cenote alerts test` tells of: names and addresses that are reserved for examples.
import { hostname } from 'node:os';
import type { Hit } from '../hits/hit.ts';

const INDICATOR = { campaign: 'Test', source: null, firstPublished: null, confidence: 'low' } as const;

export function sampleHit(timeMs: number): Hit {
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
