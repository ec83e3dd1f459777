// Slack incoming webhooks: Block Kit in plain_text, which Slack shows as it is; `text` is what a notification shows.
import { describe } from '../describe.ts';
import { cut, forSlack } from '../escape.ts';
import type { Format } from './payload.ts';

const HEADER_MAX = 150;
const FIELD_MAX = 2000;
const FIELDS_MAX = 10;

const text = (value: string, charactersMax: number) => ({
  type: 'plain_text',
  text: cut(value, charactersMax),
  emoji: false,
});

export const slack: Format = (notice, url) => {
  const { title, sentence, facts } = describe(notice);
  const fields = facts.slice(0, FIELDS_MAX).map(([label, value]) => text(`${label}: ${value}`, FIELD_MAX));
  return {
    url,
    body: {
      text: forSlack(`${title}. ${sentence}`),
      blocks: [
        { type: 'header', text: text(title, HEADER_MAX) },
        { type: 'section', text: text(sentence, FIELD_MAX) },
        ...(fields.length === 0 ? [] : [{ type: 'section', fields }]),
      ],
    },
  };
};
