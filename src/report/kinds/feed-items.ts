// RSS and Atom: what each item says, as a text of its own. Links and identifiers lead to the item, and are no indicators.
import type { Gathering } from '../gathering.ts';
import { looksLikeIndicator } from '../known/kind-words.ts';
import { LineCounter } from '../line-counter.ts';
import type { Place } from '../place.ts';
import type { Findings } from '../report.ts';
import { readXmlText } from '../text/xml-parser.ts';

const ROOT = /^\s*(?:<\?xml[^>]{0,200}\?>\s*)?(?:<!--[\s\S]{0,2000}?-->\s*)?<(rss|feed|rdf:rdf)[\s>]/i;
const TEXT_CHARACTERS_MAX = 1_000_000;

export const isFeed = (sample: string): boolean => ROOT.test(sample);

export function readFeed(source: string, gathering: Gathering): Findings {
  const lines = new LineCounter(source);
  let isItem = false;
  let text = '';
  let title: string | null = null;
  const close = (name: string, place: Place): void => {
    const value = text.trim();
    if (name === 'title' && !isItem) title ??= value;
    else if (!isItem || value === '') return;
    else if (name === 'title' && looksLikeIndicator(value)) gathering.untyped(value, place);
    else if (/^(title|description|summary|content|content:encoded)$/.test(name))
      gathering.text(value, place, { isHtml: true });
  };
  readXmlText(
    source,
    {
      open: (name) => {
        if (name === 'item' || name === 'entry') isItem = true;
        text = '';
      },
      text: (part) => {
        if (text.length < TEXT_CHARACTERS_MAX) text += part;
      },
      close: (name, at) => {
        lines.moveTo(at);
        close(name, { line: lines.line, column: lines.column });
        if (name === 'item' || name === 'entry') isItem = false;
        text = '';
      },
    },
    true,
  );
  return { title };
}
