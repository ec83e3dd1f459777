// One entry of a feed, a row or an object with named fields: whether it counts, and what it says besides its value.
import { squeeze } from '../known/kind-words.ts';
import { isBenignRemark } from '../layout/remarks.ts';
import { type LeftOutReason, type Taken, withoutNulls } from '../report.ts';
import { confidenceOf, dateOf, timeOf, tlpOf } from './said.ts';

/** The text of the field with one of these squeezed names, the first that is not empty; null when there is none. */
export type FieldOf = (names: readonly string[]) => string | null;

/** Values that exports write for "nothing". */
const EMPTY = /^(none|null|nan|n\/a|-|0000-00-00.*)?$/i;

/** `Expiration_Date_Time [UTC]` is the field without its zone. */
const fieldWord = (name: string): string => squeeze(name).replace(/utc$/, '');

export function fieldsOf(entries: Iterable<readonly [name: string, text: string]>): FieldOf {
  const fields = new Map<string, string>();
  for (const [name, written] of entries) {
    const key = fieldWord(name);
    const text = written.trim();
    if (text !== '' && !fields.has(key) && !EMPTY.test(text)) fields.set(key, text);
  }
  return (names) => {
    for (const name of names) {
      const text = fields.get(name);
      if (text !== undefined) return text;
    }
    return null;
  };
}

const NO = /^(0|false|no|inactive)$/i;
const YES = /^(1|true|yes)$/i;
const LET_THROUGH =
  /^(allow(ed)?|no[_ ]?action|none|ignore|pass|permit|audit|monitor|warn|white-?list(ed)?)$/i;
const ACTION = ['action', 'recommendedaction', 'mode'];
const ACTIVE = ['isactive', 'active', 'enabled'];
/** When a feed has taken an entry off, or that it has. */
const REMOVED = [
  'deletedate',
  'datawykreslenia',
  'deletedat',
  'removedate',
  'dateremoved',
  'removed',
  'deleted',
  'isdeleted',
];
const REVOKED = ['revoked', 'isrevoked', 'withdrawn'];
const OVER = ['expired', 'isexpired'];
const STATUS = ['status', 'state', 'indicatorstatus'];
const DECAYED = ['decayed'];
const FLAG = ['toids'];
const FALSE_POSITIVE = [
  'falsepositive',
  'isfalsepositive',
  'whitelisted',
  'iswhitelisted',
  'isbenign',
  'benign',
];
const VERDICT = ['verdict', 'classification', 'maliciousness', 'disposition', 'threattype', 'role'];
const ENDS = [
  'validuntil',
  'expiration',
  'expirationtime',
  'expirationdate',
  'expirationdatetime',
  'expires',
  'expiresat',
  'expiry',
  'expirydate',
  'expirationts',
];
/** How a rule compares what it sees with the value. */
const COMPARED = ['comparer', 'comparator', 'comparison', 'operator', 'condition'];
const CONFIDENCE = ['confidencelevel', 'confidence', 'confidencescore', 'maliciousconfidence'];
const FIRST_SEEN = [
  'firstseen',
  'dateadded',
  'published',
  'publisheddate',
  'validfrom',
  'created',
  'insertdate',
  'datawpisu',
  'date',
];
const MALWARE = ['malwareprintable', 'malware', 'malwarefamily', 'malwarefamilies', 'family'];
const CAMPAIGN = ['campaign', 'campaignname', 'threatactor', 'actor', 'actors', 'threatgroup'];
const TLP = ['tlp', 'tlplevel', 'trafficlightprotocollevel', 'marking', 'objectmarking'];
/** Most notes have none, and stay a part of the report's text. */
const ODD_SPACE = /\s\s|[^\S ]/;
const NOTE = ['comment', 'comments', 'note', 'notes', 'tags', 'description', 'title'];
/** All of them: a column with another header says nothing of its row. */
const FIELD_WORDS: ReadonlySet<string> = new Set(
  [
    ...[COMPARED, ACTION, ACTIVE, REMOVED, REVOKED, OVER, STATUS, DECAYED, FLAG, FALSE_POSITIVE, VERDICT],
    ...[ENDS, CONFIDENCE, FIRST_SEEN, MALWARE, CAMPAIGN, TLP, NOTE],
  ].flat(),
);
const RULES_OUT = /^(unlike|(is|does|do)?[ _-]?not([ _-]?\w+)?|isnt|ne|neq|!=|<>|excludes?|excluded)$/i;
const GONE =
  /^(revoked|expired|deleted|removed|disabled|deprecated|retired|offline_removed|false[- _]?pos(itive)?)$/i;

export interface Standing {
  readonly reason: LeftOutReason;
  readonly more?: string;
}

