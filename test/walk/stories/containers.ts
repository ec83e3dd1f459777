// The Dockerfile and compose.yaml by a container engine: podman, as root. Its compose stands for Docker's, and the image that the Dockerfile
// begins with is made here (test/docker/base-image.sh), since no registry may be reached.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { endsWithUs } from '../../support/ends-with-us.ts';
import { buildNewestNats } from '../../support/nats.ts';
import { findTool, until } from '../../support/tool.ts';
import { ROOT } from '../pages.ts';
import { type Shell, shellIn, type Walk } from '../walk.ts';

/** A folder that keeps images from one walk to the next. */
const { WALK_IMAGES: IMAGES } = process.env;
/** What podman-compose lacks: `cp`, and the exit code of what `exec` runs. */
const DOCKER = (compose: string): string => `#!/bin/sh
[ "$1" = compose ] || exit 2
shift
container() { podman ps --quiet --filter "label=com.docker.compose.service=$1"; }
case " $* " in
  *' cp '*) while [ "$1" != cp ]; do shift; done
    exec podman cp "$(container "\${2%%:*}"):\${2#*:}" "$3" ;;
  *' exec '*) while [ "$1" != exec ]; do shift; done
    shift; [ "$1" != -T ] || shift
    service=$1; shift
    exec podman exec --interactive "$(container "$service")" "$@" ;;
esac
exec ${compose} "$@"
`;
const ADDRESS = '127.0.0.2';
const FLEET = 'docs/fleet.md';
const BLOCKED = `dig @${ADDRESS} www.akamaicontainer.com +short +tries=1 +time=2`;

const ENGINE = (home: string, podman: string): string => `#!/bin/sh
export CONTAINERS_CONF=${home}/containers.conf BUILDAH_ISOLATION=chroot
exec ${podman} --root ${IMAGES ?? home}/storage --runroot ${IMAGES ?? home}/run --storage-driver vfs "$@"
`;
/** A network of its own, so that what an engine leaves behind ends with it. crun knows no machine that has both kinds of cgroups. */
const MACHINE =
  'ip link set lo up; umount /sys/fs/cgroup/unified 2>/dev/null; mkdir -p /run/netns; mount -t tmpfs tmpfs /run/netns; echo up; exec sleep infinity';
const SETTINGS = `[containers]
cgroups = "disabled"
default_ulimits = ["nofile=FILES:FILES", "nproc=1000:1000"]
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
`;

export interface Engine {
  readonly shell: Shell;
  readonly must: (commands: string) => Promise<string>;
}

export async function containers(walk: Walk, checkout: string): Promise<void> {
  await withEngine(checkout, 'docker compose build', async ({ shell, must }) => {
    for (const file of ['README.md', 'docs/install.md']) {
      const block = walk.block(file, 'LISTEN=');
      await walk.run(shell, { ...block, text: block.text.replace('192.168.1.2', ADDRESS) });
      await blocked(shell);
      await must('docker compose down');
    }
    await stays(must, shell);
  });
}

/** compose.fleet.yaml: cenote, NATS and PostgreSQL, by the lines of docs/fleet.md. Podman finds them by name with its plugin dnsname. */
export async function fleetBox(walk: Walk, checkout: string): Promise<void> {
  const nats = buildNewestNats();
  if (nats === null) throw new Error('there is no Go to build nats-server with');
  const images = `test/docker/fleet-images.sh ${IMAGES ?? '../containers'} ${nats} && docker compose build`;
  await withEngine(checkout, images, async ({ shell, must }) => {
    const fleet = (command: string): string => `docker compose -f compose.fleet.yaml ${command}`;
    try {
      const begun = walk.block(FLEET, 'cp -R packaging/docker/fleet');
      await walk.run(shell, { ...begun, text: begun.text.replace('192.0.2.5', ADDRESS) });
      await walk.run(shell, walk.block(FLEET, 'docker compose -f compose.fleet.yaml cp'));
      const status = async (): Promise<string> =>
        (await shell(fleet('exec -T cenote cenote fleet status'))).text;
      await until(
        'the head to publish over NATS',
        async () => {
          await shell(fleet('exec -T cenote cenote fleet publish'));
          return (await status()).includes('Revision 1');
        },
        60_000,
      ).catch(async (error) => {
        throw new Error(`${error.message}\n${await status()}\n${(await shell(fleet('logs'))).text}`);
      });
      const tables = `SELECT count(*) FROM pg_tables WHERE schemaname = 'cenote'`;
      await until('the database to have its tables', async () =>
        /^\s*[1-9]\d*\s*$/m.test(
          (await shell(fleet(`exec -T postgres psql -U cenote -Atc "${tables}"`))).text,
        ),
      );
      await must(fleet('exec -T cenote cenote healthcheck --ready'));
      await blocked(shell);
    } finally {
      await shell(`${fleet('down')}; rm -rf head nats .env`);
    }
  });
}

