// XML of reports: STIX 1, OpenIOC and MISP events, told apart by their own elements in one pass.
import type { Gathering } from '../gathering.ts';
import { LineCounter } from '../line-counter.ts';
import type { Place } from '../place.ts';
import type { Findings } from '../report.ts';
import { readXmlText } from '../text/xml-parser.ts';
import { isOfNone, readCyboxValue } from './cybox.ts';
import { readAttribute } from './misp.ts';
import { dateOf } from './said.ts';

const TEXT_CHARACTERS_MAX = 65_536;
const ROOT = /<(?:[a-z0-9-]+:)?(STIX_Package|ioc|OpenIOC|Event|response|Indicators)[\s>]/i;

export function isIndicatorXml(text: string): boolean {
  const head = text.slice(0, 65_536);
  if (!/^\s*(<\?xml|<(?:[a-z0-9-]+:)?(STIX_Package|ioc|OpenIOC|Event|response)[\s>])/i.test(head))
    return false;
  return ROOT.test(head) && /stix|openioc|mandiant|<Attribute>|<Event>|IndicatorItem/i.test(head);
}

/** CybOX objects whose value is a name, a URL or an address. */
const STIX_VALUES =
  /^(domainnameobj:value|uriobj:value|hostnameobj:hostname_value|linkobj:value|uri:value|domain:value|addressobj:address_value)$/;
const OPENIOC_NAMES =
  /(network\/dns|dnsentryitem\/(host|recordname|recorddata\/host)|urlhistoryitem\/(hostname|url)|network\/(uri|url|host)|formhistoryitem\/hostname|cookiehistoryitem\/hostname|snort\/host|network\/string\/domain|\/(hostname|hostnames|domain|domainname|fqdn|dnsname|requesturl|url)$)/;
/** What MISP's export calls the links of an event. */
const EXTERNAL = /^(external analysis|internal reference|support tool)\b/i;
const NEGATED = /^(isnot|containsnot|not)/;

interface Item {
  id: string;
  search: string;
  condition: string;
  negate: string;
  content: string;
}

/** @returns what it says of itself, and how many fields of it hold indicators */
export function readXml(source: string, gathering: Gathering): { findings: Findings; found: number } {
  const lines = new LineCounter(source);
  const stack: string[] = [];
  /** Depths of the elements around that are negated (`negate` of STIX 1): two are none. */
  const negated: number[] = [];
  let text = '';
  /** Of the element that was opened last. */
  let condition = '';
  let isNone = false;
  let found = 0;
  let title: string | null = null;
  let isLink = false;
  let published: string | null = null;
  let item: Item | null = null;
  let attribute: Map<string, string> | null = null;
  const place = (at: number): Place => {
    lines.moveTo(at);
    return { line: lines.line, column: lines.column };
  };
  const close = (name: string, at: number): void => {
    const value = text.trim();
    if (STIX_VALUES.test(name) && value !== '') {
      found += 1;
      const isNegated = (negated.length % 2 === 1) !== isNone;
      const isAddress = name === 'addressobj:address_value';
      for (const each of value.split('##comma##'))
        if (isLink) gathering.leave(each, 'reference', place(at));
        else readCyboxValue({ value: each, condition, isNegated, isAddress }, place(at), gathering);
    } else if (name === 'content' && item !== null) item.content = value;
    else if (name === 'indicatoritem' && item !== null) {
      found += readItem(item, place(at), gathering);
      item = null;
    } else if (attribute !== null && name === 'attribute') {
      found += 1;
      readAttribute(Object.fromEntries(attribute), {}, place(at), gathering);
      attribute = null;
    } else if (attribute !== null && stack.at(-1) === 'attribute') attribute.set(name, value);
    if (/^(stix:)?indicator:title$/.test(name)) isLink = EXTERNAL.test(value);
    if (/^(short_description|info|(stix|incident|indicator):title)$/.test(name) && value !== '')
      title ??= value;
    if (/^(authored_date|date)$/.test(name)) published ??= dateOf(value);
  };
  readXmlText(
    source,
    {
      open: (name, attributes) => {
        stack.push(name);
        text = '';
        const of = (key: string): string => (attributes[key] ?? '').toLowerCase();
        condition = of('condition');
        isNone = isOfNone(of('apply_condition'));
        if (name !== 'indicatoritem' && of('negate') === 'true') negated.push(stack.length);
        if (name === 'indicatoritem')
          item = {
            id: attributes['id'] ?? '',
            condition: of('condition'),
            negate: of('negate'),
            search: '',
            content: '',
          };
        else if (name === 'context' && item !== null) item.search = of('search');
        else if (name === 'attribute') attribute = new Map();
      },
      text: (part) => {
        if (text.length < TEXT_CHARACTERS_MAX) text += part;
      },
      close: (name, at) => {
        const isOpen = stack.at(-1) === name;
        if (isOpen) stack.pop();
        close(name, at);
        if (isOpen && negated.at(-1) === stack.length + 1) negated.pop();
        text = '';
      },
    },
    true,
  );
  return { findings: { title, published }, found };
}

/** MISP writes the value into the item's id and leaves the content empty. */
function readItem(
  { id, search, condition, negate, content }: Item,
  place: Place,
  gathering: Gathering,
): number {
  const value = content === '' ? (/^[0-9a-f]{8}-[0-9a-f-]{27}$/i.test(id) ? '' : id) : content;
  if (value === '' || !OPENIOC_NAMES.test(search)) return 0;
  if (negate === 'true' || NEGATED.test(condition)) gathering.leave(value, 'allowed', place, 'negated');
  else if (condition === 'matches') gathering.leave(value, 'unsupported', place, search);
  else gathering.typed(value.replace(/^\./, ''), place, {}, value.startsWith('.') ? 'below' : 'subtree');
  return 1;
}
