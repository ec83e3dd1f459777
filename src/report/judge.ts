// Decides of each candidate whether it is taken, left out with a reason, or not worth a word: by the first rule of RULES that
// has an answer.
//
// Decided here: an e-mail address is left out, its domain too (it is the provider's more often than the attacker's; listed
// elsewhere in the report it is taken there). A host on a private suffix is taken, the suffix itself never. A shared host is
// left out with or without a path. A plainly written name is left out unless its field says that it is an indicator.
// What a field, a column or a pattern says is a name is never shortened: it is taken whole or left out. Only prose is cut.

import { usualText } from '../wire/names/presentation.ts';
import { FOR_DOCUMENTS, KEPT_BACK } from './known/in-documents.ts';
import { isFieldOfLog } from './known/log-fields.ts';
import { isFile, isMixed, isNumberedItem, isPackage, isWordsSideBySide } from './known/no-names.ts';
import { isSharedHost } from './known/shared-hosts.ts';
import { isKnownTop, isOfGovernment, registeredOf, registrationOf } from './known/suffix.ts';
import { DETECTION, HOME_ONLY } from './known/usual-name.ts';
import { isAgainst } from './layout/heading.ts';
import { type Candidate, explanationOf, type LeftOutReason } from './report.ts';
import { type Cut, cutToSuffix, isOtherRoot, wholeName } from './text/cut.ts';

export type Judgement =
  | { readonly kind: 'take'; readonly name: string; readonly printed: string }
  | {
      readonly kind: 'leave';
      readonly name: string | null;
      readonly printed: string;
      readonly reason: LeftOutReason;
      readonly explanation: string;
    }
  /** Prose: nobody would take it for an indicator. */
  | { readonly kind: 'ignore' };

/** What the rules ask of a candidate; made once. */
interface Facts {
  readonly candidate: Candidate;
  /** Something says that it is an indicator: a mark, a field, a list it stands alone in. */
  readonly isMeant: boolean;
  /** The name with its ends as the rules leave them; null where none ends in a known suffix. */
  readonly cut: Cut | null;
  /** In its usual form; null when it is no host name. */
  readonly name: string | null;
  readonly printed: string;
}

interface Rule {
  readonly name: string;
  /** null: this rule has nothing against it. */
  readonly decide: (facts: Facts) => Judgement | null;
}

const IGNORE: Judgement = { kind: 'ignore' };
const LABELS_MAX = 128;

