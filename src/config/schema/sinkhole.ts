// `sinkhole`: what a blocked name is answered with.
import { z } from 'zod';
import { recordAddress } from '../../wire/names/address.ts';
import { bad, good, type Parsed, quote } from '../values/parsed.ts';
import { choice, duration, text } from './kinds.ts';

function address(octets: 4 | 16): (written: string) => Parsed<Uint8Array> {
  const example = octets === 4 ? 'an IPv4 address such as `10.0.0.9`' : 'an IPv6 address such as `fd00::9`';
  return (written) => {
    const found = recordAddress(written);
    return found?.length === octets
      ? good(found)
      : bad(`${quote(written)} is not ${example.slice(0, 15)}`, `write ${example}`);
  };
}

export const SINKHOLE_TTL_MAX_MS = 86_400_000;

export const sinkholeSchema = z.strictObject({
  answer: z
    .union([
      choice(['nullip', 'nxdomain', 'nodata', 'refused']),
      z.strictObject({
        a: text('an IPv4 address', address(4)).optional().describe('Answer to A; unset, NODATA.'),
        aaaa: text('an IPv6 address', address(16)).optional().describe('Answer to AAAA; unset, NODATA.'),
      }),
    ])
    .prefault('nullip')
    .describe('`nullip` is 0.0.0.0 and ::, or addresses of a machine of yours.'),
  ttl: duration({ min: 0, max: SINKHOLE_TTL_MAX_MS })
    .prefault('30s')
    .describe('TTL of that answer, and of the SOA with NODATA.'),
});
