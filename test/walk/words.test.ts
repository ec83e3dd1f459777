// What documents name is there: commands and their options, settings, variables, error codes, metrics, routes, paths, scripts.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import t from 'tap';
import { bareDoor } from '../../src/admin/door/door.ts';
import { Metrics } from '../../src/admin/metrics/metrics.ts';
import { routesFor } from '../../src/admin/routes.ts';
import { program } from '../../src/cli/main.ts';
import { describedCommands } from '../../src/cli/shell/commands.ts';
import { ERROR_CODES } from '../../src/config/error-codes.ts';
import { readOverrides } from '../../src/config/read/environment.ts';
import { configSchema } from '../../src/config/schema.ts';
import { stateOf } from '../support/admin-state.ts';
import { argumentsOf, exampleOf, mistakeIn } from './command-line.ts';
import { pageOf, pages, ROOT, type Span } from './pages.ts';

const PAGES = pages();
const SPANS = PAGES.flatMap(({ spans }) => spans);
const at = ({ file, line, text }: Span): string => `${file}:${line}: ${text}`;

t.test('every cenote command in backticks is one, with options that it has', async (t) => {
  const wrong = SPANS.flatMap((span) => {
    const words = argumentsOf(exampleOf(span.text));
    const mistake = words === null ? null : mistakeIn(words, true);
    return mistake === null ? [] : [`${at(span)}: ${mistake}`];
  });
  t.same(wrong, []);
});

t.test('every option in backticks is one of some command', async (t) => {
  const options = new Set(describedCommands(program()).flatMap((one) => one.options.map(({ long }) => long)));
  const others = new Set(['--quick', '--short', '--write', '--sets', '--seed']);
  const wrong = SPANS.filter(({ text }) => text.startsWith('--')).filter(({ text }) => {
    const option = text.split(' ')[0] ?? '';
    return !options.has(option) && !others.has(option);
  });
  t.same(wrong.map(at), []);
});

t.test('every dotted setting in backticks is one of the reference', async (t) => {
  const reference = readFileSync(join(ROOT, 'docs/config.md'), 'utf8');
  const settings = [...reference.matchAll(/^\| `([^`]+)` \|/gm)].map(([, setting = '']) => setting);
  const sections = new Set(settings.map((setting) => setting.split('.')[0] ?? ''));
  const known = new Set(
    settings.flatMap((setting) => setting.split('.').map((_, i, all) => all.slice(0, i + 1).join('.'))),
  );
  const wrong = SPANS.filter(({ text }) => {
    const key = /^([a-z][A-Za-z]*(?:\.[A-Za-z0-9]+)+)(?=:|$)/.exec(text)?.[1] ?? '';
    const [section = '', ...rest] = key.split('.');
    if (!sections.has(section) || /^(arpa|ts|jsonl|md|db|key)$/.test(rest.at(-1) ?? '')) return false;
    return !known.has(key);
  });
  t.same(wrong.map(at), []);
});

t.test('every variable in backticks sets something', async (t) => {
  const tree = { lists: { '3cx-2023': { names: [] } } };
  const wrong = SPANS.flatMap((span) => {
    const [variable = '', value = ''] = span.text.split('=');
    if (!/^CENOTE_[A-Z0-9_]+$/.test(variable)) return [];
    return readOverrides({ [variable]: value }, configSchema, tree).problems.map(
      ({ wrong }) => `${at(span)}: ${wrong}`,
    );
  });
  t.same(wrong, []);
});

t.test('every error code in backticks is in the table', async (t) => {
  const tables = Object.keys(ERROR_CODES);
  const codes = new Set(Object.values(ERROR_CODES).flatMap((table) => Object.keys(table)));
  const prefixes = new Set([...codes].map((code) => code.split('_')[0] ?? ''));
  t.ok(tables.length > 0);
  const wrong = SPANS.filter(
    ({ text }) =>
      /^[A-Z]+(_[A-Z]+)+(?<!_(MAX|CLIENT|SECOND|ONCE|PROXY))$/.test(text) &&
      prefixes.has(text.split('_')[0] ?? '') &&
      !codes.has(text),
  );
  t.same(wrong.map(at), []);
});

t.test('every metric and every route in backticks is one of the daemon', async (t) => {
  const state = stateOf();
  const metrics = new Metrics(state);
  const text = await metrics.text();
  const routes = routesFor({
    state,
    metrics,
    door: bareDoor('', () => 0),
    metricsEnabled: () => true,
    now: () => 0,
  });
  const paths = new Set(routes.map(({ path }) => path.replace(/:[a-z]+/g, 'X')));
  const wrong = SPANS.filter(({ text: span }) => {
    const metric = /^(cenote_[a-z_]+)(?:$|\{)/.exec(span)?.[1];
    if (metric !== undefined)
      return (
        !text.includes(`# TYPE ${metric.replace(/_bucket$/, '')} `) && !/^cenote_(decoders|rules)/.test(span)
      );
    const path = /^(?:(?:GET|POST|DELETE|PUT) )?(\/(?:api|served|metrics|healthz|readyz)[^?\s]*)/.exec(
      span,
    )?.[1];
    return path !== undefined && !paths.has(path.replace(/[A-Z]{2,}|rpz$/g, 'X'));
  });
  t.same(wrong.map(at), []);
});

