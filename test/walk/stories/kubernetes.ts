// The chart as the documents type it. There is no cluster: helm renders what it would apply, Kubernetes' schemas judge it
// (packaging/helm/check.sh), and a machine is the pod, with the files that the ConfigMaps and the Secret would be. Its kubectl and its helm are
// the two scripts below. It takes helm, a validator that check.sh knows, and a NATS server of version 2.10 or later.
import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { Machine, Running } from '../../faults/start/machine.ts';
import { findTool, until } from '../../support/tool.ts';
import { ROOT } from '../pages.ts';
import { type Shell, shellIn, type Walk } from '../walk.ts';
import { blocks, inMachine } from './machine.ts';

const CHART = 'packaging/helm';
const FLEET = 'docs/fleet.md';
const TOOLS = '.stand-ins';

const KUBECTL = `#!/bin/sh
set -eu
case "$1 $2" in
  'exec cenote-0') shift 3; CENOTE_CONFIG=/config/cenote.yaml exec "$@" ;;
  'create secret') for word; do case $word in
    --from-literal=*) pair=\${word#--from-literal=}; printf %s "\${pair#*=}" > "/run/secrets/\${pair%%=*}" ;;
    esac; done ;;
  *) exit 2 ;;
esac
`;
const HELM = `#!/bin/sh
set -eu
case $1 in install | upgrade) ;; *) exit 2 ;; esac
shift
helm-itself lint --strict "$2"
helm-itself template --kube-version 1.31.0 "$@" > /src/${TOOLS}/rendered.yaml
`;
const PREPARE = `install -m 755 /src/${TOOLS}/* /usr/local/bin/
ln -s /src/bin/cenote /usr/bin/cenote; ln -s /src /app; mkdir -p /config /data /run/secrets /nats /etc/nats
echo '127.0.0.1 cenote-nats' >> /etc/hosts
mkdir /database; chown postgres /database
for command in 'initdb --auth=trust' 'pg_ctl --wait --options="-k /database" start'; do
  setpriv --reuid postgres --regid postgres --clear-groups sh -c "cd /database; PATH=/usr/lib/postgresql/$(ls /usr/lib/postgresql | tail -1)/bin PGDATA=/database/data $command" > /database/log 2>&1 < /dev/null
done`;
const STORE = 'postgres://postgres@127.0.0.1/postgres';

export async function kubernetes(walk: Walk, checkout: string): Promise<void> {
  const tools = join(checkout, TOOLS);
  mkdirSync(tools);
  for (const [name, as] of [
    ['helm', 'helm-itself'],
    ['nats-server', 'nats-server'],
  ] as const) {
    const tool = findTool(name);
    if (tool === null) throw new Error(`there is no ${name}`);
    copyFileSync(tool, join(tools, as));
  }
  for (const [name, text] of [
    ['kubectl', KUBECTL],
    ['helm', HELM],
  ] as const) {
    writeFileSync(join(tools, name), text);
    chmodSync(join(tools, name), 0o755);
  }
  const check = await shellIn({ cwd: checkout })(`${CHART}/check.sh`);
  if (check.code !== 0) throw new Error(`${CHART}/check.sh: ${check.text}`);
  if (!/passed|Valid: [1-9]/.test(check.text)) throw new Error(`no schema judged the chart: ${check.text}`);
  await inMachine(checkout, async (inside, machine) => {
    const shell: Shell = (commands) => inside(`export STORE=${STORE} PATH=/usr/local/bin:$PATH\n${commands}`);
    const pods = new Pods(checkout, shell, machine);
    await pods.must(PREPARE);
    await walk.run(shell, walk.block('docs/install.md', 'helm install'));
    await pods.start();
    await blocks(shell);
    await pods.probe();
    await head(walk, checkout, shell, pods);
  });
}

