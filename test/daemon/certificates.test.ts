// Which certificate comes into force in place of another.
import { join } from 'node:path';
import t from 'tap';
import { certificateOf, nextCertificate } from '../../src/daemon/certificates.ts';
import { configOf } from '../support/config-text.ts';

const DAY = 86_400_000;
const folder = join(import.meta.dirname, '../fixtures/upstream-tls');
const config = configOf(
  `listen: { dns: ["127.0.0.1:5335"], tls: ["127.0.0.1:8535"], tlsCertificate: { cert: "${folder}/cert.pem", key: "${folder}/key.pem" } }`,
  { files: { [`${folder}/cert.pem`]: '', [`${folder}/key.pem`]: '' } },
);

t.test('a pair that has expired takes the place of none that is valid', (t) => {
  const own = certificateOf(config);
  if (own === null) throw new Error('no certificate');
  const before = { ...own, digest: 'another', notAfterMs: own.notAfterMs + 40 * DAY };
  const after = own.notAfterMs + DAY;
  t.throws(() => nextCertificate(config, before, after), /expired on .*; the one in force is valid until /);
  t.equal(
    nextCertificate(config, before, own.notAfterMs - DAY)?.digest,
    own.digest,
    'before its end it does',
  );
  const ended = { ...before, notAfterMs: own.notAfterMs - DAY };
  t.equal(nextCertificate(config, ended, after)?.digest, own.digest, 'neither is valid: the files say which');
  t.equal(nextCertificate(config, null, after)?.digest, own.digest, 'nor is there another');
  const same = { ...own };
  t.equal(nextCertificate(config, same, after), same, 'the same pair is the same object');
  t.end();
});

t.test(
  'listeners that speak TLS since the start keep their pair where the configuration names none any more',
  (t) => {
    const own = certificateOf(config);
    if (own === null) throw new Error('no certificate');
    const without = configOf('listen: { dns: ["127.0.0.1:5335"] }');
    t.equal(nextCertificate(without, own, own.notAfterMs - DAY), own);
    t.equal(nextCertificate(without, null, 0), null);
    t.end();
  },
);
