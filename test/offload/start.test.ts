// Both ways to start a helper are one to those who use it.
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import t from 'tap';
import { startByNode, startHelper } from '../../src/offload/start.ts';

/** Says back in capitals what it hears first, prints, and waits. */
const PROGRAM = `
  const channel = new (require('node:net').Socket)({ fd: 3 });
  channel.once('data', (data) => channel.write(String(data).toUpperCase()));
  channel.on('close', () => process.exit(5));
  console.error('printed');
  console.log('lost');
`;

for (const [how, start] of [
  ['as the machine allows', startHelper],
  ['by Node', startByNode],
] as const) {
  t.test(`${how}: it hears, speaks, prints, and ends with its channel`, async (t) => {
    const helper = await start(['-e', PROGRAM]);
    const printed = text(helper.errors);
    helper.channel.write('hello');
    t.equal(String((await once(helper.channel, 'data'))[0]), 'HELLO');
    t.ok(helper.pid > 0);
    helper.channel.end();
    t.same(await helper.ended, { code: 5, by: null });
    t.equal(await printed, 'printed\n');
    helper.kill();
  });

  t.test(`${how}: it is ended`, async (t) => {
    const helper = await start(['-e', PROGRAM]);
    helper.errors.resume();
    helper.channel.resume();
    helper.kill();
    t.same(await helper.ended, { code: null, by: 'SIGKILL' });
    helper.kill();
  });
}
