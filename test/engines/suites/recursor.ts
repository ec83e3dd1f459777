// PowerDNS Recursor's test of policy zones (`regression-tests.recursor-dnssec/test_RPZ.py`) read as it is: its zones, its transfers, its checks, played to cenote.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ListConfig } from '../../../src/config/config.ts';
import type { ResponseParts } from '../../support/message.ts';
import { type Check, shown } from './check.ts';
import { answerIn, dataIn } from './data.ts';
import { Player, type Reply, shownRecords, type ZoneSaid } from './player.ts';
import { Primary } from './primary.ts';
import {
  type Argument,
  attributeOf,
  type Call,
  callsIn,
  classesIn,
  filesOf,
  type PythonClass,
  testsOf,
} from './python-test.ts';
import type { Lookup } from './upstream.ts';

const CHECKS = /^(check(Blocked|NotBlocked|Custom|NoData|NXD|Truncated|Dropped)|dns\.message\.make_query)$/;
const ASSERTIONS = /^assert(RcodeEqual|RRsetInAnswer|Equal)$/;
const MOVES = /^(waitUntilCorrectSerialIsLoaded|rpzServer\.moveToSerial)$/;
const CALLS = new RegExp([CHECKS, ASSERTIONS, MOVES].map(({ source }) => source).join('|'));
/** What its helpers hold an answer to, as it is blocked and as it passes. */
const [BLOCKED, PASSED] = ['192.0.2.1', '192.0.2.42'];

/** What an answer is held to. */
interface Said {
  readonly name: string;
  readonly type: string;
  readonly rcode: string;
  /** RRsets that have to be in the answer as they are, as lines. */
  readonly rrsets: readonly (readonly string[])[];
  readonly isEmpty: boolean;
  readonly isDropped: boolean;
  /** Over UDP TC=1. */
  readonly isTruncated: boolean;
}

/** @param folder the checkout */
export async function playRecursor(folder: string): Promise<Check[]> {
  const dir = join(folder, 'regression-tests.recursor-dnssec');
  const source = readFileSync(join(dir, 'test_RPZ.py'), 'utf8');
  const servers = serversIn(readFileSync(join(dir, 'recursortests.py'), 'utf8'));
  const classes = classesIn(source);
  const [primary, delegated] = ['RPZServer', 'RPZSimpleAuthServer'].map(
    (name) => classes.find((one) => one.name === name)!,
  );
  const answered = rrsetsIn(delegated!.text).flat();
  const checks: Check[] = [];
  for (const one of classes.filter(({ base }) => base === 'RPZRecursorTest')) {
    const own = filesOf(one).get('example.zone');
    const data = own === undefined ? servers : dataIn([zoneIn(own)]);
    const lookup: Lookup = (name, type): ResponseParts =>
      `.${name}`.endsWith('.delegated.example.') ? { answer: answered } : answerIn(data, name, type);
    checks.push(...(await playClass(one, primary!, lookup)));
  }
  return checks;
}

