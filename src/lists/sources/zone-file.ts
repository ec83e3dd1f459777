// The transferred zone on disk: written whole from AXFR, or from the last good one with IXFR's changes laid over it.
import { type FileHandle, open } from 'node:fs/promises';
import type { TransferSink } from '../../zone/transfer-reader.ts';
import { BODY_OCTETS_MAX, chunksOf } from '../body.ts';
import { ListError } from '../errors.ts';
import { LineParser } from '../formats/lines.ts';

const BUFFER_CHARACTERS = 1_048_576;
/** Lines of changes held in memory; beyond, a whole transfer is cheaper. */
const CHANGES_MAX = 1_000_000;

export class ZoneFile implements TransferSink {
  readonly #file: FileHandle;
  #buffer: string[] = [];
  #buffered = 0;
  #written = 0;
  /** Line → how often it is added (positive) or removed (negative) in the end; null while a whole zone comes. */
  #changes: Map<string, number> | null = null;

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  static async create(path: string): Promise<ZoneFile> {
    return new ZoneFile(await open(path, 'w', 0o600));
  }

  beginWhole(soa: string): void {
    this.#changes = null;
    this.#push(soa);
  }

  beginChanges(soa: string): void {
    this.#changes = new Map();
    this.#push(soa);
  }

  add(line: string): void {
    if (this.#changes === null) this.#push(line);
    else this.#change(line, 1);
  }

  remove(line: string): void {
    this.#change(line, -1);
  }

  get isIncremental(): boolean {
    return this.#changes !== null;
  }

  /** Writes what has gathered; to be awaited between messages, so that a fast server is held back. */
  async drain(): Promise<void> {
    if (this.#buffered >= BUFFER_CHARACTERS) await this.#write();
  }

  /**
   * Completes the file.
   * @param old the last good zone, for changes
   * @returns false when the changes do not fit the old zone: a whole transfer is needed
   */
  async finish(old: string | null): Promise<boolean> {
    const changes = this.#changes;
    if (changes !== null && (old === null || !(await this.#applyTo(old, changes)))) return false;
    await this.#write();
    await this.#file.sync();
    return true;
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  async #applyTo(old: string, changes: Map<string, number>): Promise<boolean> {
    /** Records of owners that gain some are written together: the format's reader joins neighbours only. */
    const together = new Map<string, string[]>();
    for (const [line, count] of changes) if (count > 0) together.set(ownerOf(line), []);
    const take = (line: string): void => {
      if (/^\S+\tSOA\t/.test(line)) return;
      const count = changes.get(line) ?? 0;
      if (count < 0) changes.set(line, count + 1);
      else {
        const held = together.get(ownerOf(line));
        if (held === undefined) this.#push(line);
        else held.push(line);
      }
    };
    for (const lines of linesOf(old)) {
      for (const line of lines) take(line);
      await this.drain();
    }
    for (const [line, count] of changes) {
      if (count < 0) return false;
      if (count > 0) together.get(ownerOf(line))?.push(line);
    }
    for (const lines of together.values()) for (const line of lines) this.#push(line);
    return true;
  }

  #change(line: string, by: number): void {
    const changes = this.#changes;
    if (changes === null)
      throw new ListError('LIST_TRANSFER', 'a removal in a whole transfer; it is tried again later');
    const count = (changes.get(line) ?? 0) + by;
    if (count === 0) changes.delete(line);
    else changes.set(line, count);
    if (changes.size > CHANGES_MAX)
      throw new ListError('LIST_TOO_BIG', `more than ${CHANGES_MAX} changes in one transfer`);
  }

  #push(line: string): void {
    this.#buffer.push(line);
    this.#buffered += line.length + 1;
    if (this.#written + this.#buffered > BODY_OCTETS_MAX)
      throw new ListError('LIST_TOO_BIG', `the zone takes more than ${BODY_OCTETS_MAX} octets; split it`);
  }

  async #write(): Promise<void> {
    if (this.#buffer.length === 0) return;
    const text = `${this.#buffer.join('\n')}\n`;
    this.#written += text.length;
    this.#buffer = [];
    this.#buffered = 0;
    await this.#file.appendFile(text);
  }
}

const ownerOf = (line: string): string => line.slice(0, line.indexOf('\t'));

/** The lines of a zone file, a chunk's worth at a time. */
function* linesOf(path: string): Generator<string[]> {
  let lines: string[] = [];
  const decoder = new TextDecoder();
  const parser = new LineParser({
    onLine: (bytes, start, end) => void lines.push(decoder.decode(bytes.subarray(start, end))),
    onLong: () => undefined,
  });
  for (const chunk of chunksOf({ kind: 'file', path })) {
    parser.write(chunk);
    yield lines;
    lines = [];
  }
  parser.end();
  yield lines;
}
