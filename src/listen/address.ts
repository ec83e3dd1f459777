// Addresses between the text node:net and node:dgram use and the 16 octets a Query carries.
//
// HOT for node:dgram: one IPv4 text is parsed a query. The text comes from the kernel by way of libuv and is well formed.

import { interfaceNumber } from '../native/interfaces.ts';
import { putScope } from '../wire/names/scope.ts';

const DOT = 46;
const COLON = 58;
const PERCENT = 37;
const ZERO = 48;

/** Writes the 16-octet form; IPv4 becomes ::ffff:a.b.c.d. The zone of a link-local address (`%eth0`) goes into it (scope.ts). */
export function writeAddress(text: string, target: Uint8Array): void {
  target.fill(0);
  if (text.indexOf(':') < 0) {
    target[10] = 0xff;
    target[11] = 0xff;
    writeIpv4(text, 0, target, 12);
  } else {
    writeIpv6(text, target);
    if (target[0] === 0xfe && text.includes('%'))
      putScope(target, interfaceNumber(text.slice(text.indexOf('%') + 1)));
  }
}

function writeIpv4(text: string, start: number, target: Uint8Array, offset: number): void {
  let octet = 0;
  let at = offset;
  for (let index = start; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === PERCENT) break;
    if (code === DOT) {
      target[at++] = octet;
      octet = 0;
    } else {
      octet = octet * 10 + code - ZERO;
    }
  }
  target[at] = octet;
}

function writeIpv6(text: string, target: Uint8Array): void {
  let at = 0;
  let gap = -1;
  let group = 0;
  let digits = 0;
  let groupStart = 0;
  let end = text.indexOf('%');
  if (end < 0) end = text.length;
  for (let index = 0; index < end && at < 16; index++) {
    const code = text.charCodeAt(index);
    if (code === DOT) {
      // The last four octets may be written as IPv4: ::ffff:a.b.c.d, ::a.b.c.d.
      writeIpv4(text, groupStart, target, at);
      at += 4;
      digits = 0;
      break;
    }
    if (code !== COLON) {
      group = (group << 4) | hexDigit(code);
      digits++;
      continue;
    }
    if (digits > 0) {
      target[at++] = group >>> 8;
      target[at++] = group;
    } else {
      gap = at;
    }
    group = 0;
    digits = 0;
    groupStart = index + 1;
  }
  if (digits > 0 && at < 16) {
    target[at++] = group >>> 8;
    target[at++] = group;
  }
  if (gap >= 0) {
    target.copyWithin(16 - (at - gap), gap, at);
    target.fill(0, gap, 16 - (at - gap));
  }
}

function hexDigit(code: number): number {
  return code <= 57 ? code - ZERO : (code | 0x20) - 87;
}

export function isIpv6(host: string): boolean {
  return host.includes(':');
}

/** `0.0.0.0` or `::`: any address of this machine. */
export function isWildcard(host: string): boolean {
  return host === '0.0.0.0' || /^[0:]+$/.test(host);
}

/** What counts as one client for limits: an IPv4 address, an IPv6 /64. */
export function clientKey(address: Uint8Array): string {
  const mapped =
    address[10] === 0xff && address[11] === 0xff && address.subarray(0, 10).every((o) => o === 0);
  return String.fromCharCode(...(mapped ? address.subarray(10, 16) : address.subarray(0, 8)));
}
