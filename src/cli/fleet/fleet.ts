// `cenote fleet status|publish|invite|remove|join|finds|troubles`.
import { existsSync, writeFileSync } from 'node:fs';
import type {
  FleetView,
  Invited,
  PublishedView,
  RemovedView,
  SiteView,
} from '../../admin/served/fleet-view.ts';
import { messageOf } from '../../config/coded-error.ts';
import { lasting, moment, momentText } from '../../config/values/grouped.ts';
import { userText } from '../../fleet/user-text.ts';
import { CliError, EXIT } from '../cli-error.ts';
import { columns } from '../lines/table.ts';
import { printJson, printLines, printNotes } from '../print.ts';
import { askRunning, type DaemonOptions } from '../running-daemon.ts';
import { join } from './join.ts';

const PUBLISH_MS = 120_000;

export interface FleetOptions extends DaemonOptions {
  readonly action: 'status' | 'publish' | 'invite' | 'remove' | 'join' | 'finds' | 'troubles';
  readonly what?: string;
  readonly since?: string;
  readonly client?: string;
  readonly site?: string;
  readonly out?: string;
}

export async function fleetCommand(options: FleetOptions): Promise<number> {
  switch (options.action) {
    case 'status':
      return status(options);
    case 'publish':
      return publish(options);
    case 'invite':
      return invite(options);
    case 'remove':
      return remove(options);
    case 'finds':
      return (await import('./told.ts')).fleetFinds(options);
    case 'troubles':
      return (await import('./told.ts')).fleetTroubles(options);
    case 'join':
      return join(options, wantedOf(options, 'the credential file that `cenote fleet invite` wrote'));
  }
}

function wantedOf({ action, what }: FleetOptions, wanted: string): string {
  if (what !== undefined) return what;
  throw new CliError('CLI_USAGE', EXIT.bad, `\`cenote fleet ${action}\` wants ${wanted}`);
}

async function status(options: FleetOptions): Promise<number> {
  const view = await askRunning<FleetView>(options, '/api/v1/fleet');
  if (options.json) printJson(view);
  else printLines(view.head === null ? siteLines(view) : headLines(view));
  const { head, link, policy } = view;
  const isLate = policy !== null && (policy.refused !== null || policy.behind !== null);
  // Without a connection nobody here knows what the newest is.
  return head?.isLagging === true || isLate || !link.up ? EXIT.stale : EXIT.ok;
}

/** What this site has of its head. */
function siteLines({ site, link, policy, home }: FleetView): string[] {
  const linkText = link.up
    ? `connected since ${momentText(link.since)} to ${link.server} (nats-server ${link.serverVersion})`
    : `no connection since ${momentText(link.since)}: ${link.why}`;
  if (policy === null) return [`site     ${site}`, `link     ${linkText}`];
  const { revision, since, refused, behind, unused } = policy;
  return [
    `site     ${site}`,
    `link     ${linkText}`,
    revision === null
      ? "policy   none of the head's is in force: this site's own configuration holds alone"
      : `policy   revision ${revision} is in force since ${momentText(since)}`,
    ...(refused === null
      ? []
      : [
          `refused  ${refused.revision === null ? 'a policy' : `revision ${refused.revision}`} since ${momentText(refused.since)}: ${refused.why}`,
        ]),
    ...(behind === null ? [] : [`behind   ${behind}`]),
    `hits     ${home.says}`,
    ...unused.map((what) => `unused   ${what}`),
  ];
}

function headLines({ head }: FleetView): string[] {
  if (head === null) return [];
  const rows = head.sites.map((site) => [
    site.site,
    site.revision ?? '-',
    site.inForceSince === null ? '-' : moment(site.inForceSince),
    conditionText(site),
    site.heard === null ? '-' : moment(site.heard),
    site.version ?? '-',
    listsText(site),
    upstreamsText(site),
    site.backlog ?? '-',
    clockText(site),
  ]);
  const heading = [
    'SITE',
    'REVISION',
    'SINCE (UTC)',
    'STATE',
    'HEARD (UTC)',
    'VERSION',
    'LISTS',
    'UPSTREAMS',
    'BACKLOG',
    'CLOCK',
  ];
  return [
    ...head.says,
    ...(rows.length === 0
      ? ['No site is invited yet: `cenote fleet invite SITE`.']
      : ['', ...columns([heading, ...rows])]),
    ...(head.removed.length === 0
      ? []
      : [
          '',
          `Removed: ${head.removed.map(({ site, since }) => `${site} (${momentText(since)})`).join(', ')}.`,
        ]),
  ];
}

