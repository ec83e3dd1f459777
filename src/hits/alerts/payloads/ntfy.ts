// ntfy: its JSON publishing, to the server's root with the topic inside; plain text, not Markdown.
import { describe } from '../describe.ts';
import type { Format } from './payload.ts';

const MESSAGE_MAX = 3500;
const PRIORITY = { low: 3, medium: 4, high: 5 } as const;

export const ntfy: Format = (notice, url) => {
  const { title, sentence, facts } = describe(notice);
  const at = new URL(url);
  const cut = at.pathname.lastIndexOf('/');
  const topic = decodeURIComponent(at.pathname.slice(cut + 1));
  at.pathname = at.pathname.slice(0, cut + 1);
  const lines = [sentence, ...facts.map(([label, value]) => `${label}: ${value}`)];
  return {
    url: at.href,
    body: {
      topic,
      title,
      message: lines.join('\n').slice(0, MESSAGE_MAX),
      priority: notice.kind === 'closed' ? 2 : PRIORITY[notice.incident?.severity ?? 'high'],
      tags: [notice.kind === 'closed' ? 'white_check_mark' : 'rotating_light'],
    },
  };
};
