// Mail against an SMTP server.
import t from 'tap';
import { createMailReceiver, type MailOptions } from '../../src/alerts/receivers/mail.ts';
import { nastyNotice, noticeOf } from '../support/hits-receivers.ts';
import { smtpReceiver } from '../support/smtp-receiver.ts';

function mailTo(port: number, more: Partial<MailOptions> = {}) {
  return createMailReceiver({
    name: 'mail',
    host: '127.0.0.1',
    port,
    security: 'none',
    user: null,
    password: null,
    from: 'cenote@office.example',
    to: ['soc@office.example', 'night@office.example'],
    ...more,
  });
}

const soon = (): AbortSignal => AbortSignal.timeout(5000);

t.test(
  'a mail arrives with one subject line, the same identifier at each attempt, in one thread an incident',
  async (t) => {
    const server = await smtpReceiver();
    t.teardown(() => server.close());
    const receiver = mailTo(server.port);
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

t.test('what a server refuses for one address alone is tried again for that one alone', async (t) => {
  const server = await smtpReceiver();
  t.teardown(() => server.close());
  const receiver = mailTo(server.port, {
    to: ['soc@office.example', 'grey@office.example', 'gone@office.example'],
  });
  t.teardown(() => receiver.close());
  server.refused.set('grey@office.example', '450 4.2.0 greylisted, later');
  server.refused.set('gone@office.example', '550 5.1.1 no such user');
  const notice = noticeOf();
  await t.rejects(receiver.deliver(notice, soon()), {
    code: 'RECEIVER_REFUSED',
    isPartly: true,
    permanent: false,
    message: /grey@office\.example \(.*450.*gone@office\.example \(.*550.*1 of 3 have it/,
  });
  t.equal(server.mails.length, 1, 'the one that was taken has it');
  server.recipients.length = 0;
  server.refused.delete('grey@office.example');
  await t.rejects(receiver.deliver(notice, soon()), {
    isPartly: true,
    permanent: true,
    message: /2 of 3 have it/,
  });
  t.notMatch(server.recipients.join(), 'soc@office.example', 'who has it gets it once');
  t.equal(server.mails.length, 2);
  t.match(server.mails[1], 'To: soc@office.example, grey@office.example, gone@office.example');
  await t.rejects(receiver.deliver(notice, soon()), {
    code: 'RECEIVER_REFUSED',
    isPartly: true,
    permanent: true,
  });
  server.refused.clear();
  await receiver.deliver(notice, soon());
  t.equal(server.mails.length, 3);
  server.refused.set('soc@office.example', '550 5.1.1 no such user');
  const both = mailTo(server.port, { to: ['soc@office.example'] });
  t.teardown(() => both.close());
  await t.rejects(both.deliver(noticeOf(), soon()), {
    code: 'RECEIVER_REFUSED',
    isPartly: false,
    permanent: true,
  });
});

t.test('however an address is written, it is known again when a server refused it', async (t) => {
  const server = await smtpReceiver();
  t.teardown(() => server.close());
  const to = ['soc@office.example', 'Night@Office.EXAMPLE', 'night@bücher.example'];
  const receiver = mailTo(server.port, { to });
  t.teardown(() => receiver.close());
  server.refused.set('Night@office.example', '450 4.2.0 greylisted, later');
  server.refused.set('night@xn--bcher-kva.example', '450 4.2.0 greylisted, later');
  const notice = noticeOf();
  await t.rejects(receiver.deliver(notice, soon()), { isPartly: true, message: /1 of 3 have it/ });
  server.recipients.length = 0;
  await t.rejects(receiver.deliver(notice, soon()), { isPartly: true, message: /1 of 3 have it/ });
  server.refused.clear();
  await receiver.deliver(notice, soon());
  t.equal(server.recipients.length, 4);
  t.notMatch(server.recipients.join(), 'soc@office.example');
  t.equal(server.mails.length, 2);
});

t.test(
  'without a password mail goes under TLS where that is offered, whatever the certificate; with one, not',
  async (t) => {
    const server = await smtpReceiver({ offersTls: true });
    t.teardown(() => server.close());
    const open = mailTo(server.port, { security: 'opportunistic' });
    t.teardown(() => open.close());
    await open.deliver(noticeOf(), soon());
    t.same([server.mails.length, server.secured()], [1, 1]);
    const user = mailTo(server.port, { security: 'starttls', user: 'cenote', password: 'secret' });
    t.teardown(() => user.close());
    await t.rejects(user.deliver(noticeOf(), soon()), {
      code: 'RECEIVER_UNREACHABLE',
      message: /its certificate leads to no authority that is trusted here; put .* update-ca-certificates/,
    });
    t.equal(server.mails.length, 1);
  },
);
