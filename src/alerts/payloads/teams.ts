// Microsoft Teams workflows: an Adaptive Card of text runs, which know no Markdown, so that nothing in them is read as such.
import { describe } from '../describe.ts';
import type { Format } from './payload.ts';

const run = (text: string, more: object = {}) => ({ type: 'TextRun', text, ...more });
const line = (...inlines: object[]) => ({ type: 'RichTextBlock', inlines });

export const teams: Format = (notice, url) => {
  const { title, sentence, facts } = describe(notice);
  return {
    url,
    body: {
      type: 'message',
      attachments: [
        {
          contentType: 'application/vnd.microsoft.card.adaptive',
          contentUrl: null,
          content: {
            $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
            type: 'AdaptiveCard',
            version: '1.4',
            body: [
              line(run(title, { weight: 'Bolder', size: 'Medium' })),
              line(run(sentence)),
              ...facts.map(([label, value]) => line(run(`${label}: `, { weight: 'Bolder' }), run(value))),
            ],
          },
        },
      ],
    },
  };
};
