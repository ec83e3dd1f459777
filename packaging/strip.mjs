// Takes out of a Node binary what cenote has no use for, of any 64-bit architecture (ELF): node strip.mjs FILE. A sixth of it are symbols for
// debuggers, another sixth the languages of ICU's data: all but English go, time zones, normal forms and the web's character sets stay. No
// instruction changes; what ICU does not find it takes from the root's language, as in a Node that is built with `small-icu`.
import { readFileSync, writeFileSync } from 'node:fs';

const HEADER = { segments: 32, sections: 40, segmentCount: 56, sectionCount: 60, sectionNames: 62, octets: 64 };
const SEGMENT = { type: 0, offset: 8, address: 16, physical: 24, octets: 32, memory: 40, size: 56 };
const SECTION = { type: 4, address: 16, offset: 24, octets: 32, link: 40, size: 64 };
const SYMBOL = { name: 0, address: 8, octets: 16, size: 24 };
const TYPE = { load: 1, note: 4, dynamicSymbols: 11 };
/** The largest page of a kernel: a segment's offset and address are the same modulo it. */
const PAGE = 0x10000;

/** Languages that are neither English nor the root's; where words end that are written without spaces; numbers in words; letters in other scripts. */
const UNUSED =
  /^(?:\w+\/)?(?!en[_.]|res_index)[a-z]{2,3}(?:_\w+)?\.res$|^(?:rbnf|translit)\/|^brkitr\/.*(?:dict|_cj\.brk)$/;
/** Tables of character sets that Node does not hold itself: what TextDecoder reads with them is all that the web names. */
const TABLES = new Set(['euc-jp-2007', 'gb18030-2022', 'ibm-1373_P100-2002', 'ibm-943_P15A-2003', 'ibm-970_P110_P110-2006_U2', 'windows-950-2000']);

const [path] = process.argv.slice(2);
const file = readFileSync(path);
if (file.readUInt32BE(0) !== 0x7f454c46 || file[4] !== 2 || file[5] !== 1) {
  throw new Error(`${path} is no 64-bit little-endian ELF file`);
}
if (number(file, HEADER.segments) !== HEADER.octets) throw new Error(`${path} does not begin with its segments`);
// Stripped already: the symbols that say where ICU's data is are gone with the rest.
if (file.readUInt16LE(HEADER.sectionCount) > 0) writeFileSync(path, stripped());

function stripped() {
  const segments = readSegments();
  const data = findData();
  const holder = segments.findIndex((segment) => segment.type === TYPE.load && isIn(data.address, segment));
  const before = segments[holder];
  const at = before.offset + data.address - before.address;
  const smaller = withoutLanguages(file.subarray(at, at + data.octets));
  smaller.copy(file, at);
  // What is behind the data goes forward in the file by whole pages, and keeps its address.
  const from = data.address + data.octets - ((data.address + data.octets) % PAGE);
  const cutEnd = before.offset + from - before.address;
  const keptEnd = at + smaller.length;
  const shift = Math.floor((cutEnd - keptEnd) / PAGE) * PAGE;
  const behind = { ...before, bytes: Buffer.from(before.bytes), address: from, offset: cutEnd };
  behind.octets = behind.memory = before.address + before.octets - from;
  before.octets = before.memory = keptEnd - before.offset;
  segments.splice(holder + 1, 0, behind);
  // The new segment takes the place of a note, which nothing reads at run time.
  segments.splice(segments.findIndex(({ type }) => type === TYPE.note), 1);
  for (const segment of segments) if (segment.offset >= cutEnd) segment.offset -= shift;
  writeSegments(segments);
  file.writeBigUInt64LE(0n, HEADER.sections);
  file.writeUInt16LE(0, HEADER.sectionCount);
  file.writeUInt16LE(0, HEADER.sectionNames);
  const end = Math.max(...segments.map(({ offset, octets }) => offset + octets));
  return Buffer.concat([file.subarray(0, keptEnd), Buffer.alloc(cutEnd - shift - keptEnd), file.subarray(cutEnd, end + shift)]);
}

