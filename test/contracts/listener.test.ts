// Every listener against the one contract.
import t from 'tap';
import { openHttps } from '../../src/listen/https.ts';
import { openTcp } from '../../src/listen/tcp.ts';
import { openTls } from '../../src/listen/tls.ts';
import { openUdp } from '../../src/listen/udp.ts';
import { openUdpBatch, whyNoBatch } from '../../src/listen/udp-batch.ts';
import { CERTIFICATE } from '../support/listen-certificate.ts';
import { StreamClient, UdpClient } from '../support/listen-clients.ts';
import { HttpsClient } from '../support/listen-https-client.ts';
import { listenOptions } from '../support/listen-options.ts';
import { listenerContract } from './listener-contract.ts';

const options = listenOptions();

listenerContract(t, {
  name: 'udp',
  open: (host, answer) => openUdp({ host, port: 0 }, answer, options),
  dial: (listener) => UdpClient.open(listener.bound),
});

const noBatch = await whyNoBatch();
if (noBatch === null) {
  listenerContract(t, {
    name: 'udp-batch',
    open: (host, answer) => openUdpBatch({ host, port: 0 }, answer, options),
    dial: (listener) => UdpClient.open(listener.bound),
  });
} else {
  t.test('udp-batch', { skip: noBatch }, async () => {});
}

listenerContract(t, {
  name: 'tcp',
  open: (host, answer) => openTcp({ host, port: 0 }, answer, options),
  dial: (listener) => StreamClient.open(listener.bound),
});

listenerContract(t, {
  name: 'tls',
  open: (host, answer) => openTls({ host, port: 0 }, CERTIFICATE, answer, options),
  dial: (listener) => StreamClient.openTls(listener.bound),
});

listenerContract(t, {
  name: 'https',
  open: (host, answer) => openHttps({ host, port: 0 }, CERTIFICATE, answer, options),
  dial: (listener) => HttpsClient.open(listener.bound),
});
