// What lists have of a name that was asked for, and of what stood behind it.
import { plainOctets, textToAddress } from '../../wire/names/address.ts';
import { textToName } from '../../wire/names/presentation.ts';
import { TYPE } from '../../wire/records/iana.ts';
import type { Match, Matcher } from '../matches.ts';
import type { AskerFacts } from '../store/askers.ts';
import { TYPE_BIT } from '../store/day-source.ts';
import type { Led } from './led.ts';
import type { Asked } from './past.ts';

const NO_ADDRESS = new Uint8Array(16);
/** A type that stands for each TYPE_BIT. */
const TYPES = [
  [TYPE_BIT.a, TYPE.A],
  [TYPE_BIT.aaaa, TYPE.AAAA],
  [TYPE_BIT.https, TYPE.HTTPS],
  [TYPE_BIT.other, TYPE.TXT],
] as const;

interface ViaMatch extends Match {
  readonly via: string | null;
}

/** What lists have of a name, and of what stood behind it. */
export function allMatches(
  matcher: Matcher,
  asked: Asked,
  led: Led,
  group: number,
  asker: AskerFacts,
): readonly ViaMatch[] {
  const own = matchesOf(matcher, asked, group, asker).map((match): ViaMatch => ({ ...match, via: null }));
  const behind = (led.get(asked.nameId) ?? []).flatMap(({ target, isAddress }) =>
    (isAddress
      ? addressMatches(matcher, target, group)
      : matchesOf(matcher, { ...asked, name: target }, group, asker)
    ).map((match): ViaMatch => ({ ...match, via: target })),
  );
  return [...own, ...behind].filter(
    ({ list, indicator }, i, all) =>
      i === all.findIndex((one) => one.list === list && one.indicator?.campaign === indicator?.campaign),
  );
}

function addressMatches(matcher: Matcher, target: string, group: number): readonly Match[] {
  const octets = textToAddress(target);
  if (octets === null) return [];
  return matcher.ofAddress(plainOctets(octets), { qtype: TYPE.A, group, address: NO_ADDRESS });
}

/** By each type that was asked for: a rule may be for some only. */
function matchesOf(matcher: Matcher, asked: Asked, group: number, { ip }: AskerFacts): readonly Match[] {
  const wire = textToName(asked.name);
  if (wire === null) return [];
  const address = textToAddress(ip) ?? NO_ADDRESS;
  // An older release did not note types.
  const bits = asked.types === 0 ? TYPE_BIT.a | TYPE_BIT.aaaa | TYPE_BIT.https | TYPE_BIT.other : asked.types;
  const all = TYPES.flatMap(([bit, qtype]) =>
    (bits & bit) === 0 ? [] : matcher.ofName(wire, wire.length, { qtype, group, address }),
  );
  return all.filter(
    ({ list, indicator }, i) =>
      i === all.findIndex((one) => one.list === list && one.indicator?.campaign === indicator?.campaign),
  );
}
