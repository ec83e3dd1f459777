// Lines of a list that became no rule, or one that somebody should know of: counted per reason, with the first few of each as examples.
import { nameToText } from '../../wire/names/presentation.ts';

/** Why a line was left out. `invalid` reasons speak against the text being a list at all; the others are usual in good lists. */
const SKIP_REASONS = {
  'not-a-name': { invalid: true, text: 'not a domain name' },
  'bad-syntax': { invalid: true, text: 'not understood' },
  'single-label': { invalid: true, text: 'a single label, no domain; allowPublicSuffixes consents' },
  'line-too-long': { invalid: true, text: 'line too long' },
  address: { invalid: false, text: 'an IP address or network; `addresses: true` checks answers against it' },
  'local-address': { invalid: false, text: 'an IP address that leads nowhere' },
  'broad-network': {
    invalid: false,
    text: 'a network that holds too much, or a whole private range; allowPublicSuffixes consents',
  },
  'too-many-addresses': { invalid: false, gap: true, text: 'more addresses than the limit' },
  'local-name': { invalid: false, text: 'a name of the machine itself' },
  root: { invalid: false, text: 'would cover every name; allowPublicSuffixes consents' },
  'public-suffix': {
    invalid: false,
    text: 'a top-level domain or public suffix; allowPublicSuffixes consents',
  },
  cosmetic: { invalid: false, text: 'cosmetic rule, for browsers only' },
  'browser-only': { invalid: false, text: 'modifier that only a browser can apply' },
  url: { invalid: false, text: 'a URL or path, not a name' },
  'partial-name': { invalid: false, text: 'part of a name without a wildcard' },
  'bad-pattern': { invalid: false, text: 'expression not supported by a linear-time engine, or too long' },
  'heavy-pattern': { invalid: false, gap: true, text: 'expression that would slow every query' },
  'too-many-patterns': { invalid: false, gap: true, text: 'more expressions than the limit' },
  'too-many-rules': {
    invalid: false,
    gap: true,
    text: 'more different answers and conditions than the limit, of the list or of one name',
  },
  simplified: {
    invalid: false,
    text: "more different answers or remarks than the limit; the name counts, with the list's own answer",
  },
  'unsupported-modifier': { invalid: false, text: 'modifier not supported' },
  'unsupported-trigger': {
    invalid: false,
    gap: true,
    text: 'a trigger on name servers (rpz-nsip, rpz-nsdname), which a forwarder does not see: not in force',
  },
  'unsupported-action': { invalid: false, text: 'action or record not supported' },
  'out-of-zone': { invalid: false, text: 'name outside the zone' },
  forwarding: { invalid: false, text: 'forwards names, blocks none' },
  option: { invalid: false, text: 'a setting of the other program, not a rule' },
  cancelled: { invalid: false, text: 'cancelled by $badfilter' },
  'wide-expression': {
    invalid: false,
    inForce: true,
    text: 'in force, but found in names of anybody, thousands of them: an expression without a dot; if it is a path, take it out',
  },
  'held-back': {
    invalid: false,
    text: 'held back, since everybody uses it (warninglists): not blocked; `take:` of the list blocks it',
  },
  'unreadable-file': { invalid: false, text: 'a file of the folder that is no list' },
  'left-out': { invalid: false, text: 'left out on purpose' },
} as const satisfies Record<string, { invalid: boolean; inForce?: boolean; gap?: boolean; text: string }>;

export type SkipReason = keyof typeof SKIP_REASONS;

const EXAMPLES_MAX = 5;
const EXAMPLE_CHARACTERS_MAX = 120;

export interface SkipExample {
  /** 1-based; 0 when the format has no lines. */
  readonly line: number;
  readonly text: string;
}

export interface SkipReport {
  readonly reason: SkipReason;
  readonly text: string;
  /** The lines count as they stand, and somebody should know. */
  readonly inForce: boolean;
  /** Right for others, and beyond what cenote can do or hold: what only these lines cover is not blocked. */
  readonly isGap: boolean;
  readonly count: number;
  readonly examples: readonly SkipExample[];
}

/** Lines that became no rule. */
export const leftOutOf = (reports: readonly SkipReport[]): number =>
  reports.reduce((sum, { count, inForce }) => (inForce ? sum : sum + count), 0);

/** A file of a folder that could not be taken, and why. */
export function unreadableFile(name: string, why: string): SkipReport {
  return {
    reason: 'unreadable-file',
    text: `file ${shorten(name)}: ${why}`,
    inForce: false,
    isGap: false,
    count: 1,
    examples: [],
  };
}

const decoder = new TextDecoder();

export class Problems {
  readonly #found = new Map<SkipReason, { count: number; examples: SkipExample[] }>();

  /** Counts a line whose text is `bytes[start .. end)`. */
  add(reason: SkipReason, line: number, bytes: Uint8Array, start: number, end: number): void {
    this.#add(reason, line, () =>
      decoder.decode(bytes.subarray(start, Math.min(end, start + 4 * EXAMPLE_CHARACTERS_MAX))),
    );
  }

  /** Counts what has no line any more. */
  addCount(reason: SkipReason, count: number): void {
    if (count > 0) this.#entry(reason).count += count;
  }

  addText(reason: SkipReason, line: number, text: string): void {
    this.#add(reason, line, () => text);
  }

  /** Counts a line of a name in wire form. */
  addName(reason: SkipReason, line: number, name: Uint8Array): void {
    this.#add(reason, line, () => nameToText(name));
  }

  /** How many lines speak against this being a list. */
  invalid(): number {
    let sum = 0;
    for (const [reason, { count }] of this.#found) if (SKIP_REASONS[reason].invalid) sum += count;
    return sum;
  }

  /** Most frequent first. */
  report(): SkipReport[] {
    return [...this.#found]
      .map(([reason, { count, examples }]) => ({
        reason,
        text: SKIP_REASONS[reason].text,
        inForce: 'inForce' in SKIP_REASONS[reason],
        isGap: 'gap' in SKIP_REASONS[reason],
        count,
        examples,
      }))
      .sort((a, b) => b.count - a.count);
  }

  /** @param text made only where it is shown */
  #add(reason: SkipReason, line: number, text: () => string): void {
    const entry = this.#entry(reason);
    entry.count += 1;
    if (entry.examples.length < EXAMPLES_MAX) entry.examples.push({ line, text: shorten(text()) });
  }

  #entry(reason: SkipReason): { count: number; examples: SkipExample[] } {
    let entry = this.#found.get(reason);
    if (entry === undefined) {
      entry = { count: 0, examples: [] };
      this.#found.set(reason, entry);
    }
    return entry;
  }
}

/** Control characters of a stranger's text never reach a terminal. */
function shorten(text: string): string {
  const clean = text.slice(0, 4 * EXAMPLE_CHARACTERS_MAX).replaceAll(/\p{C}/gu, '\u{fffd}');
  return clean.length > EXAMPLE_CHARACTERS_MAX ? `${clean.slice(0, EXAMPLE_CHARACTERS_MAX - 1)}…` : clean;
}
