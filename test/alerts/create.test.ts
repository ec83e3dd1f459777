import t from 'tap';
import { outletsOf } from '../../src/alerts/create.ts';
import type { AlertConfig, AlertReceiver } from '../../src/config/config.ts';

const alert = (receiver: AlertReceiver, name: string): AlertConfig => ({
  ...receiver,
  name,
  lists: ['a'],
  groups: null,
  severity: 'medium',
  groupWaitMs: 1,
  repeatMs: 2,
  quiet: null,
});

t.test('receivers of the config keep their names and settings', async (t) => {
  const framing = 'octets';
  const outlets = outletsOf([
    alert(
      { kind: 'webhook', url: 'https://hooks.example/s3cret', format: 'slack', secret: 's3cret' },
      'chat',
    ),
    alert({ kind: 'syslog', url: 'udp://[2001:db8::7]:514', format: 'cef', framing }, 'siem'),
    alert({ kind: 'syslog', url: 'tls://siem.example', format: 'ecs', framing }, 'siem 2'),
    alert(
      {
        kind: 'mail',
        url: 'smtp://cenote@mail.example',
        from: 'c@example',
        to: ['s@example'],
        secret: 's3cret',
      },
      'mail',
    ),
    alert({ kind: 'command', command: ['/bin/true', 's3cret'] }, 'page'),
  ]);
  t.teardown(() => Promise.all(outlets.map(({ receiver }) => receiver.close())));
  t.same(
    outlets.map(({ receiver }) => receiver.name),
    ['chat', 'siem', 'siem 2', 'mail', 'page'],
  );
  t.match(outlets[0]?.settings, { lists: ['a'], severityMin: 'medium', groupWaitMs: 1, repeatMs: 2 });
});
