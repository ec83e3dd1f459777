// Where the links of a mail lead: a reader of its text sees none of them, and in a mail that was sent to deceive they are what it is
// about. They are listed among what was left out, since whoever reports such a mail has the links of its sender and others' in it.
import { decodeHTML } from 'entities';

const LINK =
  /<(?:a|area|form)\b[^<>]{0,2000}?\b(?:href|action)\s{0,4}=\s{0,4}(?:"([^"]{0,2000})"|'([^']{0,2000})')/gi;
const HOST = /^https?:\/\/(?:[^/?#@]{0,200}@)?([^/?#:]{3,253})/i;
const CHARACTERS_MAX = 500;
/** A mail has few. */
const HOSTS_MAX = 100;

/** @returns a line of prose each, one link a host, without those that a reader sees */
export function linksOf(html: string, text: string): string {
  const shown = `${text} ${html.replaceAll(/<[^<>]{0,4000}>/g, ' ')}`.toLowerCase();
  const hosts = new Set<string>();
  const lines: string[] = [];
  for (const [, double, single] of html.matchAll(LINK)) {
    const url = decodeHTML(double ?? single ?? '')
      .replaceAll(/\s/g, '')
      .slice(0, CHARACTERS_MAX);
    const host = HOST.exec(url)?.[1]?.toLowerCase();
    if (host === undefined || hosts.has(host)) continue;
    if (hosts.size >= HOSTS_MAX) break;
    hosts.add(host);
    if (!shown.includes(host)) lines.push(`A link of this mail leads to ${url} as it stands there.`);
  }
  return lines.join('\n\n');
}
