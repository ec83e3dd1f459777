// Texts of lists that cost more than they look: each line by its number, as many lines as are asked for.
import { SeededRandom } from '../../support/upstream-asker.ts';

export interface Shape {
  /** What is odd about it. */
  readonly what: string;
  readonly line: (i: number) => string;
  /** Lines of it where a million would be more than the largest list. */
  readonly of?: number;
}

const dice = new SeededRandom(14);
const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789';
const letters = (count: number): string =>
  Array.from({ length: count }, () => LETTERS[dice.u16() % LETTERS.length]).join('');
/** A label of its own for each number, mixed as those of real lists are. */
const label = (i: number): string => (Math.imul(i + 1, 0x9e3779b1) >>> 0).toString(36);
const usual = (i: number): string => `${label(i)}.${['com', 'net', 'org', 'info', 'example'][i % 5]}`;
const v4 = (i: number): string => `${20 + (i >> 16)}.${(i >> 8) & 255}.${i & 255}.7`;
const oneOf = (values: readonly string[], i: number): string => values[i % values.length] ?? '';
const ofLabels = (count: number): string =>
  Array.from({ length: count }, () => LETTERS[dice.u16() % LETTERS.length]).join('.');

const FORMS: readonly Shape[] = [
  { what: 'names', line: usual },
  { what: 'sorted names', line: (i) => `n${String(i).padStart(7, '0')}.example` },
  { what: 'names sorted backwards', line: (i) => `n${String(9_999_999 - i)}.example` },
  { what: 'hosts lines', line: (i) => `0.0.0.0 ${usual(i)}` },
  { what: 'hosts lines of nine names', line: (i) => `0.0.0.0 ${Array.from({ length: 9 }, (_, j) => usual(i * 9 + j)).join(' ')}`, of: 110_000 },
  { what: 'Adblock rules', line: (i) => `||${usual(i)}^` },
  { what: 'exceptions', line: (i) => `@@||${usual(i)}^` },
  { what: 'wildcards', line: (i) => `*.${usual(i)}` },
  { what: 'wildcards at every depth', line: (i) => `*.${'w.'.repeat(i % 60)}${usual(i >> 6)}` },
  { what: 'dnsmasq address=', line: (i) => `address=/${usual(i)}/` },
  { what: 'dnsmasq server=', line: (i) => `server=/${usual(i)}/` },
  { what: 'Unbound local-zone', line: (i) => `local-zone: "${usual(i)}" always_nxdomain` },
  { what: 'RPZ rows', line: (i) => `${usual(i)} CNAME .` },
  { what: 'RPZ rows with TTL and class', line: (i) => `*.${usual(i)} 3600 IN CNAME rpz-drop.` },
  { what: 'RPZ rows with an answer', line: (i) => `${usual(i)} CNAME garden-${i}.example.` },
  { what: 'RPZ addresses', line: (i) => `32.7.${i & 255}.${(i >> 8) & 255}.${20 + (i >> 16)}.rpz-ip CNAME .` },
]; // biome-ignore format: a row each

const DEEP: readonly Shape[] = [
  { what: 'twelve labels', line: () => `${ofLabels(11)}.example` },
  { what: '120 labels, 100,000 of them', line: () => `${ofLabels(119)}.example`, of: 100_000 },
  { what: '120 labels', line: () => `${ofLabels(119)}.example` },
  { what: '120 labels alike but for one', line: (i) => `${'a.'.repeat(i % 119)}${label(i)}.${'a.'.repeat(118 - (i % 119))}example`, of: 100_000 },
  { what: 'each name below the one before', line: (i) => `${'a.'.repeat(i % 120)}${label(Math.floor(i / 120))}.example` },
  { what: 'a label of 63 octets', line: () => `${letters(63)}.example` },
  { what: 'names of 253 octets', line: () => `${letters(62)}.${letters(62)}.${letters(62)}.${letters(56)}.example` },
  { what: 'all below one name', line: (i) => `${label(i)}.many.example` },
  { what: 'all top labels differ', line: (i) => `a.${label(i)}` },
  { what: 'three labels, each from few', line: (i) => `${label(i % 100)}.${label(i % 101)}.${label(i % 103)}.example` },
]; // biome-ignore format: a row each

const SAME: readonly Shape[] = [
  { what: 'one name', line: () => 'one.example' },
  { what: 'one name, another address each', line: (i) => `${v4(i)} one.example` },
  { what: 'another address each', line: (i) => `${v4(i)} ${usual(i)}` },
  { what: 'a thousand names, another address each', line: (i) => `${v4(i)} ${usual(i % 1000)}` },
  { what: 'one name, another client each', line: (i) => `||one.example^$client=${v4(i)}` },
  { what: 'a name and its exception', line: (i) => `${i % 2 === 0 ? '' : '@@'}||${usual(i >> 1)}^` },
]; // biome-ignore format: a row each

