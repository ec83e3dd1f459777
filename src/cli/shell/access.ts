// `token`, `password`, `audit`: who may use the admin interface, and who did.
import type { Command } from 'commander';
import { end } from './end.ts';
import { below, CONFIG, JSON_FLAG, since } from './options.ts';

export function access(command: (name: string, description: string) => Command): void {
  const all = command('token', 'print the token that the page and the API want from elsewhere')
    .option(...CONFIG)
    .action(async (options) => end((await import('../commands/access/token.ts')).tokenCommand(options)));
  const sub = below(all);
  const tokens = async () => import('../commands/access/token.ts');
  sub('list', 'show the tokens for programs').action(async (_, own) =>
    end((await tokens()).listTokensCommand(own.optsWithGlobals())),
  );
  sub('make', 'make a token for a program; it is printed this once')
    .argument('<name>', 'what it is for')
    .option('--role <ROLE>', 'reader, analyst or admin', 'reader')
    .option('--for <DURATION>', 'how long it opens, such as 90d (else until it is revoked)')
    .action(async (name, _, own) =>
      end((await tokens()).makeTokenCommand({ ...own.optsWithGlobals(), name })),
    );
  sub('revoke', 'take tokens back')
    .argument('<id...>', 'as `cenote token list` shows them')
    .action(async (ids, _, own) =>
      end((await tokens()).revokeTokensCommand({ ...own.optsWithGlobals(), ids })),
    );
  command(
    'password',
    'make the hash of a password for listen.admin.users; the password comes from standard input',
  )
    .option('--totp', 'also make the secret of a second factor')
    .option('--user <NAME>', 'the name that the app shows for the second factor', 'admin')
    .option(...JSON_FLAG)
    .action(async (options) =>
      end((await import('../commands/access/password.ts')).passwordCommand(options)),
    );
  command('audit', 'show who changed what, the newest last')
    .option(...since('7d'))
    .option('--who <NAME>', 'only of this user or token')
    .option('--limit <N>', 'at most so many, the newest; 1 to 1000', '100')
    .option(...CONFIG)
    .option(...JSON_FLAG)
    .action(async (options) => end((await import('../commands/access/audit.ts')).auditCommand(options)));
}
