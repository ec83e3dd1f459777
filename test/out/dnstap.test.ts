// dnstap against real readers: fstrm_capture takes the frames, golang-dnstap says what is in them. Without them: our own reader.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { dnstapOf } from '../../src/out/dnstap/message.ts';
import { dnstapReceiver } from '../../src/out/dnstap/receiver.ts';
import { lineOf } from '../../src/out/event.ts';
import { outConfig, queryEvent } from '../support/out-events.ts';

const CAPTURE = spawnSync('fstrm_capture', ['--help']).error === undefined;
const events = [
  queryEvent(1),
  queryEvent(2, {
    name: 'x.ads.example',
    list: 'ads',
    rule: 'ads.example',
    result: 'blocked',
    outcome: 'blocked',
    from: 'list',
    rcode: 'NXDOMAIN',
    transport: 'https',
    waitedMs: null,
    client: { ip: '2001:db8::7', name: null, mac: null, group: 'default', machine: 'm-1' },
  }),
  queryEvent(3, { rcode: null, result: 'dropped', outcome: 'refused', type: 'TYPE65280' }),
];
/** Not `testdir`: a socket's path has 107 octets at most, and the checkout may be deep. */
function folderOf(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'cenote-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  return folder;
}
const lines = events.map((event) => lineOf(JSON.stringify(event)));

t.test('a reader of Frame Streams gets whole frames over TCP, and an end', async (t) => {
  const frames: Buffer[] = [];
  const controls: number[] = [];
  let ended = (): void => {};
  const end = new Promise<void>((resolve) => {
    ended = resolve;
  });
  const u32 = (...values: number[]): Buffer => {
    const octets = Buffer.alloc(values.length * 4);
    for (const [i, value] of values.entries()) octets.writeUInt32BE(value, i * 4);
    return octets;
  };
  const server = createServer((socket: Socket) => {
    let read = Buffer.alloc(0);
    socket.on('data', (octets: Buffer) => {
      read = Buffer.concat([read, octets]);
      for (;;) {
        if (read.length < 4) return;
        const isControl = read.readUInt32BE(0) === 0;
        const at = isControl ? 8 : 4;
        if (read.length < at) return;
        const size = read.readUInt32BE(at - 4);
        if (read.length < at + size) return;
        const frame = read.subarray(at, at + size);
        read = read.subarray(at + size);
        if (!isControl) {
          frames.push(frame);
          continue;
        }
        const type = frame.readUInt32BE(0);
        controls.push(type);
        // Its answer comes in two pieces.
        if (type === 4) {
          socket.write(u32(0));
          setImmediate(() =>
            socket.write(Buffer.concat([u32(4 + 8 + 22, 1, 1, 22), Buffer.from('protobuf:dnstap.Dnstap')])),
          );
        }
        if (type === 3) {
          socket.end(u32(0, 4, 5));
          ended();
        }
      }
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  const { port } = server.address() as { port: number };
  const receiver = dnstapReceiver(outConfig({ kind: 'dnstap', url: `tcp://127.0.0.1:${port}` }), 'r.example');
  await receiver.deliver(lines, AbortSignal.timeout(5000));
  await receiver.close();
  await end;
  t.same(controls, [4, 2, 3], 'READY, START, STOP');
  t.same(
    frames.map((frame) => frame.toString('hex')),
    events.flatMap((event) =>
      dnstapOf(JSON.stringify(event), event, 'r.example').map((one) => Buffer.from(one).toString('hex')),
    ),
  );
  t.equal(frames.length, 5, 'a query without a reply has no response');
});

t.test('what speaks something else, or nothing, is told', async (t) => {
  const server = createServer((socket) => socket.write('220 mail.example\r\n'));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  const { port } = server.address() as { port: number };
  const at = (url: string) => dnstapReceiver(outConfig({ kind: 'dnstap', url }), 'r.example');
  await t.rejects(
    at(`tcp://127.0.0.1:${port}`).deliver(lines, AbortSignal.timeout(5000)),
    /no Frame Streams/,
  );
  await t.rejects(
    at(`unix:${join(folderOf(t), 'none.sock')}`).deliver(lines, AbortSignal.timeout(5000)),
    /ENOENT/,
  );
  const silent = createServer(() => {});
  await new Promise<void>((resolve) => void silent.listen(0, '127.0.0.1', resolve));
  t.teardown(() => silent.close());
  const { port: mute } = silent.address() as { port: number };
  await t.rejects(at(`tcp://127.0.0.1:${mute}`).deliver(lines, AbortSignal.timeout(50)), /in time/);
});

t.test(
  'fstrm_capture writes what golang-dnstap reads',
  { skip: !CAPTURE && 'no fstrm_capture here' },
  async (t) => {
    const dir = folderOf(t);
    const [socket, file] = [join(dir, 'tap.sock'), join(dir, 'tap.fstrm')];
    const capture = spawn('fstrm_capture', ['-t', 'protobuf:dnstap.Dnstap', '-u', socket, '-w', file], {
      stdio: 'ignore',
    });
    const exited = new Promise<void>((resolve) => void capture.once('exit', () => resolve()));
    t.teardown(() => capture.kill());
    while (!existsSync(socket)) await new Promise((resolve) => void setTimeout(resolve, 10));
    const receiver = dnstapReceiver(outConfig({ kind: 'dnstap', url: `unix:${socket}` }), 'r.example');
    await receiver.deliver(lines, AbortSignal.timeout(5000));
    await receiver.close();
    capture.kill('SIGTERM');
    await exited;
    const size = statSync(file).size;
    const sent = events.flatMap((event) => dnstapOf(JSON.stringify(event), event, 'r.example'));
    t.ok(size > sent.reduce((sum, one) => sum + one.length + 4, 0), 'all frames, START and STOP');
    const captured = readFileSync(file);
    for (const one of sent) t.ok(captured.includes(Buffer.from(one)));
    const reader = process.env['CENOTE_DNSTAP_READER'];
    if (reader === undefined) return;
    const said = execFileSync(reader, ['-r', file, '-y'], { encoding: 'utf8' });
    t.match(said, /CLIENT_QUERY/);
    t.match(said, /x\.ads\.example\./);
  },
);
