// Who asks behind a trusted neighbour, and that nobody else can say it.
import fc from 'fast-check';
import t from 'tap';
import { parsePrefix } from '../../src/config/values/addresses.ts';
import { type Forwarded, Identities } from '../../src/resolver/identity/identities.ts';
import { OwnIds } from '../../src/resolver/identity/own-ids.ts';
import { addressToText, textToAddress } from '../../src/wire/names/address.ts';
import { isStandIn, STAND_IN_PREFIX } from '../../src/wire/names/stand-in.ts';
import { query as messageOf } from '../support/message.ts';
import { queryOf } from '../support/wire-message.ts';

const ROUTER = '192.0.2.1';
const MAC = 'aa:bb:cc:dd:ee:07';
const macOctets = Uint8Array.from([0xaa, 0xbb, 0xcc, 0xdd, 0xee, 7]);
const CODE = { mac: 65_001, cpeMac: 65_073, cpeId: 65_074, ecs: 8 } as const;

const text = (written: string) => Buffer.from(written, 'latin1');
const ecs = (family: number, bits: number, octets: readonly number[]) =>
  Uint8Array.from([0, family, bits, 0, ...octets]);

/** What is made of a query from an address with these options. */
function read(
  from: string,
  options: readonly { readonly code: number; readonly data: Uint8Array }[],
  trust = ROUTER,
) {
  const told: Forwarded[] = [];
  const prefix = parsePrefix(trust);
  if (!prefix.ok) throw new Error(trust);
  const identities = new Identities([prefix.value], (one) => told.push(one));
  const query = queryOf(messageOf('www.example.com', 'A', { edns: { options } }));
  query.address.set(textToAddress(from) ?? []);
  const isSomebody = identities.read(query);
  const [first] = told;
  return {
    isSomebody,
    identities,
    query,
    told,
    address: addressToText(query.address),
    isStandIn: isStandIn(query.address),
    through: query.isForwarded ? addressToText(query.sender) : null,
    mac:
      first?.mac == null
        ? null
        : Buffer.from(first.mac)
            .toString('hex')
            .replace(/..(?=.)/g, '$&:'),
    id: first?.id ?? null,
  };
}

t.test('every form in which dnsmasq adds a MAC is read', async (t) => {
  for (const option of [
    { code: CODE.mac, data: macOctets },
    { code: CODE.cpeMac, data: text(MAC) },
    { code: CODE.cpeMac, data: text(MAC.toUpperCase()) },
    { code: CODE.cpeMac, data: text(Buffer.from(macOctets).toString('base64')) },
  ])
    t.match(read(ROUTER, [option]), { mac: MAC, through: ROUTER, isStandIn: true }, String(option.data));
});

t.test(
  'a whole address of ECS is the machine’s, a network or the neighbour’s loopback is nobody’s',
  async (t) => {
    t.match(read(ROUTER, [{ code: CODE.ecs, data: ecs(1, 32, [192, 0, 2, 7]) }]), {
      address: '192.0.2.7',
      through: ROUTER,
    });
    const six = [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7];
    t.match(read(ROUTER, [{ code: CODE.ecs, data: ecs(2, 128, six) }]), {
      address: '2001:db8::7',
      through: ROUTER,
    });
    for (const data of [
      ecs(1, 24, [192, 0, 2]),
      ecs(1, 0, []),
      ecs(1, 32, [127, 0, 0, 1]),
      ecs(2, 64, six.slice(0, 8)),
    ])
      t.match(read(ROUTER, [{ code: CODE.ecs, data }]), { address: ROUTER, through: null }, String(data));
    t.match(
      read('127.0.0.1', [{ code: CODE.ecs, data: ecs(1, 32, [127, 0, 0, 9]) }], '127.0.0.1'),
      { address: '127.0.0.9' },
      'the loopback of a neighbour on this machine is ours',
    );
    const both = [
      { code: CODE.mac, data: macOctets },
      { code: CODE.ecs, data: ecs(1, 32, [192, 0, 2, 7]) },
      { code: CODE.cpeId, data: text('site-4') },
    ];
    t.match(read(ROUTER, both), { address: '192.0.2.7', mac: MAC, id: null }, 'the id is of the site then');
    t.match(read(ROUTER, [{ code: CODE.cpeId, data: text('Till-3') }]), { id: 'Till-3', isStandIn: true });
  },
);

