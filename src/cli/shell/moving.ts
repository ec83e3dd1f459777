// `backup`, `restore`, `migrate`, `completion`: what carries settings and data from one place to another, and what a shell needs.
import { Argument, type Command } from 'commander';
import { end } from './end.ts';
import { CONFIG, JSON_FLAG } from './options.ts';

/** @param program all commands, with their options */
export function moving(
  command: (name: string, description: string) => Command,
  program: () => Command,
): void {
  command('backup', 'save the configuration, the files it names and the data, also of a running daemon')
    .argument('<file>', 'the archive to write, such as cenote.tgz')
    .option(...CONFIG)
    .option(...JSON_FLAG)
    .action(async (file, options) =>
      end((await import('../backup/make.ts')).backupCommand({ ...options, file })),
    );
  command('restore', 'put a backup in place, here or on another machine')
    .argument('<file>', 'what `cenote backup` wrote')
    .option(
      '-c, --config <FILE>',
      'where the configuration goes (else $CENOTE_CONFIG, /etc/cenote/cenote.yaml)',
    )
    .option('--yes', 'move what is there aside')
    .option(...JSON_FLAG)
    .action(async (file, options) =>
      end((await import('../backup/restore.ts')).restoreCommand({ ...options, file })),
    );
  command('migrate', 'turn the settings of another filtering resolver into a configuration')
    .addArgument(
      new Argument(
        '<from>',
        'whose: pihole, adguardhome, blocky, dnsmasq, unbound, openwrt, pfsense, opnsense, technitium, nextdns, windowsdns or hosts',
      ),
    )
    .argument('<path>', 'its file, folder or archive')
    .option('--out <DIR>', 'folder to write to (else ./cenote-from-…)')
    .option('--dry-run', 'show what has no counterpart and write nothing')
    .option('--yes', 'replace files that are there')
    .option(...JSON_FLAG)
    .action(async (from, path, options) =>
      end((await import('../commands/migrate.ts')).migrateCommand({ ...options, from, path })),
    );
  command('completion', 'print what a shell needs to complete commands and options')
    .addArgument(new Argument('<shell>', 'which').choices(['bash', 'zsh', 'fish']))
    .action(async (shell) => {
      const [{ describedCommands }, { completionFor }] = await Promise.all([
        import('./commands.ts'),
        import('./completion.ts'),
      ]);
      process.stdout.write(completionFor(shell, describedCommands(program())));
    });
}
