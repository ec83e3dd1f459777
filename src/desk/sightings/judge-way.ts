// How an asking that passed stands by what it led to: listed, though its own name is not.

import { eachLed, LED } from '../../events/led-to.ts';
import type { QueryRecord } from '../../events/query-record.ts';
import { foresee } from '../../hits/incidents/foresight.ts';
import type { Judged, Matcher } from '../../hits/matches.ts';
import { STANDING } from '../../hits/standing.ts';
import { addressToText } from '../../wire/names/address.ts';
import { nameToText } from '../../wire/names/presentation.ts';

interface Target {
  readonly octets: Uint8Array;
  readonly isAddress: boolean;
}

/** Whatever of it some list that alerts has, nearest to the name first. @param end of what it led to, events/led-to.ts */
export function listedOnWay(matcher: Matcher, bytes: Uint8Array, offset: number, end: number): Target[] {
  const listed: Target[] = [];
  eachLed(bytes, offset, end, (at, length) => {
    const octets = bytes.subarray(at + 2, at + length);
    const isAddress = bytes[at] === LED.address;
    if (isAddress ? matcher.isListedAddress(octets) : matcher.isListed(octets, octets.length))
      listed.push({ octets: octets.slice(), isAddress });
  });
  return listed;
}

/** By the name that was asked for, and where no list of the client's group has that, by what it led to. Null: nothing is listed. */
export function judgeBoth(
  matcher: Matcher,
  record: QueryRecord,
  isListed: boolean,
  way: readonly Target[],
): Judged | null {
  const byName = isListed ? matcher.judge(record) : null;
  if (byName !== null && byName.matches.length > 0) return byName;
  return judgeWay(matcher, record, way) ?? byName;
}

/** Null: no list of the client's group speaks of any of it. */
function judgeWay(matcher: Matcher, record: QueryRecord, listed: readonly Target[]): Judged | null {
  for (const via of listed) {
    const { told, allowed } = foresee(matcher, { ...record, via });
    if (allowed.length > 0) return { standing: STANDING.allowed, matches: allowed };
    if (told.length === 0) continue;
    const text = via.isAddress ? addressToText(via.octets) : nameToText(via.octets);
    const matches = matcher.asPassed(told, record.group, record.timeMs);
    return { standing: STANDING.told, matches, via: text };
  }
  return null;
}
