// Whether cenote answers, and what it says of itself every two seconds. Everything that is shown goes by this: when it falls silent,
// nothing may look as if it were of now.
import { ask, Failure, follow, messageOf } from './ask.js';
import { forgetKept } from './kept.js';
import { useEffect, useRef, useState } from './kit.js';

/** @import { PulseView } from '../../events/pulse.ts' */
/** @import { Identity } from '../../door/identity.ts' */
/**
 * @typedef {{ kind: 'asking' } | { kind: 'door', said: string, isKept: boolean } | { kind: 'live' } | { kind: 'silent', since: Date, why: string }} Connection
 * @typedef {{ connection: Connection, pulse: PulseView | null, rate: number | null }} Live
 */

/** Pulses come every two seconds. */
const SILENCE_MS = 6_500;
const AGAIN_MS = 1_000;

/** @type {Live} */
let live = { connection: { kind: 'asking' }, pulse: null, rate: null };
/** @type {Set<(live: Live) => void>} */
const watchers = new Set();

/** @param {Partial<Live>} change */
function tell(change) {
  live = { ...live, ...change };
  for (const watcher of watchers) watcher(live);
}

/** @returns {Live} */
export function useLive() {
  const [now, setNow] = useState(live);
  useEffect(() => {
    watchers.add(setNow);
    setNow(live);
    return () => void watchers.delete(setNow);
  }, []);
  return now;
}

/** @param {PulseView} pulse */
function beat(pulse) {
  const before = live.pulse;
  const seconds = before === null ? 0 : (Date.parse(pulse.time) - Date.parse(before.time)) / 1000;
  // Another start counts from 0.
  const isSame = before !== null && before.startedAt === pulse.startedAt && pulse.queries >= before.queries;
  const rate = isSame && seconds > 0.5 && seconds < 30 ? (pulse.queries - before.queries) / seconds : null;
  tell({ connection: { kind: 'live' }, pulse, rate: isSame ? (rate ?? live.rate) : null });
}

/** Asked again when what is in force has changed, and at no other time. */
export const WHEN_CHANGED = Number.POSITIVE_INFINITY;

/** What went wrong with any question changes what may be believed. @param {unknown} error */
export function noteFailure(error) {
  if (!(error instanceof Failure) || error.kind === 'said') return;
  if (error.kind === 'door') {
    if (live.connection.kind === 'door') return;
    const wasOpen = live.pulse !== null;
    shut(wasOpen ? 'The sign-in is over. What was being written is kept.' : '', wasOpen);
    return;
  }
  if (live.connection.kind === 'silent' || live.connection.kind === 'door') return;
  tell({ connection: { kind: 'silent', since: new Date(), why: error.message } });
}

/** What a view says of what it asked for: that cenote is silent, or wants a sign-in, stands above all views. @param {unknown} error */
export const failureText = (error) =>
  error instanceof Failure && error.kind !== 'said' ? '' : messageOf(error);

/** @param {string} said @param {boolean} isKept whether what is below waits for the same person */
function shut(said, isKept) {
  if (!isKept) {
    forgetKept();
    const { dataset } = document.documentElement;
    delete dataset['user'];
    delete dataset['role'];
  }
  tell({ connection: { kind: 'door', said, isKept }, pulse: null, rate: null });
}

/** @type {AbortController | null} */
let following = null;

/** The other tabs of this browser, which have the same session. */
const others = new BroadcastChannel('cenote');

/** Nothing of what was shown stays, in no tab. */
export function signedOut() {
  others.postMessage('out');
  close('Signed out.');
}

/** @param {string} said */
function close(said) {
  shut(said, false);
  following?.abort();
}

/** Somebody signed in here. */
export async function signedIn() {
  others.postMessage('in');
  await opened();
}

async function opened() {
  isSignedIn(await /** @type {Promise<Identity>} */ (ask('session')));
  lookAgain();
}

