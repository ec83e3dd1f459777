// Takes the symbols of debuggers out of a program, of any 64-bit architecture (ELF): node strip.mjs FILE. What the loader maps stays as it
// is; the table of sections and what no segment has go. A sixth of a Node binary.
import { closeSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';

const HEADER = { octets: 64, segments: 32, sections: 40, segmentOctets: 54, segmentCount: 56, sectionCount: 60, sectionNames: 62 };
const SEGMENT = { offset: 8, octets: 32 };

const [path] = process.argv.slice(2);
const file = openSync(path, 'r+');
const header = Buffer.alloc(HEADER.octets);
readSync(file, header, 0, header.length, 0);
if (header.readUInt32BE(0) !== 0x7f454c46 || header[4] !== 2 || header[5] !== 1) {
  throw new Error(`${path} is no 64-bit little-endian ELF file`);
}
const begin = Number(header.readBigUInt64LE(HEADER.segments));
const size = header.readUInt16LE(HEADER.segmentOctets);
const segments = Buffer.alloc(size * header.readUInt16LE(HEADER.segmentCount));
readSync(file, segments, 0, segments.length, begin);
let end = begin + segments.length;
for (let at = 0; at < segments.length; at += size) {
  const offset = Number(segments.readBigUInt64LE(at + SEGMENT.offset));
  end = Math.max(end, offset + Number(segments.readBigUInt64LE(at + SEGMENT.octets)));
}
header.writeBigUInt64LE(0n, HEADER.sections);
header.writeUInt16LE(0, HEADER.sectionCount);
header.writeUInt16LE(0, HEADER.sectionNames);
writeSync(file, header, 0, header.length, 0);
ftruncateSync(file, end);
closeSync(file);
