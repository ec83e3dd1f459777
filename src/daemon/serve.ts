// `cenote serve`: the daemon's life from config to exit code, and what the world may tell it meanwhile (signals, a saved file).
import { flushCompileCache } from 'node:module';
import type { Logger } from 'pino';
import { Audit } from '../admin/audit/audit.ts';
import type { AuditRow } from '../admin/audit/row.ts';
import type { AdminServer } from '../admin/server.ts';
import type { MachineTable } from '../clients/machine-table.ts';
import { messageOf } from '../config/coded-error.ts';
import type { Config } from '../config/config.ts';
import { realPathOf } from '../config/disk/real-path.ts';
import type { Loaded } from '../config/load.ts';
import { socketPath } from '../config/meant/admin.ts';
import { SteadyClock } from '../config/steady-clock.ts';
import type { KeptPolicy } from '../fleet/policy/kept.ts';
import { addressesOf } from './by-hand/addresses.ts';
import { Overrides } from './by-hand/overrides.ts';
import type { Reloaded } from './configuration/reloader.ts';
import type { Fleet } from './fleet/fleet.ts';
import { banner } from './greeting/banner.ts';
import { exampleName } from './greeting/example.ts';
import { auditProblems } from './health/audit-waits.ts';
import { FolderTaken } from './health/folder-taken.ts';
import { type LogLevel, logReader, openLog, stackOf } from './log.ts';
import type { CertificatePair } from './machine/certificate.ts';
import { lockFolder, watchLock } from './machine/folder-lock.ts';
import { dropLeftovers } from './machine/leftovers.ts';
import { lookAround } from './machine/look-around.ts';
import { Supervisor } from './supervisor.ts';
import type { Prestarted } from './threads/prestart.ts';
import { reloadThread } from './threads/reload/reload-thread.ts';
import { endSmallStart } from './threads/small-heaps.ts';
import { garbageOfAnswers, giveBackLoaded, giveBackStart } from './threads/spare-memory.ts';

export interface ServeOptions {
  readonly config: Config;
  /** Reads the configuration again. */
  readonly load: () => Promise<Loaded>;
  /** What it would be, were this the file's text. */
  readonly loadText: (text: string) => Promise<Loaded>;
  /** Becomes the first resolver thread. */
  readonly first: Prestarted;
  /** The least that is logged. */
  readonly logLevel: LogLevel;
  /** What the head of the fleet has published; null where there is no head, or this is it. */
  readonly kept: KeptPolicy | null;
}

/** Of the audit log where the admin interface is off. */
const AUDIT_MS = 365 * 86_400_000;
/** By which all that lasts for a time goes. */
const clock = new SteadyClock();

/**
 * Runs until a signal ends it.
 * @returns the process's exit code: 0 stopped and drained, 1 could not start
 */
