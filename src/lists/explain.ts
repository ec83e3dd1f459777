// Which lines of a list speak of a name: reads the text again, so that nothing of it need be held for the day someone asks.
import type { ListConfig } from '../config/config.ts';
import { isFound } from '../policy/patterns.ts';
import type { Rule } from '../policy/rule.ts';
import { isWithin } from '../wire/names/name.ts';
import { holds, networkText, readNetwork } from '../wire/names/network.ts';
import type { Network } from '../wire/names/plain-network.ts';
import { nameToText } from '../wire/names/presentation.ts';
import type { ListBody } from './body.ts';
import { Cancels } from './entry/cancels.ts';
import { EntrySink, type EntryTarget } from './entry/entry.ts';
import { ruleOf } from './entry/rule-interner.ts';
import { partsOf } from './folder-reading.ts';
import type { Shape } from './format.ts';
import { LineParser } from './formats/lines.ts';
import { readBody, textsOf } from './parts.ts';

/** Lines shown of one list. */
const LINES_MAX = 50;
const TEXT_CHARACTERS_MAX = 300;

export interface ListLine {
  /** 1-based; 0 where the format has no lines. */
  readonly line: number;
  /** The line as it stands in the source, tabs as spaces, control characters replaced. */
  readonly text: string;
  /** The entry's name, or its expression between slashes. */
  readonly entry: string;
  readonly rule: Rule;
}

/**
 * @param name wire form, lower case
 * @throws ListError when the body cannot be read as a list
 */
export async function explainList(config: ListConfig, body: ListBody, name: Uint8Array): Promise<ListLine[]> {
  const cancels = new Cancels();
  const lines: ListLine[] = [];
  // A file of a folder that is no list has no say.
  for (const part of partsOf(body))
    try {
      lines.push(...(await explainBody(config, part, name, cancels)));
    } catch (error) {
      if (body.kind !== 'folder') throw error;
    }
  return lines;
}

async function explainBody(
  config: ListConfig,
  body: ListBody,
  name: Uint8Array,
  cancels: Cancels,
): Promise<ListLine[]> {
  let { found, isVoid } = await search(config, body, name, cancels);
  // A `$badfilter` may stand behind what it voids.
  if (isVoid) ({ found, isVoid } = await search(config, body, name, cancels));
  const texts = await linesOf(body, new Set(found.map(({ line }) => line)));
  return found.map(({ line, entry, rule }) => ({ line, text: texts.get(line) ?? entry, entry, rule }));
}

type Found = Omit<ListLine, 'text'>;

async function search(
  config: ListConfig,
  body: ListBody,
  name: Uint8Array,
  cancels: Cancels,
): Promise<{ found: readonly Found[]; isVoid: boolean }> {
  const known = cancels.size;
  const target = new Search(config, name, cancels);
  const options = { format: config.format, inline: body.kind === 'names' };
  await readBody(body, new EntrySink(target, config), options);
  return { found: target.found, isVoid: cancels.size > known };
}

class Search implements EntryTarget {
  readonly #config: ListConfig;
  readonly #name: Uint8Array;
  readonly #text: string;
  /** The address that the name spells, when it is one. */
  readonly #address: Network | null;
  readonly #found: Found[] = [];
  readonly cancels: Cancels;

  constructor(config: ListConfig, name: Uint8Array, cancels: Cancels) {
    this.cancels = cancels;
    this.#config = config;
    this.#name = name;
    this.#text = nameToText(name);
    this.#address = readNetwork(this.#text);
  }

  add(name: Uint8Array, shape: Shape, line: number): null {
    if (this.#found.length >= LINES_MAX || !isWithin(this.#name, this.#name.length, name)) return null;
    const rule = ruleOf(shape, 0, this.#config);
    const isSelf = name.length === this.#name.length;
    if (isSelf ? rule.scope === 'below' : rule.scope === 'exact') return null;
    const entry = nameToText(name);
    this.#found.push({ line, entry, rule });
    return null;
  }

  addNetwork(network: Network, shape: Shape, line: number): null {
    if (this.#found.length >= LINES_MAX || this.#address === null || !holds(network, this.#address))
      return null;
    const entry = networkText(network);
    this.#found.push({ line, entry, rule: ruleOf(shape, 0, this.#config) });
    return null;
  }

  addPattern(source: string, shape: Shape, line: number): null {
    if (this.#found.length >= LINES_MAX) return null;
    if (!isFound(source, this.#text)) return null;
    const rule = ruleOf(shape, 0, this.#config);
    this.#found.push({ line, entry: `/${source}/`, rule });
    return null;
  }

  get found(): readonly Found[] {
    return this.#found;
  }
}

/** The wanted lines' texts, from a second reading. */
async function linesOf(body: ListBody, wanted: ReadonlySet<number>): Promise<Map<number, string>> {
  const texts = new Map<number, string>();
  if (wanted.size === 0) return texts;
  const decoder = new TextDecoder();
  const parser = new LineParser({
    onLine: (bytes, start, end, line) => {
      if (!wanted.has(line)) return;
      const text = decoder.decode(bytes.subarray(start, Math.min(end, start + 4 * TEXT_CHARACTERS_MAX)));
      const shown = text.replaceAll('\t', ' ').replaceAll(/\p{C}/gu, '\u{fffd}');
      texts.set(line, shown.slice(0, TEXT_CHARACTERS_MAX));
    },
    onLong: () => undefined,
  });
  // Of several texts one line number names several lines, so none is shown of them.
  let count = 0;
  for await (const text of textsOf(body)) {
    count += 1;
    if (count > 1) return new Map();
    for await (const chunk of text) {
      parser.write(chunk);
      if (texts.size === wanted.size) break;
    }
    parser.end();
  }
  return texts;
}
