// Tells file names from domain names: both are words joined by dots, and some extensions are top-level domains.
//
// Decided: an extension that is no top-level domain makes a file. One that is both makes a file only where nothing says
// host (no scheme, port, path or `www`) and the name looks like a file: `payload[.]zip`, `invoice.pdf[.]zip`, `setup[.]sh`.
// A wrong guess is shown under "left out", where a person can take it.
import { words } from './words.ts';

/** No top-level domains; those with a digit would lose it as a footnote's mark. */
const EXTENSIONS = words(`
  7z a asar asp aspx bak bat bin bmp bz2 c cfg cgi chm class cmd conf config cpl cpp crt crx css csv dat db deb dex
  dll dmg doc docm docx dotm drv dylib efi eml elf exe gif gz hta htm html ico img inf ini ipa iso jar jpeg jpg js
  jse json jsp kext key ko lib lnk log lua lzh msc msg msi msix msu o ocx odt ole pdb pdf pem pfx php php3 php5 phtml pif
  png pkg plist ppt pptm pptx ps1 psd1 psm1 pyc pyd pyw rar rb reg rpm rtf scf scr sct settingcontent sln so1 sql
  svg swf sys tar tgz tmp ts txt url vba vbe vbs vhd vhdx war wasm wav webp wsc wsf xap xhtml xls xlsb xlsm xlsx
  xml xpi xsl yaml yar yara yml z mp3 mp4 m4a m4v mkv avi php4 php7 ps2 sh4 x86 x64 arm4 arm5 arm6 arm7 elf32 elf64
  ioc stix stix2 rules evt evtx edb xsd pps ppsx ppam xlam xltm mht mhtml swp orig lck lock wmf emf whl egg nupkg vmx vmdk ova torrent
  ps1xml psc1 manifest mui sqlite sqlite3 db3 kdbx pst ost wim sdb nls mof ttf otf woff woff2 wma wmv flv mpg mpeg ics vcf apk aab xapk
  scpt applescript dylibs appx appxbundle msixbundle udf vdi qcow2 jsx tsx vbproj csproj xoml virus infected sample target`);

/** Top-level domains nearly always met as extensions: two labels are a file. */
const MOSTLY_FILES = words('zip mov md py java');
/** Top-level domains met as both: a file only when its stem says so. */
const SOMETIMES_FILES = words('sh pl rs ps so cc app cab foo bar');
const STEMS = words(
  'install installer setup update updater readme main index config run start stop script test build deploy launch loader payload dropper init bootstrap wget curl',
);

export interface NameShape {
  /** Lower case. */
  readonly labels: readonly string[];
  /** Something else says it is a host: a scheme, a port, a path. */
  readonly isHost: boolean;
}

/** Whether a last label is an extension whatever else says that it is a host. */
export const isExtension = (label: string): boolean => EXTENSIONS.has(label);

/** Whether a top-level domain is an extension as well. */
export const mayBeFile = (top: string): boolean => MOSTLY_FILES.has(top) || SOMETIMES_FILES.has(top);

/** Whether these labels are a file's name. */
export function isFileName(name: NameShape): boolean {
  const { labels, isHost } = name;
  const last = labels.at(-1) ?? '';
  if (EXTENSIONS.has(last)) return true;
  if (isHost || labels[0] === 'www') return false;
  const stem = labels.at(-2) ?? '';
  if (!mayBeFile(last)) return false;
  if (labels.length > 2 && EXTENSIONS.has(stem)) return true;
  if (labels.length > 2) return false;
  return (
    MOSTLY_FILES.has(last) ||
    stem.includes('_') ||
    (/-.*-/.test(stem) && /^(sh|ps)$/.test(last)) ||
    STEMS.has(stem)
  );
}

/** `9f86d0…,setup.zip` */
const HASH_BEFORE = /(?<![0-9a-z])(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64})[^0-9a-z/]/i;
/** `setup.zip (67 746 bytes)` */
const SIZE_BEHIND = /^[^\s(]{1,300}\s{0,2}[([]\s?\d[\d.,\s]{0,12}\s?(bytes?|octets?|[kmg]i?b|[km]o)\b/i;

/** Behind a hash, and before a size, stands what the file is called, unless it is a URL. */
export function isFileAt(line: string, at: number): boolean {
  const rest = line.slice(at);
  return (HASH_BEFORE.test(line.slice(0, at)) || SIZE_BEHIND.test(rest)) && !/^h..ps?:/i.test(rest);
}
