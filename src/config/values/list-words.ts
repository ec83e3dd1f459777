// Words that an entry of `lists` may use, and when its entries expire.
import type { Milliseconds } from './amounts.ts';

export const LIST_FORMATS = [
  'auto',
  'hosts',
  'domains',
  'wildcard',
  'adblock',
  'dnsmasq',
  'unbound',
  'rpz',
  'regex',
  'indicators',
  'report',
  'csv',
  'stix',
  'misp',
] as const;
export type ListFormatName = (typeof LIST_FORMATS)[number];

/** How a block is named to a client that reads Extended DNS Errors (RFC 8914 §4.16 to §4.18). */
export const LIST_ERRORS = ['blocked', 'censored', 'filtered'] as const;
export type ListError = (typeof LIST_ERRORS)[number];

/** What a user may be told of why a name is blocked: the sub-errors of draft-ietf-dnsop-structured-dns-error. */
export const LIST_CATEGORIES = ['malware', 'phishing', 'spam', 'spyware', 'policy'] as const;
export type ListCategory = (typeof LIST_CATEGORIES)[number];

export type ListExpiry =
  /** ISO date or time, for all of them. */
  | { readonly at: string }
  /** So long after the day on which each was published. */
  | { readonly afterMs: Milliseconds };