export async function serve({
  config,
  load,
  loadText,
  first,
  kept,
  logLevel,
}: ServeOptions): Promise<number> {
  // What is written here is nobody else's: names asked for, clients, private lists.
  process.umask(0o077);
  const log = openLog(logReader(), logLevel);
  // Each has an owner. Should one be without, that is a fault to be told, and no reason to leave a network without names.
  process.on('unhandledRejection', (error) =>
    log.error({ error: stackOf(error) }, 'something failed that nobody listened to; answers go on'),
  );
  let supervisor: Supervisor;
  /** Null: they are not read yet, and what is in force first is made without them. */
  let machines: MachineTable | null = null;
  let fleet: Fleet | null = null;
  const audit = new Audit({
    dir: config.events.dir,
    keepMs: () => supervisor.config.listen.admin?.auditMs ?? AUDIT_MS,
    now: Date.now,
    report: (what) => log.warn(what),
  });
  const overrides = new Overrides({
    dir: config.events.dir,
    log,
    clock,
    addressesOf: (machine) => addressesOf(machines, machine),
    inForce: () => supervisor.config,
    use: (wanted) => supervisor.use(wanted),
  });
  try {
    const own = { config: overrides.over(config), load: async () => overrides.overLoaded(await load()) };
    const onReloaded = (told: Reloaded): void => {
      audit.add(reloadRow(told));
      fleet?.reloaded();
    };
    supervisor = new Supervisor({ ...own, log, clock, first, onReloaded });
  } catch (error) {
    return cannotStart(error);
  }
  const ended = untilSignal(supervisor, log);
  const closers: (() => Promise<void> | void)[] = [];
  let release = (): void => undefined;
  let admin: OpenAdmin | null = null;
  const taken = new FolderTaken(config.events.dir, clock);
  supervisor.watched.push(() => taken.problems());
  const takeFolderAgain = async (): Promise<void> => {
    const { dir } = config.events;
    const text = `events.dir was removed or replaced while cenote runs (${dir}): lock, store, admin token, socket and what was decided by hand are made anew; hits, history and incidents that it held are gone, a backup has them`;
    log.error({ dir }, text);
    release();
    release = () => undefined;
    try {
      release = lockFolder(dir, log);
      supervisor.hits.replace({ id: 'events-dir', text, state: 'once' });
      overrides.keep();
      await admin?.makeFilesAnew();
      taken.tried(null);
    } catch (error) {
      taken.tried(messageOf(error));
      log.error(messageOf(error));
    }
  };
  try {
    release = lockFolder(config.events.dir, log);
    await dropLeftovers(config, Date.now());
    await supervisor.start();
    closers.push(watchLock(config.events.dir, supervisor.looks, () => void takeFolderAgain()));
    closers.push(...lookAround(supervisor, log));
    machines = supervisor.book.table;
    await overrides.start(supervisor.looks);
    closers.push(() => overrides.stop());
    const loadOver: ServeOptions['loadText'] = async (text) => overrides.overLoaded(await loadText(text));
    fleet = await startFleet(supervisor, { kept, loadText: loadOver, log });
    if (fleet !== null) closers.push(() => fleet?.stop());
    closers.push(() => audit.close());
    admin = await startAdmin(supervisor, { overrides, audit, fleet, log, loadText: loadOver });
    if (admin !== null) closers.push(admin.close);
    greet(supervisor, admin?.bound ?? null);
    // Now, not at the end: a daemon that is killed shall start as fast again.
    flushCompileCache();
    if (config.profile === 'standard') endSmallStart();
    giveBackStart();
    reloadThread.endSoon();
  } catch (error) {
    for (const close of closers.reverse()) await close();
    await supervisor.stop();
    release();
    return cannotStart(error);
  }
  const signal = await ended;
  log.info({ signal }, 'stopping: no new queries, those that wait are answered');
  for (const close of closers.reverse()) await close();
  await supervisor.stop();
  release();
  log.info('stopped');
  return 0;
}

/** Tells a person that it is ready, on standard error. */
function greet({ config, rules, bound }: Supervisor, admin: string | null): void {
  const example = exampleName(rules.ruleSet, Date.now());
  process.stderr.write(banner({ config, lists: rules.lists(), bound, admin, example }));
}

/** Its code is loaded only where there is a fleet. */
async function startFleet(
  supervisor: Supervisor,
  parts: Pick<ServeOptions, 'kept' | 'loadText'> & { readonly log: Logger },
): Promise<Fleet | null> {
  const { fleet } = supervisor.config;
  if (fleet === null) return null;
  const { Fleet } = await import('./fleet/fleet.ts');
  const started = new Fleet({ ...parts, fleet, supervisor });
  started.start();
  return started;
}

interface OpenAdmin extends Pick<AdminServer, 'bound' | 'close'> {
  /** The token's file and the socket, where they are gone. */
  readonly makeFilesAnew: () => Promise<void>;
}

interface AdminParts extends Pick<ServeOptions, 'loadText'> {
  readonly overrides: Overrides;
  readonly audit: Audit;
  readonly fleet: Fleet | null;
  readonly log: Logger;
}

