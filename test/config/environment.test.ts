// Settings from variables and from secret files.
import t from 'tap';
import { configOf, loadText, problemsIn } from '../support/config-text.ts';

const LISTS = 'lists:\n  3cx-2023: { names: [a.example] }\n  ads: { names: [b.example] }\n';

t.test('a variable goes before the file, and stands in for what the file leaves out', async (t) => {
  const config = configOf('cache: { minTtl: 5s }', {
    environment: {
      CENOTE_LISTEN_DNS: '0.0.0.0:53, [::]:53',
      CENOTE_CACHE_MINTTL: '30s',
      CENOTE_CACHE_MAX_TTL: '2h',
      CENOTE_CACHE_ENTRIES: '50',
      CENOTE_EVENTS_QUERYLOG_PRIVACY: 'anonymise',
      CENOTE_METRICS: 'false',
      CENOTE_WORKERS: '2',
      CENOTE_SINKHOLE_ANSWER: 'nxdomain',
      CENOTE_UPSTREAMS_DEFAULT: '9.9.9.9',
    },
  });
  t.same(config.listen.dns, [
    { host: '0.0.0.0', port: 53 },
    { host: '::', port: 53 },
  ]);
  t.equal(config.cache.minTtlSeconds, 30);
  t.equal(config.cache.maxTtlSeconds, 7200);
  t.equal(config.cache.entries, 50);
  t.equal(config.events.queryLog.privacy, 'anonymise');
  t.equal(config.metrics, false);
  t.equal(config.workers, 2);
  t.same(config.sinkhole.answer, { kind: 'nxdomain' });
  t.match(config.upstreams.default, [{ host: '9.9.9.9' }]);
});

t.test('names with dashes and digits can be reached', async (t) => {
  const config = configOf(LISTS, {
    environment: { CENOTE_LISTS_3CX_2023_ALERT: 'true', CENOTE_LISTS_ADS_MODE: 'monitor' },
  });
  t.equal(config.lists[0]?.alert, true);
  t.equal(config.lists[1]?.mode, 'monitor');
});

t.test('an address of the sinkhole takes the place of a word', async (t) => {
  const config = configOf('', { environment: { CENOTE_SINKHOLE_ANSWER_A: '10.0.0.9' } });
  t.match(config.sinkhole.answer, { kind: 'address', aaaa: null });
});

t.test('a mistake in a variable names the variable', async (t) => {
  t.same(
    problemsIn(LISTS, {
      environment: {
        CENOTE_CACHE_MINTL: '5s',
        CENOTE_CACHE: 'x',
        CENOTE_UPSTREAMS_TIMEOUT: 'soon',
        CENOTE_LISTS_ADZ_ALERT: 'true',
        CENOTE_LISTEN_DNS: '0.0.0.0:53,nonsense',
      },
    }),
    [
      'CENOTE_CACHE it names a section, not a setting; its settings are CENOTE_CACHE_ENTRIES, CENOTE_CACHE_SIZE, CENOTE_CACHE_MINTTL, CENOTE_CACHE_MAXTTL, CENOTE_CACHE_NEGATIVETTL, CENOTE_CACHE_SERVESTALE',
      'CENOTE_CACHE_MINTL there is no such setting; did you mean CENOTE_CACHE_MINTTL?',
      'CENOTE_LISTS_ADZ_ALERT there is no such setting; did you mean CENOTE_LISTS_ADS_ALERT?',
      'CENOTE_LISTEN_DNS `nonsense` is not an address with a port; write `127.0.0.1:53` or `[::1]:53`',
      'CENOTE_UPSTREAMS_TIMEOUT `soon` is not a duration; write a number and a unit without a space, such as `30s`, `5m`, `12h`, `7d`',
    ],
  );
});

t.test('servers that the file names are one variable, though each may be a section', async (t) => {
  t.same(
    problemsIn('upstreams: { default: [9.9.9.9] }', { environment: { CENOTE_UPSTREAMS_DEFAUL: '1.1.1.1' } }),
    ['CENOTE_UPSTREAMS_DEFAUL there is no such setting; its settings are CENOTE_UPSTREAMS_DEFAULT'],
  );
});

t.test('a variable that two names could mean is refused', async (t) => {
  const problems = problemsIn('lists:\n  a-b: { names: [a.example] }\n  a.b: { names: [b.example] }\n', {
    environment: { CENOTE_LISTS_A_B_ALERT: 'true' },
  });
  t.match(problems, [/^CENOTE_LISTS_A_B_ALERT more than one setting could be meant/]);
});

t.test('CENOTE_CONFIG and what Kubernetes sets are no settings', async (t) => {
  t.same(
    problemsIn('', {
      environment: {
        CENOTE_CONFIG: '/x',
        CENOTE_SERVICE_HOST: '10.0.0.1',
        CENOTE_SERVICE_PORT: '53',
        CENOTE_SERVICE_PORT_DNS: '53',
        CENOTE_PORT: 'udp://10.0.0.1:53',
        CENOTE_PORT_53_UDP_ADDR: '10.0.0.1',
      },
    }),
    [],
  );
});

t.test('a value may be in a file, from the file and from a variable', async (t) => {
  const files = { '/run/secrets/hook': 'k3y\n', '/srv/entries': '77' };
  const alert = 'alerts: [{ webhook: "https://a.example", secret: "file:/run/secrets/hook" }]';
  const config = configOf(alert, { files, environment: { CENOTE_CACHE_ENTRIES: 'file:entries' } });
  t.match(config.alerts, [{ secret: 'k3y' }]);
  t.equal(config.cache.entries, 77);
});

t.test('a secret file that is missing, empty or does not fit is told without its content', async (t) => {
  const alert = (file: string) => `alerts: [{ webhook: "https://a.example", secret: "file:${file}" }]`;
  t.same(problemsIn(alert('/run/secrets/x')), [
    '1:50 `file:/run/secrets/x` names a file that is not there; looked for /run/secrets/x',
  ]);
  t.same(problemsIn(alert('/s'), { files: { '/s': ' \n' } }), [
    '1:50 `file:/s` names an empty file; write the value into it',
  ]);
  const { problems } = loadText('cache: { entries: "file:/s" }', { files: { '/s': 'hunter2' } });
  t.match(problems, [{ line: 1, column: 19, message: 'what `/s` holds does not fit' }]);
  t.notMatch(JSON.stringify(problems), /hunter2/);
});

t.test('a secret in the file is never repeated', async (t) => {
  const { problems } = loadText(
    'lists: { f: { source: "rpz://192.0.2.1/a.example", tsig: { name: k, secret: "not base64!" } } }',
  );
  t.match(problems, [{ text: '', message: 'the key is not in base64' }]);
  t.notMatch(JSON.stringify(problems), /not base64!/);
});
