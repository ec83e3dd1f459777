// Reads one body into a sink: sample, format, parser. What compile, check and explain have in common.
import type { ListFormatName } from '../config/config.ts';
import { ADBLOCK_MARK } from './body.ts';
import type { EntrySink } from './entry/entry.ts';
import { FORMATS } from './format-registry.ts';
import type { Detected } from './formats/detect/detect-lines.ts';
import { isMarkup, refuseNoText } from './formats/detect/no-text.ts';
import { COMMENTS_OCTETS_MAX, firstEntry, SAMPLE_OCTETS, sampleOf } from './formats/detect/sample.ts';
import { recoderOf } from './formats/recode.ts';

export type Chunks = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

export interface ReadOptions {
  readonly format: ListFormatName;
  /** Names typed into the configuration: too few to vote on, and known to be no web page. */
  readonly inline: boolean;
  /** Told after each chunk. */
  readonly onOctets?: (octets: number) => void;
}

/**
 * @returns the format, and how it was decided
 * @throws ListError when the body is no list, or not of this format
 */
export async function readList(chunks: Chunks, sink: EntrySink, options: ReadOptions): Promise<Detected> {
  const iterator =
    Symbol.asyncIterator in chunks ? chunks[Symbol.asyncIterator]() : chunks[Symbol.iterator]();
  try {
    const sample = await readSample(iterator);
    const recode = recoderOf(sample.bytes);
    const first = recode === null ? sample.bytes : recode(sample.bytes);
    const detected = await decideFormat(first, sample.complete, options);
    if (detected.format === 'indicators') sink.holdNothing();
    const format = await FORMATS[detected.format]();
    const parser = format.open(sink);
    parser.write(first);
    options.onOctets?.(sample.bytes.length);
    while (!sample.complete) {
      const next = await iterator.next();
      if (next.done === true) break;
      parser.write(recode === null ? next.value : recode(next.value));
      options.onOctets?.(next.value.length);
    }
    parser.end();
    return detected;
  } finally {
    await iterator.return?.();
  }
}

type ChunkIterator = Iterator<Uint8Array> | AsyncIterator<Uint8Array>;

/** What is looked at, copied: a chunk is only lent. Beyond long comments it goes on to the first entry. */
async function readSample(iterator: ChunkIterator): Promise<{ bytes: Uint8Array; complete: boolean }> {
  let bytes: Uint8Array = new Uint8Array(0);
  let entry = 0;
  while (bytes.length < Math.min(entry + SAMPLE_OCTETS, COMMENTS_OCTETS_MAX)) {
    const next = await iterator.next();
    if (next.done === true) return { bytes, complete: true };
    bytes = bytes.length === 0 ? next.value.slice() : Buffer.concat([bytes, next.value]);
    entry = firstEntry(bytes, entry);
  }
  return { bytes, complete: false };
}

async function decideFormat(bytes: Uint8Array, complete: boolean, options: ReadOptions): Promise<Detected> {
  const sample = sampleOf(bytes, complete);
  if (options.format !== 'auto') {
    // A report may well be a web page; its reader knows what to do with one.
    if (options.format !== 'report') await refuseForeign(sample.octets);
    return { format: options.format, reason: 'the configuration says so' };
  }
  if (!options.inline) return (await loadDetect()).detect(sample.octets, sample.isWhole);
  const lines = new TextDecoder().decode(sample.octets).split('\n');
  return lines.some((line) => ADBLOCK_MARK.test(line))
    ? { format: 'adblock', reason: 'names of the configuration with Adblock marks' }
    : { format: 'domains', reason: 'names of the configuration' };
}

/** It reads all kinds of reports, 9 MB of code: only where a list's format is to be found out, or it begins as a web page does. */
export const loadDetect = () => import('./formats/detect/detect.ts');

/** @throws ListError */
async function refuseForeign(octets: Uint8Array): Promise<void> {
  if (isMarkup(octets)) (await loadDetect()).refuseForeign(octets);
  else refuseNoText(octets);
}
