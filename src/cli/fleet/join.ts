// `cenote fleet join FILE`: a new site from one command and one credential file. The section goes into the configuration, comments
// kept; the private key into a file beside it that only the daemon's user reads.
import { chmodSync, chownSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join as joinPath } from 'node:path';
import { z } from 'zod';
import { SITE } from '../../config/meant/fleet.ts';
import { whyNot } from '../../config/read/files.ts';
import { CliError, EXIT } from '../cli-error.ts';
import { configFile } from '../config-file.ts';
import { editConfig } from '../edit-config.ts';
import { printJson, printLines } from '../print.ts';
import type { DaemonOptions } from '../running-daemon.ts';
import { targetOf } from '../target.ts';

const invitationSchema = z.object({
  site: z.string().regex(SITE),
  nats: z.array(z.string().max(300)).min(1).max(20),
  key: z.string().max(100).nullable(),
  ca: z.string().max(200_000).nullable(),
  seed: z.string().regex(/^SU[A-Z2-7]{56}$/),
});
type Invitation = z.output<typeof invitationSchema>;

const FILE_OCTETS_MAX = 256 * 1024;

export async function join(options: DaemonOptions, from: string): Promise<number> {
  const invitation = readInvitation(from);
  const config = configFile(options.config);
  const { eventsDir } = await targetOf(config);
  const written: string[] = [];
  let credentials = '';
  const file = (() => {
    try {
      return editConfig(config, ({ file, document }) => {
        const before = document.toJS()?.fleet ?? {};
        if (typeof before === 'object' && 'site' in before && before.site !== invitation.site)
          throw new CliError(
            'CLI_CONFIG',
            EXIT.bad,
            `this daemon is the site ${String(before.site)} already, the credentials are of ${invitation.site}; take \`fleet\` out of the configuration first (${file})`,
          );
        credentials = keep(
          { file, eventsDir, written },
          `fleet-${invitation.site}.nk`,
          `${invitation.seed}\n`,
        );
        document.setIn(['fleet', 'nats'], document.createNode(invitation.nats, { flow: true }));
        document.setIn(['fleet', 'site'], invitation.site);
        document.setIn(['fleet', 'credentials'], credentials);
        if (invitation.key !== null) document.setIn(['fleet', 'key'], invitation.key);
        if (invitation.ca !== null)
          document.setIn(
            ['fleet', 'ca'],
            keep({ file, eventsDir, written }, `fleet-${invitation.site}-ca.pem`, invitation.ca),
          );
        return true;
      });
    } catch (error) {
      for (const path of written) rmSync(path, { force: true });
      throw error;
    }
  })();
  if (options.json) printJson({ site: invitation.site, file, credentials });
  else
    printLines([
      `This daemon is the site ${invitation.site} from its next start on (${file}); its key is in ${credentials}.`,
      `Restart it, and remove ${from}: whoever has that file is ${invitation.site}.`,
    ]);
  return EXIT.ok;
}

/** @throws CliError */
function readInvitation(path: string): Invitation {
  let text: string;
  try {
    text = readFileSync(path, 'utf8').slice(0, FILE_OCTETS_MAX);
  } catch (error) {
    throw new CliError(
      'CLI_CONFIG',
      EXIT.bad,
      `the credential file cannot be read: ${whyNot(error)} (${path}); \`cenote fleet invite SITE\` on the head writes one`,
    );
  }
  try {
    return invitationSchema.parse(JSON.parse(text));
  } catch {
    throw new CliError(
      'CLI_CONFIG',
      EXIT.bad,
      `this is no credential file of a fleet (${path}); \`cenote fleet invite SITE\` on the head writes one`,
    );
  }
}

interface Keeping {
  /** The configuration. */
  readonly file: string;
  readonly eventsDir: string;
  /** Files that were not there before. */
  readonly written: string[];
}

/** Beside the configuration, for the daemon's user alone. One that was there is replaced. */
function keep({ file, eventsDir, written }: Keeping, name: string, text: string): string {
  const path = joinPath(dirname(file), name);
  // Who owns the data runs the daemon; before its first start, who owns the configuration.
  const { uid, gid } = statSync(eventsDir, { throwIfNoEntry: false }) ?? statSync(file);
  const wasThere = existsSync(path);
  writeFileSync(path, text, { mode: 0o600 });
  if (!wasThere) written.push(path);
  chmodSync(path, 0o600);
  if (process.getuid?.() === 0) chownSync(path, uid, gid);
  return path;
}
