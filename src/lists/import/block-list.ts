// A block list that somebody imports: its names with what was left out, as of a report.
import type { ListFormatName } from '../../config/config.ts';
import type { ImportResult } from '../../report/import.ts';
import { isFileName } from '../../report/known/file-names.ts';
import { isSharedHost } from '../../report/known/shared-hosts.ts';
import { isKnownTop, registrationOf } from '../../report/known/suffix.ts';
import { LEFT_OUT, type LeftOut, type Taken, type ToldAddress, withoutNulls } from '../../report/report.ts';
import { networkText } from '../../wire/names/network.ts';
import { nameToText } from '../../wire/names/presentation.ts';
import { Cancels } from '../entry/cancels.ts';
import { EntrySink } from '../entry/entry.ts';
import { ListError } from '../errors.ts';
import type { Shape } from '../format.ts';
import { readList } from '../read-list.ts';

/** A bare list of names may be anybody's indicators: what everybody shares is left out of it as of any report. */
export function withoutShared(list: Readings, format: ListFormatName, take: ReadonlySet<string>): Readings {
  if (format !== 'domains' && format !== 'wildcard') return list;
  const taken: Taken[] = [];
  const leftOut = [...list.leftOut];
  const isOfPrograms =
    list.taken.filter(({ name }) => PACKAGE.test(name)).length > list.taken.length * PACKAGES_SHARE;
  const files = list.taken.filter(({ name }) => isFileName({ labels: name.split('.'), isHost: false }));
  const isOfFiles = files.length > list.taken.length / 2;
  const isAmongNames = files.length <= list.taken.length * FILES_SHARE;
  for (const each of list.taken) {
    const { name, line } = each;
    const isNoName = isOfFiles
      ? !isKnownTop(name.slice(name.lastIndexOf('.') + 1))
      : isOfPrograms && isKnownTop(name.split('.', 1)[0]!);
    const reason = isNoName ? 'no-suffix' : reasonAgainst(name, isAmongNames);
    if (reason === null || take.has(name)) taken.push(each);
    else leftOut.push(leftOutOf(name, name, reason, line));
  }
  return { ...list, taken, leftOut: leftOut.sort((a, b) => a.line - b.line) };
}

/** @param isAmongNames nearly all of the list end in what is no extension: `main.cc` is a name there, too */
function reasonAgainst(name: string, isAmongNames: boolean): LeftOut['reason'] | null {
  const labels = name.split('.');
  if (isFileName({ labels, isHost: isAmongNames })) return 'file';
  if (isSharedHost(name)) return 'shared-host';
  if (isTurnedRound(name)) return 'no-suffix';
  return registrationOf(name) === 'suffix' ? 'suffix' : null;
}

/** Names of packages begin with somebody's top-level domain, and nearly all of a list do. */
const PACKAGE = /^(com|org|net|[a-z]{2})\.[^.]+\./;
const PACKAGES_SHARE = 0.6;
/** So few names that may be files as well stand among names by chance. */
const FILES_SHARE = 0.05;

/** A program's package: `com.example.settings`. */
function isTurnedRound(name: string): boolean {
  const dot = name.indexOf('.');
  return isKnownTop(name.slice(0, dot)) && !isKnownTop(name.slice(name.lastIndexOf('.') + 1));
}

export interface Readings extends Pick<ImportResult, 'taken' | 'leftOut' | 'leftOutMore' | 'addresses'> {
  /** Lines, from 1, of which an entry was made. */
  readonly entryLines: ReadonlySet<number>;
}

/** Entries of one name make one. */
type Found = { -readonly [key in keyof Taken]: Taken[key] };

/** null when it only looks like one: notes that begin with keys, what `dig` prints. */
export async function readIfList(bytes: Uint8Array, format: ListFormatName): Promise<Readings | null> {
  try {
    return await readAsList(bytes, format);
  } catch (error) {
    if (error instanceof ListError && format !== 'indicators') return null;
    throw error;
  }
}

async function readAsList(bytes: Uint8Array, format: ListFormatName): Promise<Readings> {
  const found = new Map<string, Found>();
  const leftOut: LeftOut[] = [];
  const addresses: ToldAddress[] = [];
  const entryLines = new Set<number>();
  const sink = new EntrySink(
    {
      add: (wire, shape, line) => {
        entryLines.add(line);
        const name = nameToText(wire);
        if (isPlainBlock(shape)) addFound(found, name, shape, line);
        else leftOut.push(leftOutOf(name, name, 'exception', line));
        return null;
      },
      addNetwork: (network, _shape, line) => {
        const address = networkText(network);
        addresses.push({ address, line });
        leftOut.push(leftOutOf(address, null, 'address', line));
        return null;
      },
      addPattern: (source, _shape, line) => {
        leftOut.push(leftOutOf(source, null, 'unsupported', line));
        return null;
      },
      cancels: new Cancels(),
    },
    { allowPublicSuffixes: false, addresses: true },
  );
  await readList([bytes], sink, { format, inline: false });
  const problems = sink.problems.report().filter(({ inForce }) => !inForce);
  for (const { text, examples } of problems)
    for (const example of examples)
      leftOut.push({ ...leftOutOf(example.text, null, 'not-a-name', example.line), explanation: text });
  const shown = problems.reduce((sum, { examples }) => sum + examples.length, 0);
  const all = problems.reduce((sum, { count }) => sum + count, 0);
  const taken = [...found.values()];
  return {
    taken,
    leftOut: leftOut.sort((a, b) => a.line - b.line),
    leftOutMore: all - shown,
    addresses,
    entryLines,
  };
}

const NOTHING: Taken['said'] = {};

function addFound(found: Map<string, Found>, name: string, shape: Shape, line: number): void {
  const known = found.get(name);
  const isExact = shape.scope === 'exact';
  const isBelow = shape.scope === 'below';
  if (known === undefined) {
    const said = shape.indicator == null ? NOTHING : withoutNulls(shape.indicator);
    found.set(name, { name, printed: name, line, column: 1, said, isExact, isBelow });
  } else {
    // The name alone and those below it are together what a name covers.
    known.isExact &&= isExact;
    known.isBelow &&= isBelow;
  }
}

/** Blocks the name for everybody and every type; an address that means "nowhere" is a block too. */
function isPlainBlock(shape: Shape): boolean {
  const { action, types, clients, except, rewrite } = shape;
  if (action === 'allow' || types !== null || clients !== null || except !== null) return false;
  return rewrite === null || rewrite.kind === 'rcode';
}

function leftOutOf(text: string, name: string | null, reason: LeftOut['reason'], line: number): LeftOut {
  return { text, name, reason, explanation: LEFT_OUT[reason], line, column: 1 };
}
