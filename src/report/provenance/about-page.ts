// What an HTML page says of itself in its head: title, canonical address, day of publication.
import { decodeHTML } from 'entities';
import type { Findings } from '../report.ts';

const HEAD_CHARACTERS = 524_288;
const TAG = /<(meta|link|time)\b([^<>]{0,2000})>/gi;
const ATTRIBUTE = /([a-z:-]{1,32})\s{0,4}=\s{0,4}(?:"([^"]{0,1500})"|'([^']{0,1500})'|([^\s"'>]{1,500}))/gi;

const PUBLISHED_NAMES = new Set(
  'article:published_time article:published datepublished og:published_time date pubdate publishdate publish-date publish_date publication_date dc.date dc.date.issued dcterms.created dcterms.issued dcterms.date sailthru.date parsely-pub-date citation_publication_date cxenseparse:recs:publishtime'.split(
    ' ',
  ),
);

export function aboutPage(html: string): Findings {
  const head = html.slice(0, HEAD_CHARACTERS);
  let title: string | null = null;
  let url: string | null = null;
  let published: string | null = null;
  let time: string | null = null;
  for (const [, tag = '', written = ''] of head.matchAll(TAG)) {
    const attributes = attributesOf(written);
    const name = (
      attributes.get('property') ??
      attributes.get('name') ??
      attributes.get('itemprop') ??
      ''
    ).toLowerCase();
    const content = attributes.get('content') ?? '';
    if (name === 'og:title' && content !== '') title ??= content;
    if (name === 'og:url') url ??= webAddress(content);
    if (attributes.get('rel') === 'canonical') url ??= webAddress(attributes.get('href') ?? '');
    if (PUBLISHED_NAMES.has(name)) published ??= dateOf(content);
    if (tag.toLowerCase() === 'time') time ??= dateOf(attributes.get('datetime') ?? '');
  }
  published ??= dateOf(/"datePublished"\s{0,4}:\s{0,4}"([^"]{8,40})"/.exec(head)?.[1] ?? '');
  title ??= textOf(/<title\b[^<>]{0,200}>([^<]{1,500})</i.exec(head)?.[1]);
  return { title, url, published: published ?? time };
}

function attributesOf(written: string): Map<string, string> {
  const attributes = new Map<string, string>();
  for (const [, name = '', double, single, bare] of written.matchAll(ATTRIBUTE))
    attributes.set(name.toLowerCase(), decodeHTML(double ?? single ?? bare ?? '').trim());
  return attributes;
}

const textOf = (text: string | undefined): string | null =>
  text === undefined ? null : decodeHTML(text).replaceAll(/\s+/g, ' ').trim() || null;
const webAddress = (text: string): string | null => (/^https?:\/\/\S{3,1000}$/.test(text) ? text : null);
const dateOf = (text: string): string | null =>
  /^\s{0,4}((?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]))(?=\D|$)/.exec(text)?.[1] ?? null;
