// The line above all views: whether cenote answers, how it is, and whether blocking is paused. It cannot look well when cenote is gone.
import { ask } from '../ask.js';
import { html, useEffect } from '../kit.js';
import { isSignedIn, noteFailure, signedOut, useAsk, useLive } from '../live.js';
import { clock, duration, number, problems } from '../words.js';
import { act, takeBack } from './act.js';
import { useNow } from './bits.js';

export function Header() {
  const { connection, pulse, rate } = useLive();
  const now = useNow();
  const uptime = pulse === null ? 0 : (now - Date.parse(pulse.startedAt)) / 1000;
  return html`<header class=${connection.kind === 'silent' ? 'gone' : ''}>
    <h1><a href="#now">cenote</a></h1>
    <p id="state" role="status">${stateOf(connection, pulse)}</p>
    ${
      connection.kind === 'live' &&
      pulse !== null &&
      html`
      <p id="rate" class="dim">${rate === null ? '' : `${number(Math.round(rate * 10) / 10)} queries/s · `}up ${duration(uptime)}</p>
      <${Paused} pulse=${pulse} now=${now} />
      <${Who} />`
    }
  </header>`;
}

/** @param {import('../live.js').Live['connection']} connection @param {import('../live.js').Live['pulse']} pulse */
function stateOf(connection, pulse) {
  if (connection.kind === 'door') return html`<strong class="warn">nobody is signed in</strong>`;
  if (connection.kind === 'silent')
    return html`<strong class="bad">cenote does not answer since ${clock(connection.since)}</strong>
      ${pulse !== null && html`<span> · what is shown is of before</span>`}`;
  if (connection.kind === 'asking' || pulse === null) return html`<strong>asking…</strong>`;
  const { healthy, ready, concerns } = pulse;
  if (!healthy)
    return html`<strong class="bad">not healthy</strong> <a href="#now">${problems(concerns)}</a>`;
  if (concerns > 0 || !ready)
    return html`<strong class="warn">needs attention</strong> <a href="#now">${problems(concerns)}</a>`;
  return html`<strong class="good">healthy</strong>`;
}

/** @param {{ pulse: import('../../../events/pulse.ts').PulseView, now: number }} props */
function Paused({ pulse, now }) {
  const { paused } = pulse;
  const [first] = paused;
  const isOne = paused.length > 1 && paused.every(({ until }) => until === first?.until);
  const all = [
    ...(isOne
      ? [
          {
            who:
              paused.length > 3
                ? `${number(paused.length)} groups`
                : `groups ${paused.map(({ group }) => group).join(', ')}`,
            until: first?.until ?? null,
            end: () => ask('resume', {}),
          },
        ]
      : paused.map(({ group, until }) => ({
          who: `group ${group}`,
          until,
          end: () => ask('resume', { group }),
        }))),
    ...pulse.pausedMachines.map(({ id, client, until }) => ({ who: client, until, end: () => takeBack(id) })),
  ];
  return html`<div id="pause">
    ${all.map(
      ({ who, until, end }) => html`<p key=${who} class="warn">
      Nothing is blocked for ${who}${until === null ? '' : html`, <span role="timer">${duration((Date.parse(until) - now) / 1000)}</span> left`}${' '}
      <button type="button" data-needs="admin" aria-label=${`Block again for ${who}`} onClick=${() => end().catch(noteFailure)}>Block again</button>
    </p>`,
    )}
    <button type="button" data-needs="admin" onClick=${() => act({ action: 'pause' })}>Pause</button>
  </div>`;
}

/** Who is signed in, and the way out. The style sheet hides what another role needs. */
function Who() {
  const { data } = useAsk('session', { everyMs: 60_000 });
  const who = /** @type {import('../../../door/identity.ts').Identity | null} */ (data);
  useEffect(() => {
    if (who !== null) isSignedIn(who);
  }, [who?.role, who?.name]);
  if (who === null || who.way === 'loopback' || who.way === 'socket') return null;
  const out = () => ask('sign-out', {}).then(signedOut, noteFailure);
  return html`<p id="who" class="dim">${who.name}, ${who.role} <button type="button" class="link" onClick=${out}>Sign out</button></p>`;
}
