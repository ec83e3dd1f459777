import t from 'tap';
import { outletsOf } from '../../src/alerts/create.ts';
import type { AlertConfig, AlertReceiver } from '../../src/config/config.ts';

const alert = (receiver: AlertReceiver): AlertConfig => ({
  ...receiver,
  lists: ['a'],
  groups: null,
  severity: 'medium',
  groupWaitMs: 1,
  repeatMs: 2,
  quiet: null,
});

t.test('every receiver of the config becomes a sink whose name is stable and holds no secret', async (t) => {
  const alerts = [
    alert({ kind: 'webhook', url: 'https://hooks.example/T0/B0/s3cret', format: 'slack', secret: 's3cret' }),
    alert({ kind: 'webhook', url: 'https://hooks.example/T0/B0/other', format: 'slack', secret: null }),
    alert({ kind: 'syslog', url: 'udp://[2001:db8::7]:514', format: 'cef' }),
    alert({ kind: 'syslog', url: 'tls://siem.example', format: 'ecs' }),
    alert({
      kind: 'mail',
      url: 'smtp://cenote@mail.example',
      from: 'c@example',
      to: ['s@example'],
      secret: 's3cret',
    }),
    alert({ kind: 'command', command: ['/bin/true', 's3cret'] }),
  ];
  const outlets = outletsOf(alerts);
  t.teardown(() => Promise.all(outlets.map(({ sink }) => sink.close())));
  const names = outlets.map(({ sink }) => sink.name);
  t.same(
    outletsOf(alerts).map(({ sink }) => sink.name),
    names,
  );
  t.equal(new Set(names).size, names.length);
  t.notMatch(names.join(' '), 's3cret');
  t.match(outlets[0]?.settings, { lists: ['a'], severityMin: 'medium', groupWaitMs: 1, repeatMs: 2 });
});
