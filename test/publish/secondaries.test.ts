// What is said of those that take a zone, and of which of them it cannot be known.
import t from 'tap';
import { Secondaries } from '../../src/publish/secondaries.ts';
import { Notifier, type NotifyTarget } from '../../src/zone/outgoing/notifier.ts';

const told = (target: NotifyTarget): Notifier =>
  new Notifier({
    target,
    tsig: null,
    send: () => undefined,
    nowSeconds: () => 0,
    randomId: () => 1,
    after: () => () => undefined,
  });

t.test('of two at one address it is said that one of them asked, and who the other is', (t) => {
  const secondaries = new Secondaries();
  const targets = [
    { host: '192.0.2.53', port: 53 },
    { host: '192.0.2.53', port: 5353 },
    { host: '192.0.2.54', port: 53 },
  ];
  secondaries.asked('192.0.2.53', 7, 1000);
  secondaries.asked('192.0.2.99', 6, 1000);
  t.match(secondaries.states(7, targets.map(told)), [
    { address: '192.0.2.53', others: ['192.0.2.53:5353'], serial: 7, isBehind: false },
    { address: '192.0.2.53:5353', others: ['192.0.2.53'], serial: 7, isBehind: false },
    { address: '192.0.2.54', others: [], serial: null, isBehind: true },
    { address: '192.0.2.99', others: [], serial: 6, isBehind: true },
  ]);
  t.end();
});
