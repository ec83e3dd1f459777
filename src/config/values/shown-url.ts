// A URL as it may be shown: in logs, errors, the API and on the page, to people who must not learn what it opens; and the user and
// password in it, for whoever is to be shown them.
const HIDDEN = '***';
const CHARACTERS_MAX = 200;
/** Names of parameters whose values open something. */
const SECRET_NAME =
  /(token|secret|pass(word|wd|phrase)?$|pwd?$|auth(?!or)|credential|signature|session|jwt|bearer|licen[cs]e|oinkcode|(^|[._-])[a-z]*(key|sig|code)$|^[kt]$)/i;
/** Parts of a path that are followed by one. */
const SECRET_FOLDER = /^(api[-_]?)?(tokens?|keys?|auth|secrets?|licen[cs]es?)$/i;

/** What stands for a place without secrets: a path, a URL whose secrets are hidden, whatever else as it is. */
export function shownUrl(text: string): string {
  const scheme = /^[a-z][a-z0-9+.-]*:\/\//i.exec(text)?.[0];
  if (scheme === undefined) return text.slice(0, CHARACTERS_MAX);
  const url = URL.parse(text);
  // What is no URL may hold what one does.
  if (url === null)
    return `${text.replace(/\/\/[^/?#]*@/, `//${HIDDEN}@`).replace(/[?#].*$/s, '')}`.slice(0, CHARACTERS_MAX);
  const user = url.username === '' && url.password === '' ? '' : `${HIDDEN}@`;
  const segments = url.pathname.split('/');
  const path = segments
    .map((segment, at) =>
      segment !== '' && SECRET_FOLDER.test(segments[at - 1] ?? '') ? HIDDEN : shownSegment(segment),
    )
    .join('/');
  const query = [...url.searchParams].map(([name, value]) => shownParameter(name, value)).join('&');
  return `${url.protocol}//${user}${url.host}${path}${query === '' ? '' : `?${query}`}`.slice(
    0,
    CHARACTERS_MAX,
  );
}

function shownParameter(name: string, value: string): string {
  // A parameter without a value is one itself.
  if (value === '') return looksRandom(name) ? HIDDEN : encodeURIComponent(name);
  const isSecret = SECRET_NAME.test(name) || looksRandom(value);
  return `${encodeURIComponent(name)}=${isSecret ? HIDDEN : encodeURIComponent(value)}`;
}

/** The end of a file's name stays: it says what was meant. */
function shownSegment(segment: string): string {
  const [, stem = '', ending = ''] = /^(.*?)((?:\.[a-z0-9]{1,5}){0,2})$/is.exec(segment) ?? [];
  return looksRandom(stem) || looksRandom(segment)
    ? `${HIDDEN}${looksRandom(ending.slice(1)) ? '' : ending}`
    : segment;
}

/** Keys, tokens and UUIDs: long, of one alphabet, and no words. */
function looksRandom(text: string): boolean {
  const plain = text.replaceAll(/[-_.~=+:]|%[0-9a-f]{2}/gi, '');
  if (plain.length < 12 || !/^[A-Za-z0-9]+$/.test(plain)) return false;
  if (/^[0-9a-f]+$/i.test(plain)) return /\d/.test(plain) && plain.length >= 24;
  const letters = plain.replaceAll(/\d/g, '').length;
  const digits = plain.length - letters;
  const turns = [...plain.matchAll(/[a-z](?=[A-Z0-9])|[A-Z](?=[0-9])|[0-9](?=[A-Za-z])/g)].length;
  return digits >= 1 && turns >= Math.max(5, plain.length / 5);
}

/** `user:password` as it is meant; null: the URL has neither. */
export function userOf({ username, password }: URL): string | null {
  return username === '' && password === '' ? null : `${decodedPart(username)}:${decodedPart(password)}`;
}

/** Of a user or password. A `%` that encodes nothing stands for itself. */
export function decodedPart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** @param user `user:password` (RFC 7617) */
export const basicAuthorization = (user: string): string => `Basic ${Buffer.from(user).toString('base64')}`;
