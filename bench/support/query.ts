// A query in wire form, as dnsperf -e would send it.

/** A for `name`, RD set, EDNS with 4096 octets. */
export function plainQuery(name: string, id: number): Buffer {
  const labels = name.split('.').flatMap((label) => [label.length, ...Buffer.from(label)]);
  return Buffer.from([
    id >> 8, id & 0xff, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1,
    ...labels, 0, 0, 1, 0, 1,
    0, 0, 41, 16, 0, 0, 0, 0, 0, 0, 0,
  ]); // biome-ignore format: one line a part
}
