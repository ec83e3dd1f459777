// What lists have of a name that was asked for, and of what stood behind it.
import { plainOctets, textToAddress } from '../../wire/names/address.ts';
import { textToName } from '../../wire/names/presentation.ts';
import { TYPE } from '../../wire/records/iana.ts';
import { TYPE_BIT } from '../asked-types.ts';
import { type Asking, isSameListing, type Match, type Matcher } from '../matches.ts';
import type { AskerFacts } from '../store/askers.ts';
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
  const own = nameMatches(matcher, asked.name, asked, group, asker);
  const all = own.map((match): ViaMatch => ({ ...match, via: null }));
  for (const { target, isAddress } of led.get(asked.nameId) ?? []) {
    const behind = (isAddress ? addressMatches : nameMatches)(matcher, target, asked, group, asker);
    all.push(...behind.map((match): ViaMatch => ({ ...match, via: target })));
  }
  return onceEach(all);
}

type Targets = (
  matcher: Matcher,
  target: string,
  asked: Asked,
  group: number,
  asker: AskerFacts,
) => readonly Match[];

const addressMatches: Targets = (matcher, target, asked, group, asker) => {
  const octets = textToAddress(target);
  if (octets === null) return [];
  const plain = plainOctets(octets);
  // An asking for other types came to no address.
  const leading = plain.length === 4 ? TYPE_BIT.a : TYPE_BIT.aaaa;
  const types = asked.types === 0 ? leading : asked.types & (leading | TYPE_BIT.https);
  if (types === 0) return [];
  return byType({ types, lastMs: asked.lastMs }, group, asker, (asking) => matcher.ofAddress(plain, asking));
};

const nameMatches: Targets = (matcher, target, asked, group, asker) => {
  const wire = textToName(target);
  if (wire === null) return [];
  return byType(asked, group, asker, (asking) => matcher.ofName(wire, wire.length, asking));
};

/** By each type that was asked for: a rule may be for some only, or for some clients. */
function byType(
  { types, lastMs }: Pick<Asked, 'types' | 'lastMs'>,
  group: number,
  { ip }: AskerFacts,
  matchesOf: (asking: Asking) => readonly Match[],
): readonly Match[] {
  const address = textToAddress(ip) ?? NO_ADDRESS;
  return onceEach(
    TYPES.flatMap(([bit, qtype]) =>
      // An older release did not note types.
      types === 0 || (types & bit) !== 0 ? matchesOf({ qtype, group, address, timeMs: lastMs }) : [],
    ),
  );
}

function onceEach<M extends Match>(matches: readonly M[]): readonly M[] {
  return matches.filter((match, i) => i === matches.findIndex((one) => isSameListing(one, match)));
}
