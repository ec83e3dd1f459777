// One entry of a feed, a row or an object with named fields: whether it counts, and what it says besides its value.
import { squeeze } from '../known/kind-words.ts';
import { isBenignRemark } from '../layout/heading.ts';
import { type LeftOutReason, type Taken, withoutNulls } from '../report.ts';
import { confidenceOf, dateOf, timeOf, tlpOf } from './said.ts';

/** The text of the field with one of these squeezed names; null when there is none, or it is empty. */
export type FieldOf = (...names: string[]) => string | null;

/** Values that exports write for "nothing". */
const EMPTY = /^(none|null|nan|n\/a|-|0000-00-00.*)?$/i;

export function fieldsOf(entries: Iterable<readonly [name: string, text: string]>): FieldOf {
  const fields = new Map<string, string>();
  for (const [name, written] of entries) {
    const key = squeeze(name);
    const text = written.trim();
    if (text !== '' && !fields.has(key) && !EMPTY.test(text)) fields.set(key, text);
  }
  return (...names) => {
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
/** When a feed has taken an entry off, or that it has. */
const REMOVED = [
  'deletedate',
  'datawykreslenia',
  'deletedat',
  'removedate',
  'dateremoved',
  'removed',
  'deleted',
] as const;
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
] as const;
const GONE = /^(inactive|revoked|expired|deleted|removed|disabled|deprecated|retired|offline_removed)$/i;

export interface Standing {
  readonly reason: LeftOutReason;
  readonly more?: string;
}

/** Why an entry counts for nothing, whatever its value is; null when it counts. */
export function againstEntry(of: FieldOf): Standing | null {
  const action = of('action', 'recommendedaction', 'mode');
  if (action !== null && LET_THROUGH.test(action))
    return { reason: 'allowed', more: `its action is ${action}` };
  const active = of('isactive', 'active', 'enabled');
  if (active !== null && NO.test(active)) return { reason: 'revoked', more: 'it is not active' };
  const deleted = of(...REMOVED);
  if (deleted !== null && !NO.test(deleted) && timeOf(deleted) === null)
    return { reason: 'revoked', more: `removed ${deleted.slice(0, 40)}` };
  const revoked = of('revoked', 'isrevoked', 'withdrawn');
  if (revoked !== null && YES.test(revoked)) return { reason: 'revoked' };
  const status = of('status', 'state', 'indicatorstatus');
  if (status !== null && GONE.test(status)) return { reason: 'revoked', more: `its status is ${status}` };
  const decayed = of('decayed');
  if (decayed !== null && YES.test(decayed)) return { reason: 'revoked', more: 'its score has decayed' };
  return null;
}

/** Whether the entry says that it is harmless or not meant for detection. */
export function isUnflagged(of: FieldOf): boolean {
  const ids = of('toids');
  if (ids !== null && NO.test(ids)) return true;
  const wrong = of('falsepositive', 'isfalsepositive', 'whitelisted', 'iswhitelisted', 'isbenign', 'benign');
  if (wrong !== null && YES.test(wrong)) return true;
  const verdict = of('verdict', 'classification', 'maliciousness', 'disposition', 'threattype', 'role');
  return verdict !== null && isBenignRemark(verdict);
}

/** What feeds say of one entry. */
export function saidBy(of: FieldOf): Taken['said'] {
  const note = of('comment', 'comments', 'note', 'notes', 'tags', 'description', 'title');
  const said: Taken['said'] = {
    confidence: confidenceOf(of('confidencelevel', 'confidence', 'confidencescore')),
    firstPublished: dateOf(
      of(
        'firstseenutc',
        'firstseen',
        'dateadded',
        'published',
        'validfrom',
        'created',
        'insertdate',
        'datawpisu',
        'date',
      ),
    ),
    // What was taken off does not last as long as it was meant to.
    expires: timeOf(of(...REMOVED)) ?? timeOf(of(...ENDS)),
    malware:
      of('malwareprintable', 'malware', 'malwarefamily', 'malwarefamilies', 'family')?.slice(0, 200) ?? null,
    campaign: of('campaign', 'campaignname', 'threatactor', 'actor', 'threatgroup')?.slice(0, 200) ?? null,
    tlp: tlpOf(of('tlp', 'tlplevel', 'marking')),
    note: note?.replaceAll(/\s+/g, ' ').slice(0, 300) ?? null,
  };
  return withoutNulls(said);
}