/** Who the session is of. What somebody else was shown and has written here is not for him. @param {Identity} who */
export function isSignedIn({ name, role }) {
  const { dataset } = document.documentElement;
  if (dataset['user'] === undefined || dataset['user'] === name) {
    Object.assign(dataset, { role, user: name });
    return;
  }
  forgetKept();
  location.reload();
}

others.addEventListener('message', ({ data }) => {
  if (data === 'out') close('Signed out in another tab.');
  else opened().catch(noteFailure);
});

/** When somebody looks again. */
export function lookAgain() {
  if (live.connection.kind === 'door') tell({ connection: { kind: 'asking' } });
  following?.abort();
}

const isSeen = () => !document.hidden && live.connection.kind !== 'door';

/** Listens for as long as the page is there. */
export async function listen() {
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) following?.abort();
    // What was shown before the page was hidden is old until cenote has answered again.
    else if (live.connection.kind === 'live') tell({ connection: { kind: 'asking' } });
  });
  for (;;) {
    if (isSeen()) await once();
    await new Promise((resolve) =>
      setTimeout(resolve, isSeen() && live.connection.kind !== 'silent' ? 50 : AGAIN_MS / 4),
    );
  }
}

async function once() {
  const own = new AbortController();
  following = own;
  let timer = setTimeout(() => own.abort(), SILENCE_MS);
  let isBeating = false;
  try {
    await follow(
      'pulse',
      (/** @type {PulseView} */ pulse) => {
        isBeating = true;
        clearTimeout(timer);
        timer = setTimeout(() => own.abort(new Error('silent')), SILENCE_MS);
        beat(pulse);
      },
      own.signal,
    );
  } catch (error) {
    if (document.hidden) return;
    if (error instanceof Failure && error.kind === 'said') noteFailure(new Failure('silent', error.message));
    // A proxy may hold events back: then it is asked.
    else if (isBeating || !(await askOnce())) noteFailure(error);
    if (live.connection.kind === 'silent') await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  } finally {
    clearTimeout(timer);
  }
}

async function askOnce() {
  try {
    beat(/** @type {PulseView} */ (await ask('pulse')));
    return true;
  } catch (error) {
    noteFailure(error);
    return true;
  }
}

/**
 * What the API says of `path`, asked again every so often while somebody looks and cenote answers, and at once when what is in force
 * has changed.
 * @template T
 * @param {string | null} path null: nothing is asked
 * @param {{ everyMs?: number }} [options] 0: once; or WHEN_CHANGED
 * @returns {{ data: T | null, failure: string, again: () => Promise<void> }}
 */
export function useAsk(path, { everyMs = 5_000 } = {}) {
  const { connection, pulse } = useLive();
  const [got, setGot] = useState(
    /** @type {{ path: string | null, data: T | null, failure: string }} */ ({
      path: null,
      data: null,
      failure: '',
    }),
  );
  const wanted = useRef(path);
  wanted.current = path;
  const again = async () => {
    if (path === null) return;
    try {
      const data = /** @type {T} */ (await ask(path));
      // What is as it was is not drawn anew.
      if (wanted.current === path)
        setGot((before) =>
          before.path === path && before.failure === '' && isSame(before.data, data)
            ? before
            : { path, data, failure: '' },
        );
    } catch (error) {
      noteFailure(error);
      if (wanted.current !== path || !(error instanceof Error)) return;
      setGot((before) => ({
        path,
        data: before.path === path ? before.data : null,
        failure: failureText(error),
      }));
    }
  };
  const isLive = connection.kind === 'live';
  useEffect(() => {
    if (!isLive || path === null) return undefined;
    let isOver = false;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let timer;
    const loop = async () => {
      await again();
      if (!isOver && everyMs > 0 && everyMs !== WHEN_CHANGED) timer = setTimeout(loop, everyMs);
    };
    void loop();
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [path, isLive, everyMs, everyMs > 0 ? pulse?.revision : 0]);
  return { data: got.path === path ? got.data : null, failure: got.path === path ? got.failure : '', again };
}

/** @param {unknown} one @param {unknown} other both as JSON has them */
const isSame = (one, other) => JSON.stringify(one) === JSON.stringify(other);
