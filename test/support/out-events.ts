// Events as they go out, and an output as the configuration means it.
import type { OutConfig } from '../../src/config/meant/out.ts';
import type { QueryEvent } from '../../src/out/event.ts';

export function outConfig(change: Partial<OutConfig>): OutConfig {
  return {
    name: 'siem',
    kind: 'hec',
    url: '',
    events: ['queries', 'hits', 'incidents', 'finds'],
    groups: null,
    lists: null,
    outcomes: null,
    clients: null,
    token: null,
    basic: null,
    headers: {},
    ca: null,
    index: null,
    ack: false,
    gzip: true,
    batch: { events: 10, octets: 1_000_000, waitMs: 1000 },
    spool: { sizeOctets: 1_000_000, ageMs: 3_600_000 },
    ...change,
  };
}

export function queryEvent(number: number, change: Partial<QueryEvent> = {}): QueryEvent {
  return {
    event: 'query',
    id: `01JBOOT-${number}`,
    time: new Date(Date.UTC(2026, 10, 23, 9) + number).toISOString(),
    count: 1,
    client: { ip: '192.0.2.7', name: 'till-3', mac: null, group: 'default', machine: 'm-0123456789' },
    name: `n${number}.example`,
    type: 'A',
    class: 'IN',
    transport: 'udp',
    result: 'data',
    outcome: 'upstream',
    rcode: 'NOERROR',
    list: null,
    rule: null,
    upstream: '192.0.2.53:53',
    from: 'upstream',
    waitedMs: 12,
    resolver: 'resolver.example',
    ...change,
  };
}
