// Receivers for alert tests: an HTTP server that follows a script, an SMTP server that keeps what it is given.
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Notice } from '../../src/alerts/receiver.ts';
import type { Hit } from '../../src/hits/hit.ts';
import { concernsOf } from '../../src/hits/incidents/concern.ts';
import { addHit, openIncident } from '../../src/hits/incidents/growth.ts';
import { summaryOf } from '../../src/hits/incidents/summary.ts';
import { hitOf, START_MS } from './hits-records.ts';

export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface HttpReceiver {
  readonly url: string;
  readonly received: Received[];
  /** Status of the answers from now on; 0 never answers. */
  answerWith(status: number, headers?: Record<string, string>): void;
  close(): Promise<void>;
}

export async function httpReceiver(): Promise<HttpReceiver> {
  const received: Received[] = [];
  let status = 200;
  let more: Record<string, string> = {};
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (text) => {
      body += text;
    });
    request.on('end', () => {
      received.push({ path: request.url ?? '', headers: request.headers, body });
      if (status !== 0) response.writeHead(status, more).end('said the receiver');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    answerWith(next, headers = {}) {
      status = next;
      more = headers;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Text that means something somewhere: markup, mentions, formulas, format characters, directions. */
export const NASTY = 'x"]|\\=<!channel>@everyone *b* [l](http://e) &amp; {{7*7}}\r\nFrom: \u202eevil\u0000';

/** Control characters, line ends, and what turns the direction of text; the mark that begins UTF-8 in syslog is not. */
export function hasUnprintable(text: string): boolean {
  return [...text].some((character) => character !== '\uFEFF' && /[\p{Cc}\p{Cf}]/u.test(character));
}

export function noticeOf(more: Partial<Notice> = {}, hit: Partial<Hit> = {}): Notice {
  const one = hitOf({
    count: 3,
    indicator: {
      campaign: '3CX',
      source: 'report.example',
      firstPublished: '2023-03-29',
      confidence: 'high',
    },
    ...hit,
  });
  const [concern] = concernsOf(one);
  if (concern === undefined) throw new Error('the sample concerns no campaign');
  const at = { openedMs: START_MS, firstMs: START_MS, isPast: false };
  const incident = openIncident('01KARZ0000000000000000000B', { ...one, concern }, at);
  addHit(incident, one, concern);
  return {
    id: '01KARZ0000000000000000000C',
    kind: 'opened',
    time: new Date(START_MS).toISOString(),
    text: '',
    incident: summaryOf(incident),
    hits: [one],
    furtherHits: 0,
    found: [],
    furtherFound: 0,
    others: [],
    trouble: null,
    link: null,
    expires: null,
    ...more,
  };
}

/** A notice in which everything a stranger can choose is nasty. */
export function nastyNotice(): Notice {
  return noticeOf(
    {},
    {
      question: { name: '<img\\032src=x>.\\"\\].evil.example', type: 'A', class: 'IN' },
      client: { ip: '2001:db8::7', name: NASTY, mac: 'aa:bb:cc:dd:ee:ff', group: NASTY },
      list: NASTY,
      rule: NASTY,
      indicator: { campaign: NASTY, source: NASTY, firstPublished: '2023-03-29', confidence: 'low' },
    },
  );
}

/** Queries that the notices stand for; a notice that came twice counts once. */
export function toldIn(received: readonly Received[]): number {
  const notices = new Map(
    received.map(({ body }) => {
      const notice = JSON.parse(body);
      return [notice.id, notice] as const;
    }),
  );
  let sum = 0;
  for (const { hits, furtherHits } of notices.values())
    sum += furtherHits + hits.reduce((own: number, hit: { count: number }) => own + hit.count, 0);
  return sum;
}
