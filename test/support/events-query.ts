// Queries as a resolver sees them after readQuery, for tests of what happened to them.

import { Query, type Transport } from '../../src/wire/message/query.ts';
import { textToName } from '../../src/wire/names/presentation.ts';

export interface AskedBy {
  readonly name: string;
  readonly type?: number;
  readonly class?: number;
  /** The address is 192.0.2.0 and so many more. */
  readonly host?: number;
  readonly transport?: Transport;
  /** Number of the client's group. */
  readonly group?: number;
  /** Of one that is turned away: the configuration has records of it. */
  readonly isOwnName?: boolean;
}

export function queryOf({
  name,
  type = 1,
  class: qclass = 1,
  host = 7,
  transport = 0,
  group = 0,
}: AskedBy): Query {
  const query = new Query(new Uint8Array(512), new Uint8Array(512));
  const wire = textToName(name.toLowerCase());
  if (wire === null) throw new Error(`not a name: ${name}`);
  query.qname.set(wire);
  query.qnameEnd = 12 + wire.length;
  query.qtype = type;
  query.qclass = qclass;
  query.transport = transport;
  query.clientGroup = group;
  query.address.set([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2 + (host >> 8), host & 255]);
  return query;
}
