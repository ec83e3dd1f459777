// Entry of the helper process that compiles lists: `daemon` starts it with a CompileTask.
//
// Shared memory cannot be sent to a process. So the rule set goes the way of the next start: into the draft of a snapshot,
// whose tables whoever asked reads where all its threads can see them. Where the disk takes no draft, the tables go over the
// channel, in pieces.
import { type Say, serveParent } from '../offload/child.ts';
import { giveTextsBack } from '../offload/garbage.ts';
import type { RuleSet } from '../policy/rule.ts';
import { sizeOf } from './body.ts';
import { type CompileRequest, type CompileResult, compileRuleSet } from './compile.ts';
import { copyAside, drop } from './library/disk.ts';
import type { TextCopy } from './library/keep.ts';
import { type Draft, draftSnapshot } from './library/snapshot.ts';

/** The parts of a rule set that threads share. */
export type SharedPart = 'trie' | 'addresses';

/** Files that are written aside; whoever asked settles or drops them. */
export interface Asides {
  /** A draft of the snapshot that the rules are in; null where there is none, and where it was tried in vain. */
  readonly draft: Draft | null;
  /** Texts of lists, as far as they can be copied. */
  readonly copies: readonly TextCopy[];
}

/** What the process is asked. */
export interface CompileTask extends Asides {
  readonly request: CompileRequest;
}

/** What the process says; `done` is its last word, and each part is whole by then. */
export type CompileMessage =
  | { readonly kind: 'progress'; readonly octets: number; readonly octetsTotal: number }
  /** A part is about to come. */
  | { readonly kind: 'part'; readonly part: SharedPart; readonly octetsTotal: number }
  /** What comes next of the part reported last. */
  | { readonly kind: 'piece'; readonly octets: Uint8Array }
  | {
      readonly kind: 'done';
      readonly ruleSet: Omit<RuleSet, SharedPart>;
      readonly lists: CompileResult['lists'];
      /** What was written of what was asked; without a draft, the tables came over the channel. */
      readonly asides: Asides;
    };

const PROGRESS_OCTETS = 4_194_304;
/** Small enough that taking one in delays nothing on the thread that does. */
const PIECE_OCTETS = 262_144;

type SayMessage = (message: CompileMessage) => Promise<void>;

async function work({ request, draft, copies }: CompileTask, say: SayMessage): Promise<void> {
  let said = 0;
  const octetsTotal = totalOf(request);
  const { ruleSet, lists } = await compileRuleSet(request, {
    onRead: giveTextsBack,
    onProgress: (octets) => {
      if (octets - said < PROGRESS_OCTETS) return;
      said = octets;
      void say({ kind: 'progress', octets, octetsTotal });
    },
  });
  // A helper that got no processor is ended and started anew: what it had written is in the way of the second.
  for (const path of [draft?.path, ...copies.map(({ to }) => to)]) if (path !== undefined) await drop(path);
  const written = draft !== null && (await isDone(draftSnapshot(draft, ruleSet))) ? draft : null;
  if (written === null) await sayTables(ruleSet, say);
  const { trie, addresses, ...rest } = ruleSet;
  const made: TextCopy[] = [];
  for (const copy of copies) if (await isDone(copyAside(copy.from, copy.to))) made.push(copy);
  await say({ kind: 'done', ruleSet: rest, lists, asides: { draft: written, copies: made } });
}

function isDone(work: Promise<void>): Promise<boolean> {
  return work.then(
    () => true,
    () => false,
  );
}

async function sayTables({ trie, addresses }: RuleSet, say: SayMessage): Promise<void> {
  for (const [part, shared] of [
    ['trie', trie],
    ['addresses', addresses],
  ] as const) {
    await say({ kind: 'part', part, octetsTotal: shared.byteLength });
    for (let at = 0; at < shared.byteLength; at += PIECE_OCTETS) {
      const octets = new Uint8Array(shared, at, Math.min(PIECE_OCTETS, shared.byteLength - at));
      await say({ kind: 'piece', octets });
    }
  }
}

/** Octets of all bodies that can be opened; a second pass, which is rare, goes beyond. */
function totalOf(request: CompileRequest): number {
  let total = 0;
  for (const { body } of request.lists) {
    try {
      total += body === null ? 0 : sizeOf(body);
    } catch {
      // Compiling says what is wrong with it.
    }
  }
  return total;
}

serveParent((request: unknown, say: Say) => work(request as CompileTask, say));
