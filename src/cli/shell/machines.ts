// `client`, `clients`: the machines that are known, what one of them did, and what another program knows of them.
import type { Command } from 'commander';
import { end } from './end.ts';
import { CONFIG, JSON_FLAG, since } from './options.ts';

export function machines(command: (name: string, description: string) => Command): void {
  command('client', "show one machine's incidents, hits and what else it asked for")
    .argument('<machine>', 'its name, MAC or address, or the user who is or was logged on there')
    .option(...since('30d'))
    .option(...CONFIG)
    .option(...JSON_FLAG)
    .action(async (machine, options) =>
      end((await import('../commands/machines/client.ts')).clientCommand({ ...options, machine })),
    );
  command('clients', 'show the machines that are known: addresses, names, and who says so')
    .argument(
      '[machine]',
      'only this one, by its name, MAC or address, or those of a user, with all it had before',
    )
    .option(
      '--push <FILE>',
      'take what a lease file or JSON (- for standard input) says of addresses; for a day unless it says how long',
    )
    .option('--source <NAME>', 'who says it, in place of all that the same source said before (else api)')
    .option(...CONFIG)
    .option(...JSON_FLAG)
    .action(async (client, options) =>
      end((await import('../commands/machines/clients.ts')).clientsCommand({ ...options, client })),
    );
}