const MODIFIERS: readonly Shape[] = [
  { what: '$important', line: (i) => `||${usual(i)}^$important` },
  { what: '$client', line: (i) => `||${usual(i)}^$client=${v4(i)}` },
  { what: '$dnstype', line: (i) => `||${usual(i)}^$dnstype=${oneOf(['A', 'AAAA', '~HTTPS', 'A|AAAA', 'TXT'], i)}` },
  { what: '$denyallow', line: (i) => `||${usual(i)}^$denyallow=ok.${usual(i)}` },
  { what: '$dnsrewrite to addresses', line: (i) => `||${usual(i)}^$dnsrewrite=${v4(i)}` },
  { what: '$dnsrewrite to names', line: (i) => `||${usual(i)}^$dnsrewrite=NOERROR;CNAME;g${i}.example` },
  { what: '$badfilter', line: (i) => `||${usual(i >> 1)}^${i % 2 === 0 ? '' : '$badfilter'}` },
  { what: '$badfilter with modifiers', line: (i) => `||${usual(i >> 1)}^$client=${v4(i >> 1)}${i % 2 === 0 ? '' : ',badfilter'}` },
  { what: 'expressions', line: (i) => `/^x${i}y+\\.example$/` },
  { what: 'bad expressions', line: (i) => `/x${i}(/` },
  { what: 'names with a star inside', line: (i) => `||${label(i)}*.example^` },
  { what: 'rules for pages', line: (i) => `${usual(i)}##.banner-${i}` },
  { what: 'rules with paths', line: (i) => `||${usual(i)}/banner/${i}^$script` },
]; // biome-ignore format: a row each

const ODD: readonly Shape[] = [
  { what: 'comments', line: (i) => (i === 0 ? 'one.example' : `# ${label(i)} is a comment`) },
  { what: 'names with a comment each', line: (i) => `${usual(i)} # seen ${i} times` },
  { what: 'blank lines', line: (i) => (i === 0 ? 'one.example' : ' \t ') },
  { what: 'names with blanks around', line: (i) => `   ${usual(i)}\t \r` },
  { what: 'one line of 20 MB', line: (i) => (i === 0 ? 'one.example' : 'a'.repeat(20_000_000)), of: 2 },
  { what: 'one line of a million names', line: (i) => (i === 0 ? '0.0.0.0 one.example' : `0.0.0.0${Array.from({ length: 1_000_000 }, (_, j) => ` ${usual(j)}`).join('')}`), of: 2 },
  { what: 'a NUL in each line', line: (i) => `${usual(i)}\0` },
  { what: '20 MB of NULs', line: (i) => (i === 0 ? 'one.example' : '\0'.repeat(20_000_000)), of: 2 },
  { what: 'no names', line: (i) => `${label(i)}!${label(i + 1)}` },
  { what: 'no names, after some', line: (i) => (i < 5000 ? usual(i) : `-_${label(i)}~.`) },
  { what: 'sentences', line: (i) => `the name ${usual(i)} was seen by us` },
  { what: 'names beyond ASCII', line: (i) => `bücher${label(i)}.example` },
  { what: 'URLs', line: (i) => `https://${usual(i)}/login/${i}` },
  { what: 'URLs below a head', line: (i) => (i === 0 ? '# URLs, as of 2026-11-30 10:30. Terms: https://feed.example.net/terms' : `http://${usual(i)}:8080/login.php?id=${i}`) },
  { what: 'URLs of addresses', line: (i) => `http://${v4(i)}:40000/bin.sh` },
  { what: 'addresses', line: v4 },
  { what: 'networks', line: (i) => `${v4(i).replace(/7$/, '0')}/24` },
  { what: 'IPv6 addresses', line: (i) => `2a00:${(i >> 16).toString(16)}:${(i & 65535).toString(16)}::7` },
  { what: 'public suffixes and own names', line: (i) => oneOf(['co.uk', 'localhost', 'example.local', 'com', '0.0.0.0 broadcasthost'], i) },
]; // biome-ignore format: a row each

const DOCUMENTS: readonly Shape[] = [
  { what: 'an indicator list', line: (i) => (i === 0 ? 'campaign: Flood\nindicators:' : `  - ${usual(i)}`) },
  { what: 'an indicator list with a note each', line: (i) => (i === 0 ? 'campaign: Flood\nindicators:' : `  - { name: ${usual(i)}, note: "seen ${i} times" }`) },
  { what: 'a table', line: (i) => (i === 0 ? 'type,value,first_seen' : `domain,${usual(i)},2026-01-01`) },
  { what: 'a table of ten columns', line: (i) => (i === 0 ? '"first_seen_utc","ioc_id","ioc_value","ioc_type","threat_type","fk_malware","malware_printable","confidence_level","reference","tags"' : `"2026-11-${10 + (i % 20)} 10:0${i % 10}:00", "${i}", "${usual(i)}", "domain", "botnet_cc", "win.x${i % 50}", "Family ${i % 50}", "${50 + (i % 50)}", "", "c2,x${i % 50}"`), of: 500_000 },
  { what: 'a JSON array of names', line: (i) => (i === 0 ? '["zero.example",' : `"${usual(i)}"${i === 999_999 ? ']' : ','}`) },
  { what: 'brackets', line: (i) => (i === 0 ? 'indicators:' : '['.repeat(30)) },
]; // biome-ignore format: a row each

export const SHAPES: readonly Shape[] = [...FORMS, ...DEEP, ...SAME, ...MODIFIERS, ...ODD, ...DOCUMENTS];
