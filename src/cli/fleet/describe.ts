// `cenote fleet`: the commands of many sites under one head.
import { Argument, type Command } from 'commander';

export interface FleetParts {
  readonly config: readonly [string, string];
  readonly json: readonly [string, string];
  readonly end: (code: Promise<number>) => Promise<void>;
}

export function fleetCommands(
  command: (name: string, description: string) => Command,
  { config, json, end }: FleetParts,
): void {
  command(
    'fleet',
    'many sites under one head: show how far each is, publish to all, invite or remove a site, join',
  )
    .addArgument(
      new Argument('<action>', 'status; publish, invite or remove on the head; join at a site').choices([
        'status',
        'publish',
        'invite',
        'remove',
        'join',
      ]),
    )
    .argument('[what]', 'invite and remove: the name of the site; join: the credential file')
    .option('--out <FILE>', 'invite: where the credential file is written (else SITE.fleet)')
    .option(...config)
    .option(...json)
    .action(async (action, what, options) => {
      const { fleetCommand } = await import('./fleet.ts');
      await end(fleetCommand({ ...options, action, what }));
    });
}
