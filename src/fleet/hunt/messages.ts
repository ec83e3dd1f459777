// A hunt as it goes to the sites, signed by the head, and what each answers. Both come from another machine and are bounded.
import { type Coverage, gapText } from '../../hits/coverage.ts';
import type { AskedInPast } from '../../hits/find.ts';
import type { HitClient } from '../../hits/hit.ts';
import {
  isUuid,
  MESSAGE_OCTETS_MAX,
  packed,
  signedBody,
  unpackedObject,
  withSignature,
} from '../messages/packed.ts';
import type { IsSigned, Sign } from '../signing.ts';

/** What is looked for. */
export interface HuntWanted {
  /** Presentation form, lower case: each and all below it. */
  readonly names: readonly string[];
  /** Lists by name; null: all that alert; absent: none. */
  readonly lists?: readonly string[] | null;
  readonly sinceMs: number;
}

export interface HuntAsked extends HuntWanted {
  readonly id: string;
  /** Who is to answer. */
  readonly sites: readonly string[];
}

/** As it is sent. */
export interface HuntSent extends HuntAsked {
  /** By the head's clock, ms: a site answers none that is over. */
  readonly askedMs: number;
  /** Likewise, when this message was sent: what a site's own clock is ahead by. Absent: a head of an earlier release sent it. */
  readonly sentMs?: number;
}

/** What a site found of one machine. */
export interface SiteFinding {
  readonly client: HitClient;
  readonly list: string | null;
  readonly rules: readonly string[];
  readonly names: readonly AskedInPast[];
  readonly furtherNames: number;
}

export interface HuntAnswer {
  readonly id: string;
  /** Null where `error` says why there is none. */
  readonly coverage: Coverage | null;
  readonly findings: readonly SiteFinding[];
  /** Machines beyond those. */
  readonly furtherFindings: number;
  /** Why it could not be searched. */
  readonly error: string | null;
}

export const HUNT_NAMES_MAX = 20_000;
/** So long sites that were cut off are asked. */
export const HUNT_OPEN_MS: number = 7 * 86_400_000;
const SITES_MAX = 10_000;
const UNPACKED_MAX = 16 * 1024 * 1024;

/** @throws Error when it is more than one message holds */
export function writeAsked(asked: HuntSent, sign: Sign): Uint8Array {
  const body = packed(asked);
  if (body.length > MESSAGE_OCTETS_MAX)
    throw new Error(
      `a hunt of ${asked.names.length} names is more than one message holds; hunt for fewer at once`,
    );
  return withSignature(body, sign);
}

/** @returns null when it is none, or the head did not sign it */
export function readAsked(octets: Uint8Array, isSigned: IsSigned): HuntSent | null {
  const body = signedBody(octets, isSigned);
  const asked = body === null ? null : (unpackedObject(body, UNPACKED_MAX) as HuntSent | null);
  if (asked === null) return null;
  const { id, names, lists, sinceMs, sites, askedMs, sentMs = askedMs } = asked;
  const isRight =
    isUuid(id) &&
    areTexts(names, HUNT_NAMES_MAX) &&
    (lists === undefined || lists === null || areTexts(lists, HUNT_NAMES_MAX)) &&
    Number.isSafeInteger(sinceMs) &&
    Number.isSafeInteger(askedMs) &&
    Number.isSafeInteger(sentMs) &&
    areTexts(sites, SITES_MAX);
  return isRight ? asked : null;
}

/** As many machines as one message holds. */
export function writeAnswer(answer: HuntAnswer): Uint8Array {
  const octets = packed(answer);
  const { findings, furtherFindings } = answer;
  if (octets.length <= MESSAGE_OCTETS_MAX || findings.length === 0) return octets;
  const kept = findings.slice(0, Math.floor(findings.length / 2));
  const cut = findings.length - kept.length;
  return writeAnswer({ ...answer, findings: kept, furtherFindings: furtherFindings + cut });
}

/** @returns null when it is none */
export function readAnswer(octets: Uint8Array): HuntAnswer | null {
  const answer = unpackedObject(octets, UNPACKED_MAX) as HuntAnswer | null;
  if (answer === null) return null;
  const { id, coverage, findings, furtherFindings, error } = answer;
  const isRight =
    isUuid(id) &&
    (coverage === null || isCoverage(coverage)) &&
    Array.isArray(findings) &&
    findings.every(isFinding) &&
    isCount(furtherFindings) &&
    (error === null || typeof error === 'string') &&
    (error !== null || coverage !== null);
  return isRight ? completed(answer) : null;
}

/** With what a site of an older release does not say: a sentence for each gap, names that are not kept, and rewritten answers, which it counts among the blocked. */
export function completed(answer: HuntAnswer): HuntAnswer {
  const { coverage } = answer;
  return {
    ...answer,
    coverage:
      coverage === null
        ? null
        : {
            ...coverage,
            unnamed: coverage.unnamed ?? 0,
            gaps: coverage.gaps.map((gap) => ({ ...gap, text: gapText(gap) })),
          },
    findings: answer.findings.map((finding) => ({
      ...finding,
      names: finding.names.map((asked) => ({ ...asked, rewritten: asked.rewritten ?? 0 })),
    })),
  };
}

function isCoverage(coverage: Partial<Coverage> = {}): boolean {
  const { from, to, gaps, furtherGaps, lost, unnamed = 0, waiting, gapsUnknownUntil, isWhole } = coverage;
  return (
    (from === null || isMoment(from)) &&
    isMoment(to) &&
    (gapsUnknownUntil === null || isMoment(gapsUnknownUntil)) &&
    [furtherGaps, lost, unnamed, waiting].every(isCount) &&
    typeof isWhole === 'boolean' &&
    Array.isArray(gaps) &&
    gaps.every((gap) => isMoment(gap?.from) && isMoment(gap.to) && typeof gap.reason === 'string')
  );
}

const isMoment = (text: unknown): boolean => typeof text === 'string' && !Number.isNaN(Date.parse(text));

function isFinding(finding: SiteFinding): boolean {
  return (
    typeof finding?.client?.ip === 'string' &&
    (finding.list === null || typeof finding.list === 'string') &&
    isCount(finding.furtherNames) &&
    Array.isArray(finding.names) &&
    finding.names.every(isAsked)
  );
}

const isAsked = (asked: AskedInPast): boolean =>
  typeof asked?.name === 'string' &&
  typeof asked.first === 'string' &&
  typeof asked.last === 'string' &&
  isCount(asked.count);

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0;

const areTexts = (value: unknown, max: number): boolean =>
  Array.isArray(value) && value.length <= max && value.every((text) => typeof text === 'string');
