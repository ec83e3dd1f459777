// Reads a text with one format in a test and tells in words what came out.
import type { ListFormatName } from '../../src/config/config.ts';
import { Cancels, type TakenBack } from '../../src/lists/entry/cancels.ts';
import { EntrySink } from '../../src/lists/entry/entry.ts';
import type { SkipReason } from '../../src/lists/entry/problems.ts';
import type { Shape } from '../../src/lists/format.ts';
import { readList } from '../../src/lists/read-list.ts';
import type { Rewrite } from '../../src/policy/rule.ts';
import { networkText } from '../../src/wire/names/network.ts';
import { nameToText } from '../../src/wire/names/presentation.ts';
import { typeToText } from '../../src/wire/records/iana.ts';

export interface ListReading {
  /** `name scope [action] [important]…`, in order of the text. */
  readonly entries: string[];
  readonly patterns: string[];
  /** `line reason`, at most five of each reason. */
  readonly skipped: string[];
  readonly counts: Partial<Record<SkipReason, number>>;
  readonly format: string;
}

export interface ReadTextOptions {
  /** Octets a chunk: 1 tears every line apart. */
  readonly chunk?: number;
  readonly allowPublicSuffixes?: boolean;
  readonly inline?: boolean;
  readonly addresses?: boolean;
}

export async function readText(
  text: string | Uint8Array,
  format: ListFormatName,
  options: ReadTextOptions = {},
): Promise<ListReading> {
  const entries: string[] = [];
  const patterns: string[] = [];
  const sink = new EntrySink(
    {
      add: (name, shape) => {
        entries.push(`${nameToText(name)} ${wordsOf(shape)}`);
        return null;
      },
      addNetwork: (network, shape) => {
        entries.push(`${networkText(network)} ${wordsOf(shape)}`);
        return null;
      },
      addPattern: (source, shape) => {
        patterns.push(`/${source}/ ${wordsOf(shape)}`);
        return null;
      },
      cancels: new Told(entries),
    },
    { allowPublicSuffixes: options.allowPublicSuffixes ?? false, addresses: options.addresses ?? null },
  );
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  const detected = await readList(cut(bytes, options.chunk ?? bytes.length), sink, {
    format,
    inline: options.inline ?? false,
  });
  const report = sink.problems.report();
  return {
    entries,
    patterns,
    skipped: report.flatMap(({ reason, examples }) => examples.map(({ line }) => `${line} ${reason}`)),
    counts: Object.fromEntries(report.map(({ reason, count }) => [reason, count])),
    format: detected.format,
  };
}

/** Chunks in one reused buffer, as a file gives them: who keeps one is found out. */
export function* cut(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  const buffer = new Uint8Array(Math.max(1, size));
  for (let at = 0; at < bytes.length; at += Math.max(1, size)) {
    const part = bytes.subarray(at, at + size);
    buffer.fill(0);
    buffer.set(part);
    yield buffer.subarray(0, part.length);
  }
}

function wordsOf(shape: Shape): string {
  const words: string[] = [shape.scope];
  if (shape.action !== null) words.push(shape.action);
  if (shape.important) words.push('important');
  if (shape.types !== null) words.push(`types=${shape.typesNegated ? '~' : ''}${shape.types.join(',')}`);
  if (shape.clients !== null) words.push(`clients=${shape.clients.join('|')}`);
  if (shape.except !== null) words.push(`except=${shape.except.join('|')}`);
  if (shape.rewrite !== null) words.push(`rewrite=${JSON.stringify(answerText(shape.rewrite))}`);
  return words.join(' ');
}

function answerText(rewrite: Rewrite): string {
  switch (rewrite.kind) {
    case 'cname':
      return rewrite.target;
    case 'rcode':
      return rewrite.rcode;
    case 'address':
      return rewrite.addresses.join(' ');
    case 'records':
      return [
        ...rewrite.addresses,
        ...rewrite.records.map(({ type, rdata }) => `${typeToText(type)}:${rdata}`),
      ].join(' ');
  }
}

/** Tells of what it is given and voids nothing, so that every line comes out. */
class Told extends Cancels {
  readonly #entries: string[];

  constructor(entries: string[]) {
    super();
    this.#entries = entries;
  }

  override add(key: string): void {
    this.#entries.push(`cancel ${key.slice(0, key.indexOf(' '))}`);
  }

  override takeBack({ host, rewrite, important }: TakenBack): void {
    this.#entries.push(`take back ${host} ${rewrite ?? 'all'}${important ? ' important' : ''}`);
  }
}
