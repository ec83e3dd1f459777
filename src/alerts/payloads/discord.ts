// Discord webhooks: one embed, all Markdown escaped, nobody mentioned.
import { describe } from '../describe.ts';
import { forMarkdown } from '../escape.ts';
import { type Format, SEVERITY_COLOUR } from './payload.ts';

const TITLE_MAX = 256;
const DESCRIPTION_MAX = 2048;
const VALUE_MAX = 512;

export const discord: Format = (notice, url) => {
  const { title, sentence, facts } = describe(notice);
  return {
    url,
    body: {
      allowed_mentions: { parse: [] },
      embeds: [
        {
          title: cut(forMarkdown(title), TITLE_MAX),
          description: cut(forMarkdown(sentence), DESCRIPTION_MAX),
          color: SEVERITY_COLOUR[notice.incident?.severity ?? 'medium'],
          timestamp: notice.time,
          fields: facts.map(([label, value]) => ({
            name: label,
            value: cut(forMarkdown(value), VALUE_MAX),
            inline: value.length < 40,
          })),
        },
      ],
    },
  };
};

/** Never ends between a backslash and what it escapes. */
function cut(text: string, charactersMax: number): string {
  if (text.length <= charactersMax) return text;
  const kept = text.slice(0, charactersMax - 1);
  const trailing = /\\*$/.exec(kept)?.[0].length ?? 0;
  return `${trailing % 2 === 1 ? kept.slice(0, -1) : kept}…`;
}
