// Machines with systemd of their own: the Debian package, the unit of a clone, and a move from one folder to another.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Machine, startMachine, whyNoMachine } from '../../faults/start/machine.ts';
import { until } from '../../support/tool.ts';
import { type Shell, shellIn, type Walk } from '../walk.ts';

const PAGE = 'docs/install.md';
/** The clone is at /src, and no unit is there: one in /etc would stand before a package's. */
const PREPARE =
  'umount "$R/opt/cenote"; rmdir "$R/opt/cenote"; mkdir -p "$R/src"; mount --bind "$WALKED" "$R/src"; rm -rf "$R/etc/pihole" "$R/etc/systemd/system/cenote.service"';
/** What npm fetched once is in root's cache, for there is no network in a machine. */
export const OFFLINE = {
  npm_config_offline: 'true',
  LANG: 'C.UTF-8',
  PATH: '/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/bin',
} as const;
const BLOCKED = 'dig @127.0.0.1 www.akamaicontainer.com +short +tries=1 +time=2';

export async function inMachine(
  checkout: string,
  play: (shell: Shell, machine: Machine) => Promise<void>,
): Promise<void> {
  const why = whyNoMachine();
  if (why !== null) throw new Error(why);
  const directory = mkdtempSync(join(tmpdir(), 'cenote-walk-'));
  for (const folder of ['root', 'shared']) mkdirSync(join(directory, folder));
  process.env['WALKED'] = checkout;
  const machine = await startMachine(join(directory, 'root'), join(directory, 'shared'), PREPARE);
  let folder = '/src';
  const shell: Shell = async (commands) => {
    // The folder that one line changes to is where the next is typed.
    const typed = `cd ${folder}\n${commands}\nstatus=$?\npwd >/tmp/folder\nexit $status`;
    const { ended, text } = machine.begin(['bash', '-c', typed], { environment: OFFLINE });
    const code = await ended;
    folder = (await machine.run(['cat', '/tmp/folder'])).text.trim() || folder;
    return { code, text: text() };
  };
  try {
    if (!machine.hasSystemd) throw new Error('no systemd here');
    await play(shell, machine);
  } finally {
    await machine.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

export async function blocks(shell: Shell): Promise<void> {
  await until('a blocked name', async () => (await shell(BLOCKED)).text.trim() === '0.0.0.0', 60_000).catch(
    async (error) => {
      throw new Error(
        `${error.message}\n${(await shell('systemctl status cenote; journalctl -u cenote | tail -20')).text}`,
      );
    },
  );
}

export async function systemd(walk: Walk, checkout: string): Promise<void> {
  await inMachine(checkout, async (shell) => {
    await walk.run(shell, walk.block(PAGE, 'cp -R . /opt/cenote'));
    await blocks(shell);
    await shell('printf "listn: {}\\n" >>/etc/cenote/cenote.yaml; systemctl reload cenote');
    const status = await until('a refusal', async () => {
      const { text } = await shell('/opt/cenote/bin/cenote status -c /etc/cenote/cenote.yaml');
      return /listn/.test(text) ? text : null;
    });
    process.stdout.write(`    ${status.split('\n').find((line) => line.includes('listn'))}\n`);
    await blocks(shell);
  });
}

export async function debianPackage(walk: Walk, checkout: string): Promise<void> {
  await inMachine(checkout, async (shell) => {
    await walk.run(shell, walk.block(PAGE, 'packaging/deb/build.sh'));
    await blocks(shell);
    const must = async (commands: string): Promise<void> => {
      const { code, text } = await shell(commands);
      if (code !== 0) throw new Error(`${commands}: ${code}\n${text}`);
    };
    await must('systemd-analyze security --threshold=16 --no-pager cenote.service >/tmp/security');
    // What the page does with a setting and a report.
    const asked = (path: string, body: object): Promise<void> =>
      must(
        `curl -sS --fail-with-body -H 'content-type: application/json' -d '${JSON.stringify(body)}' http://127.0.0.1:5380/api/v1/${path}`,
      );
    await asked('settings', { path: ['cache', 'entries'], value: '5000' });
    await must('grep -q "entries: 5000" /etc/cenote/cenote.yaml && systemctl restart cenote');
    await blocks(shell);
    await must(
      'cenote import - --name from-root --apply --yes -c /etc/cenote/cenote.yaml <<<"C2: evil[.]example"',
    );
    await must(
      'systemctl restart cenote && cenote query evil.example -c /etc/cenote/cenote.yaml | grep -q from-root',
    );
    await asked('settings', { path: ['cache', 'entries'], value: '6000' });
    // What was saved while it ran comes back under its feet.
    await must('mkdir -p /var/backups; cenote backup /var/backups/one.tgz -c /etc/cenote/cenote.yaml');
    await must(
      'systemctl stop cenote && cenote restore /var/backups/one.tgz -c /etc/cenote/cenote.yaml --yes && systemctl start cenote',
    );
    await blocks(shell);
    await must('cenote hits -c /etc/cenote/cenote.yaml | grep -q akamaicontainer');
    // An upgrade keeps what the admin wrote, without a question, and restarts the service.
    await must('echo "# mine" >>/etc/cenote/cenote.yaml; systemctl show -p MainPID --value cenote >/tmp/pid');
    await must(
      'mkdir /tmp/new && dpkg-deb -R /tmp/cenote_*.deb /tmp/new && sed -i "s/^Version: .*/Version: 9.9.9/" /tmp/new/DEBIAN/control',
    );
    await must(
      'echo "# new" >>/tmp/new/usr/share/cenote/cenote.yaml && dpkg-deb --root-owner-group -Znone -b /tmp/new /tmp/new.deb',
    );
    const upgraded = async (): Promise<void> => {
      await must('dpkg -i /tmp/new.deb </dev/null');
      await must(
        'grep -q "# mine" /etc/cenote/cenote.yaml && test "$(stat -c %U /etc/cenote/cenote.yaml)" = cenote && test "$(systemctl show -p MainPID --value cenote)" != "$(cat /tmp/pid)"',
      );
      await blocks(shell);
    };
    await upgraded();
    await must('dpkg -P cenote');
    // One of before, whose settings dpkg knew and would ask about.
    await must(
      'mkdir -p /tmp/old/etc && cp -R /tmp/new/. /tmp/old && mv /tmp/old/usr/share/cenote /tmp/old/etc/cenote && sed -i "s/^Version: .*/Version: 0.0.1/" /tmp/old/DEBIAN/control',
    );
    await must(
      `cd /tmp/old/etc && find cenote -type f | sed s,^,/etc/, >/tmp/old/DEBIAN/conffiles && cd / && dpkg-deb --root-owner-group -Znone -b /tmp/old /tmp/old.deb && dpkg -i /tmp/old.deb </dev/null`,
    );
    await must('echo "# mine" >>/etc/cenote/cenote.yaml; systemctl show -p MainPID --value cenote >/tmp/pid');
    await upgraded();
    // Of what is there nothing is written over, also where it came before the package.
    await must(
      'dpkg -P cenote && mkdir -p /etc/cenote && sed "s/system/9.9.9.9/" /tmp/new/usr/share/cenote/cenote.yaml >/etc/cenote/cenote.yaml && dpkg -i /tmp/new.deb </dev/null && grep -q 9.9.9.9 /etc/cenote/cenote.yaml',
    );
    await blocks(shell);
    await must('dpkg -r cenote');
    await must(
      '! systemctl is-active -q cenote && test -e /etc/cenote/cenote.yaml && test -e /var/lib/private/cenote/cenote.db && ! test -e /usr/lib/cenote',
    );
    await must('dpkg -P cenote');
    await must('! test -e /etc/cenote && ! test -e /var/lib/private/cenote && ! test -e /var/lib/cenote');
  });
}

export async function moving(walk: Walk, checkout: string): Promise<void> {
  await inMachine(checkout, async (shell) => {
    const must = async (commands: string): Promise<string> => {
      const { code, text } = await shell(commands);
      if (code !== 0) throw new Error(`${commands}: ${code}\n${text}`);
      return text;
    };
    await must('mkdir -p /var/backups /etc/pihole /root/bin; ln -s /src/bin/cenote /usr/bin/cenote');
    await must(
      'sed "s#/usr/lib/cenote#/src#; s#/var/lib/cenote#/var/lib/cenote-data#" packaging/deb/cenote.yaml >/etc/cenote/cenote.yaml',
    );
    await must('printf "[dns]\\nupstreams = [ \\"9.9.9.9\\" ]\\n" >/etc/pihole/pihole.toml');
    await must(
      "sqlite3 /etc/pihole/gravity.db \"CREATE TABLE adlist (id INTEGER PRIMARY KEY, address TEXT, enabled BOOLEAN, type INTEGER DEFAULT 0, comment TEXT); CREATE TABLE domainlist (id INTEGER PRIMARY KEY, type INTEGER, domain TEXT, enabled BOOLEAN, comment TEXT); CREATE TABLE \\\"group\\\" (id INTEGER PRIMARY KEY, enabled BOOLEAN, name TEXT, description TEXT); CREATE TABLE client (id INTEGER PRIMARY KEY, ip TEXT, comment TEXT); CREATE TABLE adlist_by_group (adlist_id INTEGER, group_id INTEGER); CREATE TABLE domainlist_by_group (domainlist_id INTEGER, group_id INTEGER); CREATE TABLE client_by_group (client_id INTEGER, group_id INTEGER); INSERT INTO \\\"group\\\" VALUES (0, 1, 'Default', ''); INSERT INTO domainlist VALUES (1, 1, 'bad.example', 1, ''); INSERT INTO domainlist_by_group VALUES (1, 0);\"",
    );
    await must('cenote serve -c /etc/cenote/cenote.yaml >/tmp/log 2>&1 & echo $! >/tmp/pid');
    await blocks(shell);
    const [save, restore] = walk.block('docs/moving.md', 'cenote backup').text.split('\n');
    const block = walk.block('docs/moving.md', 'cenote backup');
    await walk.run(shell, { ...block, text: save ?? '' });
    await must(
      'kill $(cat /tmp/pid); while kill -0 $(cat /tmp/pid) 2>/dev/null; do sleep 0.1; done; rm -r /var/lib/cenote-data',
    );
    await walk.run(shell, { ...block, text: restore ?? '' });
    await must('cenote serve -c /etc/cenote/cenote.yaml >/tmp/log 2>&1 & echo $! >/tmp/pid');
    await blocks(shell);
    await until('the hits of before', async () =>
      /akamaicontainer/.test((await shell('cenote hits -c /etc/cenote/cenote.yaml')).text),
    );
    await walk.run(shell, walk.block('docs/moving.md', 'cenote migrate pihole'));
  });
}

/** The image is built, unpacked as an engine does, and asked in a network of its own. */
export async function image(walk: Walk, checkout: string): Promise<void> {
  const shell = shellIn({ cwd: checkout });
  const built = await walk.run(shell, walk.block(PAGE, 'packaging/oci/build.sh'));
  const megabytes = Number(/(\d+) MB unpacked/.exec(built)?.[1]);
  process.stdout.write(`    ${megabytes} MB unpacked\n`);
  if (!(megabytes <= 120)) throw new Error(`an image is at most 120 MB: ${megabytes}`);
  const unpack = `rm -rf ../image && mkdir -p ../image/tree && tar -xf /tmp/cenote.tar -C ../image && rm /tmp/cenote.tar
for layer in $(node -p "JSON.parse(fs.readFileSync('../image/manifest.json'))[0].Layers.join(' ')"); do tar -xf ../image/$layer -C ../image/tree; done
sh test/docker/try-image.sh "$(realpath ../image/tree)"`;
  const { text } = await shell(unpack);
  if (!text.includes('image: ok')) throw new Error(text);
}

/** In folders of their own: the tarball, twice the same; the package of npm, with the network that npx asks for what it depends on. */
export async function tarball(walk: Walk, checkout: string): Promise<void> {
  const shell = shellIn({ cwd: checkout });
  const printed = await walk.run(shell, walk.block(PAGE, 'packaging/tarball/build.sh'));
  const again = await shell('packaging/tarball/build.sh /tmp/again');
  const [first, second] = [printed, again.text].map((text) => /[0-9a-f]{64}/.exec(text)?.[0]);
  if (first === undefined || first !== second) throw new Error(`two builds: ${first} and ${second}`);
  await walk.run(shell, walk.block(PAGE, 'npm pack'));
  await shell('rm -rf /tmp/again /tmp/cenote-[0-9]*');
}
