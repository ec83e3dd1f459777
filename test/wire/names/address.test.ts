import t from 'tap';
import { addressToText, formatEndpoint, textToAddress } from '../../../src/wire/names/address.ts';

t.test('addresses are read and written as people do', async (t) => {
  for (const text of ['192.0.2.7', '2001:db8::1', '::1', 'fe80::1:0:0:2'])
    t.equal(addressToText(textToAddress(text)!), text);
  t.equal(textToAddress('192.0.2.7')?.length, 16);
  t.equal(addressToText(Uint8Array.of(10, 0, 0, 1)), '10.0.0.1');
  for (const text of ['', '010.0.0.1', '1.2.3', '2130706433', '1.2.3.4.5', 'host'])
    t.equal(textToAddress(text), null);
});

t.test('endpoints are written with brackets where they need them', async (t) => {
  t.equal(formatEndpoint('::1', 53), '[::1]:53');
  t.equal(formatEndpoint('127.0.0.1', 53), '127.0.0.1:53');
});
