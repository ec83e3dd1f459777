// Bounds of what is on its way: so many questions, so many who wait for them, and tickets that are good once.
import t from 'tap';
import { FLIGHTS_MAX, Flights } from '../../src/upstream/flights.ts';
import { wireMessage } from '../support/wire-message.ts';

const GROUP = { servers: [], usual: 0 };
const ASKER = { settled: () => undefined };
let drawn = 0;
const random = { u16: () => (drawn = (drawn * 31 + 7) & 0xffff) };

function begin(flights: Flights, number: number): number {
  const message = wireMessage({ id: 0, name: `n${number}.test` });
  const found = flights.find(message, message.length, GROUP);
  return found >= 0 ? found : flights.begin(message, message.length, 0);
}

t.test('there is room for so many questions and no more, until one is over', async (t) => {
  const flights = new Flights(random);
  const begun = new Set(Array.from({ length: FLIGHTS_MAX }, (_, i) => begin(flights, i)));

  t.equal(begun.size, FLIGHTS_MAX);
  t.notOk(begun.has(-1));
  t.equal(begin(flights, FLIGHTS_MAX), -1);
  t.equal(begin(flights, 7), 7, 'one that is on its way already needs no room');
  t.equal(flights.count, FLIGHTS_MAX);
});

t.test('there is room for so many who wait, whatever they wait for', async (t) => {
  const flights = new Flights(random);
  const flight = begin(flights, 1);
  let joined = 0;
  while (joined < 100_000 && flights.join(flight, ASKER, joined)) joined += 1;

  t.equal(joined, 16_384);
  t.notOk(flights.join(begin(flights, 2), ASKER, 0), 'another question has none either');
});
