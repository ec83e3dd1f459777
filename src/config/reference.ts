// Writes what is generated from the schema: `node src/config/reference.ts`. A test fails when the files are not current.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exampleVariables, jsonSchema, settingsMarkdown } from './describe.ts';
import { ERROR_CODES } from './error-codes.ts';

const ROOT = join(import.meta.dirname, '../..');

export interface GeneratedFile {
  /** From the root of the repository. */
  readonly path: string;
  readonly text: string;
}

/** Every generated file with the text it should have. */
export function generatedFiles(): readonly GeneratedFile[] {
  return [
    { path: 'config/cenote.schema.json', text: `${JSON.stringify(jsonSchema(), null, 2)}\n` },
    { path: 'docs/config.md', text: `${introduction()}\n${settingsMarkdown()}\n${boundsMarkdown()}` },
    { path: 'docs/errors.md', text: errorsMarkdown() },
  ];
}

/** Numbers of other rooms, which a test holds this to. */
function boundsMarkdown(): string {
  return `## What one client can use
A client is an IPv4 address (a /32) or the /64 of an IPv6 address; behind a neighbour of \`clients.trust\`, the machine that it asks for.

| what | one client | all together | beyond |
| --- | --- | --- | --- |
| queries of clients in \`access.allow\`, over all resolver threads | \`access.rateLimit\`: 1,000 a second, 5,000 at once | – | a truncated reply (TC) now and then, else silence |
| REFUSED to all others, over all resolver threads | 20 a second | 100 a second | silence |
| connections of a TCP, TLS or HTTPS listener, of each resolver thread | 512 | 2,048 | the one that has been silent longest is closed; where none is silent, the new one |
| TLS handshakes under way, of each resolver thread | 32 | 128 | the oldest of whoever has most is closed; others than \`access.allow\` begin none |
| connections of the admin interface | 32 | 256 | closed at once; the Unix socket has 64 of its own |
| new names of a day in the history | 50,000 a machine | 1,000,000 | a machine may still bring 2,000 in all; then \`*.parent\` is kept |
| machines and addresses of a day in the history | – | 65,536 | their names are not kept |

On the disk a name that the history has not seen before takes some 100 octets, one that it knows some 21 a day and machine. So a machine that asks for
random names all day costs 5 MB, the 1,000,000 of all together 100 MB, and beyond them each machine that still comes 0.2 MB, for as long as
\`events.history\` says.
`;
}

function introduction(): string {
  const [dns = '', minTtl = '', alert = ''] = exampleVariables();
  return `<!-- Generated from src/config/schema.ts by \`node src/config/reference.ts\`. Do not edit. -->
# Settings

The file is YAML 1.2: \`-c FILE\`, else \`$CENOTE_CONFIG\`, else \`./config/cenote.yaml\`, else \`/etc/cenote/cenote.yaml\`. All settings
are optional where the table does not say "required"; an empty file is a resolver that blocks nothing. Editors complete and check it with
\`# yaml-language-server: $schema=./cenote.schema.json\` in the first line. \`cenote check\` tells every mistake with its line and column.

- **Durations** are \`500ms\`, \`30s\`, \`5m\`, \`12h\`, \`7d\`, \`2w\`, \`2y\`, or several together (\`1h30m\`); sizes \`64MiB\`; shares \`50%\`.
- **One value** may stand where a list of one is wanted: \`default: 9.9.9.9\`.
- **Environment**: any setting that is no section can be set by a variable, which goes before the file: \`${dns}=0.0.0.0:53,[::]:53\`,
  \`${minTtl}=30s\`, \`${alert}=false\`. Words are put together with \`_\`; letter case, dashes and dots in names do not count. Lists,
  groups and routes must be in the file to be named so. A variable that names no setting is an error.
- **Secrets**: a value \`file:/run/secrets/x\` is what that file holds (one line), in the file and in the environment.
- **Paths** of lists, hosts and lease files, certificates and \`file:\` values are looked for from the working directory, then from the folder of the
  configuration file. \`events.dir\` is below the working directory.
- **Groups**: a client is in the group that names its address, else its MAC address or name, else its longest prefix, else in the one that
  has \`any\`, which must be there. A list that no group uses is an error. A file without \`groups\` gives all lists to all clients.
`;
}

function errorsMarkdown(): string {
  const parts = Object.entries(ERROR_CODES).map(([part, codes]) => {
    const rows = Object.entries(codes).map(
      ([code, { means, remedy }]) => `| \`${code}\` | ${means} | ${remedy} |`,
    );
    return `\n## ${part}\n| code | means | what to do |\n| --- | --- | --- |\n${rows.join('\n')}\n`;
  });
  return `<!-- Generated from src/config/error-codes.ts by \`node src/config/reference.ts\`. Do not edit. -->
# Errors

Each error has a code, in the log, in answers of the API (\`error.code\`) and beside lists, and a sentence that says what is wrong this time,
where, and what would be right. A code means the same in every version.
${parts.join('')}`;
}

if (import.meta.main) for (const { path, text } of generatedFiles()) writeFileSync(join(ROOT, path), text);
