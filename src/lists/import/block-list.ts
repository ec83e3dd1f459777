// A block list that somebody imports: its names with what was left out, as of a report.
import type { ListFormatName } from '../../config/config.ts';
import type { Gathered } from '../../report/import.ts';
import { isExtension, isFileName, mayBeFile } from '../../report/known/file-names.ts';
import { isSharedHost } from '../../report/known/shared-hosts.ts';

import { isKnownTop, isOfGovernment, registrationOf } from '../../report/known/suffix.ts';
import { HOME_ONLY, isUsualName } from '../../report/known/usual-name.ts';
import {
  type EntryScope,
  LEFT_OUT,
  type LeftOut,
  type Taken,
  type ToldAddress,
  withoutNulls,
} from '../../report/report.ts';
import { TakenNames } from '../../report/taken-names.ts';
import { isOtherRoot } from '../../report/text/cut.ts';
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
  const shared = new Set<string>();
  const leftOut = [...list.leftOut];
  const all = list.names.size;
  let packages = 0;
  let files = 0;
  let unknown = 0;
  for (const { name } of list.names) {
    if (PACKAGE.test(name)) packages += 1;
    const top = topOf(name);
    if (mayBeNamedSo(top) && isFileName({ labels: name.split('.'), isHost: false })) files += 1;
    if (!isEnd(top)) unknown += 1;
  }
  const isOfPrograms = packages > all * PACKAGES_SHARE;
  const isOfFiles = files > all / 2;
  // `service.rules.create`, `service.rules.list`: permissions, fields, methods.
  const isOfIdentifiers = unknown > all / 2;
  const isAmongNames = files <= all * FILES_SHARE;
  for (const { name, line } of list.names) {
    const isNoName = isOfFiles
      ? !isKnownTop(topOf(name))
      : (isOfPrograms && isKnownTop(name.split('.', 1)[0]!)) || (isOfIdentifiers && !isEnd(topOf(name)));
    const reason = isNoName ? 'no-suffix' : reasonAgainst(name, isAmongNames);
    if (reason === null || take.has(name)) continue;
    shared.add(name);
    leftOut.push(leftOutOf(name, name, reason, line));
  }
  return { ...list, names: list.names.without(shared), leftOut: leftOut.sort((a, b) => a.line - b.line) };
}

const topOf = (name: string): string => name.slice(name.lastIndexOf('.') + 1);

/** Names of the Internet, of other roots and of somebody's own network end so. */
const isEnd = (top: string): boolean => isKnownTop(top) || isOtherRoot(top) || HOME_ONLY.has(top);

/** Whether any file is. */
const mayBeNamedSo = (top: string): boolean => isExtension(top) || mayBeFile(top);

/** @param isAmongNames nearly all of the list end in what is no extension: `main.cc` is a name there, too */
function reasonAgainst(name: string, isAmongNames: boolean): LeftOut['reason'] | null {
  const top = topOf(name);
  if (mayBeNamedSo(top)) {
    if (isFileName({ labels: name.split('.'), isHost: isAmongNames })) return 'file';
  } else if (isUsualName(name) && isKnownTop(top)) return isOfGovernment(name) ? 'government' : null;
  if (isSharedHost(name)) return 'shared-host';
  if (isTurnedRound(name)) return 'no-suffix';
  if (isOfGovernment(name)) return 'government';
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
  return isKnownTop(name.slice(0, dot)) && !isKnownTop(topOf(name));
}

export interface Readings extends Pick<Gathered, 'names' | 'leftOut' | 'leftOutMore' | 'addresses'> {
  /** Lines, from 1, of which an entry was made. */
  readonly entryLines: EntryLines;
}

const LINES_FIRST = 1024;

/** An octet for each line: a set of a million numbers takes forty times as much. */
export class EntryLines {
  #isEntry = new Uint8Array(LINES_FIRST);

  add(line: number): void {
    if (line >= this.#isEntry.length) {
      const wider = new Uint8Array(2 * line);
      wider.set(this.#isEntry);
      this.#isEntry = wider;
    }
    this.#isEntry[line] = 1;
  }

  has(line: number): boolean {
    return this.#isEntry[line] === 1;
  }
}

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
  const names = new TakenNames();
  const leftOut: LeftOut[] = [];
  const addresses: ToldAddress[] = [];
  const entryLines = new EntryLines();
  const sink = new EntrySink(
    {
      add: (wire, shape, line) => {
        entryLines.add(line);
        const name = nameToText(wire);
        if (isPlainBlock(shape)) addFound(names, name, shape, line);
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
  return {
    names,
    leftOut: leftOut.sort((a, b) => a.line - b.line),
    leftOutMore: all - shown,
    addresses,
    entryLines,
  };
}

const NOTHING: Taken['said'] = {};

/** Entries of one name make one. */
function addFound(names: TakenNames, name: string, shape: Shape, line: number): void {
  if (names.has(name)) names.widen(name, scopeOf(shape));
  else {
    const said = shape.indicator == null ? NOTHING : withoutNulls(shape.indicator);
    names.add(name, name, { line, column: 1 }, said, scopeOf(shape));
  }
}

const scopeOf = ({ scope }: Shape): EntryScope =>
  scope === 'exact' || scope === 'below' ? scope : 'subtree';

/** Blocks the name for everybody and every type; an address that means "nowhere" is a block too. */
function isPlainBlock(shape: Shape): boolean {
  const { action, types, clients, except, rewrite } = shape;
  if (action === 'allow' || types !== null || clients !== null || except !== null) return false;
  return rewrite === null || rewrite.kind === 'rcode';
}

function leftOutOf(text: string, name: string | null, reason: LeftOut['reason'], line: number): LeftOut {
  return { text, name, reason, explanation: LEFT_OUT[reason], line, column: 1 };
}