/** Why an entry counts for nothing, whatever its value is; null when it counts. */
export function againstEntry(of: FieldOf): Standing | null {
  const action = of(ACTION);
  if (action !== null && LET_THROUGH.test(action))
    return { reason: 'allowed', more: `its action is ${action}` };
  const compared = of(COMPARED);
  if (compared !== null && RULES_OUT.test(compared.trim()))
    return { reason: 'allowed', more: 'its rule leaves it out' };
  const active = of(ACTIVE);
  if (active !== null && NO.test(active)) return { reason: 'revoked', more: 'it is not active' };
  const deleted = of(REMOVED);
  if (deleted !== null && !NO.test(deleted) && timeOf(deleted) === null)
    return { reason: 'revoked', more: `removed ${deleted.slice(0, 40)}` };
  const revoked = of(REVOKED);
  if (revoked !== null && YES.test(revoked)) return { reason: 'revoked' };
  const over = of(OVER);
  if (over !== null && YES.test(over)) return { reason: 'expired' };
  const status = of(STATUS);
  if (status !== null && (GONE.test(status) || isInactive(status, of)))
    return { reason: 'revoked', more: `its status is ${status}` };
  const decayed = of(DECAYED);
  if (decayed !== null && YES.test(decayed)) return { reason: 'revoked', more: 'its score has decayed' };
  return isSaidHarmless(of) ? { reason: 'benign' } : null;
}

/**
 * `inactive` beside the end of the entry's time is said of the entry; without one, of the server, as `offline` is: what the
 * attacker has switched off may come back, and stays an indicator.
 */
const isInactive = (status: string, of: FieldOf): boolean => /^inactive$/i.test(status) && of(ENDS) !== null;

/** What a row says besides its values. */
export interface Word {
  readonly said: Taken['said'];
  readonly against: Standing | null;
  readonly isUnflagged: boolean;
}

/** `AI Model Provider,Domain,Risk Score`: what a service is called, and where it is. Whose use a company forbids is no attacker. */
const SERVICE =
  /^(ai|llm|genai|saas|mcp)[a-z]{0,10}(providers?|vendors?|services?|apps?|applications?|products?|tools?|servers?|names?)$/;
const OF_ATTACKS = /malware|threat|actor|campaign|attack|phish|c2|ioc|indicator|verdict|malicious/;
const IN_INVENTORY: Standing = { reason: 'benign', more: 'its table lists services and their domains' };

const isInventory = (header: readonly string[]): boolean =>
  SERVICE.test(header[0] ?? '') && !header.some((word) => OF_ATTACKS.test(word));

type Cells = readonly { readonly text: string }[];

/** Words of rows that are remembered. */
const WORDS_MAX = 4096;

/**
 * What rows of a table say: which columns say anything is looked up once, and what they say once for all rows that say the same.
 * @param header squeezed
 */
export function wordsOfRows(header: readonly string[]): (row: Cells) => Word {
  const words = header.map(fieldWord);
  const columns = words.flatMap((word, index) => (FIELD_WORDS.has(word) ? [index] : []));
  const known = new Map<string, Word>();
  const otherwise = isInventory(header) ? IN_INVENTORY : null;
  let row: Cells = [];
  const places = new Map<readonly string[], readonly number[]>();
  const of: FieldOf = (names) => {
    let found = places.get(names);
    if (found === undefined) {
      found = names.flatMap((name) => columns.filter((column) => words[column] === name));
      places.set(names, found);
    }
    for (const column of found) {
      const text = row[column]?.text.trim() ?? '';
      if (text !== '' && !EMPTY.test(text)) return text;
    }
    return null;
  };
  return (next) => {
    row = next;
    let key = '';
    for (const column of columns) key += `${row[column]?.text ?? ''}\0`;
    let word = known.get(key);
    if (word === undefined) {
      word = { said: saidBy(of), against: againstEntry(of) ?? otherwise, isUnflagged: isUnflagged(of) };
      if (known.size >= WORDS_MAX) known.clear();
      known.set(key, word);
    }
    return word;
  };
}

/** Whether the entry is not flagged for detection, which many publishers never do. */
export function isUnflagged(of: FieldOf): boolean {
  const flag = of(FLAG);
  return flag !== null && NO.test(flag);
}

function isSaidHarmless(of: FieldOf): boolean {
  const wrong = of(FALSE_POSITIVE);
  if (wrong !== null && YES.test(wrong)) return true;
  const verdict = of(VERDICT);
  return verdict !== null && isBenignRemark(verdict);
}

/** What feeds say of one entry. */
export function saidBy(of: FieldOf): Taken['said'] {
  const note = of(NOTE);
  return withoutNulls({
    confidence: confidenceOf(of(CONFIDENCE)),
    firstPublished: dateOf(of(FIRST_SEEN)),
    // What was taken off does not last as long as it was meant to.
    expires: timeOf(of(REMOVED)) ?? timeOf(of(ENDS)),
    malware: of(MALWARE)?.slice(0, 200) ?? null,
    campaign: of(CAMPAIGN)?.slice(0, 200) ?? null,
    tlp: tlpOf(of(TLP)),
    note: note === null ? null : (ODD_SPACE.test(note) ? note.replaceAll(/\s+/g, ' ') : note).slice(0, 300),
  });
}