const RULES: readonly Rule[] = [
  {
    name: 'too many labels',
    decide: ({ candidate, isMeant }) =>
      candidate.labels.length <= LABELS_MAX
        ? null
        : orIgnore(isMeant, () => leave(candidate, 'not-a-name', null, 'too many labels')),
  },
  {
    name: 'path of a typed value',
    decide: ({ candidate }) => (candidate.isTyped && candidate.context === 'path' ? IGNORE : null),
  },
  {
    name: 'words of prose',
    decide: ({ candidate }) => (isWordsSideBySide(candidate) || isNumberedItem(candidate) ? IGNORE : null),
  },
  {
    name: 'number',
    decide: ({ candidate, isMeant }) =>
      isNumber(candidate) ? orIgnore(isMeant, () => judgeNumber(candidate)) : null,
  },
  {
    name: 'file',
    decide: ({ candidate, isMeant }) =>
      isFile(candidate) ? orIgnore(isMeant, () => leave(candidate, 'file')) : null,
  },
  { name: 'no known end', decide: judgeEnd },
  {
    name: 'no host name',
    decide: ({ candidate, name, isMeant, printed }) =>
      name === null ? orIgnore(isMeant, () => leave({ ...candidate, printed }, 'not-a-name')) : null,
  },
  {
    name: 'what a scanner calls malware',
    decide: (facts) =>
      DETECTION.test(facts.name!)
        ? orIgnore(facts.isMeant, () => because(facts, 'not-a-name', 'what a scanner calls malware'))
        : null,
  },
  {
    name: 'never registered',
    decide: (facts) =>
      facts.name!.includes('_') && /^[^.]*_/.test(registeredOf(facts.name!) ?? '')
        ? orIgnore(facts.isMeant, () => because(facts, 'not-a-name', 'no domain has an underscore there'))
        : null,
  },
  {
    name: 'e-mail',
    decide: (facts) => (facts.candidate.context === 'email' ? because(facts, 'email') : null),
  },
  { name: 'inside a URL', decide: judgePath },
  {
    name: 'what stands above it',
    decide: (facts) => {
      const { standing } = facts.candidate;
      return isAgainst(standing) ? because(facts, standing) : null;
    },
  },
  {
    name: 'named beside the attackers',
    decide: (facts) => {
      const { bystander } = facts.candidate;
      return facts.isMeant && bystander !== null ? because(facts, bystander.reason, bystander.more) : null;
    },
  },
  {
    name: 'kept for documents',
    decide: (facts) =>
      facts.isMeant && (FOR_DOCUMENTS.test(facts.name!) || isPlaceholder(facts))
        ? because(facts, 'reference', 'kept for examples')
        : null,
  },
  {
    name: 'shared host',
    decide: (facts) =>
      facts.isMeant && isSharedHost(facts.name!)
        ? because(facts, 'shared-host', facts.candidate.hasPath ? 'the report names a path on it' : undefined)
        : null,
  },
  {
    name: 'suffix',
    decide: (facts) =>
      registrationOf(facts.name!) === 'suffix'
        ? orIgnore(facts.isMeant, () => because(facts, 'suffix'))
        : null,
  },
  {
    name: 'field of a log',
    decide: ({ candidate, name }) =>
      !candidate.isDefanged && !candidate.isTyped && candidate.context !== 'url' && isFieldOfLog(name!)
        ? IGNORE
        : null,
  },
  { name: 'plain', decide: (facts) => (facts.isMeant ? null : because(facts, 'plain')) },
  {
    name: 'package of a program',
    decide: (facts) =>
      isPackage(facts.candidate) ? because(facts, 'unsure', 'a program names its packages so') : null,
  },
  {
    // Marked in a list of indicators it is meant; a sentence that marks it speaks of the attacked as often, and among plain names it
    // is a page that somebody hacked.
    name: 'of a government',
    decide: (facts) =>
      (facts.candidate.standing === null || !facts.candidate.isDefanged) &&
      !facts.candidate.isTyped &&
      isOfGovernment(facts.name!)
        ? because(facts, 'government')
        : null,
  },
  {
    name: 'names below it',
    decide: (facts) =>
      facts.candidate.isSuffixOnly && registrationOf(`x.${facts.name!}`) === 'suffix'
        ? because(facts, 'suffix')
        : null,
  },
  {
    name: 'doubt',
    decide: (facts) =>
      facts.candidate.doubt === null ? null : because(facts, 'unsure', facts.candidate.doubt),
  },
];

export function judge(candidate: Candidate): Judgement {
  const facts = factsOf(candidate);
  for (const { decide } of RULES) {
    const judged = decide(facts);
    if (judged !== null) return judged;
  }
  return { kind: 'take', name: facts.name!, printed: facts.printed };
}

function factsOf(candidate: Candidate): Facts {
  const isMeant = candidate.isDefanged || candidate.isTyped || isListed(candidate);
  const cutBy = isWhole(candidate) ? wholeName : cutToSuffix;
  const cut = candidate.labels.length <= LABELS_MAX ? cutBy(candidate.labels) : null;
  return {
    candidate,
    isMeant,
    cut,
    name: cut === null ? null : usualText(cut.name),
    printed: cut === null ? candidate.printed : candidate.printed.slice(0, cut.printedLength),
  };
}

/** A field's value, or a plain name alone in its line: nothing of it is the end of a sentence. */
const isWhole = ({ isTyped, isField, isDefanged }: Candidate): boolean => isTyped || isField || !isDefanged;

/**
 * Alone in a list of names; among indicators of any kind a word in `Mixed.Case` is a detection's or a module's name, unless it
 * ends as names do: `Evil.com`, `Evil.Com`.
 */
