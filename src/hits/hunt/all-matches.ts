// What lists have of a name that was asked for, and of what stood behind it.
import { plainOctets, textToAddress } from '../../wire/names/address.ts';
import { textToName } from '../../wire/names/presentation.ts';
import { TYPE } from '../../wire/records/iana.ts';
import { TYPE_BIT } from '../asked-types.ts';
import type { Asking, Match } from '../match.ts';
import { isSameListing, type Matcher } from '../matches.ts';
import type { AskerFacts } from '../store/askers.ts';
import { type Behind, type Led, ledOn, typesTo } from './led.ts';
import type { Asked } from './past.ts';

const NO_ADDRESS = new Uint8Array(16);
/** A type that stands for each TYPE_BIT. */
const TYPES = [
  [TYPE_BIT.a, TYPE.A],
  [TYPE_BIT.aaaa, TYPE.AAAA],
  [TYPE_BIT.https, TYPE.HTTPS],
  [TYPE_BIT.other, TYPE.TXT],
] as const;

/** One listing of what was asked for: of its own name, of what that led to, or of both. */
export interface ViaMatch extends Match {
  /** Of `targets`, the one to be named; null: the name itself is listed. */
  readonly via: string | null;
  /** What stood behind the name and is listed. */
  readonly targets: readonly string[];
  /** TYPE_BIT of the askings that it speaks of by the name itself, and by what that led to. */
  readonly types: { readonly own: number; readonly behind: number };
  /** Its entries: of several in one list the longest speaks, and which may depend on the type. */
  readonly entries: readonly Entry[];
}

/** One entry of a list, and TYPE_BIT of the askings that it speaks of. */
export interface Entry extends Pick<Match, 'rule' | 'indicator'> {
  readonly types: number;
}

interface Typed {
  readonly match: Match;
  readonly types: number;
  readonly entries: readonly Entry[];
}

/** What lists have of a name, and of what stood behind it. */
export function allMatches(
  matcher: Matcher,
  asked: Asked,
  led: Led,
  group: number,
  asker: AskerFacts,
): readonly ViaMatch[] {
  const all: ViaMatch[] = nameMatches(matcher, asked.name, asked, group, asker).map(
    ({ match, types, entries }) => ({
      ...match,
      via: null,
      targets: [],
      types: { own: types, behind: 0 },
      entries,
    }),
  );
  for (const { target, isAddress } of led.get(asked.nameId) ?? []) {
    const behind = (isAddress ? addressMatches : nameMatches)(matcher, target, asked, group, asker);
    for (const { match, types, entries } of behind) {
      const i = all.findIndex((one) => isSameListing(one, match));
      const known = all[i] ?? {
        ...match,
        via: target,
        targets: [],
        types: { own: 0, behind: 0 },
        entries: [],
      };
      all[i < 0 ? all.length : i] = {
        ...known,
        targets: [...known.targets, target],
        types: { own: known.types.own, behind: known.types.behind | types },
        entries: [...known.entries, ...entries],
      };
    }
  }
  return all;
}

/** Its entries that speak of these askings. */
export const entriesOf = ({ entries }: ViaMatch, { types }: Pick<Asked, 'types'>): readonly Entry[] =>
  entries.filter((entry) => isAmong(types, entry.types));

/** Whether a row of the name, of this day and these types, is one that a listing speaks of. */
export function speaksOf({ targets, types }: ViaMatch, led: readonly Behind[] = []) {
  const behind = led.filter(({ target }) => targets.includes(target));
  return (day: number, asked: number): boolean =>
    isAmong(asked, types.own) || (isAmong(asked, types.behind) && ledOn(behind, day, asked));
}

/** Whether it speaks of every row of the name. @param isListed whether some list has the name itself: else rows are of days on which it led */
export function speaksOfAll(
  { targets, types }: ViaMatch,
  asked: Asked,
  isListed: boolean,
  led: readonly Behind[] = [],
): boolean {
  if ((asked.types & ~types.own) === 0 && types.own !== 0) return true;
  if (types.own !== 0) return asked.rows === 1;
  const isSure = asked.rows === 1 || (asked.types & ~types.behind) === 0;
  return !isListed && isSure && led.every(({ target }) => targets.includes(target));
}

/** An older release did not note types. */
const isAmong = (asked: number, types: number): boolean =>
  types !== 0 && (asked === 0 || (asked & types) !== 0);

type Targets = (
  matcher: Matcher,
  target: string,
  asked: Asked,
  group: number,
  asker: AskerFacts,
) => readonly Typed[];

const addressMatches: Targets = (matcher, target, asked, group, asker) => {
  const octets = textToAddress(target);
  if (octets === null) return [];
  const plain = plainOctets(octets);
  const types = typesTo(target, asked.types);
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
): readonly Typed[] {
  const address = textToAddress(ip) ?? NO_ADDRESS;
  const found: Typed[] = [];
  for (const [bit, qtype] of TYPES) {
    // An older release did not note types.
    if (types !== 0 && (types & bit) === 0) continue;
    for (const match of matchesOf({ qtype, group, address, timeMs: lastMs })) {
      const i = found.findIndex((one) => isSameListing(one.match, match));
      const known = found[i] ?? { match, types: 0, entries: [] };
      const entries = [...known.entries, { rule: match.rule, indicator: match.indicator, types: bit }];
      found[i < 0 ? found.length : i] = { match: known.match, types: known.types | bit, entries };
    }
  }
  return found;
}
