// A site answers the head's hunts from its own history, each once at a time; one that is asked again is told again.
import { LRUCache } from 'lru-cache';
import { messageOf } from '../../config/coded-error.ts';
import type { Coverage } from '../../hits/coverage.ts';
import type { IsSigned } from '../signing.ts';
import { CLOCK_MS } from '../state/site-table.ts';
import { HUNT_ASKED, huntAnswer } from '../subjects.ts';
import {
  HUNT_OPEN_MS,
  type HuntAnswer,
  type HuntWanted,
  readAsked,
  type SiteFinding,
  writeAnswer,
} from './messages.ts';

export interface AnswererOptions {
  readonly site: string;
  readonly link: {
    listen(subject: string, heard: (octets: Uint8Array) => void): void;
    tell(subject: string, octets: Uint8Array): void;
  };
  readonly isSigned: IsSigned;
  /** As this site, what it answers. */
  readonly seal: (answer: Uint8Array) => Uint8Array;
  readonly hunt: (wanted: HuntWanted) => Promise<{
    readonly coverage: Coverage;
    readonly findings: readonly SiteFinding[];
  }>;
  readonly report: (level: 'info' | 'warn', text: string) => void;
  /** Wall clock, ms. */
  readonly now: () => number;
}

const KEPT = 16;
/** How far the head's clock and this one may be apart. */
const APART_MS = 86_400_000;

/** Listens for hunts from now on. */
export function answerHunts({ site, link, isSigned, seal, hunt, report, now }: AnswererOptions): void {
  const answers = new LRUCache<string, Promise<Uint8Array>>({ max: KEPT });
  link.listen(HUNT_ASKED, (octets) => {
    const asked = readAsked(octets, isSigned);
    if (asked === null) {
      report('warn', 'a hunt came that the head did not sign; it is not answered');
      return;
    }
    if (!asked.sites.includes(site)) return;
    // What happened here is by this clock.
    const offMs = asked.sentMs === undefined ? 0 : now() - asked.sentMs;
    const aheadMs = Math.abs(offMs) > CLOCK_MS ? offMs : 0;
    if (now() - asked.askedMs > HUNT_OPEN_MS + APART_MS) {
      report('warn', 'a hunt came that was over days ago, by this clock; it is not answered');
      return;
    }
    const answer =
      answers.get(asked.id) ??
      answered(
        asked.id,
        () => hunt({ ...asked, sinceMs: asked.sinceMs + aheadMs }),
        () => answers.delete(asked.id),
      );
    answers.set(asked.id, answer);
    void answer.then((told) => link.tell(huntAnswer(site), seal(told)));
  });
}

async function answered(
  id: string,
  hunt: () => ReturnType<AnswererOptions['hunt']>,
  failed: () => void,
): Promise<Uint8Array> {
  try {
    const { coverage, findings } = await hunt();
    return writeAnswer({ id, coverage, findings, furtherFindings: 0, error: null });
  } catch (error) {
    failed();
    const why = messageOf(error);
    return writeAnswer({
      id,
      coverage: null,
      findings: [],
      furtherFindings: 0,
      error: why,
    } satisfies HuntAnswer);
  }
}