/** The head of a fleet, in the steps of the page. */
async function head(walk: Walk, checkout: string, shell: Shell, pods: Pods): Promise<void> {
  const page = readFileSync(join(ROOT, FLEET), 'utf8').replace(/\s+/g, ' ');
  const [, section = ''] = /`(fleet: \{ nats: "nats:\/\/cenote-nats:4222"[^`]*)`/.exec(page) ?? [];
  const [, rest = ''] = /`(credentials: \/run\/secrets[^`]*)`/.exec(page) ?? [];
  if (section === '' || rest === '') throw new Error(`${FLEET} says the sections otherwise`);
  const values = (fleet: string): void => writeFileSync(join(checkout, 'values.yaml'), valuesOf(fleet));
  const block = walk.block(FLEET, 'kubectl exec cenote-0');
  const lines = block.text.split('\n');
  values(section);
  await pods.must(`helm upgrade cenote ${CHART} -f values.yaml`);
  await pods.start();
  await walk.run(shell, { ...block, text: lines.slice(0, -1).join('\n') });
  values(section.replace(' }', `, ${rest} }`));
  await walk.run(shell, { ...block, text: lines.at(-1) ?? '' });
  await pods.start();
  await until(
    'the head to publish over NATS',
    async () => {
      await shell('kubectl exec cenote-0 -- cenote fleet publish');
      return (await shell('kubectl exec cenote-0 -- cenote fleet status')).text.includes('Revision 1');
    },
    60_000,
  ).catch(async (error) => {
    throw new Error(
      `${error.message}\n${(await shell('kubectl exec cenote-0 -- cenote fleet status')).text}\n${pods.said()}`,
    );
  });
  await until('the database to have its tables', async () =>
    (
      await shell(`psql ${STORE} -Atc "SELECT count(*) > 0 FROM pg_tables WHERE schemaname = 'cenote'"`)
    ).text.startsWith('t'),
  );
}

/** The chart's own configuration with this section below it. */
function valuesOf(fleet: string): string {
  const [, config = ''] =
    /^config: \|\n((?: {2}.*\n)+)/m.exec(readFileSync(join(ROOT, CHART, 'values.yaml'), 'utf8')) ?? [];
  return `config: |\n${config}  ${fleet}\n`;
}

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: { readonly template?: { readonly spec: { readonly containers: readonly Container[] } } };
}
type Container = Readonly<
  Record<'startupProbe' | 'livenessProbe' | 'readinessProbe', { exec: { command: string[] } }>
>;

class Pods {
  readonly #rendered: string;
  readonly #shell: Shell;
  readonly #machine: Machine;
  #running: Running[] = [];

  constructor(checkout: string, shell: Shell, machine: Machine) {
    this.#rendered = join(checkout, TOOLS, 'rendered.yaml');
    this.#shell = shell;
    this.#machine = machine;
  }

  /** Those of what was rendered last, in place of those of before. */
  async start(): Promise<void> {
    for (const one of this.#running) {
      one.signal('SIGTERM');
      await one.ended;
    }
    const settings = (name: string): string | undefined =>
      Object.values(
        this.#manifests().find((one) => one.kind === 'ConfigMap' && one.metadata.name === name)?.data ?? {},
      )[0];
    await this.#write('/config/cenote.yaml', settings('cenote') ?? '');
    const nats = settings('cenote-nats');
    this.#running = [];
    if (nats !== undefined) {
      // Each pod has a /data of its own.
      await this.#write('/etc/nats/nats-server.conf', nats.replace('"/data"', '"/nats"'));
      this.#running.push(
        this.#machine.begin(['/usr/local/bin/nats-server', '-c', '/etc/nats/nats-server.conf']),
      );
    }
    const environment = { CENOTE_CONFIG: '/config/cenote.yaml', HOME: '/root' };
    const cenote = this.#machine.begin(['/usr/bin/cenote', 'serve'], { environment });
    this.#running.push(cenote);
    await until('cenote to be ready', () => /cenote is ready/.test(cenote.text()), 60_000).catch((error) => {
      throw new Error(`${error.message}\n${this.said()}`);
    });
  }

  said(): string {
    return this.#running.map((one) => one.text()).join('\n');
  }

  async probe(): Promise<void> {
    const set = this.#manifests().find((one) => one.kind === 'StatefulSet' && one.metadata.name === 'cenote');
    const [container] = set?.spec?.template?.spec.containers ?? [];
    if (container === undefined) throw new Error('no pod');
    for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe'] as const)
      await this.must(`kubectl exec cenote-0 -- ${container[probe].exec.command.join(' ')}`);
  }

  async must(commands: string): Promise<void> {
    const { code, text } = await this.#shell(commands);
    if (code !== 0) throw new Error(`${commands}: ${code}\n${text}`);
  }

  async #write(path: string, text: string): Promise<void> {
    await this.#machine.run(['tee', path], { input: text });
  }

  #manifests(): Manifest[] {
    return parseAllDocuments(readFileSync(this.#rendered, 'utf8')).map((document) => document.toJS());
  }
}
