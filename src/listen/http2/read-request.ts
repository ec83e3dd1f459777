// What a request asks (RFC 8484 §4.1). In its two usual forms, a POST and `/dns-query?dns=` with base64url, it is read without a string.
//
// HOT. All other forms are read by http/dns-request.ts.
import { MESSAGE_OCTETS_MAX } from '../../wire/header.ts';
import type { Query } from '../../wire/message/query.ts';
import { readHead } from '../http/dns-request.ts';
import { METHOD, NO_LENGTH, PATH } from './hpack/fields.ts';
import type { RequestHead } from './request-head.ts';
import { ASKED, BODY } from './request-stream.ts';

const METHODS: Readonly<Record<number, string>> = { [METHOD.get]: 'GET', [METHOD.post]: 'POST' };

const PREFIX = Uint8Array.from('/dns-query?dns=', (letter) => letter.charCodeAt(0));
const NO_DIGIT = 64;
const digits = new Uint8Array(256).fill(NO_DIGIT);
for (const [value, letter] of [
  ...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_',
].entries())
  digits[letter.charCodeAt(0)] = value;

/** Reads a GET of the usual form into the query. @returns false: it is none */
export function readUsualGet(head: RequestHead, query: Query): boolean {
  if (head.method !== METHOD.get || head.pathKind !== PATH.open) return false;
  const length = readParameter(head.pathOctets, head.pathLength, query.message);
  if (length > 0) query.messageLength = length;
  return length > 0;
}

/** @param url path and parameters @returns ASKED where the message came with it, BODY where it is to come, else a status */
export function readRequest(head: RequestHead, url: string, query: Query): number {
  const isPost = head.pathKind === PATH.dnsQuery && head.method === METHOD.post;
  if (isPost && head.hasDnsMessage && head.contentLength <= MESSAGE_OCTETS_MAX) return BODY;
  const asked = readHead({
    method: METHODS[head.method],
    url,
    headers: {
      'content-type': head.hasDnsMessage ? 'application/dns-message' : undefined,
      'content-length': head.contentLength === NO_LENGTH ? undefined : String(head.contentLength),
    },
  });
  if (asked.kind === 'refused') return asked.status;
  if (asked.kind === 'body') return BODY;
  query.message.set(asked.message);
  query.messageLength = asked.message.length;
  return ASKED;
}

/** @returns octets of the message; 0: it is not of this form */
function readParameter(path: Uint8Array, length: number, target: Uint8Array): number {
  const count = length - PREFIX.length;
  const octets = (count * 3) >> 2;
  if (count <= 0 || count % 4 === 1 || octets > target.length) return 0;
  for (let i = 0; i < PREFIX.length; i += 1) if (path[i] !== PREFIX[i]) return 0;
  let bits = 0;
  let held = 0;
  let written = 0;
  for (let i = PREFIX.length; i < length; i += 1) {
    const digit = digits[path[i]!]!;
    if (digit === NO_DIGIT) return 0;
    bits = ((bits << 6) | digit) & 0xffff;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    target[written] = bits >>> held;
    written += 1;
  }
  return written;
}
