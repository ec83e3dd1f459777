// XML of no kind that is known, as plain values: elements and attributes become fields, as a feed in JSON has them.
import { NAME_WORDS, squeeze, URL_WORDS, VALUE_WORDS } from '../known/kind-words.ts';
import { readXmlText } from '../text/xml-parser.ts';

const DEPTH_MAX = 24;
const ELEMENTS_MAX = 500_000;
const TEXT_CHARACTERS_MAX = 65_536;
/** Documents whose fields are about something else. */
const OTHER_ROOTS = /^(html|rss|urlset|sitemapindex|svg|kml|opml|plist|project|configuration|tei|article)$/;
/** `xmlns:indicator`, `xsi:schemaLocation`: what the document is written in. */
const OF_XML = /^(xmlns|xsi|xml)(:|$)/;
/** Names of elements and attributes in a sample. */
const FIELDS = /<([a-z][\w.:-]{0,40})|\s([a-z][\w.:-]{0,40})\s?=\s?["']/gi;

/** Whether an element or attribute says that it holds names, URLs or indicators. */
export function isRecordXml(sample: string): boolean {
  const root =
    /^\s*(?:<\?xml[^>]{0,200}\?>\s*)?(?:<!--[\s\S]{0,2000}?-->\s*)?<(?:[\w-]+:)?([a-z][\w.-]{0,40})[\s>]/i.exec(
      sample,
    );
  if (root === null || OTHER_ROOTS.test(root[1]!.toLowerCase()) || sample.includes('w3.org/2005/Atom'))
    return false;
  for (const [, element, attribute] of sample.matchAll(FIELDS)) {
    const name = element ?? attribute ?? '';
    if (OF_XML.test(name)) continue;
    const word = squeeze(name.replace(/^.*:/, ''));
    if (NAME_WORDS.has(word) || URL_WORDS.has(word) || VALUE_WORDS.has(word)) return true;
  }
  return false;
}

type Fields = Record<string, unknown[]>;

/** @returns an object of lists, as deep as is read */
export function xmlAsRecords(source: string): unknown {
  const root: Fields = {};
  const stack: { readonly name: string; readonly fields: Fields; text: string }[] = [];
  let elements = 0;
  const put = (fields: Fields, name: string, value: unknown): void => {
    if (Object.hasOwn(fields, name)) fields[name]!.push(value);
    else Object.defineProperty(fields, name, { value: [value], enumerable: true, writable: true });
  };
  readXmlText(
    source,
    {
      open: (name, attributes) => {
        elements += 1;
        const fields: Fields = {};
        for (const [key, value] of Object.entries(attributes))
          if (!OF_XML.test(key)) put(fields, localOf(key), value);
        stack.push({ name: localOf(name), fields, text: '' });
      },
      text: (part) => {
        const top = stack.at(-1);
        if (top !== undefined && top.text.length < TEXT_CHARACTERS_MAX) top.text += part;
      },
      close: () => {
        const closed = stack.pop();
        if (closed === undefined || stack.length > DEPTH_MAX || elements > ELEMENTS_MAX) return;
        const { name, fields } = closed;
        const text = closed.text.trim();
        const above = stack.at(-1)?.fields ?? root;
        const keys = Object.keys(fields);
        if (keys.length === 0) put(above, name, text);
        else {
          // `<indicator type="domain">evil.example</indicator>`
          if (text !== '') put(fields, keys.includes('value') ? 'text' : 'value', text);
          put(above, name, plain(fields));
        }
      },
    },
    true,
  );
  // The root's own name says what the document is, not what is in it.
  return Object.values(plain(root))[0];
}

const localOf = (name: string): string => name.slice(name.indexOf(':') + 1);

/** What is there once is itself, not a list of one. */
const plain = (fields: Fields): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(fields).map(([name, values]) => [name, values.length === 1 ? values[0] : values]),
  );