/** Its code is loaded once DNS is answered. @throws AdminError when an address cannot be had */
async function startAdmin(
  supervisor: Supervisor,
  { overrides, audit, fleet, log, loadText }: AdminParts,
): Promise<OpenAdmin | null> {
  const { listen, events } = supervisor.config;
  if (listen.admin === null) return null;
  const { addresses, tls, socket } = listen.admin;
  const { openAdmin } = await import('../admin/server.ts');
  const { readToken, tokenOrNone, writeToken } = await import('../admin/door/token.ts');
  const { DaemonState } = await import('./admin-state.ts');
  const { overridesState } = await import('./by-hand/admin.ts');
  const { doorFor, peerOf } = await import('./machine/door.ts');
  const { changesByHand } = await import('./editing/changes.ts');
  const { TEXTS_APART } = await import('./configuration/apart.ts');
  const state = new DaemonState(
    supervisor,
    overridesState(overrides, supervisor),
    changesByHand(supervisor, loadText, TEXTS_APART),
  );
  const token = tokenOrNone(events.dir, (why) => log.error(`${why}; there is none until the next start`));
  const { door, isForAll } = await doorFor({
    token,
    dir: events.dir,
    settings: () => supervisor.config.listen.admin,
    log,
    tell: (text) => process.stderr.write(text),
  });
  const [address = null, ...more] = addresses;
  const path = socketPath(socket, events.dir);
  const { bound, close, reopenSocket } = await openAdmin({
    address,
    more,
    tls: tls ? () => certificateInForce(supervisor) : null,
    unix: path === null ? null : { path, isForAll, isUsual: socket === 'auto' },
    withoutSocket: (why) => log.warn(`the command line uses the addresses of the admin interface: ${why}`),
    peerUser: peerOf,
    state,
    fleet,
    token,
    door,
    audit,
    publicUrl: () => supervisor.config.listen.publicUrl,
    metricsEnabled: () => supervisor.config.metrics,
    configFile: () => realPathOf(supervisor.config.file),
    report: (error) => log.error({ error: stackOf(error) }, 'the admin interface failed at a request'),
    onBuilding: giveBackLoaded,
    onAsked: () => supervisor.looks.now(),
    onAnswering: garbageOfAnswers(),
  });
  state.adminBound = bound;
  supervisor.watched.push(() => auditProblems(audit.whyWaiting()));
  const makeFilesAnew = async (): Promise<void> => {
    if (readToken(events.dir) === null) writeToken(events.dir, token);
    await reopenSocket();
  };
  return { bound, close, makeFilesAnew };
}

function certificateInForce({ inForce }: Supervisor): CertificatePair {
  if (inForce.certificate === null) throw new Error('no certificate is in force');
  return inForce.certificate;
}

/** A configuration that somebody wrote counts as a change by who wrote the file. */
function reloadRow({ cause, settings, refused, before, revision }: Reloaded): AuditRow {
  return {
    who: null,
    role: null,
    way: cause === 'SIGHUP' ? 'signal' : 'file',
    address: null,
    action: 'reload',
    asked: settings.length === 0 ? null : JSON.stringify({ settings }),
    before: JSON.stringify({ revision: before }),
    after: JSON.stringify({ revision }),
    result: refused === null ? 'ok' : `refused: ${refused}`,
  };
}

function cannotStart(error: unknown): number {
  process.stderr.write(`cenote: cannot start: ${messageOf(error)}\n`);
  return 1;
}

/** SIGHUP reloads; SIGTERM and SIGINT end; a second one of those ends at once. */
function untilSignal(supervisor: Supervisor, log: Logger): Promise<NodeJS.Signals> {
  process.on('SIGHUP', () => void supervisor.reload('SIGHUP'));
  // dnsmasq tells its statistics and opens its log anew at these, and scripts for log files send them: not named here, they would end the process.
  for (const signal of ['SIGUSR1', 'SIGUSR2'] as const)
    process.on(signal, () => log.warn({ signal }, 'this signal means nothing to cenote; SIGHUP reloads'));
  return new Promise((resolve) => {
    let asked = false;
    for (const signal of ['SIGTERM', 'SIGINT'] as const)
      process.on(signal, () => {
        if (asked) process.exit(1);
        asked = true;
        resolve(signal);
      });
  });
}