async function playClass(one: PythonClass, primary: PythonClass, lookup: Lookup): Promise<Check[]> {
  const files = zonesOf(one);
  const group = one.name.replace(/^RPZ|(Recursor)?(Test)?$/g, '');
  const folder = mkdtempSync(join(tmpdir(), 'cenote-suite-'));
  const server = await Primary.start(folder, 'zone.rpz');
  try {
    const player = await Player.start(
      files.length > 0 ? files : [{ name: 'zone.rpz', settings: {}, text: '' }],
      lookup,
    );
    const checks: Check[] = [];
    let serial = 0;
    for (const [call, after] of stepsIn(testsOf(one))) {
      if (!MOVES.test(call.name)) {
        checks.push(played(group, String(checks.length + 1), saidBy(call, after), player));
        continue;
      }
      const next = Number(textOf(call.args[0]));
      if (next <= serial) continue;
      const answer = transferIn(primary, next, serial);
      server.answers = { SOA: answer.slice(0, 1), [serial === 0 ? 'AXFR' : 'IXFR']: answer };
      serial = Number(answer[0]!.split(' ')[5]);
      await player.useZones([{ name: 'zone.rpz', settings: {}, text: await server.fetch() }]);
    }
    return checks;
  } finally {
    server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Each check or move, with the assertions about its answer. */
function stepsIn(text: string): [Call, Call[]][] {
  const steps: [Call, Call[]][] = [];
  for (const call of callsIn(text, CALLS)) {
    if (ASSERTIONS.test(call.name)) steps.at(-1)?.[1].push(call);
    else steps.push([call, []]);
  }
  return steps;
}

/** By the server's code: what stands in the branch of this serial. */
function transferIn({ text }: PythonClass, serial: number, held: number): string[] {
  const branches = text.split(/^\s+(?=(?:if|elif) )/m);
  const start = serial === 1 ? /\.AXFR:/ : new RegExp(`^(el)?if newSerial == ${serial}:`);
  const at = branches.findIndex((branch) => start.test(branch));
  // Inside the first branch stands a refusal of its own.
  const branch = branches.slice(at, serial === 1 ? at + 2 : at + 1).join('');
  const numbers = new Map([
    ['newSerial', serial],
    ['(newSerial + 1)', serial + 1],
    ['oldSerial', held],
  ]);
  return rrsetsIn(
    branch.replace(/"([^"]*)%d([^"]*)" % (\w+|\(newSerial \+ 1\))/g, (_, before, after, number) => {
      const value = numbers.get(number);
      if (value === undefined) throw new Error(`serial ${serial}: unknown number ${number}`);
      return `"${before}${value}${after}"`;
    }),
  ).flat();
}

const rrsetsIn = (text: string): string[][] =>
  callsIn(text, /^dns\.rrset\.from_text$/).map(({ args }) => linesOf(args));

function linesOf(args: readonly Argument[]): string[] {
  const [owner, ttl, , type, ...data] = args.map(textOf);
  return data.map((one) => `${owner} ${ttl} ${type!.replace('dns.rdatatype.', '')} ${one}`);
}

function textOf(argument: Argument | undefined): string {
  if (argument === undefined || argument.kind === 'call') throw new Error('an argument is no plain value');
  return argument.text;
}

/** A zone's origin and its text without that. */
const zoneIn = (text: string): readonly [origin: string, text: string] => [
  /^\$ORIGIN (\S+)\.$/m.exec(text)?.[1] ?? '',
  text.replace(/^(\$ORIGIN|@) .*$/gm, ''),
];

/** Zones of its other servers, by their names. */
const serversIn = (source: string): ReturnType<typeof dataIn> =>
  dataIn(
    [...source.matchAll(/^\s+"([a-z.-]+)": """([^"]*(?:"[^"]+"[^"]*)*)"""/gm)]
      .map(([, origin, text]) => [origin!, text!.replaceAll('{prefix}', '192.0.2')] as const)
      .filter(([origin]) => /^(secure\.)?example$/.test(origin)),
  );

/** Those that it reads from files, with the policy that its configuration puts in place of their own. */
const zonesOf = (one: PythonClass): ZoneSaid[] =>
  [...attributeOf(one, '_lua_config_file').matchAll(/rpzFile\('configs\/%s\/([^']+)', \{([^}]*)\}/g)].map(
    ([, file, options]) => {
      const text = filesOf(one).get(file!)!.replace('{soa}', 'ns.example. hostmaster.example. 1 60 60 60 60');
      return { name: file!, ...policyOf(text, options!) };
    },
  );

function policyOf(text: string, options: string): { settings: Partial<ListConfig>; text: string } {
  const target = /defcontent="([^"]+)"/.exec(options)?.[1];
  if (target !== undefined) return { settings: {}, text: text.replace(/ CNAME \S+$/gm, ` CNAME ${target}.`) };
  if (!options.includes('Policy.NoAction')) return { settings: {}, text };
  // No setting of a list spares its local data: an admin would write it into the zone.
  return options.includes('defpolOverrideLocalData=false')
    ? { settings: {}, text: text.replace(/ CNAME \S+$/gm, ' CNAME rpz-passthru.') }
    : { settings: { action: 'allow' }, text };
}

