// Every NATS subject and stream of a fleet, in one place: what permissions name, too.

/** Before each subject, so that an account may be shared with other programs. */
const ROOT = 'cenote';

export const STREAMS = {
  /** The policy in force and what it is made of; the last message of each subject. */
  policy: 'CENOTE_POLICY',
  /** The last state that each site told. */
  state: 'CENOTE_STATE',
} as const;

export const SUBJECTS = {
  policy: `${ROOT}.policy`,
  /** All parts of contents. */
  blobs: `${ROOT}.blob.>`,
  wakeAll: `${ROOT}.wake.all`,
  states: `${ROOT}.state.*`,
} as const;

/** A part of a content that is named by the SHA-256 of its octets. */
export const blobSubject = (sha256: string, part: number): string => `${ROOT}.blob.${sha256}.${part}`;
export const blobParts = (sha256: string): string => `${ROOT}.blob.${sha256}.>`;
export const wakeSubject = (site: string): string => `${ROOT}.wake.${site}`;
export const stateSubject = (site: string): string => `${ROOT}.state.${site}`;
export const hitsSubject = (site: string): string => `${ROOT}.hits.${site}`;
/** What the consumer has committed to the store. */
export const doneSubject = (site: string): string => `${ROOT}.done.${site}`;
/** A hunt that all sites answer. */
export const HUNT_ASKED: string = `${ROOT}.hunt.asked`;
export const huntAnswer = (site: string): string => `${ROOT}.hunt.answer.${site}`;
export const HUNT_ANSWERS: string = `${ROOT}.hunt.answer.*`;
/** What a site calls its machines, and asks of others. */
export const namesSubject = (site: string): string => `${ROOT}.names.${site}`;
export const ALL_NAMES: string = `${ROOT}.names.*`;
/** What others call machines that a site asked for. */
export const namedSubject = (site: string): string => `${ROOT}.named.${site}`;
/** Keeps what a site sends home until it is in the store. */
export const hitsStream = (site: string): string => `CENOTE_HITS_${site}`;
export const inboxPrefix = (site: string): string => `_INBOX.${site}`;

/** Where the last message of a subject is asked for without a consumer (direct get). */
export const directGet = (stream: string, subject: string): string =>
  `$JS.API.DIRECT.GET.${stream}.${subject}`;

/** What a site may do, and nothing else. */
export function permissionsOf(site: string): { readonly publish: string[]; readonly subscribe: string[] } {
  return {
    publish: [
      hitsSubject(site),
      `${hitsSubject(site)}.>`,
      stateSubject(site),
      huntAnswer(site),
      namesSubject(site),
      directGet(STREAMS.policy, SUBJECTS.policy),
      directGet(STREAMS.policy, SUBJECTS.blobs),
    ],
    subscribe: [
      `${inboxPrefix(site)}.>`,
      SUBJECTS.wakeAll,
      wakeSubject(site),
      doneSubject(site),
      namedSubject(site),
      HUNT_ASKED,
    ],
  };
}

/** What a head may do: all of the fleet, and JetStream's own interface. */
export function permissionsOfHead(site: string): {
  readonly publish: string[];
  readonly subscribe: string[];
} {
  return {
    publish: [`${ROOT}.>`, '$JS.API.>', '$JS.ACK.>'],
    subscribe: [`${ROOT}.>`, `${inboxPrefix(site)}.>`],
  };
}
