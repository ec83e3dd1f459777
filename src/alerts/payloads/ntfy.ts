// ntfy: its JSON publishing, to the server's root with the topic inside; plain text, not Markdown.
import { describe } from '../describe.ts';
import { cutOctets } from '../escape.ts';
import type { Format } from './payload.ts';

/** Above 4096 octets ntfy makes the message an attachment. */
const MESSAGE_OCTETS_MAX = 4096;
const PRIORITY = { low: 3, medium: 4, high: 5 } as const;

export const ntfy: Format = (notice, url) => {
  const { title, sentence, facts } = describe(notice);
  const at = new URL(url);
  const cut = at.pathname.lastIndexOf('/');
  const topic = decodeURIComponent(at.pathname.slice(cut + 1));
  at.pathname = at.pathname.slice(0, cut + 1);
  const isCalm = ['closed', 'recovered', 'test'].includes(notice.kind);
  const lines = [sentence, ...facts.map(([label, value]) => `${label}: ${value}`)];
  return {
    url: at.href,
    body: {
      topic,
      title,
      message: cutOctets(lines.join('\n'), MESSAGE_OCTETS_MAX),
      priority: isCalm ? 2 : PRIORITY[notice.incident?.severity ?? 'high'],
      tags: [notice.kind === 'test' ? 'test_tube' : isCalm ? 'white_check_mark' : 'rotating_light'],
      ...(notice.link === null ? {} : { click: notice.link }),
    },
  };
};
