// What the heading above says of the lines below it, and which line is such a heading: a list of references ends elsewhere than one of
// names, and a sentence of prose ends none.
import { IP_ADDRESSES, isOfAddressesOnly } from './addresses.ts';
import { ABOUT_WORK, ARTICLE, FEED } from './articles.ts';
import { beginsPart, isBesideNames } from './comment.ts';
import { ATTACKERS, HASH_ALONE, LEADS_ON, type Standing, standingOf, standingOfLead } from './heading.ts';
import { isContinuation, leadOf, Sentence } from './lead.ts';
import { DIRECTIVE, GOES_ON, IN_BRACKETS, PAGE_EDGE, STATEMENT } from './passed-over.ts';

/** As many words are a sentence, not a heading. */
const HEADING_WORDS_MAX = 8;
const INTRODUCTION_WORDS_MAX = 40;
const BARE_HEADING_WORDS_MAX = 4;
/** An entry of a list of references: `[7] …`. */
const ENTRY = /^\[\d{1,3}\]|^[*\-•\s]*(url|link|available( at)?|retrieved from)\s?:\s*[<([]?https?:\/\//i;
/** What may follow a list of references. */
const AFTER_REFERENCES = /^[*_\s]*(#|appendix|annex|anexo|anhang|annexe|indicators?\b|iocs?\b)/i;
/** `Source: somebody`; a link is no heading's own. */
const SAID_IN_LINE = /^[^\p{L}]*\p{L}+(?: \p{L}+){0,2} ?[:：]\**\s*[^\s*]/u;
/** Of `IPs of the C2 servers` brackets tell the hoster, of `IPs of the C2 domains` the name. */
const OF_NAMES = /\b(?:of|for|behind)\b.*\b(?:domains?|(?:host|domain) ?names?|(?:web ?)?sites?|urls?)\b/i;
/** Not `Appendix A: References`, which says it behind the colon alone. */
function isSaidInLine(text: string): boolean {
  if (!SAID_IN_LINE.test(text)) return false;
  const colon = text.search(/[:：]/);
  return (
    standingOf(text.slice(0, colon)) === 'reference' || standingOf(text.slice(colon + 1)) !== 'reference'
  );
}

/** A heading above the comments of a post's readers. It must be marked as one: a column may be called so, too, and a count stands beside a date. */
const OF_READERS =
  /^#{2,6}\s+\W*(?:(?:\d{1,4}|no|leave an?|post an?|add an?|submit an?)\s+)?(?:comments?|repl(?:y|ies)|kommentare?|comentários?|comentarios?|commentaires?|commenti|komentarze|комментари[ий]|коментарі|yorum(?:lar)?|التعليقات|(?:发表|用户|网友)?评论|発言|コメント|댓글)(?:\s*\(\d+\))?\W*$/iu;
const HEADING = /^#{1,6}(?=\s)/;
const NUMBERED = /^([A-Z]\.?\d?|\d+(\.\d+){0,2}\.?)\s+\p{Lu}/u;

export class Section {
  #standing: Standing | null;
  /** It speaks of articles. */
  #isAboutWork = false;
  /** Where it is `other`: it is one of IP addresses. */
  #isOfAddresses = false;
  /** And of whose: `IP addresses of the C2 domains`. */
  #isOfTheirAddresses = false;
  /** How deep the heading stands below which readers write; 0 without one. */
  #readersDepth = 0;
  /** Entries of a list of references were met. */
  #hasEntries = false;
  readonly #sentence = new Sentence();
  readonly #isBare: boolean;
  readonly #isHtml: boolean;

  constructor({ isBare, isHtml }: { readonly isBare: boolean; readonly isHtml: boolean }) {
    this.#isBare = isBare;
    this.#isHtml = isHtml;
    this.#standing = isBare ? 'value' : null;
  }

  get standing(): Standing | null {
    return this.isOfReaders ? 'reference' : this.#standing;
  }

  /** It speaks of IP addresses; where the standing is `other`, of nothing else. */
  get isOfAddresses(): boolean {
    return this.#isOfAddresses;
  }

  /** A name behind an address is meant, and is no hoster's. */
  get hasNamesBehind(): boolean {
    return this.#standing === 'name' || this.#isOfTheirAddresses;
  }

  /** Below a heading of readers' comments: the author of the post says none of it. */
  get isOfReaders(): boolean {
    return this.#readersDepth > 0;
  }

  /** No list is open that a line could end. */
  get isInProse(): boolean {
    return !this.#isBare && this.#standing !== 'name' && this.#standing !== 'value';
  }

  /** What does not look like the heading of something else belongs to the entries. */
  isAmongEntries(before: string): boolean {
    return this.#standing === 'reference' && this.#hasEntries && before !== '';
  }

  /** Whether an indicator of any kind is the address of an article or a feed. */
  isElsewhere(url: string): boolean {
    return this.#isAboutWork ? ARTICLE.test(url) || FEED.test(url) : !this.#isBare && FEED.test(url);
  }

  /** A blank line, or one with values. */
  endSentence(): void {
    this.#sentence.end();
  }

  /** Indicators may begin without a heading of their own. */
  meet(line: string): void {
    if (this.#standing === 'reference' && HASH_ALONE.test(line)) this.#standing = 'value';
    const depth = this.#isBare ? 0 : (HEADING.exec(line)?.[0].length ?? 0);
    if (OF_READERS.test(line)) this.#readersDepth = depth;
    else if (depth > 0 && depth <= this.#readersDepth) this.#readersDepth = 0;
  }

  /** A line that is no row of a table. @param isValueFirst it begins with values */
  read(text: string, before: string, hasValues: boolean, isValueFirst: boolean): void {
    if (this.#isBare && this.#standing === 'other' && beginsPart(text)) this.#standing = 'value';
    const isIntroduction = /[:：]\**$/.test(text);
    if (!hasValues || (isIntroduction && !isValueFirst && LEADS_ON.test(text)))
      this.#readHeading(text, before, isIntroduction);
    // `[list.csv](list.csv) was made from these posts:`
    else if (isIntroduction) this.#isAboutWork = ABOUT_WORK.test(text);
  }

  meetEntry(text: string): void {
    if (this.#standing === 'reference' && ENTRY.test(text)) this.#hasEntries = true;
  }

  /** `[7] hxxps://example[.]org/article` among references, marked or not. */
  isNumberedEntry(text: string): boolean {
    return this.#standing === 'reference' && /^\s*\[\d{1,3}\]/.test(text);
  }

  /** The line belongs to what stands above it, or to the page: it is no heading of what follows. */
  #isPassedOver(text: string, before: string, count: number, isIntroduction: boolean): boolean {
    if (DIRECTIVE.test(text) || PAGE_EDGE.test(text) || STATEMENT.test(text)) return true;
    const isNumbered = NUMBERED.test(text);
    if (this.isAmongEntries(before) && !AFTER_REFERENCES.test(text) && !isNumbered) return true;
    // A sentence among references is the title of one.
    if (this.#standing === 'reference' && /[\p{L}\d]\.$/u.test(text) && !isNumbered) return true;
    if (isIntroduction) return !this.isInProse && GOES_ON.test(text);
    // `… to the bank's websites that are listed in | Figure 2 to another server in Japan.`
    const isGoingOn = /^\p{Ll}/u.test(text) || (count > 3 && text.endsWith('.'));
    if (isGoingOn && leadOf(before) !== '') return true;
    // `12. Sources` ends the text above it; other items of a list say nothing.
    const isEnd = count <= BARE_HEADING_WORDS_MAX && /^\d/.test(text) && standingOf(text) === 'reference';
    return !isEnd && /^([-*•+]|\d+[.)])\s/.test(text);
  }

  #readHeading(text: string, before: string, isIntroduction: boolean): void {
    const whole = this.#isHtml || this.#isBare ? text : this.#sentence.goOn(text);
    const count = text.split(/\s+/).length;
    if (this.#isPassedOver(text, before, count, isIntroduction)) return;
    if (!isIntroduction && isContinuation(text, whole) && whole.split(/\s+/).length <= HEADING_WORDS_MAX) {
      this.#standing = standingOf(whole) ?? this.#standing;
      return;
    }
    const isLong = count > (isIntroduction ? INTRODUCTION_WORDS_MAX : HEADING_WORDS_MAX);
    // A sentence below no list ends none, whatever it says; a line that is marked as a heading is no sentence.
    const leadsOn =
      isLong && (LEADS_ON.test(text) || /^#{1,6}\s/.test(text)) && standingOf(text) === 'benign';
    if (isLong && this.isInProse && !leadsOn) return;
    const standing = isOfAddressesOnly(text)
      ? 'other'
      : isIntroduction
        ? standingOfLead(text, isContinuation(text, whole) ? whole : text)
        : standingOf(text);
    if (standing === null && IN_BRACKETS.test(text)) return;
    if (/^#/.test(text) && (standing === 'name' || standing === 'value')) this.#readersDepth = 0;
    // `# source: public`: what is said of the text stands in the same line.
    if (standing === 'reference' && isSaidInLine(text)) return;
    if (this.#isBare && standing !== 'benign' && isBesideNames(text)) return;
    this.#hasEntries = false;
    this.#isAboutWork = ABOUT_WORK.test(text);
    this.#isOfAddresses = IP_ADDRESSES.test(text) || isOfAddressesOnly(text);
    this.#isOfTheirAddresses = this.#isOfAddresses && OF_NAMES.test(text) && ATTACKERS.test(text);
    if (this.#isBare) {
      // Between bare values stand comments: what they say of licences and sources ends nothing, a short "Hashes" does.
      // A line of capitals is a heading, however long.
      const isSentence = count > BARE_HEADING_WORDS_MAX && /\p{Ll}/u.test(text);
      const isTalk = standing === 'reference' || standing === 'beside' || isSentence;
      if (standing === 'benign') this.#standing = standing;
      else if (!isTalk) this.#standing = standing ?? 'value';
      else if (this.#standing === 'other') this.#standing = 'value';
    } else if (!isLong || leadsOn) this.#standing = standing ?? 'other';
    else if (standing !== this.#standing)
      // A sentence that speaks of indicators leads to them; any other ends the list before it.
      this.#standing = standing === 'name' || standing === 'value' ? this.#standing : null;
  }
}