function isListed(candidate: Candidate): boolean {
  const { standing, context, labels, outer, hasPort } = candidate;
  if (context === 'path') return false;
  if (standing === 'address') return isNumber(candidate);
  if (context === 'nested' && (outer === null || !isSharedHost(outer))) return false;
  if (standing === 'name') return true;
  if (standing !== 'value') return false;
  return (
    context === 'url' ||
    hasPort ||
    /^www\d?$/i.test(labels[0]!.text) ||
    labels.every(({ text }) => !isMixed(text)) ||
    NAME_END.test(labels.at(-1)!.text)
  );
}

/** No word that modules, detections and products end in: `System.Net`, `Socket.io`, `Bit.ly`. */
const NAME_END =
  /^(com|Com|org|Org|net|info|Info|biz|Biz|(?!io|ly|ai|me|tv|co|so|fm|to|sh|py|rs|pl|md|ps|cs|js|vb)([a-z]{2}|[A-Z][a-z]))$/;

/** A last label that no list knows: in a field that holds names it may be newer than the list, or of another root. */
function judgeEnd(facts: Facts): Judgement | null {
  const { candidate, cut, name } = facts;
  const top = candidate.labels.at(-1)!.text.toLowerCase();
  if (cut !== null && isKnownTop(cut.name.slice(cut.name.lastIndexOf('.') + 1))) return null;
  if (name !== null && isMeantThere(facts) && isOtherRoot(top)) return null;
  if (candidate.isTyped && name !== null && /^[a-z]{2,24}$/.test(top) && !HOME_ONLY.has(top)) return null;
  const isMarked =
    candidate.isTyped ||
    candidate.isField ||
    candidate.standing === 'name' ||
    candidate.labels.some((label) => label.joined === 'mark');
  if (!isMarked || candidate.context === 'path' || candidate.context === 'email') return IGNORE;
  const whole = usualText(candidate.labels.map(({ text }) => text).join('.'));
  return leave(candidate, 'no-suffix', whole);
}

/** Where a name below a root of somebody's own can stand: there nobody else uses it. */
const isMeantThere = ({ candidate }: Facts): boolean =>
  candidate.context !== 'path' &&
  candidate.context !== 'email' &&
  (candidate.isDefanged || candidate.standing === 'name' || candidate.standing === 'value');

/** A name in the path of a URL is part of it; a URL inside one that leads everybody anywhere is where it leads. */
function judgePath(facts: Facts): Judgement | null {
  const { context, outer, isDefanged, isTyped, standing } = facts.candidate;
  if (context === 'path') return orIgnore(facts.isMeant, () => because(facts, 'path'));
  if (context !== 'nested') return null;
  const isValue = isDefanged || standing === 'name' || standing === 'value' || isTyped;
  if (isValue && outer !== null && isSharedHost(outer)) return null;
  return orIgnore(facts.isMeant, () => because(facts, 'path', 'a URL inside another'));
}

/** In a text. */
const isPlaceholder = ({ candidate, name }: Facts): boolean => !candidate.isTyped && KEPT_BACK.test(name!);

const orIgnore = (isMeant: boolean, judged: () => Judgement): Judgement => (isMeant ? judged() : IGNORE);

const because = ({ candidate, name, printed }: Facts, reason: LeftOutReason, more?: string): Judgement =>
  leave({ ...candidate, printed }, reason, name, more);

function leave(
  candidate: Pick<Candidate, 'printed'>,
  reason: LeftOutReason,
  name: string | null = null,
  more?: string,
): Judgement {
  const explanation = explanationOf(reason, more);
  return { kind: 'leave', name, printed: candidate.printed, reason, explanation };
}

/** Addresses, versions, section numbers. */
function judgeNumber(candidate: Candidate): Judgement {
  if (candidate.context === 'path') return IGNORE;
  const { labels, standing } = candidate;
  const parts = labels.map((label) => label.text);
  const isIpv4 = parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256);
  if (!isIpv4 && !isIpv6(candidate)) return leave(candidate, 'not-a-name', null, 'a number or a version');
  return leave(candidate, isAgainst(standing) ? standing : 'address');
}

const isNumber = (candidate: Candidate): boolean =>
  /^\d+$/.test(candidate.labels.at(-1)!.text) || isIpv6(candidate);

/** Names that are read have two labels at least. */
const isIpv6 = ({ labels }: Candidate): boolean => labels.length === 1;
