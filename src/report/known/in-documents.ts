// Names that documents keep for examples (RFC 2606 §3), put for the reader's own, or that the hosts file of Windows comes with.

const READERS = ['domain', 'company', 'server', 'site', 'bank'];
const MINE = '(your|my)-?';

export const FOR_DOCUMENTS = new RegExp(
  `^((www\\.)?example\\.(com|net|org|edu)|(rhino|x)\\.acme\\.com|([a-z0-9-]+\\.)?${MINE}(${READERS.join('|')})\\.(com|net|org)|(www\\.)?company\\.com)$`,
);
/** `www.xxxxxx.ru`: what its writer keeps back. */
export const KEPT_BACK = /^(www\.)?(x{4,}|[a-z]{1,2}-x{3,})\.[a-z]{2,3}$/;

const LABELS: ReadonlySet<string> = new Set([
  ...['example', 'acme', 'company'],
  ...['your', 'your-', 'my', 'my-'].flatMap((whose) => READERS.map((what) => whose + what)),
]);

/** Whether one of these may have this label before its top-level domain: a quick look, before the patterns'. */
export const mayBeInDocuments = (label: string): boolean => label.endsWith('xxx') || LABELS.has(label);
