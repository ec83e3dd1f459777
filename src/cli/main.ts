// What a person types: `cenote COMMAND`. One file a command under commands/, loaded only when it is asked for.
import { Argument, Command, CommanderError, Option } from 'commander';
import { messageOf } from '../config/coded-error.ts';
import { VERSION } from '../config/version.ts';
import { CliError, EXIT, EXIT_MEANINGS } from './cli-error.ts';
import { fleetCommands } from './fleet/describe.ts';
import { printError } from './print.ts';
import { access } from './shell/access.ts';
import { end } from './shell/end.ts';
import { withHelp } from './shell/help.ts';
import { machines } from './shell/machines.ts';
import { moving } from './shell/moving.ts';
import { below, CONFIG, FLEET, FOR_MACHINE, JSON_FLAG, OF_MACHINE, SITE, since } from './shell/options.ts';

// A reader that has seen enough (`cenote lists | head -1`) is no error; the command still ends with its own code.
let unwritten: Error | null = null;
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') unwritten = error;
});
// Nobody is left to tell of it, and a daemon whose log the disk does not take goes on answering.
process.stderr.on('error', () => {});
// A program that reads half an answer must not take it for a whole one.
process.on('exit', () => {
  if (unwritten === null) return;
  printError(`the answer could not be written: ${messageOf(unwritten)} (standard output)`);
  process.exitCode = EXIT.failed;
});

/** The command line: what `--help`, completion and the manual page are made of. */
export function program(): Command {
  const cenote = new Command('cenote')
    .description('A DNS sinkhole that names the machine that asked.')
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .configureOutput({ outputError: (text) => printError(usageError(text)) })
    .exitOverride()
    .addHelpText(
      'after',
      `\nExit codes: ${EXIT_MEANINGS.map(([code, meaning]) => `${code} ${meaning}`).join(', ')}.`,
    );
  const command = (name: string, description: string): Command =>
    cenote.command(name).description(description);

  command('serve', 'run the daemon in the foreground')
    .option(...CONFIG)
    .addOption(
      new Option('--log-level <LEVEL>', 'the least that is logged on standard error')
        .choices(['debug', 'info', 'warning', 'error'])
        .default('info'),
    )
    .action(async (options) => end((await import('./commands/serve.ts')).serveCommand(options)));
  command('check', 'validate the configuration')
    .option('--sources', 'also ask every list source what it gives now')
    .option(...CONFIG)
    .option(...JSON_FLAG)
    .action(async (options) => end((await import('./commands/check.ts')).checkCommand(options)));
  command('query', 'explain what is decided for one name')
    .argument('<name>', 'the name asked for')
    .argument('[type]', 'its type', 'A')
    .option(...CONFIG)
    .option(
      '--client <MACHINE>',
      'the machine to decide for: its name, MAC or address, or a user who is logged on at one',
      '127.0.0.1',
    )
    .option('--at <TIME>', 'decide for this time: 19:30 (today), or 2026-11-29T19:30')
    .option('--ask', 'ask upstreams for what is not kept, and judge what they say')
    .option(...JSON_FLAG)
    .action(async (name, type, options) =>
      end((await import('./commands/query.ts')).queryCommand({ ...options, name, type })),
    );
  command('import', 'turn a report into an indicator list')
    .argument('<source...>', 'files, URLs, or - for standard input')
    .option('--name <SLUG>', 'name of the list (else from the first source)')
    .option(
      '--out <DIR>',
      'folder to write to (else blocklists, here; with --apply beside the configuration, unless that is below here)',
    )
    .option('--title <TEXT>', 'title of the report, where it does not say')
    .option('--campaign <TEXT>', 'campaign, where the report does not say')
    .option('--published <DATE>', 'day of publication, such as 2023-03-29')
    .option('--confidence <WORD>', 'low, medium or high')
    .option('--take <NAME...>', 'names to take although they would be left out')
    .option('--leave-out <NAME...>', 'names and addresses to leave out although they would be taken')
    .option(
      '--take-unflagged',
      'take what a report does not flag for detection (to_ids of MISP), which many publishers never set',
    )
    .option('--apply', 'also put the list into the configuration, have the daemon take it, and say who asked')
    .option('--groups <GROUP...>', 'groups that get it (else all)')
    .option('--append <LIST>', 'add to a list of the configuration instead')
    .option(...CONFIG)
    .option('--dry-run', 'show what would be taken and write nothing')
    .option('--yes', 'also drop names that the list has and the report has not')
    .option(...JSON_FLAG)
    .action(async (sources, options) =>
      end((await import('./commands/import.ts')).importCommand({ ...options, sources })),
    );
  lists(command);
  access(command);
  command('status', 'show the state of the running daemon')
    .option(...CONFIG)
    .option(...JSON_FLAG)
    .action(async (options) => end((await import('./commands/status.ts')).statusCommand(options)));
  command('healthcheck', 'tell whether the running daemon is healthy, for engines and VRRP')
    .option('--ready', 'also fail where it does not answer by the rules that should be in force')
    .option(...CONFIG)
    .option(...JSON_FLAG)
    .action(async (options) => end((await import('./commands/healthcheck.ts')).healthcheckCommand(options)));
  moving(command, program);
  fleetCommands(command);
  whatHappened(command);
  queries(command);
  return withHelp(cenote);
}

