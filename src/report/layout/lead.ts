// What a line goes on with: the line of prose above it, the sentence that leads to a list over several lines, a heading over two.

/** A line of prose of which the next one goes on: as many words, and no end of a sentence. */
const PROSE_WORDS_MIN = 5;
const BEFORE_CHARACTERS_MAX = 160;
/** No sentence that leads to a list is longer. */
const SENTENCE_CHARACTERS_MAX = 400;

/** What a line goes on with behind another; empty when the line above ends with it, or is none of prose. */
export function leadOf(before: string): string {
  if (/[.:：;!?。]$|^[#*=|>-]/.test(before) || before.split(/\s+/).length < PROSE_WORDS_MIN) return '';
  return `${before.slice(-BEFORE_CHARACTERS_MAX)} `;
}

/** Begins where the line above has not ended. */
export const isContinuation = (line: string, whole: string): boolean =>
  whole.length > line.length &&
  (/^\p{Ll}/u.test(line) || /[-,]$/.test(whole.slice(0, -line.length).trimEnd()));

/** The sentence that is being read, which may go over several lines: `Other domains associated | with the group`. */
export class Sentence {
  #text = '';

  /** A line that is empty, or has values, ends it. */
  end(): void {
    this.#text = '';
  }

  /** @returns the line with what of its sentence stands above it */
  goOn(line: string): string {
    // `common be-`, `tween both groups`
    const whole = /\p{Ll}-$/u.test(this.#text) ? this.#text.slice(0, -1) + line : `${this.#text} ${line}`;
    const isOpen = this.#text !== '' && !/[.:：;!?。|]$|^[#*=|>-]/.test(this.#text);
    const text = isOpen ? whole.slice(-SENTENCE_CHARACTERS_MAX) : line;
    this.#text = text;
    return text.split(SENTENCE_END).at(-1)!;
  }
}

/** `… of its own. | The servers are:` */
const SENTENCE_END = /(?<=[.!?]["”’)]?)\s+(?=\p{Lu})/u;

/** `… that the domains belong to government institutions of other countries:` */
const LEADS_TO_OWNERS =
  /\b(?:related|belong(?:s|ed|ing)?) to (?:(?!attack|threat|malicious)[\p{L}-]{1,20} ){0,3}?(?:government\p{L}*|ministr\p{L}+|embass\p{L}+|universit\p{L}+|companies|organi[sz]ations|institutions)\b[^.:：]{0,60}[:：]\**$/iu;

/** `… belong to companies that the actors registered:` */
const OF_THE_ACTOR =
  /\b(?:actors?|attackers?|groups?|gangs?|operators?|shell|front|bogus|fictitious|registered|squat\p{L}*|infrastructure)\b/iu;

export const leadsToOwners = (text: string): boolean =>
  LEADS_TO_OWNERS.test(text) && !OF_THE_ACTOR.test(text);
