// Unbound's scenario files (`testdata/rpz_*.rpl`) read as they are: policy zones, what servers answer and when, what is asked and expected.

export interface Entry {
  readonly match: readonly string[];
  /** Flags and the RCODE. */
  readonly reply: readonly string[];
  readonly name: string;
  readonly type: string;
  /** Records as written, with their owner. */
  readonly answer: readonly string[];
  readonly authority: readonly string[];
}

export interface Range {
  readonly from: number;
  readonly to: number;
  readonly entries: readonly Entry[];
}

export interface Step {
  readonly number: number;
  readonly kind: string;
  /** Of the client; null for the usual one. */
  readonly address: string | null;
  readonly seconds: number;
  readonly entry: Entry | null;
}

export interface PolicyZone {
  readonly name: string;
  readonly text: string;
  readonly hasPrimary: boolean;
  /** `rpz-action-override`. */
  readonly override: string | null;
  readonly cnameOverride: string | null;
  readonly tags: readonly string[];
}

export interface Scenario {
  readonly zones: readonly PolicyZone[];
  /** Networks of clients with their tags; a zone with tags is for who has one of them. */
  readonly tagged: readonly { readonly network: string; readonly tags: readonly string[] }[];
  readonly ranges: readonly Range[];
  readonly steps: readonly Step[];
}

const words = (line: string): string[] => line.match(/"(?:\\.|[^"])*"|\S+/g) ?? [];
const bare = (text: string): string => text.replace(/^"|"$/g, '');
/** A comment begins at a semicolon outside quotes. */
const uncommented = (line: string): string => line.replace(/^((?:[^";]|"[^"]*")*);.*$/, '$1');

export function readScenario(text: string): Scenario {
  const lines = text.split('\n');
  const end = lines.findIndex((line) => line.startsWith('CONFIG_END'));
  return { ...readConfig(lines.slice(0, end)), ...readPlay(lines.slice(end + 1).map(uncommented)) };
}

function readConfig(lines: readonly string[]): Pick<Scenario, 'zones' | 'tagged'> {
  const zones: { -readonly [K in keyof PolicyZone]: PolicyZone[K] }[] = [];
  const tagged: Scenario['tagged'][number][] = [];
  let section = '';
  for (let i = 0; i < lines.length; i += 1) {
    const line = lines[i]!;
    if (line.startsWith('TEMPFILE_CONTENTS')) {
      const end = lines.findIndex((other, at) => at > i && other.startsWith('TEMPFILE_END'));
      if (section === 'rpz') zones.at(-1)!.text = `${lines.slice(i + 1, end).join('\n')}\n`;
      i = end;
      continue;
    }
    const [key = '', ...values] = words(uncommented(line).replace(/^(\s*[\w-]+):/, '$1 '));
    const [value = '', second = ''] = values.map(bare);
    if (/^[\w-]+:/.test(line)) {
      section = key;
      if (key === 'rpz')
        zones.push({ name: '', text: '', hasPrimary: false, override: null, cnameOverride: null, tags: [] });
      continue;
    }
    if (key === 'access-control-tag') tagged.push({ network: value, tags: second.split(' ') });
    const zone = section === 'rpz' ? zones.at(-1) : undefined;
    if (zone === undefined) continue;
    if (key === 'name') zone.name = value.replace(/\.$/, '');
    else if (key === 'master' || key === 'primary') zone.hasPrimary = true;
    else if (key === 'rpz-action-override') zone.override = value;
    else if (key === 'rpz-cname-override') zone.cnameOverride = value;
    else if (key === 'tags') zone.tags = value.split(' ');
  }
  return { zones, tagged };
}

function readPlay(lines: readonly string[]): Pick<Scenario, 'ranges' | 'steps'> {
  const ranges: { from: number; to: number; entries: Entry[] }[] = [];
  const steps: { -readonly [K in keyof Step]: Step[K] }[] = [];
  let isRange = false;
  for (let i = 0; i < lines.length; i += 1) {
    const [word, ...rest] = words(lines[i]!);
    if (word === 'RANGE_BEGIN') {
      isRange = true;
      ranges.push({ from: Number(rest[0]), to: Number(rest[1]), entries: [] });
    } else if (word === 'RANGE_END') isRange = false;
    else if (word === 'STEP') {
      const after = (name: string): string | null => rest[rest.indexOf(name) + 1] ?? null;
      steps.push({
        number: Number(rest[0]),
        kind: rest[1]!,
        address: rest.includes('ADDRESS') ? after('ADDRESS') : null,
        seconds: rest.includes('ELAPSE') ? Number(after('ELAPSE')) : 0,
        entry: null,
      });
    } else if (word === 'ENTRY_BEGIN') {
      const end = lines.findIndex((line, at) => at > i && line.startsWith('ENTRY_END'));
      const entry = readEntry(lines.slice(i + 1, end));
      if (isRange) ranges.at(-1)!.entries.push(entry);
      else steps.at(-1)!.entry = entry;
      i = end;
    }
  }
  return { ranges, steps };
}

function readEntry(lines: readonly string[]): Entry {
  const entry = {
    match: [] as string[],
    reply: [] as string[],
    name: '.',
    type: 'A',
    answer: [] as string[],
    authority: [] as string[],
  };
  let section = '';
  for (const line of lines) {
    const [word, ...rest] = words(line);
    if (word === undefined) continue;
    if (word === 'MATCH') entry.match.push(...rest);
    else if (word === 'REPLY') entry.reply.push(...rest);
    else if (word === 'SECTION') section = rest[0]!;
    else if (section === 'QUESTION') {
      entry.name = word.toLowerCase();
      entry.type = rest.at(-1)!.toUpperCase();
    } else if (section === 'ANSWER') entry.answer.push(line.trim());
    else if (section === 'AUTHORITY') entry.authority.push(line.trim());
  }
  return entry;
}
