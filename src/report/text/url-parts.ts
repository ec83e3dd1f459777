// What parts of a URL look like in running text: signs in percent-encoding, WebDAV's ports, the end of a path.
import { CLASS, classOf, SPACE } from '../characters.ts';

/** A sign of a URL in percent-encoding, once or several times over. */
export const ESCAPE = /^%(25){0,2}(2[0-9a-f]|3[a-f]|40|5[b-e]|7[b-d]|0[ad])/i;
export const ESCAPED_SCHEME = /^(h[tx]{2}ps?|ftp)(%(25){0,2}3a|:)(%(25){0,2}2f|\/){2}/i;
export const WEBDAV_PORT = /^(ssl|\d{2,5})(@\d{1,5})?[/\\]/i;

/** A URL in running text ends at spaces, quotes, angle brackets, pipes, commas and whatever is not ASCII punctuation. */
export function endsPath(code: number): boolean {
  if (code <= SPACE || code === 0x22 || code === 0x27 || code === 0x60 || code === 0x7c) return true;
  if (code === 0x2c || code === 0x3b || code === 0x3c || code === 0x3e) return true;
  return code >= 0x80 && classOf(code) === CLASS.none;
}
