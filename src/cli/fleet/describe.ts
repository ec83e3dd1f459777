// `cenote fleet`: the commands of many sites under one head.
import { Argument, type Command } from 'commander';
import { end } from '../shell/end.ts';
import { CONFIG, JSON_FLAG } from '../shell/options.ts';

export function fleetCommands(command: (name: string, description: string) => Command): void {
  command(
    'fleet',
    'many sites under one head: how far each is, what all found, publish, invite or remove a site, join',
  )
    .addArgument(
      new Argument(
        '<action>',
        'status; publish, invite, remove, finds or troubles on the head; join at a site',
      ).choices(['status', 'publish', 'invite', 'remove', 'join', 'finds', 'troubles']),
    )
    .argument('[what]', 'invite and remove: the name of the site; join: the credential file')
    .option(
      '--out <FILE>',
      'invite: where the credential file is written (else SITE.fleet; - is standard output)',
    )
    .option('--since <TIME>', 'finds and troubles: back to a duration ago (7d) or a date (2026-11-20)', '30d')
    .option('--site <SITE>', 'finds and troubles: only of this site')
    .option('--client <MACHINE>', 'finds: only of this machine, by its name, MAC or address')
    .option(...CONFIG)
    .option(...JSON_FLAG)
    .action(async (action, what, options) => {
      const { fleetCommand } = await import('./fleet.ts');
      await end(fleetCommand({ ...options, action, what }));
    });
}
