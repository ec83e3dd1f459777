// `npm run witness -- mutations`: takes mends out of cenote, one at a time, and says of each whether the witness notices.
//
// Each is one of the faults that were found by driving the product, put back in a copy of the sources. A line that is not there any more
// ends the run: the mend has moved, and so must its entry here.
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Mutation {
  /** What is false once it is taken out. */
  readonly what: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

const MUTATIONS: readonly Mutation[] = [
  {
    what: 'T1: a find names whoever has the address now',
    file: 'src/desk/hunts.ts',
    from: '  const { machines } = desk.context;\n  const known = machines.machine(machine);\n',
    to: '  const { machines } = desk.context;\n  const known = machines.machine(machine);\n  const there = textToAddress(ip);\n  if (there !== null) return desk.context.asker(there, group ?? groupNow(desk, ip), desk.options.now()).client;\n',
  },
  {
    what: 'T2: an incident is of an address, not of a machine',
    file: 'src/hits/incidents/registry.ts',
    from: 'const asking: Asking = { machine: hit.machine,',
    to: 'const asking: Asking = { machine: hit.client.ip,',
  },
  {
    what: 'T8: SERVFAIL and NXDOMAIN are told as answered',
    file: 'src/hits/standing.ts',
    from: '    default:\n      return 1;',
    to: '    default:\n      return 0;',
  },
  {
    what: 'T11: only the list that decides counts',
    file: 'src/hits/hit-context.ts',
    from: '    return this.#along(matcher, record, rule);',
    to: '    return this.ownMatch(meaning, rule, record);',
  },
  {
    what: 'T13: what a pause lets pass is told to nobody',
    file: 'src/desk/intake.ts',
    from: 'if (hit !== null) desk.keeper.add(hit);',
    to: 'if (hit === null) desk.keeper.add(hit as never);',
  },
  {
    what: 'T17: what led to a listed name in a pause is told to nobody, and found in the past later',
    file: 'src/desk/sightings/judge-way.ts',
    from: '    if (told.length === 0) continue;',
    to: '    if (told.length >= 0) continue;',
  },
  {
    what: 'T23: whoever is not watched is said to ask no more',
    file: 'src/desk/incident-watch.ts',
    from: "  return { reason: 'delisted', concern: null };",
    to: '  return SEEN;',
  },
  {
    what: 'T24: a find is told again at the next change',
    file: 'src/desk/past-watch.ts',
    from: '        tables.history.close(name, asked);',
    to: "        if (lastMs < 0) tables.history.close(name, asked);\n        tables.database.exec('DELETE FROM told');",
  },
  {
    what: 'T29: severity stays that of the first hit',
    file: 'src/hits/incidents/incident.ts',
    from: 'if (isGraver(severity, incident.severity) ||',
    to: 'if (',
  },
  {
    what: 'T37: what waits for a corrected receiver is dropped',
    file: 'src/alerts/heirs.ts',
    from: 'const gone = before.filter((name) => !now.includes(name));',
    to: 'const gone = before.filter(() => false);',
  },
  {
    what: 'T37: a receiver under another name is told again of what it was told of',
    file: 'src/alerts/outbox.ts',
    from: 'return [receiver, ...(this.#formerly.get(receiver) ?? [])];',
    to: 'return [receiver];',
  },
  {
    what: 'T30: what was not taken before quiet hours is told within them',
    file: 'src/alerts/delivery.ts',
    from: 'incident === null || !isQuietAt(',
    to: 'incident !== undefined || !isQuietAt(',
  },
  {
    what: 'T17: in a pause, what leads to a listed name is told of the first who asks',
    file: 'src/resolver/ends.ts',
    from: '    this.#repeats.forgo();\n    this.leads(query, leads);',
    to: '    this.leads(query, leads);',
  },
  {
    what: 'T50: hits that the history has nothing of are not counted beside what it has',
    file: 'src/hits/hunt/in-hits.ts',
    from: 'const isOwn = covered(question.name);\n    const isKept = !isBeside(textToMoment(hit.time));',
    to: 'const isOwn = covered(question.name);\n    const isKept = isBeside(0) || true;',
  },
  {
    what: 'T39: the target of an own alias is answered from the cache, unjudged',
    file: 'src/resolver/walk.ts',
    from: '      : this.#resolve(asked);',
    to: '      : this.#fromCacheOrForward(asked);',
  },
  {
    what: 'T55: hits of the journal have the answer of today',
    file: 'src/desk/keeper.ts',
    from: 'context.answer(of, means, answer ?? undefined)',
    to: 'context.answer(of, means, answer === null ? undefined : undefined)',
  },
  {
    what: 'T55: hits of the journal are of whoever has the address now',
    file: 'src/desk/keeper.ts',
    from: 'asker: (address, name, timeMs) => context.asker(address, name, timeMs),',
    to: 'asker: (address, name, timeMs) => context.asker(address, name, timeMs + 86_400_000),',
  },
  {
    what: 'T77: one campaign on two lists is two finds',
    file: 'src/hits/hunt/rule-hunt.ts',
    from: 'const keyOf = onlyNews ? tellingKey : listKey;',
    to: 'const keyOf = onlyNews ? listKey : tellingKey;',
  },
  {
    what: 'an incident keeps what came of its first find only',
    file: 'src/hits/incidents/incident.ts',
    from: 'got: tallyOfBoth(a.got ?? {}, b.got ?? {})',
    to: 'got: tallyOfBoth(a.got ?? {}, {})',
  },
];

const ROOT = join(import.meta.dirname, '..', '..');
/** Offices of 20 days each, until one notices. */
const OFFICES = 16;
const DAYS = 20;

const isNoticedBy = (dir: string, seed: number, office: number): Promise<boolean> =>
  new Promise((resolve) => {
    const words = ['test/witness/main.ts', '--seed', `${seed}`, '--office', `${office}`, '--days', `${DAYS}`];
    spawn(process.execPath, words, { cwd: dir, stdio: 'ignore' }).on('exit', (status) =>
      resolve(status !== 0),
    );
  });

/** @returns the first office that noticed; null: none did */
async function noticedBy(dir: string, seed: number): Promise<number | null> {
  for (let office = 0; office < OFFICES; office += 1) if (await isNoticedBy(dir, seed, office)) return office;
  return null;
}

function copyOf(sources: string): string {
  const dir = mkdtempSync(join(sources, 'copy-'));
  for (const name of ['src', 'test', 'package.json', 'tsconfig.json'])
    cpSync(join(ROOT, name), join(dir, name), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(dir, 'node_modules'));
  return dir;
}

/** @param from leaves out so many of the first @returns whether the witness noticed the loss of each */
export async function tryMutations(seed: number, from: number, jobs: number): Promise<boolean> {
  const all = mkdtempSync(join(tmpdir(), 'cenote-mutations-'));
  let isWhole = true;
  const left = MUTATIONS.slice(from)[Symbol.iterator]();
  const trySome = async (): Promise<void> => {
    const dir = copyOf(all);
    for (const { what, file, from: mended, to } of left) {
      const path = join(dir, file);
      const text = readFileSync(path, 'utf8');
      if (!text.includes(mended)) throw new Error(`${file} does not say any more: ${mended}`);
      writeFileSync(
        path,
        text.replace(mended, () => to),
      );
      const noticed = await noticedBy(dir, seed);
      writeFileSync(path, text);
      console.log(`${noticed === null ? 'NOT noticed' : `noticed by office ${noticed}`}: ${what}`);
      isWhole &&= noticed !== null;
    }
  };
  try {
    const sound = await noticedBy(copyOf(all), seed);
    if (sound !== null) throw new Error(`office ${sound} of seed ${seed} has stories without any mutation`);
    await Promise.all(Array.from({ length: jobs }, trySome));
  } finally {
    rmSync(all, { recursive: true, force: true });
  }
  return isWhole;
}
