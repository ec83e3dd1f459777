// Web addresses that lead to what people have written, or to files of indicators: where to read on, no indicators.

/** A heading that speaks of what people have written or said about the indicators. */
export const ABOUT_WORK =
  /\b(talks?|presentations?|papers?|blogs?|blog-?posts?|posts?|articles?|reports?|research|write-?ups?|publications?|analys[ei]s|advisor(y|ies))\b/i;
/** The address of an article: a plain one with a title in it. */
export const ARTICLE = /^https?:\/\/[^\s/]+\/[^\s]{0,200}?[a-z0-9]+(-[a-z0-9]+){3,}/i;
/** The address of a feed or a file of indicators, as a report gives it to be fetched. */
export const FEED =
  /^https?:\/\/[^\s/]+\/\S{0,200}?(\b(ioc|iocs|feeds?|misp|stix2?|taxii|indicators?)\b|\.(json|csv|stix2?|misp|ioc|yara?|rules)\b)/i;
/** `title: …` and then `url: …` say where to read on. */
const TITLE = /^(title|headline|author|source|publisher)$/i;
const ADDRESS = /^(url|link|href|permalink)$/i;
/** `14https://…`, at the foot of a page. */
export const FOOTNOTE = /^\s*\d{1,3}https?:/i;
/** `"A title", a publisher (2026.06.16)` and then `URL: https://…/a-title-of-it`. */
const CITATION = /["“”「『]|\(\d{4}[.\-/]\d/;
/** Also one that the line's end cuts. */
const SLUG = /(?<![^\s`"'<])https?:\/\/[^\s/]+\/[^\s]{0,200}?[a-z0-9]+(?:(?:-[a-z0-9]+){2}|-[a-z0-9]+-\s*$)/i;
const CITATION_WORDS_MIN = 4;

/**
 * Whether a label says where to read on, by what stands above it.
 * @param labelBefore the label of the line above
 * @param before that line, as far as this one is not its table's
 */
export function leadsToArticle(label: string, text: string, labelBefore: string, before: string): boolean {
  if (!ADDRESS.test(label.trim())) return false;
  if (TITLE.test(labelBefore.trim())) return true;
  return SLUG.test(text) && CITATION.test(before) && before.split(/\s+/).length >= CITATION_WORDS_MIN;
}

/** `Source URL: evil[.]com/a.zip`, which nobody is to open: where the malware came from. */
export const isSourceOfMalware = (label: string, text: string): boolean =>
  /^\W*source (url|domain|host)$/i.test(label) && /\[\.\]|hxxp/i.test(text);