t.test('of anybody else nothing is read, and no sender has an address that stands in for one', async (t) => {
  const all = [
    { code: CODE.mac, data: macOctets },
    { code: CODE.cpeMac, data: text(MAC) },
    { code: CODE.cpeId, data: text('till-3') },
    { code: CODE.ecs, data: ecs(1, 32, [192, 0, 2, 7]) },
  ];
  t.match(read('192.0.2.66', all), { address: '192.0.2.66', through: null, told: [] });
  t.equal(read(addressToText(STAND_IN_PREFIX.bytes), all).isSomebody, false);
});

t.test('a machine is told of once, and again when something else is said of it', async (t) => {
  const { identities, query, told } = read(ROUTER, [
    { code: CODE.mac, data: macOctets },
    { code: CODE.ecs, data: ecs(1, 32, [192, 0, 2, 7]) },
  ]);
  const again = (mac: Uint8Array) => {
    const next = queryOf(
      messageOf('www.example.com', 'A', {
        edns: {
          options: [
            { code: CODE.mac, data: mac },
            { code: CODE.ecs, data: ecs(1, 32, [192, 0, 2, 7]) },
          ],
        },
      }),
    );
    next.address.set(textToAddress(ROUTER) ?? []);
    next.arrivedMs = query.arrivedMs;
    identities.read(next);
  };
  again(macOctets);
  again(macOctets);
  t.equal(told.length, 1);
  again(Uint8Array.from([2, 0, 0, 0, 0, 8]));
  again(macOctets);
  t.equal(told.length, 3, 'the address has changed hands and back');
});

t.test(
  'whatever stands in options, nothing is thrown, and nothing is taken from one who is not trusted',
  async (t) => {
    const option = fc.record({
      code: fc.constantFrom(CODE.mac, CODE.cpeMac, CODE.cpeId, CODE.ecs, 3, 10, 65_002),
      data: fc.uint8Array({ maxLength: 40 }),
    });
    t.doesNotThrow(() =>
      fc.assert(
        fc.property(fc.array(option, { maxLength: 8 }), fc.boolean(), (options, isTrusted) => {
          const { address, through, told } = read(isTrusted ? ROUTER : '192.0.2.66', options);
          if (isTrusted) return through === null ? address === ROUTER : through === ROUTER;
          return address === '192.0.2.66' && told.length === 0;
        }),
        { numRuns: 2000 },
      ),
    );
  },
);

t.test('a client that says which it is counts from outside with its secret alone', async (t) => {
  const ids = new OwnIds([
    { name: 'till-3', secret: null },
    { name: 'anna', secret: 'a1b2c3d4e5f60718' },
  ]);
  const shown = (label: string, mayAsk: boolean) => {
    const address = ids.find(label, () => mayAsk);
    return address !== null && isStandIn(address) ? Buffer.from(address).toString('hex') : null;
  };
  t.ok(ids.isOpen);
  t.type(shown('Till-3', true), 'string');
  t.equal(shown('till-3', false), null, 'a stranger may know the name');
  t.equal(shown('anna', true), null, 'without its secret it is nobody');
  t.type(shown('anna-A1B2C3D4E5F60718', false), 'string');
  t.not(shown('anna-a1b2c3d4e5f60718', true), shown('till-3', true));
  t.equal(shown('anna-a1b2c3d4e5f60719', true), null);
  t.notOk(new OwnIds([{ name: 'till-3', secret: null }]).isOpen, 'no stranger gets a handshake');
});
