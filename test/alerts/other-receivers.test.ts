// Mail against an SMTP server, commands against programs.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { createCommandReceiver } from '../../src/alerts/receivers/command.ts';
import { createMailReceiver } from '../../src/alerts/receivers/mail.ts';
import { nastyNotice, noticeOf, smtpReceiver } from '../support/hits-receivers.ts';

t.test(
  'a mail arrives with one subject line, the same identifier at each attempt, in one thread an incident',
  async (t) => {
    const server = await smtpReceiver();
    t.teardown(() => server.close());
    const receiver = createMailReceiver({
      name: 'mail',
      host: '127.0.0.1',
      port: server.port,
      security: 'none',
      user: null,
      password: null,
      from: 'cenote@office.example',
      to: ['soc@office.example', 'night@office.example'],
    });
    t.teardown(() => receiver.close());
    await receiver.deliver(noticeOf(), AbortSignal.timeout(5000));
    t.match(server.mails[0], /^Subject: \[cenote\] New: 192\.0\.2\.7/m);
    t.match(server.mails[0], 'Message-ID: <01KARZ0000000000000000000C@office.example>');
    t.match(server.mails[0], 'References: <01KARZ0000000000000000000B@office.example>');
    t.match(server.mails[0], /akamaicontainer\[\.\]com/);
    t.equal(server.recipients.length, 2);
    await receiver.deliver(nastyNotice(), AbortSignal.timeout(5000));
    const head = server.mails[1]!.split('\r\n\r\n')[0]!;
    t.equal(head.match(/^From: /gim)?.length, 1, 'no header of a stranger’s');
    server.answerWith('451 later');
    await t.rejects(receiver.deliver(noticeOf(), AbortSignal.timeout(5000)), {
      code: 'RECEIVER_REFUSED',
      permanent: false,
    });
    server.answerWith('554 never');
    await t.rejects(receiver.deliver(noticeOf(), AbortSignal.timeout(5000)), {
      code: 'RECEIVER_REFUSED',
      permanent: true,
    });
  },
);

t.test('a command gets the notice on its standard input, and its end is the answer', async (t) => {
  const dir = t.testdir();
  const out = join(dir, 'out.json');
  const run = (...script: string[]) =>
    createCommandReceiver({ name: 'c', program: process.execPath, arguments: ['-e', ...script] });
  const write = `require('fs').writeFileSync(process.argv[1], require('fs').readFileSync(0) + process.env.CENOTE_KIND)`;
  await run(write, out).deliver(noticeOf(), AbortSignal.timeout(10_000));
  t.equal(readFileSync(out, 'utf8'), `${JSON.stringify(noticeOf())}\nopened`);
  await t.rejects(
    run(`console.error('no room'); process.exit(3)`).deliver(noticeOf(), AbortSignal.timeout(10_000)),
    {
      code: 'RECEIVER_FAILED',
      message: /ended with 3: no room/,
    },
  );
  await t.rejects(run('setTimeout(() => {}, 1e9)').deliver(noticeOf(), AbortSignal.timeout(100)), {
    code: 'RECEIVER_FAILED',
  });
  const missing = createCommandReceiver({ name: 'c', program: '/nonexistent', arguments: [] });
  await t.rejects(missing.deliver(noticeOf(), AbortSignal.timeout(5000)), { code: 'RECEIVER_FAILED' });
});
