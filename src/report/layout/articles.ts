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
export const TITLE = /^(title|headline|author|source|publisher)$/i;
export const ADDRESS = /^(url|link|href|permalink)$/i;
/** `14https://…`, at the foot of a page. */
export const FOOTNOTE = /^\s*\d{1,3}https?:/i;