async function withEngine(
  checkout: string,
  build: string,
  play: (engine: Engine) => Promise<void>,
): Promise<void> {
  const home = join(checkout, '../containers');
  const path = join(home, 'path');
  mkdirSync(path, { recursive: true });
  const [podman, compose] = [findTool('podman'), findTool('podman-compose')];
  if (podman === null || compose === null) throw new Error('there is no podman, or no podman-compose');
  const program = (name: string, text: string): void => {
    writeFileSync(join(path, name), text);
    chmodSync(join(path, name), 0o755);
  };
  program('podman', ENGINE(home, podman));
  program('docker', DOCKER(compose));
  program('sudo', '#!/bin/sh\nexec "$@"\n');
  const here = shellIn({ cwd: checkout, path });
  // Hard limits of this machine may be lower than those of compose.yaml, and cannot be raised.
  const files = (await here('ulimit -Hn')).text.trim();
  writeFileSync(join(home, 'containers.conf'), SETTINGS.replaceAll('FILES', files));
  const built = await here(
    `sed -i '/ulimits:/d' compose.yaml && test/docker/base-image.sh ${IMAGES ?? home} && ${build} && podman image exists cenote`,
  );
  if (built.code !== 0) throw new Error(`the image is not built: ${built.text}`);
  const machine = spawn('unshare', ['--mount', '--net', 'sh', '-c', MACHINE], {
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  endsWithUs(machine);
  await once(machine.stdout, 'data');
  const shell: Shell = (commands) => {
    writeFileSync(join(home, 'typed'), `cd ${checkout}\n${commands}\n`);
    return here(`nsenter --target ${machine.pid} --mount --net bash -e ${home}/typed`);
  };
  const must = async (commands: string): Promise<string> => {
    const { code, text } = await shell(commands);
    if (code !== 0) throw new Error(`${commands}: ${code}\n${text}`);
    return text;
  };
  try {
    await play({ shell, must });
  } finally {
    await shell(
      'docker compose down; podman volume rm --all --force; podman network rm --force cenote_default; git checkout -q compose.yaml',
    );
    machine.kill();
  }
}

/** What is in the volumes is there for the next container; a report goes in by the line of docs/install.md. */
async function stays(must: (commands: string) => Promise<string>, shell: Shell): Promise<void> {
  await must(`LISTEN=${ADDRESS} docker compose up -d`);
  await blocked(shell);
  const hits =
    (await must('docker compose exec -T cenote cenote hits --json')).match(/^\{"event":"hit".*$/gm) ?? [];
  // At least one of each container before.
  if (hits.length < 2) throw new Error(`hits of before are gone: ${hits.length}`);
  const page = readFileSync(join(ROOT, 'docs/install.md'), 'utf8');
  const [, line = ''] = /`(docker compose exec -T cenote cenote import [^`]+)`/.exec(page) ?? [];
  await must(`printf 'The beacon asks c2[.]evil[.]example.\\n' > report.txt; ${line}`);
  const found = await must(`dig @${ADDRESS} c2.evil.example +short +tries=1 +time=2`);
  if (found.trim() !== '0.0.0.0') throw new Error(`the report is not in force: ${found}`);
  const [token = ''] = /^[\w-]{40,}$/m.exec(await must('docker compose exec -T cenote cenote token')) ?? [];
  const status = `curl -sS -o /dev/null -w '%{http_code}' http://127.0.0.1:5380/api/v1/status`;
  const codes = [await must(status), await must(`${status} -H 'Authorization: Bearer ${token}'`)];
  if (codes.join() !== '401,200') throw new Error(`the page on a published port: ${codes}`);
}

async function blocked(shell: Shell): Promise<void> {
  await until('a blocked name', async () => (await shell(BLOCKED)).text.trim() === '0.0.0.0', 60_000).catch(
    async (error) => {
      throw new Error(`${error.message}\n${(await shell('docker compose logs cenote')).text}`);
    },
  );
}
