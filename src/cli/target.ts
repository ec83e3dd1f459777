// Where the configuration says that a daemon is. To read a configuration takes three quarters of the time of a command that only asks
// the daemon, so what it says is kept beside the compiled code, with all that it was made of.
import { createHash } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { getCompileCacheDir } from 'node:module';
import { join, resolve } from 'node:path';
import type { Config, SocketAddress } from '../config/config.ts';
import { realPathOf } from '../config/disk/real-path.ts';
import { socketPath } from '../config/meant/admin.ts';
import { type Files, realFiles } from '../config/read/files.ts';
import { areAsSeen, type Look, watched } from '../config/read/looks.ts';
import type { ConfigFile } from '../config/schema.ts';
import { VERSION } from '../config/version.ts';

/** Where a daemon should be found. */
export interface Target {
  /** The configuration, through links. */
  readonly file: string;
  /** null: the configuration says `admin: off`, or leaves the port to the system. */
  readonly admin: SocketAddress | null;
  /** Path of the Unix socket, which goes before; null for none. */
  readonly socket: string | null;
  /** PEM file of the certificate where `admin` speaks HTTPS. */
  readonly certificate: string | null;
  readonly dns: readonly SocketAddress[];
  readonly eventsDir: string;
  /** Mistakes in the file: the daemon may run on an earlier version of it. */
  readonly mistakes: number;
}

interface Kept {
  readonly key: string;
  readonly looks: readonly Look[];
  readonly target: Target;
}

/** Counts the forms of what is kept. */
const FORM = 2;
/** A machine has one configuration, or a few. */
const KEPT_MAX = 16;
const USUAL_ADMIN: SocketAddress = { host: '127.0.0.1', port: 5380 };
const USUAL_DNS: readonly SocketAddress[] = [{ host: '127.0.0.1', port: 5335 }];

/** For a command that writes nothing: whether it could is nobody's concern. */
export const looking: Files = {
  ...realFiles,
  folderFault: (path) => {
    const fault = realFiles.folderFault(path);
    return fault?.isHopeless === true ? fault : null;
  },
};

/** Never fails for mistakes: a daemon goes on when its file is edited wrongly, and so must whoever looks after it. */
export async function targetOf(file: string): Promise<Target> {
  const shelf = shelfFor();
  const kept = shelf === null ? [] : readKept(shelf);
  const key = keyOf(file);
  const known = kept.find((one) => one.key === key);
  if (known !== undefined && areAsSeen(looking, known.looks)) return known.target;
  const looks: Look[] = [];
  const target = await read(file, watched(looking, looks));
  if (shelf !== null)
    keep(shelf, [{ key, looks, target }, ...kept.filter((one) => one.key !== key)].slice(0, KEPT_MAX));
  return target;
}

async function read(file: string, files: Files): Promise<Target> {
  const { loadConfig } = await import('../config/load.ts');
  const loaded = loadConfig({ file, environment: process.env, files });
  const { listen, events } = loaded.config ?? loaded.sections;
  const eventsDir = resolve(events?.dir ?? './data');
  const { admin, socket, tls } = adminOf(listen?.admin, eventsDir);
  return {
    file: realPathOf(file),
    admin: admin === null || admin.port === 0 ? null : admin,
    socket,
    certificate: tls ? (listen?.tlsCertificate?.cert ?? null) : null,
    dns: listen?.dns ?? USUAL_DNS,
    eventsDir,
    mistakes: loaded.problems.length,
  };
}

type Written = Config['listen']['admin'] | ConfigFile['listen']['admin'] | undefined;

/** Of a configuration as meant, or of a section of one with mistakes elsewhere. */
function adminOf(
  written: Written,
  eventsDir: string,
): { readonly admin: SocketAddress | null; readonly socket: string | null; readonly tls: boolean } {
  const usual = socketPath('auto', eventsDir);
  if (written === undefined) return { admin: USUAL_ADMIN, socket: usual, tls: false };
  if (written === null) return { admin: null, socket: null, tls: false };
  if ('host' in written) return { admin: written, socket: usual, tls: false };
  const [admin = null] = 'addresses' in written ? written.addresses : written.address;
  const { socket } = written;
  const path = socket === 'off' ? null : socketPath(socket, eventsDir);
  return { admin, socket: path === null ? null : resolve(path), tls: written.tls };
}

/** All that a configuration is made of beside the file system. */
function keyOf(file: string): string {
  const settings = Object.entries(process.env).filter(([name]) => name.startsWith('CENOTE_'));
  const all = [FORM, VERSION, process.version, process.cwd(), file, realPathOf(file), settings.sort()];
  return createHash('sha256').update(JSON.stringify(all)).digest('base64');
}

/** In the folder of this user's compiled code: whoever can write there needs no lie about where the daemon is. */
function shelfFor(): string | null {
  const folder = getCompileCacheDir();
  return folder === undefined ? null : join(folder, 'targets.json');
}

function readKept(shelf: string): readonly Kept[] {
  try {
    const kept: unknown = JSON.parse(readFileSync(shelf, 'utf8'));
    return Array.isArray(kept) ? kept : [];
  } catch {
    return [];
  }
}

/** Whether it can be kept is nobody's concern. */
function keep(shelf: string, kept: readonly Kept[]): void {
  const draft = `${shelf}.${process.pid}`;
  try {
    writeFileSync(draft, JSON.stringify(kept), { mode: 0o600 });
    renameSync(draft, shelf);
  } catch {
    return;
  }
}