function saidBy({ name: kind, args }: Call, after: readonly Call[]): Said {
  const name = textOf(args[0]);
  const type = args[1]?.kind === 'text' ? args[1].text : 'A';
  const plain: Said = {
    name,
    type,
    rcode: 'NOERROR',
    rrsets: [],
    isEmpty: false,
    isDropped: false,
    isTruncated: false,
  };
  const only = (address: string): Said => ({ ...plain, rrsets: [[`${name} 0 A ${address}`]] });
  if (kind === 'checkBlocked') return only(BLOCKED);
  if (kind === 'checkNotBlocked') return only(PASSED);
  if (kind === 'checkCustom') return { ...plain, rrsets: rrsetsOf(args) };
  if (kind === 'checkNoData') return { ...plain, isEmpty: true };
  if (kind === 'checkNXD') return { ...plain, rcode: 'NXDOMAIN', isEmpty: true };
  if (kind === 'checkTruncated') return { ...plain, rcode: 'NXDOMAIN', isEmpty: true, isTruncated: true };
  if (kind === 'checkDropped') return { ...plain, isDropped: true };
  const asserted = (assertion: string): Call[] => after.filter((call) => call.name === assertion);
  return {
    ...plain,
    rcode: textOf(asserted('assertRcodeEqual')[0]?.args[1]).replace('dns.rcode.', ''),
    rrsets: asserted('assertRRsetInAnswer').flatMap((call) => rrsetsOf(call.args)),
    // Its other counts are with signatures.
    isEmpty: asserted('assertEqual').some((call) => textOf(call.args[1]) === '0'),
  };
}

const rrsetsOf = (args: readonly Argument[]): string[][] =>
  args.flatMap((argument) =>
    argument.kind === 'call' && argument.name === 'dns.rrset.from_text' ? [linesOf(argument.args)] : [],
  );

function played(group: string, number: string, said: Said, player: Player): Check {
  const ask = (isTcp: boolean): Reply | null =>
    player.ask({
      name: said.name,
      type: said.type,
      client: '127.0.0.1',
      isTcp,
      dnssecOk: true,
      isRecursive: true,
      isUnchecked: true,
    });
  const [udp, tcp] = [ask(false), ask(true)];
  const overTcp = expectedOf(said, tcp);
  const overUdp = said.isTruncated ? 'NOERROR, TC' : expectedOf(said, udp);
  return {
    group,
    number,
    asked: `\`${said.name} ${said.type}\``,
    expected: both(overUdp, overTcp),
    got: both(shown(udp), shown(tcp)),
  };
}

const both = (udp: string, tcp: string): string => (udp === tcp ? udp : `${udp}, over TCP ${tcp}`);

/** What was given, where all that is asked of it holds: it may hold more. */
function expectedOf({ rcode, rrsets, isEmpty, isDropped }: Said, reply: Reply | null): string {
  if (isDropped) return shown(null);
  const wanted = rrsets.map(shownRecords);
  const given = reply?.answer ?? [];
  const isHeld =
    wanted.every((rrset) => {
      const [owner, type] = rrset[0]!.split(' ');
      return given.filter((line) => line.startsWith(`${owner} ${type} `)).join() === rrset.join();
    }) && !(isEmpty && given.length > 0);
  const [rcodeGiven] = shown(reply).split(', ');
  return isHeld && rcodeGiven === rcode && reply?.tc !== true
    ? shown(reply)
    : [rcode, ...wanted.flat()].join(', ');
}
