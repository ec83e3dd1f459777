// A client that validates finds what it needs: delv goes from the root's key to answers and denials through us. Who does not ask
// for signatures gets none.
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import { askUdp } from '../../support/client.ts';
import { startDaemon } from '../../support/daemon.ts';
import { daemonFolder } from '../../support/daemon-folder.ts';
import { query } from '../../support/message.ts';
import { readMessage } from '../../support/read-message.ts';
import { signedTreeMissing, startSignedTree } from '../../support/signed-tree.ts';
import { findTool, missingTool, until } from '../../support/tool.ts';

/** By their place among ten: an alias, nothing, TXT alone, all types; in a zone with NSEC3 and one with NSEC. */
const LABELS = ['alias', 'none', 'text', 'all', 'more', 'n5', 'n6', 'n7', 'n8', 'n9'];
const NAMES = ['one', 'two'].flatMap((zone) => LABELS.map((label) => `${label}.site.${zone}`));

t.test(
  'answers and denials validate from the root down, through us',
  { skip: signedTreeMissing || missingTool('delv') },
  async (t) => {
    const directory = daemonFolder();
    const tree = await startSignedTree(NAMES);
    t.teardown(() => tree.stop());
    const daemon = await startDaemon({ directory, config: { upstreams: { default: [tree.address] } } });
    t.teardown(() => daemon.stop());
    const anchors = join(directory, 'anchors');
    const [, key = ''] = /^\. DS (.*)$/.exec(tree.anchor) ?? [];
    const [tag, algorithm, digestType, digest] = key.split(' ');
    writeFileSync(
      anchors,
      `trust-anchors { "." static-ds ${tag} ${algorithm} ${digestType} "${digest}"; };\n`,
    );
    // delv gives up after a time of its own, which a busy machine may need.
    const validate = (name: string, type: string): Promise<string> =>
      until(`delv to validate ${name}`, async () => {
        const said = await delv(name, type);
        return /timed out/.test(said) ? null : said;
      });
    const delv = async (name: string, type: string): Promise<string> => {
      const { host, port } = daemon.server;
      const run = promisify(execFile)(findTool('delv') ?? 'delv', [
        `@${host}`,
        '-p',
        String(port),
        '-a',
        anchors,
        name,
        type,
      ]);
      const result = await run.catch((error: { stdout: string; stderr: string }) => error);
      return `${result.stdout}${result.stderr}`;
    };

    for (const zone of ['one', 'two']) {
      for (const [name, type] of [
        ['all', 'A'],
        ['all', 'HTTPS'],
        ['more', 'MX'],
        ['text', 'TXT'],
      ] as const)
        t.match(
          await validate(`${name}.site.${zone}`, type),
          /^; fully validated/,
          `${name}.site.${zone} ${type}`,
        );
      t.match(
        await validate(`none.site.${zone}`, 'A'),
        /^; negative response, fully validated/,
        'no such name',
      );
      t.match(
        await validate(`text.site.${zone}`, 'A'),
        /^; negative response, fully validated/,
        'no such type',
      );
      t.match(await validate(zone, 'DS'), /^; fully validated/, 'the link between zones');
    }
    t.match(await validate('alias.site.one', 'A'), /^; fully validated/, 'an alias');

    for (const name of NAMES)
      for (const type of ['A', 'TXT', 'DS']) {
        const answer = await askUdp(daemon.server, query(name, type, { edns: {} }));
        const message = answer === null ? null : readMessage(answer);
        const all = [
          ...(message?.answer ?? []),
          ...(message?.authority ?? []),
          ...(message?.additional ?? []),
        ];
        t.notOk(
          all.some((record) => /^(RRSIG|TYPE47|TYPE50)$/.test(record.type)),
          `${name} ${type} without DO`,
        );
      }
  },
);
