// Lines to standard output: a reader that reads has all of them in order; none is cut unseen, and those that were not taken are counted.
import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { StandardOutput } from '../../../src/hits/log/standard-output.ts';
import { smallDisk } from '../../support/hits-small-disk.ts';

const LINE_OCTETS = 100;
const line = (number: number): string => `${String(number).padEnd(LINE_OCTETS - 1, '.')}\n`;
const linesFrom = (from: number, count: number): Buffer =>
  Buffer.from(Array.from({ length: count }, (_, i) => line(from + i)).join(''));

/** Standard output that is a pipe, and what reads so many lines of it; null where there are no named pipes. */
async function pipe(t: Test, octetsMax?: number) {
  const path = join(t.testdir(), 'pipe');
  if (spawnSync('mkfifo', [path]).status !== 0) return null;
  const reader = await open(path, 'r+'); // both ways, so that nobody is waited for
  const descriptor = openSync(path, 'w');
  t.teardown(async () => {
    closeSync(descriptor);
    await reader.close();
  });
  let lost = 0;
  const lose = (lines: number): void => {
    lost += lines;
  };
  const output = new StandardOutput({ descriptor, lose, ...(octetsMax === undefined ? {} : { octetsMax }) });
  const read = async (lines: number): Promise<string> => {
    let text = '';
    while (text.length < lines * LINE_OCTETS) {
      const { buffer, bytesRead } = await reader.read(Buffer.alloc(16_384), 0, 16_384);
      text += buffer.toString('utf8', 0, bytesRead);
    }
    return text;
  };
  return { output, read, lost: () => lost };
}

t.test('a pipe has all lines, in order, also of a reader that begins late', async (t) => {
  const held = await pipe(t);
  if (held === null) return;
  const { output, read, lost } = held;
  // Three times what a pipe holds, while nobody reads.
  for (let from = 0; from < 2000; from += 200) output.write(linesFrom(from, 200));
  t.equal(await read(2000), linesFrom(0, 2000).toString());
  output.write(linesFrom(2000, 10));
  const [text] = await Promise.all([read(10), output.close()]);
  t.equal(text, linesFrom(2000, 10).toString());
  t.equal(lost(), 0);
});

t.test(
  'of a reader that does not read the lines beyond the bound are counted, and none is cut',
  async (t) => {
    const held = await pipe(t, 150 * LINE_OCTETS);
    if (held === null) return;
    const { output, read, lost } = held;
    for (let from = 0; from < 3000; from += 100) output.write(linesFrom(from, 100));
    t.ok(lost() > 0);
    const taken = 3000 - lost();
    const lines = (await read(taken)).split('\n').slice(0, -1);
    t.equal(lines.length, taken);
    t.ok(lines.every((one) => one.length === LINE_OCTETS - 1));
    output.write(linesFrom(3000, 1));
    t.equal(await read(1), line(3000));
  },
);

t.test('lines that nobody takes are counted, each once', async (t) => {
  const descriptor = openSync('/dev/null', 'r');
  t.teardown(() => closeSync(descriptor));
  let lost = 0;
  const output = new StandardOutput({ descriptor, lose: (lines) => (lost += lines) });
  output.write(linesFrom(0, 30));
  output.write(linesFrom(30, 20));
  await output.close();
  t.equal(lost, 50);
});

t.test('a disk that is full cuts a line at most, which is ended before the next', async (t) => {
  const disk = smallDisk(t, 64 * 1024);
  if (disk === null) return;
  const [path, ballast] = [join(disk.path, 'out'), join(disk.path, 'ballast')];
  writeFileSync(ballast, Buffer.alloc(32 * 1024));
  const descriptor = openSync(path, 'a');
  let lost = 0;
  const output = new StandardOutput({ descriptor, lose: (lines) => (lost += lines) });
  for (let from = 0; from < 1000; from += 50) output.write(linesFrom(from, 50));
  t.ok(lost > 0);
  rmSync(ballast);
  for (let from = 1000; from < 1100; from += 50) output.write(linesFrom(from, 50));
  await output.close();
  closeSync(descriptor);
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  const whole = lines.filter((one) => one.length === LINE_OCTETS - 1);
  t.ok(lines.length - whole.length <= 1);
  t.equal(whole.length + lost, 1100);
  t.same(`${whole.slice(-100).join('\n')}\n`, linesFrom(1000, 100).toString());
});
