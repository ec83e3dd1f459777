// The drawing of a compiled trie: which word, octet and bit of the buffer means what. Integers are little-endian.
//
//   header   16 words, below
//   code     a nibble a context and symbol: code lengths (absent where the typical code serves)
//   tops     the usual top labels: length, octets, code length | 0x80 when the top label alone is an entry
//   slices   two words a slice: where it begins in `data`, and its bucket count | width << 28 (0: no names)
//   data     slices, one after another; each is a table without its head
//   sets     set by set: count, then ascending rule numbers as differences (LEB128)
//
// block    what lies below a name: records in a row (list), or a table
// table    head: width w of an offset, bucket count n (4 octets); directory: n times (offset of w octets, 6 marks);
//          offset of the end; then the buckets. Offsets count from the first bucket.
// marks    the fingerprints of a bucket's records in their order, 0 where there are fewer; with more than 6 records, 5
//          fingerprints and the mark 255, and the bucket begins with: count, that many more fingerprints
// bucket   records in a row
// record   header, [coded octets − 15], coded label, [set number − 6: LEB128], [size of block × 2 + is it a table: LEB128, block]
//   header   bit 7: a block follows; bits 4–6: 0 no entry, 1–6 entry of set 0–5, 7 set number follows; bits 0–3: coded
//            octets, 15: that many and as many as the next octet says
//
// The records of slices hold two labels: the code of the top label, then the label below it (none: the top label is the
// name). A slice is picked by the top bits of the hash of both, a bucket by those that follow; tables further down hash
// their one label. Everything below a name lies inside its record, so nothing points anywhere but forward.

export const MAGIC = 0x65697274;
export const VERSION = 4;

/** Word numbers of the header. */
export const WORD = {
  magic: 0,
  version: 1,
  octets: 2,
  seed: 3,
  names: 4,
  /** Set of the root name and 1; 0 when the root is no entry. */
  root: 5,
  /** The slice of a name is the top `sliceBits` of its hash. */
  sliceBits: 6,
  /** 1: a top label that is not among the tops is an entry. */
  rareTops: 7,
  codeAt: 8,
  topsAt: 9,
  tops: 10,
  slicesAt: 11,
  dataAt: 12,
  setsAt: 13,
  sets: 14,
} as const;
export const HEADER_OCTETS = 64;

/** Offsets are kept to signed 32 bits, where JavaScript's integers are fast: about 250 million names. */
export const TRIE_OCTETS_MAX = 2 ** 31 - 1;
/** Places for what stands on the way to a name: one for each label, and the root. */
export const DEPTH_MAX = 128;
export const SLICE_BITS_MAX = 16;

/** A name with more children than this keeps them in a table. */
export const LIST_RECORDS_MAX = 16;
/** Records a bucket holds on average. */
export const BUCKET_RECORDS = 4;
/** Marks of a bucket in the directory: chosen so that most misses end there, in one line of the processor's cache. */
export const MARKS = 6;
/** The last mark, when the bucket has more records than marks. */
export const MARK_MORE = 255;
/** Fingerprints a crowded bucket begins with; records beyond them have none. Only who knows the seed can make so many. */
export const EXTRA_MARKS_MAX = 255;
/** Where the width stands in the second word of a slice. */
export const SLICE_WIDTH_SHIFT = 28;
export const BUCKETS_MASK: number = 2 ** SLICE_WIDTH_SHIFT - 1;
export const TABLE_HEAD_OCTETS = 5;

/** Sets that fit the header of a record. */
export const NEAR_SETS = 6;
/** The header's set bits, 4–6, when the number follows. */
export const FAR_SET = 7;
export const HEADER_LENGTH_MAX = 15;
/** Set in the code length of a top label that is itself an entry. */
export const TOP_IS_ENTRY = 0x80;
/** Length of a top label that is written out, behind the escape code. */
export const RARE_TOP_LENGTH_BITS = 6;
