// A zip archive's directory and its files as streams. Errors are yauzl's own: who reads says what they mean to him.
import type { Readable } from 'node:stream';
import type { Entry, ZipFile } from 'yauzl';

/**
 * The files that an archive's directory names, in its order; folders, what is hidden and what macOS adds are left out.
 * @param count asked before each file is kept; what it throws ends the reading
 * @throws as yauzl does when it is damaged, and what `count` throws
 */
export function zipEntries(zip: ZipFile, count: (files: number) => void): Promise<Entry[]> {
  const { promise, resolve, reject } = Promise.withResolvers<Entry[]>();
  const entries: Entry[] = [];
  zip.on('error', reject);
  zip.on('end', () => resolve(entries));
  zip.on('entry', (entry: Entry) => {
    try {
      if (!/(\/$|^__MACOSX\/|(^|\/)\.)/.test(entry.fileName)) {
        count(entries.length + 1);
        entries.push(entry);
      }
      zip.readEntry();
    } catch (error) {
      reject(error);
    }
  });
  zip.readEntry();
  return promise;
}

/** @throws as yauzl does, here or while it is read */
export function zipStream(zip: ZipFile, entry: Entry): Promise<Readable> {
  const { promise, resolve, reject } = Promise.withResolvers<Readable>();
  zip.openReadStream(entry, (error, stream) => (error === null ? resolve(stream) : reject(error)));
  return promise;
}
