// `cenote backup FILE`: the configuration, the files it names and the data of a daemon, which may run meanwhile, as one archive.
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { create } from 'tar';
import type { Config } from '../../config/config.ts';
import { realPathOf } from '../../config/disk/real-path.ts';
import { syncPath } from '../../config/disk/whole-file.ts';
import { counted, grouped } from '../../config/values/grouped.ts';
import { VERSION } from '../../config/version.ts';
import { CliError, EXIT } from '../cli-error.ts';
import { configFile } from '../config-file.ts';
import { printJson, printLines } from '../print.ts';
import { loadAndTell } from '../read-config.ts';
import { copyData, filesBelow } from './copy-data.ts';
import { isDiskFull, whyNotWritten } from './disk-fault.ts';
import { BACKUP_VERSION, bad, failed, MANIFEST, type Manifest, sha256Of } from './manifest.ts';
import { privateFilesIn } from './named-paths.ts';
import { stagingIn } from './staging.ts';

export interface BackupOptions {
  readonly file: string;
  readonly config?: string;
  readonly json?: boolean;
}

export async function backupCommand(options: BackupOptions): Promise<number> {
  const named = configFile(options.config);
  const config = loadAndTell(named);
  if (config === null) return EXIT.bad;
  const file = resolve(options.file);
  if (existsSync(file)) throw bad(`it is there already; name a file that is not (${options.file})`);
  const { manifest, elsewhere } = await writeBackup({ file, configPath: realPathOf(named), config });
  const { length } = Object.keys(manifest.files);
  if (options.json === true)
    printJson({
      file,
      files: length,
      bytes: statSync(file).size,
      elsewhere: elsewhere.map(({ path }) => path),
    });
  else
    printLines([
      `${file}: ${counted(length, 'file')}, ${grouped(statSync(file).size)} bytes; it holds the admin token and all that machines asked: keep it as you keep these`,
      ...elsewhere.map(({ path, why }) => `not in it: ${path} (${why})`),
    ]);
  return EXIT.ok;
}

interface Parts {
  /** Absolute. */
  readonly file: string;
  readonly configPath: string;
  readonly config: Config;
}

interface Elsewhere {
  readonly path: string;
  readonly why: string;
}

/** Written aside and renamed: there is a whole backup or none. */
async function writeBackup({
  file,
  configPath,
  config,
}: Parts): Promise<{ manifest: Manifest; elsewhere: Elsewhere[] }> {
  const staging = stagingIn(dirname(file), basename(file), false);
  const aside = join(staging, 'archive');
  try {
    const tree = join(staging, 'tree');
    mkdirSync(join(tree, 'config'), { recursive: true });
    copyFileSync(configPath, join(tree, 'config/cenote.yaml'));
    const folder = dirname(configPath);
    const { named, elsewhere } = copyNamedFiles(config, folder, join(tree, 'config'));
    for (const path of privateFilesIn(readFileSync(configPath, 'utf8'), folder))
      elsewhere.push({ path, why: 'certificates, keys and secrets stay where they are' });
    if (existsSync(config.events.dir)) await copyData(config.events.dir, join(tree, 'data'));
    const manifest = { ...(await manifestOf(tree, configPath, config)), named };
    writeFileSync(join(tree, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`);
    await create({ gzip: true, file: aside, cwd: tree, portable: true, mode: 0o600 }, [
      MANIFEST,
      ...Object.keys(manifest.files),
    ]);
    syncPath(aside);
    renameSync(aside, file);
    syncPath(dirname(file));
    return { manifest, elsewhere };
  } catch (error) {
    if (error instanceof CliError) throw error;
    const needs = isDiskFull(error)
      ? `, ${grouped(octetsOf(config.events.dir))} bytes for the data and as much as the archive for itself`
      : '';
    throw failed(`nothing was saved: ${whyNotWritten(error)}${needs} (${file})`, error);
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

/** Before it is packed the data is copied beside the archive. */
function octetsOf(dir: string): number {
  return existsSync(dir)
    ? filesBelow(dir).reduce(
        (sum, path) => sum + (statSync(join(dir, path), { throwIfNoEntry: false })?.size ?? 0),
        0,
      )
    : 0;
}

/** Lists, folders of lists, warning lists and the hosts file; those that lie outside the folder of the configuration and of the work stay. */
function copyNamedFiles(
  config: Config,
  folder: string,
  to: string,
): { named: Record<string, string>; elsewhere: Elsewhere[] } {
  const sources = config.lists.flatMap(({ source }) =>
    /^[a-z][a-z0-9+.-]*:\/\//i.test(source) ? [] : source.replace(/^folder:/, ''),
  );
  const hosts = config.local.hosts === null ? [] : [config.local.hosts];
  const named: Record<string, string> = {};
  const elsewhere: Elsewhere[] = [];
  for (const path of [...sources, ...config.warninglists, ...hosts]) {
    if (path === '' || !existsSync(path)) continue;
    const below = [folder, process.cwd()]
      .map((base) => relative(base, path))
      .find((part) => !part.startsWith('..') && !isAbsolute(part));
    if (below === undefined) {
      elsewhere.push({ path, why: "it lies outside of the configuration's folder" });
      continue;
    }
    named[resolve(path)] = below;
    cpSync(path, join(to, below), { recursive: true });
  }
  return { named, elsewhere };
}

async function manifestOf(tree: string, configPath: string, config: Config): Promise<Manifest> {
  const files: Manifest['files'] = {};
  for (const path of filesBelow(tree))
    files[path] = { bytes: statSync(join(tree, path)).size, sha256: await sha256Of(join(tree, path)) };
  return {
    version: BACKUP_VERSION,
    cenote: VERSION,
    time: new Date().toISOString(),
    config: configPath,
    eventsDir: config.events.dir,
    files,
  };
}