/** `lists`, and what is done to them. */
function lists(command: (name: string, description: string) => Command): void {
  const all = command('lists', 'show each list: entries, age, state')
    .option(...CONFIG)
    .option(...JSON_FLAG)
    .action(async (options) => end((await import('./commands/lists.ts')).listsCommand(options)));
  const sub = below(all);
  const added = async () => import('./commands/lists-edit.ts');
  sub('refresh', 'fetch lists now')
    .argument('[LIST...]', 'what to refresh (else all)')
    .action(async (names, _, command) =>
      end((await import('./commands/lists.ts')).refreshCommand({ ...command.optsWithGlobals(), names })),
    );
  sub('add', 'put a list into the configuration and into force')
    .argument('<name>', 'what to call it')
    .argument('<source>', 'file, http(s)://…, rpz://SERVER/ZONE or folder:DIR')
    .option('--groups <GROUP...>', 'groups that get it (else all, at every hour)')
    .option('--alert', 'a hit is worth an alert')
    .option('--action <ACTION>', 'what happens to a name on it', 'sinkhole')
    .option('--monitor', 'only record what it would do')
    .option('--format <FORMAT>', 'how to read it (else by its content)')
    .option('--refresh <DURATION>', 'how often a URL is fetched again, such as 12h')
    .action(async (name, source, _, command) =>
      end((await added()).addListCommand({ ...command.optsWithGlobals(), name, source })),
    );
  sub('rm', 'take a list out of the configuration and out of force')
    .argument('<name>', 'the list')
    .action(async (name, _, command) =>
      end((await added()).removeListCommand({ ...command.optsWithGlobals(), name })),
    );
}

/** The log of all queries. */
function queries(command: (name: string, description: string) => Command): void {
  command('log', 'show the queries that were asked, the newest last')
    .option('-f, --follow', 'go on with those that come')
    .option(...since('24h'))
    .option('--until <TIME>', 'before this moment: a duration back from now, or a date')
    .option(...OF_MACHINE)
    .option('--user <USER>', 'only while this user was logged on there')
    .option('--name <PART>', 'names with this in them; with * or ? a pattern of the whole name')
    .option('--type <TYPE>', 'only of this record type')
    .option('--outcome <WORD>', 'blocked, cached, upstream, own, failed, refused; or nxdomain, nodata, …')
    .option('--list <LIST>', 'only what this list decided')
    .option('--upstream <UPSTREAM>', 'only what this upstream answered, as `cenote status` names it')
    .option('--limit <N>', 'at most so many, the newest (else 100; with --json all)')
    .option(...CONFIG)
    .option('--json', 'print each query as a line of JSON')
    .action(async (options) => end((await import('./commands/log.ts')).logCommand(options)));
  command('top', 'show which machines, names, lists or upstreams have the most queries')
    .addArgument(
      new Argument('[what]', 'of what')
        .choices(['machines', 'names', 'lists', 'upstreams'])
        .default('machines'),
    )
    .option(...since('24h'))
    .option('--limit <N>', 'at most so many (else 20)')
    .option(...CONFIG)
    .option(...JSON_FLAG)
    .action(async (of, options) => end((await import('./commands/top.ts')).topCommand({ ...options, of })));
}

