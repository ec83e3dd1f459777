// A fleet as a test writes it down: a head with a site that has the newest and one that is cut off.
import type { FleetState, SiteView } from '../../src/admin/served/fleet-view.ts';

const SITE: SiteView = {
  site: 'site-6',
  condition: 'current',
  since: '2026-11-23T10:02:07.000Z',
  heard: '2026-11-23T11:59:58.000Z',
  revision: 12,
  inForceSince: '2026-11-23T10:02:07.000Z',
  refused: null,
  behind: null,
  own: null,
  unused: [],
  version: '0.1.0',
  started: '2026-11-20T08:00:00.000Z',
  names: 21,
  lists: [{ name: '3cx-2023', state: 'good', entries: 21, good: '2026-11-23T10:02:07.000Z' }],
  upstreams: [{ name: '9.9.9.9:53', healthy: true }],
  backlog: 0,
  clockOffsetMs: 12,
  clockWrong: false,
};

export const FLEET: FleetState = {
  view: () => ({
    site: 'head',
    role: 'head',
    link: {
      up: true,
      since: '2026-11-20T08:00:00.000Z',
      server: 'nats.example',
      serverVersion: '2.11.0',
      why: null,
    },
    policy: null,
    home: { waiting: 0, heard: '2026-11-23T11:59:58.000Z', says: 'all that happened here is at the head' },
    head: {
      key: 'A'.repeat(43),
      revision: 12,
      published: '2026-11-23T10:02:05.000Z',
      change: '3cx-2023: 21 names more',
      isAhead: false,
      waits: null,
      says: [
        'Revision 12 (3cx-2023: 21 names more) is in force at 1 of 2 sites since 10:02:07 UTC.',
        'site-7 is cut off since 09:30:12 UTC and held revision 11 then.',
      ],
      isLagging: true,
      sites: [SITE, { ...SITE, site: 'site-7', condition: 'silent', revision: 11, backlog: 1200 }],
      removed: [{ site: 'site-3', since: '2026-11-22T08:00:00.000Z', heard: null }],
    },
  }),
  across: () => null,
  publish: async () => ({ revision: 12, change: 'nothing', isSame: true, waits: null }),
  invite: () => {
    throw new Error('nobody is invited here');
  },
  remove: async (site) => ({ site, nkey: null, users: '/data/fleet/head/nats-users.conf' }),
};