t.test('every path in backticks and every link leads somewhere', async (t) => {
  const ours = /^(?:\.\/)?(?:docs|src|test|config|packaging|bench|bin|findings|blocklists|\.ci)\/[\w./-]*$/;
  const made = new Set(['blocklists/some-campaign.yaml', 'config/cenote.yaml']);
  const named = SPANS.filter(({ text }) => ours.test(text) && !/[A-Z]{4}/.test(text) && !made.has(text));
  const wrong = named.filter(({ text }) => !existsSync(join(ROOT, text)));
  const lost = PAGES.flatMap(({ links }) => links).filter(({ file, text }) => {
    const path = text.split('#')[0] ?? '';
    return path !== '' && !existsSync(join(ROOT, normalize(join(dirname(file), path))));
  });
  t.same([...wrong, ...lost].map(at), []);
});

t.test('every file and folder that the page of a room names is there', async (t) => {
  const rooms = readdirSync(join(ROOT, 'src')).map((room) => `src/${room}`);
  const named = rooms
    .filter((room) => existsSync(join(ROOT, room, 'README.md')))
    .flatMap((room) => {
      const { spans } = pageOf(`${room}/README.md`, readFileSync(join(ROOT, room, 'README.md'), 'utf8'));
      return spans.filter(({ text }) => /^[\w.-]+(?:\/[\w.-]+)*(?:\.[jt]s|\/)$/.test(text));
    });
  t.ok(named.length > 100, `${named.length}`);
  const all = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' });
  // Below its room, or a path from the top.
  const isThere = ({ file, text }: Span): boolean =>
    existsSync(join(ROOT, 'src', text)) ||
    existsSync(join(ROOT, text)) ||
    all.some(
      (path) =>
        path.startsWith(`${file.split('/')[1]}/`) && `/${path}`.endsWith(`/${text.replace(/\/$/, '')}`),
    );
  const wrong = named.filter((span) => !isThere(span));
  t.same(wrong.map(at), []);
});

t.test('which rooms the coverage is held for is said as it is', async (t) => {
  const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
  const [, list = ''] = /const GATED[^=]*= \[([^\]]*)\]/.exec(read('test/coverage.ts')) ?? [];
  const [, said = ''] = /when the tests of ([^.]*?)\s+run less than/.exec(read('CONTRIBUTING.md')) ?? [];
  t.same(said.match(/\w+(?=`)/g), list.match(/\w+/g));
  const [, floors = ''] = /const FLOORS[^=]*= \{([^}]*)\}/.exec(read('test/coverage.ts')) ?? [];
  const [, less = ''] = /room's lines\. Of ([^.]*?) it is less than/.exec(read('CONTRIBUTING.md')) ?? [];
  t.same(less.match(/\w+(?=`)/g), floors.match(/\w+(?=:)/g));
});

t.test('no sentence, and no cell of a table, is longer than 300 characters', async (t) => {
  const long = PAGES.flatMap(({ sentences }) => sentences).filter(({ text }) => text.length > 300);
  t.same(long.map(at), []);
});

t.test('what the README says that it costs is what was measured last', async (t) => {
  const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
  const [measured = ''] = /<!-- bench:cost -->.*?<!-- bench:end -->/s.exec(read('docs/performance.md')) ?? [];
  const lines = read('README.md')
    .split('\n')
    .filter((line) => /^- \*\*(Where|Hits)/.test(line));
  t.equal(lines.length, 3);
  const figures = lines.flatMap((line) => line.match(/\b\d[\d.,]*\d\b/g) ?? []);
  t.ok(figures.length > 15);
  t.same(
    figures.filter((figure) => !new RegExp(`[ (]${figure}[ /|]`).test(measured)),
    [],
  );
});

t.test('every npm script in backticks is one', async (t) => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const wrong = SPANS.filter(({ text }) => {
    const name = /\bnpm run ([\w-]+)/.exec(text)?.[1];
    return name !== undefined && !(name in scripts);
  });
  t.same(wrong.map(at), []);
});

t.test('one version is written everywhere', async (t) => {
  const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
  const { version } = JSON.parse(read('package.json'));
  t.equal(JSON.parse(read('package-lock.json')).version, version);
  const chart = [...read('packaging/helm/Chart.yaml').matchAll(/^(?:v|appV)ersion: (.+)$/gm)];
  t.same(
    chart.map(([, said]) => said),
    [version, version],
  );
  t.equal(/cenote-(\d[\d.]*)\.tgz/.exec(read('docs/install.md'))?.[1], version);
  t.equal(
    /^## (\d[\d.]*) \(\d{4}-\d\d-\d\d\)$/m.exec(read('CHANGELOG.md'))?.[1],
    version,
    'the newest there',
  );
});
