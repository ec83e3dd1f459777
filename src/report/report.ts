// The words of a report's import: what was found in it, what was taken, what was left out and why, and where it came from.
import { CodedError } from '../config/coded-error.ts';
import type { CodesOf } from '../config/error-codes.ts';
import type { Indicator } from '../policy/rule.ts';
import type { Standing } from './layout/heading.ts';

/** Of a report as it is given, packed or not. */
export const GIVEN_OCTETS_MAX: number = 64 * 1024 * 1024;

/** `json`: a feed of records; `query`: hunting queries and YARA rules. */
export const REPORT_KINDS = [
  'text',
  'html',
  'csv',
  'stix',
  'misp',
  'json',
  'xml',
  'sigma',
  'suricata',
  'query',
] as const;
export type ReportKind = (typeof REPORT_KINDS)[number];
export type Confidence = NonNullable<Indicator['confidence']>;

/** Why something that looks like an indicator was left out; the text is what a person reads. */
export const LEFT_OUT = {
  plain: 'written plainly, not defanged',
  email: 'an e-mail address: blocking its domain would block the mail provider, not the sender',
  address:
    'an address, not a name: kept under `addresses:`, which counts where the list says `addresses: true`',
  file: 'a file name, not a domain name',
  path: 'part of a path, not a host',
  suffix: 'a top-level domain or a suffix under which strangers register names',
  'no-suffix':
    'does not end in a known top-level domain; if that is a typing error (`.con` for `.com`), mend it in what is imported and import that again; `--take` takes it as it is',
  'not-a-name': 'not a host name',
  'shared-host': 'shared host: many others stand on it',
  unsure: 'may be two words or half a name; look it up in the report',
  type: 'listed as something else than a name',
  government:
    'below a suffix of a government or its forces, more often attacked than registered; `--take` takes it',
  reference: 'a reference, not an indicator',
  beside: 'whose registrar, host or name server it is, not an indicator',
  victim: 'the victim of what is described, not an indicator',
  benign: 'the report calls it legitimate, imitated or attacked, or marks it as not meant for detection',
  revoked: 'the report has withdrawn it',
  observable: 'seen, and not called an indicator',
  expired: 'its report called it an indicator for a time that is over',
  allowed: 'its report says that it is to be let through',
  unsupported: 'a pattern of names, which a list of names cannot hold',
  exception: 'the list allows or redirects it, or blocks it for some only',
  excluded: 'left out on request',
  'too-many': 'beyond the names that are taken from one report (docs/limits.md)',
} as const satisfies Record<string, string>;

export type LeftOutReason = keyof typeof LEFT_OUT;

/** @param more what is special about this one */
export const explanationOf = (reason: LeftOutReason, more?: string): string =>
  more === undefined ? LEFT_OUT[reason] : `${LEFT_OUT[reason]}; ${more}`;

/** Why a name that a sentence names beside the attackers is left out. */
export interface Bystander {
  readonly reason: LeftOutReason;
  /** Shown with the reason. */
  readonly more: string;
}

/** Something in the report that may be a name, before it is judged. */
export interface Candidate {
  /** As printed, cut at a length nobody prints. */
  readonly printed: string;
  /** 1-based; column in UTF-16 units. */
  readonly line: number;
  readonly column: number;
  readonly labels: readonly Label[];
  /** It stands in a field that says it is a name or a URL. */
  readonly isTyped: boolean;
  /** It is the value of a field, of whatever kind: nothing of it is prose. */
  readonly isField: boolean;
  /** What its list, its column or its label says of it; null in prose. */
  readonly standing: Standing | null;
  /** And that is said by its line alone: another reading of the text says the same. */
  readonly isByLine?: boolean;
  /** It was written so that nobody clicks on it. */
  readonly isDefanged: boolean;
  /** `nested`: the host of a URL inside the path or the query of another. */
  readonly context: 'host' | 'url' | 'email' | 'path' | 'nested';
  /** Of a nested one: the host of the URL around it, in lower case. */
  readonly outer: string | null;
  /** A dot before it, and no label: names below it are meant. */
  readonly isSuffixOnly: boolean;
  /** A path or a query follows the host. */
  readonly hasPath: boolean;
  readonly hasPort: boolean;
  /** The words around it call it a kill switch. */
  readonly isKillSwitch?: boolean;
  /** Its sentence names it beside the attackers, as somebody else's. */
  readonly bystander: Bystander | null;
  /** Where its limits are not certain: the reader's words for it. */
  readonly doubt: string | null;
}

/** `odd`: a dot-like character that may also end a sentence; `spaced`: a mark with spaces around it. */
export type Joint = 'first' | 'plain' | 'mark' | 'odd' | 'spaced';

export interface Label {
  readonly text: string;
  /** How it is joined to the label before it. */
  readonly joined: Joint;
  /** Units of `printed` up to its end. */
  readonly printedLength: number;
}

/** One name for the list. */
export interface Taken {
  /** Where it stands in a document of several texts: `iocs.xlsx > Sheet1 > B7`, `page 3`; in JSON and XML, the way to its value. */
  readonly path?: string;
  /** Lower case, A-labels, no trailing dot. */
  readonly name: string;
  readonly printed: string;
  readonly line: number;
  readonly column: number;
  /** What the report says of this entry alone; the rest comes from the provenance. */
  readonly said: Partial<Indicator>;
  /** The name alone, without the names below it. */
  readonly isExact: boolean;
  /** The names below it, without the name itself. */
  readonly isBelow: boolean;
}

/** A new object: keys taken out of one make it a table, which a hundred thousand rows cannot afford. */
export function withoutNulls(said: Partial<Indicator>): Partial<Indicator> {
  const kept: Record<string, unknown> = {};
  for (const key in said) {
    const value = said[key as keyof Indicator];
    if (value !== null) kept[key] = value;
  }
  return kept as Partial<Indicator>;
}

export type EntryScope = 'subtree' | 'exact' | 'below';

/** An address or network that the report names; others may stand on it too. */
export interface ToldAddress {
  readonly address: string;
  /** 1-based; 0 when the report has no lines. */
  readonly line: number;
}

export interface LeftOut {
  /** As of what is taken. */
  readonly path?: string;
  readonly text: string;
  /** The name it would have been; null when it is none. */
  readonly name: string | null;
  readonly reason: LeftOutReason;
  /** The reason in full, with what is special about this one. */
  readonly explanation: string;
  readonly line: number;
  readonly column: number;
}

/** What a report says about itself; missing is not said. */
export type Findings = Partial<
  Pick<Provenance, 'title' | 'url' | 'published' | 'campaign' | 'confidence' | 'tlp'>
>;

/** Where the names come from; what the caller says wins over what the report says. */
export interface Provenance {
  readonly title: string | null;
  /** File or URL, as the caller gave it. */
  readonly source: string | null;
  /** Where the report itself says it stands. */
  readonly url: string | null;
  /** ISO date on which the report was published; null when neither the caller nor the report says. */
  readonly published: string | null;
  readonly campaign: string | null;
  readonly confidence: Confidence | null;
  /** Traffic Light Protocol, as far as the report says. */
  readonly tlp: string | null;
  /** Full dates in the text that do not say when it was published (a signing date, a first sighting). */
  readonly datesMentioned: readonly string[];
}

export class ReportError extends CodedError<CodesOf<'REPORT'>> {}