/** Commands that only a running daemon can do. */
function whatHappened(command: (name: string, description: string) => Command): void {
  command('hits', 'show hits from the store, the newest last')
    .option(...since('7d'))
    .option(...OF_MACHINE)
    .option('--list <LIST>', 'only of this list')
    .option(...FLEET)
    .option(...SITE)
    .option('--limit <N>', 'at most so many, the newest (else 1000; with --json all)')
    .option(...CONFIG)
    .option('--json', 'print each hit as its line in the hit log')
    .action(async (options) => end((await import('./commands/hits.ts')).hitsCommand(options)));
  command('hunt', 'search the history for who asked for names that are listed now')
    .argument('[LIST or NAME...]', 'lists, or names with all below them (else every list that alerts)')
    .option(...since('90d'))
    .option(...FLEET)
    .option('--id <ID>', 'with --fleet: what sites have answered by now to a hunt that was begun before')
    .option(...CONFIG)
    .option(...JSON_FLAG)
    .action(async (what, options) =>
      end((await import('./commands/hunt.ts')).huntCommand({ ...options, what })),
    );
  command('incidents', 'show which clients asked for what, or acknowledge one')
    .addArgument(new Argument('[action]', 'acknowledge: somebody has seen it').choices(['ack']))
    .argument('[id]', 'the incident to acknowledge')
    .option(...since('30d'))
    .option(...OF_MACHINE)
    .option('--open', 'only those still open')
    .option(...FLEET)
    .option(...SITE)
    .option(...CONFIG)
    .option(...JSON_FLAG)
    .action(async (action, id, options) =>
      end((await import('./commands/incidents.ts')).incidentsCommand({ ...options, action, id })),
    );
  machines(command);
  command('alerts', 'send a test to every receiver')
    .addArgument(new Argument('<action>', 'send a sample and show what each answers').choices(['test']))
    .option(...CONFIG)
    .option(...JSON_FLAG)
    .action(async (_, options) => end((await import('./commands/alerts.ts')).alertsTestCommand(options)));
  command('pause', 'stop blocking, until it is resumed or a duration is over')
    .argument('[duration]', 'such as 10m or 2h, 24d at most')
    .option('--group <GROUP>', 'only for this group')
    .option(...FOR_MACHINE)
    .option(...CONFIG)
    .option(...JSON_FLAG)
    .action(async (duration, options) =>
      end((await import('./commands/pause.ts')).pauseCommand({ ...options, duration })),
    );
  for (const action of ['allow', 'block'] as const)
    command(action, `${action} a name and all below it by hand, at once`)
      .argument('<name>', 'the name, as asked or defanged')
      .option('--for <DURATION>', 'for so long, such as 15m or 30d (else until it is removed)')
      .option(...FOR_MACHINE)
      .option('--group <GROUP>', 'only for this group')
      .option('--reason <TEXT>', 'why, for who looks at it later')
      .option('--yes', 'also a single label, or a suffix below which strangers have names, with all below it')
      .option(...CONFIG)
      .option(...JSON_FLAG)
      .action(async (name, options) => {
        const { allowCommand, blockCommand } = await import('./commands/overrides.ts');
        await end((action === 'allow' ? allowCommand : blockCommand)({ ...options, name }));
      });
  command('overrides', 'show what is allowed or blocked by hand, or take it back')
    .addArgument(new Argument('[action]', 'rm: take back').choices(['rm']))
    .argument('[ID...]', 'which')
    .option(...CONFIG)
    .option(...JSON_FLAG)
    .action(async (action, ids, options) =>
      end((await import('./commands/overrides.ts')).overridesCommand({ ...options, action, ids })),
    );
  command('resume', 'block again')
    .option('--group <GROUP>', 'only for this group')
    .option('--client <MACHINE>', 'only for this machine')
    .option(...CONFIG)
    .option(...JSON_FLAG)
    .action(async (options) => end((await import('./commands/pause.ts')).resumeCommand(options)));
}

const GONE =
  'the folder in which this was typed is not there any more; change to another (cd) and type it again';

/** commander says `error: …` and puts a guess on a second line. */
function usageError(text: string): string {
  const [first = '', guess] = text.trim().split('\n');
  const plain = /too many arguments/.test(first)
    ? 'a configuration is named with -c FILE; see --help'
    : 'see --help';
  const hint = guess === undefined ? plain : guess.replace(/^\(D(.*)\)$/, 'd$1');
  return `${first.replace(/^error: /, '')} (${hint})`;
}

/** What was typed after `cenote`; leaves the exit code in `process.exitCode`. */
export async function runCommand(args: readonly string[]): Promise<void> {
  try {
    await program().parseAsync(args, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.bad;
    else if (error instanceof CliError) {
      printError(error.message);
      process.exitCode = error.exitCode;
    } else {
      printError(/\buv_cwd$/.test(messageOf(error)) ? GONE : messageOf(error));
      process.exitCode = EXIT.failed;
    }
  }
}

// Undefined before Node 24.2.
if (import.meta.main !== false) await runCommand(process.argv.slice(2));
