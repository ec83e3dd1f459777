// What comes in from the rings, and where it goes: hits to log, store and incidents, queries to the history.
import { join } from 'node:path';
import { askedHit } from '../hits/asked-hit.ts';
import { textToMoment } from '../hits/log/moment.ts';
import type { Desk } from './desk.ts';
import { HitKeeper } from './keeping/keeper.ts';
import type { HitsAssignment, HitsSettings } from './messages.ts';
import { NEWS_OF_HITS_LOST, newsOfQueryLog } from './news.ts';
import { LogIntake, type LogSettings } from './sightings/log-intake.ts';
import type { Newcomers } from './sightings/newcomers.ts';
import { Sightings } from './sightings/sightings.ts';
import { type Kept, Watch } from './watch.ts';

export function keeperFor(desk: Desk, newcomers: Newcomers): HitKeeper {
  const { options, context, log, store, registry } = desk;
  const { assignment, now, monotonic, pendingMax, onPiece, sync } = options;
  return new HitKeeper({
    rings: assignment.hitRings,
    boot: assignment.boot,
    journalDir: assignment.journal ? join(assignment.dir, 'journal') : null,
    context,
    log,
    store,
    onHit: (hit, record) => {
      if (record !== null) {
        desk.sightings.addHit(record, hit);
        desk.queryLog.addHit(record, hit);
        newcomers.note(record.address, 0, record.timeMs);
      }
      desk.watch.keeps(record?.timeMs ?? textToMoment(hit.time));
      desk.tap.hit(hit);
    },
    onHits: (hits) => registry.addHits(hits, now()),
    onPiece,
    alongside: {
      waiting: () => {
        const [incidents, notices] = [registry.waiting, desk.delivery.waiting];
        const isOther = desk.troubles.hasUnsaved || desk.past.hasUnsaved || desk.titles.hasUnsaved;
        return {
          rows: incidents.rows + notices.rows,
          isNews: incidents.isNews || notices.isNews || isOther,
        };
      },
      write: (tables) => desk.writeAlongside(tables),
      written: () => {
        desk.watch.written();
        registry.saved();
        desk.delivery.saved();
        desk.troubles.saved();
        desk.past.written();
        desk.titles.written();
        desk.finds.length = 0;
      },
    },
    report: (problem) => desk.say('warn', problem),
    onLost: () => desk.tell(NEWS_OF_HITS_LOST),
    monotonic,
    ...(pendingMax === undefined ? {} : { pendingMax }),
    ...(sync === undefined ? {} : { sync }),
  });
}

export function sightingsFor(desk: Desk, newcomers: Newcomers): Sightings {
  const { context, options, settings } = desk;
  return new Sightings({
    rings: options.assignment.queryRings,
    privacy: settings.privacy,
    newcomers,
    askerOf: (address, group, timeMs) => context.asker(address, context.group(group), timeMs),
    anonymity: {
      lastingId: (address, machine) => context.machines.lastingId(address, machine),
      keys: join(options.assignment.dir, 'history.key'),
    },
    matcherOf: (revision) => context.matcherOf(revision),
    onRecord: (bytes, offset, length) => desk.queryLog.addQuery(bytes, offset, length),
    onAsked: (record, judged, worker) => {
      const hit = askedHit(record, judged, worker, context);
      if (hit !== null) desk.keeper.add(hit);
    },
  });
}

export function queryLogFor(desk: Desk): LogIntake {
  const { context, options } = desk;
  const { assignment, now, monotonic } = options;
  return new LogIntake({
    dir: assignment.dir,
    now,
    monotonic,
    askerOf: (address, group, timeMs) => context.asker(address, context.group(group), timeMs),
    report: (state) => desk.tell(newsOfQueryLog(state)),
    ringsLost: () => desk.sightings.ringsLost,
    onward: () => (desk.tap.wants('queries') ? (row) => desk.tap.query(row) : null),
    say: (level, text) => desk.say(level, text),
  });
}

/** Without rings for queries there is nothing to log. */
export function logSettingsOf({ queryRings }: HitsAssignment, { log, privacy }: HitsSettings): LogSettings {
  if (queryRings.length === 0 || privacy === 'off' || log === undefined) return null;
  return { ...log, anonymise: log.anonymise || privacy === 'anonymise' };
}

export function watchFor(desk: Desk): Watch {
  const { options, settings, store } = desk;
  const { assignment, now, monotonic } = options;
  const history = historyKept(assignment, settings);
  const { watchedSinceMs, isReplacement } = assignment;
  return new Watch({
    ...{ store, now, monotonic, history, watchedSinceMs, isReplacement },
    lost: () => desk.sightings.lost,
    unnamed: () => desk.sightings.unnamed,
  });
}

/** Without rings for queries nothing is kept, whatever the settings say. */
export function historyKept({ queryRings }: HitsAssignment, { privacy }: HitsSettings): Kept {
  if (queryRings.length === 0 || privacy === 'off') return 'not';
  return privacy === 'none' ? 'byMachine' : 'byPseudonym';
}