function number(buffer, at) {
  return Number(buffer.readBigUInt64LE(at));
}

function isIn(address, { address: begin, octets }) {
  return address >= begin && address < begin + octets;
}

function readSegments() {
  return Array.from({ length: file.readUInt16LE(HEADER.segmentCount) }, (_, index) => {
    const bytes = Buffer.from(file.subarray(HEADER.octets + index * SEGMENT.size, HEADER.octets + (index + 1) * SEGMENT.size));
    const [offset, address, octets, memory] = ['offset', 'address', 'octets', 'memory'].map((field) => number(bytes, SEGMENT[field]));
    return { bytes, type: bytes.readUInt32LE(SEGMENT.type), offset, address, octets, memory };
  });
}

function writeSegments(segments) {
  for (const [index, { bytes, offset, address, octets, memory }] of segments.entries()) {
    const fields = { offset, address, physical: address, octets, memory };
    for (const [field, value] of Object.entries(fields)) bytes.writeBigUInt64LE(BigInt(value), SEGMENT[field]);
    bytes.copy(file, HEADER.octets + index * SEGMENT.size);
  }
}

/** Where ICU's data is in memory: the binary says it to the libraries that it loads. */
function findData() {
  const sections = number(file, HEADER.sections);
  const section = (index) => file.subarray(sections + index * SECTION.size, sections + (index + 1) * SECTION.size);
  for (let index = 0; index < file.readUInt16LE(HEADER.sectionCount); index += 1) {
    const table = section(index);
    if (table.readUInt32LE(SECTION.type) !== TYPE.dynamicSymbols) continue;
    const begin = number(table, SECTION.offset);
    const names = number(section(table.readUInt32LE(SECTION.link)), SECTION.offset);
    for (let at = begin; at < begin + number(table, SECTION.octets); at += SYMBOL.size) {
      const name = names + file.readUInt32LE(at + SYMBOL.name);
      if (!/^icudt\d+_dat\0/.test(file.toString('latin1', name, name + 16))) continue;
      return { address: number(file, at + SYMBOL.address), octets: number(file, at + SYMBOL.octets) };
    }
  }
  throw new Error(`${path} has no data of ICU`);
}

/** ICU's package: its header, the number of items, where each name and each item begins, names in order, items at 16 octets. */
function withoutLanguages(data) {
  const header = data.readUInt16LE(0);
  if (data.toString('latin1', 12, 16) !== 'CmnD') throw new Error(`${path} has data of ICU that is no package`);
  const count = data.readUInt32LE(header);
  const begins = Array.from({ length: count + 1 }, (_, index) =>
    index < count ? data.readUInt32LE(header + 8 + index * 8) : data.length - header,
  );
  const kept = [];
  for (let index = 0; index < count; index += 1) {
    const at = header + data.readUInt32LE(header + 4 + index * 8);
    const name = data.toString('latin1', at, data.indexOf(0, at));
    if (isKept(name.slice(name.indexOf('/') + 1))) {
      kept.push({ name, octets: data.subarray(header + begins[index], header + begins[index + 1]) });
    }
  }
  const names = 4 + kept.length * 8;
  const table = Buffer.alloc(align(header + names + kept.reduce((sum, { name }) => sum + name.length + 1, 0)) - header);
  table.writeUInt32LE(kept.length, 0);
  let [name, item] = [names, table.length];
  for (const [index, { name: text, octets }] of kept.entries()) {
    table.writeUInt32LE(name, 4 + index * 8);
    table.writeUInt32LE(item, 8 + index * 8);
    table.write(text, name, 'latin1');
    name += text.length + 1;
    item += octets.length;
  }
  return Buffer.concat([data.subarray(0, header), table, ...kept.map(({ octets }) => octets)]);
}

function isKept(name) {
  return name.endsWith('.cnv') ? TABLES.has(name.slice(0, -4)) : !UNUSED.test(name);
}

function align(octets) {
  return Math.ceil(octets / 16) * 16;
}