const CONDITIONS: Readonly<Record<string, string>> = {
  current: 'has the newest',
  changing: 'is being told',
  late: 'late',
  ahead: 'ahead of this head',
  refused: 'refused',
  silent: 'cut off',
  heard: 'heard',
  expected: 'not heard of yet',
};

function conditionText({ condition }: SiteView): string {
  return CONDITIONS[condition] ?? condition;
}

/** The worst counts. */
function listsText({ lists }: SiteView): string {
  if (lists.length === 0) return '-';
  const bad = lists.filter(({ state }) => state !== 'good' && state !== 'empty');
  return bad.length === 0
    ? `${lists.length} good`
    : `${bad.map(({ name, state }) => `${name} ${state}`).join(', ')}`;
}

function upstreamsText({ upstreams }: SiteView): string {
  if (upstreams.length === 0) return '-';
  const good = upstreams.filter(({ healthy }) => healthy).length;
  return good === upstreams.length ? `${good} answer` : `${good} of ${upstreams.length} answer`;
}

function clockText({ clockOffsetMs, clockWrong }: SiteView): string {
  if (clockOffsetMs === null) return '-';
  if (!clockWrong) return 'right';
  return `${lasting(Math.abs(clockOffsetMs) / 1000)} ${clockOffsetMs > 0 ? 'fast' : 'slow'}`;
}

async function publish(options: FleetOptions): Promise<number> {
  const told = await askRunning<PublishedView>(options, '/api/v1/fleet/publish', {
    body: {},
    timeoutMs: PUBLISH_MS,
  });
  if (options.json) printJson(told);
  else
    printLines([
      told.isSame
        ? `Nothing differs from revision ${told.revision}: it stays.`
        : `Revision ${told.revision} is published (${told.change}).`,
      ...(told.waits === null
        ? []
        : [
            `NATS does not keep it yet: ${told.waits}. Sites that are connected get it all the same where it is small, others when that is over.`,
          ]),
      ...(told.isSame ? [] : ['`cenote fleet status` shows which sites have it in force.']),
    ]);
  return EXIT.ok;
}

/** With `--out -` the credentials alone are on standard output: out of a container there is no other way. */
async function invite(options: FleetOptions): Promise<number> {
  const site = wantedOf(options, 'the name of the site');
  const out = options.out ?? `${site}.fleet`;
  const isPrinted = out === '-';
  if (!isPrinted && existsSync(out))
    throw new CliError('CLI_OUT_EXISTS', EXIT.failed, `${out} is there already; --out names another file`);
  const { file, user, users } = await askRunning<Invited>(options, '/api/v1/fleet/invite', {
    body: { site },
  });
  if (isPrinted) printJson(file);
  else
    try {
      writeFileSync(out, `${JSON.stringify(file, null, 2)}\n`, { flag: 'wx', mode: 0o600 });
    } catch (error) {
      throw new CliError(
        'CLI_OUT_EXISTS',
        EXIT.failed,
        `the credentials cannot be written: ${messageOf(error)}`,
      );
    }
  const lines = [
    isPrinted
      ? `These are the credentials of ${site}, for \`cenote fleet join FILE\` there. Whoever has them is ${site}.`
      : `${out} holds the credentials of ${site}: carry it there and run \`cenote fleet join ${out}\`. Whoever has it is ${site}.`,
    `Put this user into \`authorization { users: [ … ] }\` of the NATS server, in place of an earlier one of this site, and reload it. ${users} has all of them, to be included there:`,
    '',
    ...userText(user.nkey, user.permissions).split('\n'),
  ];
  if (isPrinted) printNotes(lines);
  else if (options.json) printJson({ file: out, user });
  else printLines(lines);
  return EXIT.ok;
}

async function remove(options: FleetOptions): Promise<number> {
  const site = wantedOf(options, 'the name of the site');
  const told = await askRunning<RemovedView>(options, '/api/v1/fleet/remove', { body: { site } });
  if (options.json) printJson(told);
  else
    printLines([
      `${site} is no site of this fleet any more: it is neither waited for nor heard, and its hits are not taken. Those that came home stay.`,
      `Its user ${told.nkey === null ? '' : `${told.nkey} `}is out of ${told.users}: have the NATS server read it anew (\`nats-server --signal reload\`),`,
      'or take the user out of `authorization { users: [ … ] }` there. Until then its key still opens the policy.',
    ]);
  return EXIT.ok;
}
