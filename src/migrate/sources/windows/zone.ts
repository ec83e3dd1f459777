// A zone of Windows DNS Server, put together from what each of its exports says.

/** Null: not said. */
export interface WindowsZone {
  readonly name: string;
  type: 'primary' | 'secondary' | 'stub' | 'forwarder' | 'other' | null;
  /** Where a conditional forwarder, a stub or a secondary zone asks. */
  readonly masters: string[];
  /** The name of its file, where it has one. */
  file: string | null;
  isAutoCreated: boolean;
}

/** Of all files together: what one says of a zone, another may say more of. */
export interface WindowsServer {
  /** By name, lower case, without the last dot. */
  readonly zones: Map<string, WindowsZone>;
  /** What a zone file holds, by the file's name in lower case. */
  readonly files: Map<string, ZoneFile>;
  readonly forwarders: string[];
  /** Addresses that it listens on. */
  readonly listens: string[];
  /** By name: PowerShell's JSON may say all of it twice. */
  readonly policies: Map<string, WindowsPolicy>;
  /** Named client subnets, by their names in lower case. */
  readonly subnets: Map<string, string[]>;
}

export interface ZoneFile {
  /** The zone that its head names; null where there is no head. */
  readonly zone: string | null;
  /** Owners and name servers in lower case; the zone itself is `@.` and names below it end so, since one file may be that of many zones. */
  readonly records: readonly FileRecord[];
  /** No line of it was passed over. */
  readonly isWhole: boolean;
}

export interface FileRecord {
  readonly owner: string;
  readonly type: string;
  readonly rdata: readonly string[];
}

export interface WindowsPolicy {
  readonly name: string;
  readonly action: string;
  readonly isAnd: boolean;
  readonly criteria: readonly { readonly kind: string; readonly value: string }[];
}

export const newServer = (): WindowsServer => ({
  zones: new Map(),
  files: new Map(),
  forwarders: [],
  listens: [],
  policies: new Map(),
  subnets: new Map(),
});

export function zoneOf({ zones }: WindowsServer, name: string): WindowsZone {
  const plain = name
    .trim()
    .toLowerCase()
    .replace(/(?<=.)\.$/, '');
  const known = zones.get(plain);
  if (known !== undefined) return known;
  const zone: WindowsZone = { name: plain, type: null, masters: [], file: null, isAutoCreated: false };
  zones.set(plain, zone);
  return zone;
}

const TYPES = ['other', 'primary', 'secondary', 'stub', 'forwarder'] as const;

/** As the registry numbers them, and as PowerShell and dnscmd call them. */
export function typeOf(text: string): WindowsZone['type'] {
  const word = text.trim().toLowerCase();
  const known = /^\d+$/.test(word) ? TYPES[Number(word)] : TYPES.find((type) => type === word);
  return known ?? 'other';
}

export function addMasters(zone: WindowsZone, addresses: readonly string[]): void {
  for (const address of addresses) if (!zone.masters.includes(address)) zone.masters.push(address);
}
