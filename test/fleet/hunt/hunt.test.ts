import { generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import t from 'tap';
import { answerHunts } from '../../../src/fleet/hunt/answerer.ts';
import { HuntAsker, type HuntStore, type KeptHunt, type Reached } from '../../../src/fleet/hunt/asker.ts';
import {
  readAnswer,
  readAsked,
  type SiteFinding,
  writeAnswer,
  writeAsked,
} from '../../../src/fleet/hunt/messages.ts';
import { sealOf as siteSeal, unsealed } from '../../../src/fleet/seal.ts';
import { publicKeyText } from '../../../src/fleet/signing.ts';
import { HUNT_ASKED, huntAnswer } from '../../../src/fleet/subjects.ts';
import type { Coverage } from '../../../src/hits/coverage.ts';

const NOW = Date.UTC(2026, 10, 23, 9);
const WHOLE: Coverage = {
  from: '2026-11-01T00:00:00.000Z',
  to: '2026-11-23T09:00:00.000Z',
  gaps: [],
  furtherGaps: 0,
  lost: 0,
  unnamed: 0,
  waiting: 0,
  gapsUnknownUntil: null,
  isWhole: true,
};
const finding = (ip: string): SiteFinding => ({
  client: { ip, name: null, mac: null, group: 'default' },
  list: null,
  rules: [],
  names: [],
  furtherNames: 0,
});
const ASKED = {
  ...{ name: 'c2.example', via: null, count: 1, countMax: 1, visits: 1, first: WHOLE.to, last: WHOLE.to },
  ...{ answered: 1, failed: 0, blocked: 0, rewritten: 0, refused: 0, local: 0, unrecorded: 0, allowed: 0 },
} as const;
const sign = (body: Uint8Array): Uint8Array => new Uint8Array(64).fill(body[body.length - 1] ?? 0);
const isSigned = (body: Uint8Array, signature: Uint8Array): boolean =>
  signature.every((octet) => octet === body.at(-1));

const noAnswer = { coverage: WHOLE, findings: [], furtherFindings: 0, error: null };
const keys = generateKeyPairSync('ed25519');
const sealOf = (site: string, key: KeyObject) => {
  const seal = siteSeal(site, key);
  return (answer: Uint8Array): Uint8Array => seal('answer', answer);
};
const open = (site: string, octets: Uint8Array): Uint8Array | null => {
  const sealed = unsealed(site, 'answer', octets);
  return sealed?.key === publicKeyText(keys.privateKey) ? sealed.body : null;
};

/** Subjects and who listens; who is cut off neither hears nor is heard. */
class Bus {
  readonly #heard: {
    readonly of: string;
    readonly prefix: string;
    readonly then: (octets: Uint8Array, subject: string) => void;
  }[] = [];
  readonly cutOff = new Set<string>();

  link(of: string) {
    return {
      listen: (subject: string, then: (octets: Uint8Array, subject: string) => void) =>
        void this.#heard.push({ of, prefix: subject.replace('*', ''), then }),
      tell: (subject: string, octets: Uint8Array) => {
        if (this.cutOff.has(of)) return;
        for (const heard of this.#heard)
          if (subject.startsWith(heard.prefix) && !this.cutOff.has(heard.of))
            queueMicrotask(() => heard.then(octets, subject));
      },
    };
  }
}

t.test('a hunt goes to all sites', async (t) => {
  const bus = new Bus();
  const sites = ['site-7', 'site-8', 'site-9'];
  const searched: string[] = [];
  let [isBusy, nowMs] = [true, NOW];
  const kept = new Map<string, KeptHunt & { readonly answers: Map<string, ReturnType<typeof readAnswer>> }>();
  const store = {
    putHunt: async (asked, askedMs) =>
      void kept.set(asked.id, { asked, askedMs, answers: new Map() } as never),
    putAnswer: async (site, answer) => void kept.get(answer.id)?.answers.set(site, answer),
    hunts: async () => [...kept.values()] as KeptHunt[],
  } satisfies HuntStore;
  for (const site of sites)
    answerHunts({
      site,
      link: bus.link(site),
      isSigned,
      seal: sealOf(site, keys.privateKey),
      report: () => undefined,
      now: () => nowMs,
      hunt: async ({ names }) => {
        searched.push(site);
        if (site === 'site-9' && isBusy) throw new Error('so many searches are waiting already');
        return { coverage: WHOLE, findings: names.includes('c2.example') ? [finding('192.0.2.7')] : [] };
      },
    });
  const reached = (): Reached[] =>
    sites.map((site) => ({ site, isHeard: !bus.cutOff.has(site), heardMs: NOW }));
  const askerOf = (): HuntAsker =>
    new HuntAsker({
      link: bus.link('head'),
      sign,
      open,
      sites: reached,
      store,
      report: () => undefined,
      now: () => nowMs,
      againMs: 3,
    });
  const asker = askerOf();
  await asker.start();
  bus.cutOff.add('site-8');
  const hunt = await asker.hunt({ names: ['c2.example'], sinceMs: 0 }, 5_000);
  t.same([...hunt.answers.keys()].sort(), ['site-7', 'site-9'], 'it does not wait for whoever is cut off');
  t.match(hunt.answers.get('site-7')?.findings, [{ client: { ip: '192.0.2.7' } }]);
  t.match(hunt.answers.get('site-9')?.error, /so many searches/);
  asker.stop();

  const restarted = askerOf();
  await restarted.start();
  t.teardown(() => restarted.stop());
  bus.cutOff.clear();
  isBusy = false;
  nowMs += 60_000;
  const forged = writeAnswer({ ...noAnswer, id: hunt.asked.id });
  const { privateKey: stolen } = generateKeyPairSync('ed25519');
  for (const octets of [forged, sealOf('site-8', stolen)(forged), sealOf('site-7', keys.privateKey)(forged)])
    bus.link('nats').tell(huntAnswer('site-8'), octets);
  while (
    (restarted.find(hunt.asked.id)?.answers.size ?? 0) < 3 ||
    restarted.find(hunt.asked.id)?.answers.get('site-9')?.error !== null
  )
    await turn();
  t.same(
    kept.get(hunt.asked.id)?.answers.size,
    3,
    'who is back is asked, and who could not is asked again, by a head that was restarted',
  );
  t.match(
    restarted.find(hunt.asked.id)?.answers.get('site-8')?.findings,
    { length: 1 },
    'what it said itself',
  );
  t.equal(searched.filter((site) => site === 'site-7').length, 1, 'who has answered is not asked again');
});

t.test(
  'a hunt that the head did not sign is not answered, and an answer that is none is not heard',
  async (t) => {
    const asked = {
      id: '00000000-0000-4000-8000-000000000000',
      names: ['a.example'],
      sinceMs: 0,
      sites: ['site-7'],
      askedMs: NOW,
    };
    const octets = writeAsked(asked, sign);
    t.same(readAsked(octets, isSigned), asked);
    t.equal(
      readAsked(octets, () => false),
      null,
    );
    t.equal(
      readAsked(new Uint8Array(70), () => true),
      null,
    );
    t.equal(readAsked(writeAsked({ ...asked, names: [1] as never }, sign), isSigned), null);
    t.equal(readAsked(writeAsked({ ...asked, askedMs: undefined as never }, sign), isSigned), null);
    const answer = {
      id: asked.id,
      coverage: WHOLE,
      findings: [finding('192.0.2.7')],
      furtherFindings: 0,
      error: null,
    };
    t.same(readAnswer(writeAnswer(answer)), answer);
    for (const wrong of [
      { ...answer, coverage: null },
      { ...answer, id: '../x' },
      { ...answer, coverage: undefined },
      { ...answer, coverage: 5 },
      ...Object.keys(WHOLE)
        .filter((part) => part !== 'unnamed')
        .map((part) => ({ ...answer, coverage: { ...WHOLE, [part]: undefined } })),
      { ...answer, coverage: { ...WHOLE, from: 'long ago' } },
      { ...answer, coverage: { ...WHOLE, unnamed: 'many' } },
      { ...answer, coverage: { ...WHOLE, gaps: [{ from: 'x', to: WHOLE.to, reason: 'killed' }] } },
      { ...answer, findings: [{}] },
      { ...answer, findings: [{ ...finding('192.0.2.7'), furtherNames: undefined }] },
      { ...answer, findings: [{ ...finding('192.0.2.7'), names: [{ name: 'a', last: '', count: 1 }] }] },
      { ...answer, furtherFindings: -1 },
    ])
      t.equal(readAnswer(writeAnswer(wrong as never)), null);
    const { rewritten, ...older } = ASKED;
    const gap = { from: '2026-11-02T00:00:00.000Z', to: '2026-11-03T00:00:00.000Z', reason: 'not running' };
    const ofOlder = {
      ...answer,
      coverage: { ...WHOLE, gaps: [gap] },
      findings: [{ ...finding('192.0.2.7'), names: [older] }],
    };
    t.match(
      readAnswer(writeAnswer(ofOlder as never)),
      {
        coverage: { gaps: [{ ...gap, text: /^Not watched from .*: cenote was not running\.$/ }] },
        findings: [{ names: [{ ...older, rewritten: 0 }] }],
      },
      'a site of an older release is understood',
    );
    const ofLater = { ...answer, coverage: { ...WHOLE, gaps: [{ ...gap, reason: 'moved' }] } };
    t.match(
      readAnswer(writeAnswer(ofLater as never))?.coverage?.gaps[0]?.text,
      /^Nothing, or not all, is known from 2026-11-02 00:00:00 to 2026-11-03 00:00:00 UTC\.$/,
      'of a site of a later release no reason is made up',
    );
    const many = Array.from({ length: 60_000 }, (_, i) =>
      finding(`2001:db8::${(i * 7919).toString(16)}:${(i * 104_729).toString(36)}`),
    );
    const cut = readAnswer(writeAnswer({ ...answer, findings: many }));
    t.equal(
      (cut?.findings.length ?? 0) + (cut?.furtherFindings ?? 0),
      many.length,
      'what one message does not hold is counted',
    );
  },
);

t.test('a site whose clock is wrong searches from when it was that time by its clock', async (t) => {
  const bus = new Bus();
  const hourMs = 3_600_000;
  const searched: number[] = [];
  const clocks = { right: 1_000, slow: -3 * hourMs, fast: 5 * hourMs };
  for (const [site, offMs] of Object.entries(clocks))
    answerHunts({
      ...{
        site,
        link: bus.link(site),
        isSigned,
        seal: sealOf(site, keys.privateKey),
        report: () => undefined,
      },
      now: () => NOW + offMs,
      hunt: async ({ sinceMs }) => {
        searched.push(sinceMs);
        return { coverage: WHOLE, findings: [] };
      },
    });
  const asker = new HuntAsker({
    ...{ link: bus.link('head'), sign, open, store: null, report: () => undefined, now: () => NOW },
    sites: () => Object.keys(clocks).map((site) => ({ site, isHeard: true, heardMs: NOW })),
  });
  await asker.start();
  t.teardown(() => asker.stop());
  const sinceMs = NOW - hourMs;
  await asker.hunt({ names: ['c2.example'], sinceMs }, 5_000);
  t.same(searched, [sinceMs, sinceMs - 3 * hourMs, sinceMs + 5 * hourMs]);
});

t.test('a hunt that was over is not answered again, whoever sends it again', async (t) => {
  const bus = new Bus();
  const told: string[] = [];
  const searched: number[] = [];
  answerHunts({
    site: 'site-7',
    link: bus.link('site-7'),
    isSigned,
    seal: (answer) => answer,
    report: (_, text) => told.push(text),
    now: () => NOW,
    hunt: async ({ sinceMs }) => {
      searched.push(sinceMs);
      return { coverage: WHOLE, findings: [] };
    },
  });
  for (const days of [9, 6]) {
    const askedMs = NOW - days * 86_400_000;
    const asked = { id: `00000000-0000-4000-8000-00000000000${days}`, names: ['a.example'], sinceMs: days };
    bus.link('head').tell(HUNT_ASKED, writeAsked({ ...asked, sites: ['site-7'], askedMs }, sign));
    await turn();
  }
  t.same(searched, [6]);
  t.match(told, [/over days ago/]);
});

t.test('a hunt for more than a message holds is refused, and never sent', async (t) => {
  const bus = new Bus();
  const sent: Uint8Array[] = [];
  bus.link('site-7').listen(HUNT_ASKED, (octets) => void sent.push(octets));
  const asker = new HuntAsker({
    link: bus.link('head'),
    sign,
    open,
    sites: () => [{ site: 'site-7', isHeard: true, heardMs: NOW }],
    store: null,
    report: () => undefined,
    now: () => NOW,
    againMs: 3,
  });
  await asker.start();
  t.teardown(() => asker.stop());
  const names = Array.from({ length: 20_000 }, () => `${randomBytes(60).toString('base64url')}.example`);
  await t.rejects(asker.hunt({ names, sinceMs: 0 }, 1), /hunt for fewer at once/);
  await new Promise((resolve) => void setTimeout(resolve, 20));
  t.same([asker.latest, sent], [[], []]);
});
