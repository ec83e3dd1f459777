// The start matrix: what may be wrong with a machine, and what is right there for each command.
import type { World } from './world.ts';

export const COLUMNS = ['serve', 'serve again', 'check', 'sources', 'import', 'unit'] as const;

/** `serve` begins with an empty folder; `serve again` and `unit` with what a good day left. */
export type Column = (typeof COLUMNS)[number];

export interface Row {
  readonly what: string;
  readonly world: World;
  /** Of the configuration, YAML. */
  readonly config?: string;
  /** In a shell before process 1 begins; $R is the machine's root. */
  readonly machine?: string;
  /** Environment of every command. */
  readonly environment?: Readonly<Record<string, string>>;
  /** A drop-in for the unit. */
  readonly unit?: string;
  /** As which user commands are typed. */
  readonly uid?: number;
  /** Another daemon runs on the folder already. */
  readonly otherDaemon?: boolean;
  readonly cells: Readonly<Record<Column, Cell>>;
}

export interface Cell {
  /** Exit code; null for a daemon that runs. */
  readonly code: number | null;
  /** In what is printed or logged. */
  readonly says?: RegExp;
  /** Whether a daemon blocks a name of its own list and of the far one; both where it is left out. */
  readonly blocks?: readonly [boolean, boolean];
  /** Of the far list. */
  readonly state?: string;
}

const HERE: World = { host: '127.0.0.1', list: 'good', addresses: ['127.0.0.1'] };
const UP: Cell = { code: null, state: 'good' };
const WELL: Row['cells'] = {
  serve: UP,
  'serve again': UP,
  check: { code: 0, says: /cenote\.yaml: OK/ },
  sources: { code: 0, says: /cenote\.yaml: OK/ },
  import: { code: 0, says: /far\.yaml is written: 3 new names/ },
  unit: UP,
};

/** A list of which nothing comes now: its names are blocked where a run before left a copy. */
function listFails(says: RegExp, [fresh, kept]: readonly [string, string], ofImport: Cell): Row['cells'] {
  const again: Cell = { code: null, says, state: kept };
  return {
    ...WELL,
    serve: { code: null, says, state: fresh, blocks: [true, false] },
    'serve again': again,
    sources: { code: 6, says: /^cenote: list far: .*; its last good copy of .* is used, 3 entries$/m },
    import: ofImport,
    unit: again,
  };
}

/** A folder that takes nothing: rules of the configuration and copies that can be read are in force, and the list says why it is not renewed. */
function folderFails(warns: RegExp, code: string, isReadable: boolean): Row['cells'] {
  const says = new RegExp(`${warns.source}[^]*${code}|${code}[^]*${warns.source}`);
  const without: Cell = { code: null, says, blocks: [true, false], state: 'failed' };
  const again: Cell = isReadable ? { code: null, says, state: 'stale' } : without;
  return {
    serve: without,
    'serve again': again,
    check: { code: 0, says: warns },
    sources: { code: 0, says: warns },
    import: {
      code: 1,
      says: /^cenote: (cannot be read: E\w+ \(\/data\/lists\/far\.yaml\); check|it cannot be written down, so nothing changed: E.*\(\/data\/lists\/far\.yaml\); make room)/m,
    },
    unit: again,
  };
}

function ends(says: RegExp): Row['cells'] {
  const refused: Cell = { code: 1, says };
  return { ...WELL, serve: refused, 'serve again': refused, unit: refused };
}

/** Both folders on one small disk. */
const SMALL_DISK = `
mkdir -p "$1/small"
mount -t tmpfs -o size=24m tmpfs "$1/small"
cp -a "$R/data" "$1/small/data"
cp -a "$R/var/lib/private/cenote" "$1/small/cenote"
mount --bind "$1/small/data" "$R/data"
mount --bind "$1/small/cenote" "$R/var/lib/private/cenote"
`;
const FAKETIME = '/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1';
const TEN_YEARS_AGO = { LD_PRELOAD: FAKETIME, FAKETIME: '-3650d', DONT_FAKE_MONOTONIC: '1' };

const NO_ROUTE =
  /this machine has no route there: connect ENETUNREACH 2001:db8::1:8080; connect ENETUNREACH 192\.0\.2\.1:8080/;
const NO_RESOLVER = /no address of lists\.example can be found: .* does not answer/;
const stale = ['failed', 'stale'] as const;
const refused = ['refused', 'refused'] as const;

export const ROWS: readonly Row[] = [
  { what: 'all well', world: HERE, cells: WELL },
  { what: 'no route', world: { ...HERE, addresses: ['192.0.2.1', '2001:db8::1'] }, cells: listFails(NO_ROUTE, stale, { code: 1, says: NO_ROUTE }) },
  { what: 'no IPv6', world: { ...HERE, addresses: ['2001:db8::1', '127.0.0.1'] }, machine: 'echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6', cells: WELL },
  { what: 'no IPv4', world: { host: '2001:db8::1', list: 'good', addresses: ['192.0.2.1', '2001:db8::1'] }, machine: 'ip -6 address add 2001:db8::1/128 dev lo; echo nameserver 2001:db8::1 >"$R/etc/resolv.conf"', cells: WELL },
  { what: 'resolver is myself', world: HERE, machine: 'echo nameserver 127.0.0.1 >"$R/etc/resolv.conf"', cells: listFails(NO_RESOLVER, stale, { code: 1, says: NO_RESOLVER }) },
  { what: 'clock 10 years back', world: HERE, environment: TEN_YEARS_AGO, unit: `[Service]\nEnvironment=${Object.entries(TEN_YEARS_AGO).map(([name, value]) => `${name}=${value}`).join(' ')}\n`, cells: WELL },
  { what: 'list 404', world: { ...HERE, list: '404' }, cells: listFails(/status 404 .*check the URL/, stale, { code: 1, says: /status 404 .*check the URL/ }) },
  { what: 'list HTML', world: { ...HERE, list: 'HTML' }, cells: listFails(/web page/, refused, { code: 4 }) },
  { what: 'list empty', world: { ...HERE, list: 'empty' }, cells: listFails(/empty|no line/, refused, { code: 4 }) },
  { what: 'list slow', world: { ...HERE, list: 'slow' }, cells: listFails(/./, ['fetching', 'good'], { code: 1, says: /^cenote: no octet in 15000 ms .*; try again later$/m }) },
  { what: 'disk full', world: HERE, machine: `${SMALL_DISK}cat /dev/zero >"$1/small/filler" || true`, cells: folderFails(/warning: `events\.dir`: the disk of \/\S+ is full; make room/, 'ENOSPC', true) },
  { what: 'disk read-only', world: HERE, machine: `${SMALL_DISK}mount -o remount,ro "$1/small"`, cells: folderFails(/warning: `events\.dir`: \/\S+ is on a read-only file system/, 'EROFS', true) },
  { what: 'folder of another user', world: HERE, uid: 65_534, machine: 'chmod -R go-rwx "$R/data"', unit: '[Service]\nEnvironment=CENOTE_EVENTS_DIR=/data\n', cells: folderFails(/warning: `events\.dir`: this user \(uid \d+\) may not write to \/data/, 'EACCES', false) },
  { what: 'port busy', world: { ...HERE, takesPort: true }, cells: ends(/^cenote: cannot start: .*127\.0\.0\.1:53/m) },
  { what: 'second daemon', world: HERE, otherDaemon: true, cells: ends(/^cenote: cannot start: another cenote uses this folder, process \d+ \(events\.dir .*\); stop it/m) },
]; // biome-ignore format: a table
