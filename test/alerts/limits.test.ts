// The largest notice there can be, held against what each receiver publishes as its limits.
import t from 'tap';
import { alertmanager } from '../../src/alerts/payloads/alertmanager.ts';
import { discord } from '../../src/alerts/payloads/discord.ts';
import { ntfy } from '../../src/alerts/payloads/ntfy.ts';
import type { Format } from '../../src/alerts/payloads/payload.ts';
import { slack } from '../../src/alerts/payloads/slack.ts';
import { teams } from '../../src/alerts/payloads/teams.ts';
import type { Notice } from '../../src/alerts/receiver.ts';
import { noticeOf } from '../support/hits-receivers.ts';

const WIDE = '\u{1f4a3}*_[x](http://e)<!channel>@everyone&'.repeat(400);
const moment = '2026-11-23T09:00:00.000Z';

/** Names of 255 octets that are all escaped, and texts of lists and reports as long as they come. */
function largest(): Notice {
  const notice = noticeOf();
  const { incident } = notice;
  if (incident === null) throw new Error('the sample has no incident');
  const name = (i: number) =>
    [i, i, i].map((n) => String.fromCharCode(97 + n) + '\\255'.repeat(62)).join('.');
  return {
    ...notice,
    incident: {
      ...incident,
      list: WIDE,
      lists: Array.from({ length: 32 }, () => WIDE),
      groups: Array.from({ length: 32 }, () => WIDE),
      addresses: Array.from({ length: 16 }, () => 'fd00:1111:2222:3333:4444:5555:6666:7777'),
      decided: { [WIDE]: 1e15, b: 1e15 },
      outcomes: { data: 1e15, blocked: 1e15, unrecorded: 1e15, failed: 1e15, withheld: 1e15 },
      campaign: WIDE,
      client: {
        ip: 'fd00:1111:2222:3333:4444:5555:6666:7777',
        name: 'n'.repeat(253),
        mac: 'aa:bb:cc:dd:ee:ff',
        group: WIDE,
      },
      indicator: { campaign: WIDE, source: WIDE, firstPublished: '2023-03-29', confidence: 'high' },
      hits: Number.MAX_SAFE_INTEGER,
      names: Array.from({ length: 50 }, (_, i) => ({
        name: name(i % 20),
        count: 1e15,
        visits: 1e15,
        first: moment,
        last: moment,
      })),
      furtherHits: Number.MAX_SAFE_INTEGER,
      beacon: { score: 0.97, intervalMs: 300_000, sightings: 48 },
    },
    link: `https://cenote.example/${'x'.repeat(200)}`,
    others: Array.from({ length: 2000 }, (_, i) => ({
      id: `01KARZ00000000000000000${i}`,
      list: WIDE,
      hits: 1e15,
    })),
  };
}

const NOTICES: readonly Notice[] = [
  largest(),
  { ...largest(), kind: 'closed' },
  { ...noticeOf(), kind: 'trouble', incident: null, hits: [], text: WIDE },
];
const bodies = (format: Format): { body: never; text: string }[] =>
  NOTICES.map((notice) => {
    const text = JSON.stringify(format(notice, 'https://hooks.example/prefix/topic').body);
    return { body: JSON.parse(text) as never, text };
  });
/** JSON writes half a character as an escape. */
const isWhole = (text: string): boolean => !/\\ud[89a-f]/.test(text);

t.test(
  'Slack: header 150, section 3000, field 2000 characters, 10 fields, text 4000, 50 blocks',
  async (t) => {
    for (const { body, text } of bodies(slack)) {
      const { blocks, text: fallback } = body as {
        text: string;
        blocks: { type: string; text?: { text: string }; fields?: { text: string }[] }[];
      };
      t.ok(isWhole(text));
      t.ok(fallback.length > 0 && fallback.length <= 4000, `${fallback.length}`);
      t.ok(blocks.length <= 50);
      for (const block of blocks) {
        const own = block.text?.text;
        if (own !== undefined) t.ok(own.length >= 1 && own.length <= (block.type === 'header' ? 150 : 3000));
        t.ok((block.fields?.length ?? 0) <= 10);
        for (const field of block.fields ?? []) t.ok(field.text.length <= 2000, `${field.text.length}`);
      }
    }
  },
);

t.test('Discord: title 256, description 4096, 25 fields of 256 and 1024, 6000 in all', async (t) => {
  for (const { body, text } of bodies(discord)) {
    const { embeds } = body as {
      embeds: { title: string; description: string; fields: { name: string; value: string }[] }[];
    };
    t.ok(isWhole(text));
    t.ok(embeds.length <= 10);
    let sum = 0;
    for (const { title, description, fields } of embeds) {
      t.ok(title.length <= 256 && description.length <= 4096 && fields.length <= 25);
      for (const { name, value } of fields)
        t.ok(name.length >= 1 && name.length <= 256 && value.length >= 1 && value.length <= 1024);
      sum +=
        title.length +
        description.length +
        fields.reduce((all, { name, value }) => all + name.length + value.length, 0);
    }
    t.ok(sum <= 6000, `${sum} characters`);
  }
});

t.test('Teams: 28 KB a message; an Adaptive Card 1.4 of text runs alone', async (t) => {
  for (const { body, text } of bodies(teams)) {
    const { type, attachments } = body as {
      type: string;
      attachments: {
        contentType: string;
        content: {
          type: string;
          version: string;
          body: { type: string; inlines: { type: string; text: string }[] }[];
        };
      }[];
    };
    t.ok(Buffer.byteLength(text) <= 28 * 1024, `${Buffer.byteLength(text)} octets`);
    t.equal(type, 'message');
    for (const { contentType, content } of attachments) {
      t.match(
        [contentType, content.type, content.version],
        ['application/vnd.microsoft.card.adaptive', 'AdaptiveCard', '1.4'],
      );
      for (const { type: block, inlines } of content.body) {
        t.equal(block, 'RichTextBlock');
        for (const { type: run, text: own } of inlines) t.ok(run === 'TextRun' && own.length > 0);
      }
    }
  }
});

t.test('ntfy: a topic of its alphabet, a message of 4096 octets, priorities 1 to 5', async (t) => {
  for (const { body, text } of bodies(ntfy)) {
    const { topic, title, message, priority, tags } = body as {
      topic: string;
      title: string;
      message: string;
      priority: number;
      tags: string[];
    };
    t.ok(isWhole(text));
    t.match(topic, /^[-_A-Za-z0-9]{1,64}$/);
    t.ok(Buffer.byteLength(message) <= 4096, `${Buffer.byteLength(message)} octets`);
    t.ok(Buffer.byteLength(title) <= 1024);
    t.ok(priority >= 1 && priority <= 5 && tags.length <= 5);
  }
});

t.test('Alertmanager v2: labels by their grammar, none of them empty, times of RFC 3339', async (t) => {
  for (const { body, text } of bodies(alertmanager)) {
    t.ok(isWhole(text));
    for (const { labels, annotations, startsAt, endsAt } of body as {
      labels: Record<string, string>;
      annotations: Record<string, string>;
      startsAt: string;
      endsAt?: string;
    }[]) {
      for (const set of [labels, annotations])
        for (const [name, value] of Object.entries(set))
          t.ok(/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name) && value !== '');
      t.ok('alertname' in labels);
      for (const time of [startsAt, endsAt ?? startsAt])
        t.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      t.ok(Buffer.byteLength(text) <= 64 * 1024);
    }
  }
});
