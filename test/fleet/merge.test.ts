import t from 'tap';
import type { Overridable } from '../../src/config/meant/fleet.ts';
import { overlayOf, publishedList, unusedOf } from '../../src/fleet/policy/merge.ts';

const sha256 = 'a'.repeat(64);
const policy = (override: readonly Overridable[]) => ({
  revision: 7,
  parts: {
    lists: { evil: { action: 'sinkhole' }, inline: { names: ['x.test'] } },
    groups: {
      default: { clients: ['any'], lists: ['evil', 'inline'] },
      tills: { clients: ['192.0.2.0/24'], lists: ['evil'] },
    },
    sinkhole: { answer: 'nullip', ttl: '30s' },
    local: { records: ['head.test A 192.0.2.1'], hosts: '/etc/hosts' },
  },
  published: ['lists', 'groups', 'sinkhole', 'local', 'contact'] as const,
  override: [...override],
  contents: { evil: { isFolder: false, entries: 1, files: [{ name: 'f', sha256, octets: 3 }] } },
});
const OWN = {
  workers: 2,
  upstreams: { default: ['192.0.2.53'] },
  lists: { evil: { names: [], action: 'allow' }, own: { names: ['own.test'] } },
  groups: {
    tills: { clients: ['198.51.100.0/24'], lists: ['own'] },
    guests: { clients: ['203.0.113.0/24'], lists: ['own'] },
  },
  sinkhole: { ttl: '5s' },
  local: { records: ['nas.test A 192.0.2.9'], canaries: false },
  contact: ['mailto:me@site.test'],
};
const merged = (...override: Overridable[]): Record<string, never> => {
  const { published, ...others } = policy(override);
  const texts = { contents: '/c', folders: '/f' };
  return overlayOf({ ...others, published: [...published] }, texts).over(OWN) as Record<string, never>;
};

t.test("without a word of the head the site's own sections are not used, others are its own", async (t) => {
  const all = merged();
  t.same(all['lists'], {
    evil: { action: 'sinkhole', source: `/c/${sha256}` },
    inline: { names: ['x.test'] },
  });
  t.same(all['groups'], policy([]).parts.groups);
  t.same([all['sinkhole'], all['local']], [policy([]).parts.sinkhole, policy([]).parts.local]);
  t.same([all['workers'], all['upstreams'], all['contact']], [2, OWN.upstreams, undefined]);
  const { published, ...others } = policy([]);
  t.equal(unusedOf({ ...others, published: [...published] }, OWN).length, 5);
  t.same(unusedOf({ ...others, published: [...published] }, { workers: 2 }), []);
});

t.test('each word lets a site say one thing', async (t) => {
  const groups = merged('networks')['groups'] as unknown as typeof OWN.groups;
  t.same(groups.tills, { clients: ['198.51.100.0/24'], lists: ['evil'] });
  t.notOk('guests' in groups);
  t.same(merged('records')['local'], {
    records: ['head.test A 192.0.2.1', 'nas.test A 192.0.2.9'],
    hosts: '/etc/hosts',
  });
  const withLists = merged('lists');
  t.match(withLists['lists'], { own: { names: ['own.test'] }, evil: { action: 'sinkhole' } });
  t.same((withLists['groups'] as unknown as typeof OWN.groups).tills.lists, ['evil', 'own']);
  t.match(merged('groups')['groups'], { guests: OWN.groups.guests, tills: { clients: ['192.0.2.0/24'] } });
  t.same(merged('sinkhole')['sinkhole'], { answer: 'nullip', ttl: '5s' });
  t.same(merged('local')['local'], { ...policy([]).parts.local, ...OWN.local });
  t.same(merged('contact')['contact'], OWN.contact);
});

t.test('what a site says and nobody uses is told where it stands, also once the head changed', async (t) => {
  const unused = (
    override: readonly Overridable[],
    own: Readonly<Record<string, unknown>> = OWN,
  ): string[] => {
    const { published, ...others } = policy(override);
    return unusedOf({ ...others, published: [...published] }, own);
  };
  const heads = (place: string): string => `${place}: the head's policy holds in place of this site's`;
  const others = [heads('sinkhole'), heads('local'), heads('contact')];
  t.same(unused(['networks']), [
    ...[heads('lists'), heads('groups.tills.lists')],
    ...others,
    "groups.guests: the head's policy has no group of this name",
  ]);
  t.same(unused(['lists', 'groups', 'records']), [
    ...[heads('lists.evil'), heads('groups.tills.clients')],
    ...[heads('sinkhole'), heads('local.canaries'), heads('contact')],
  ]);
  t.same(unused(['networks'], { groups: { tills: { clients: ['any'] } } }), []);
  t.same(unused([], { groups: { guests: {} } }), [heads('groups')]);
});

t.test(
  "the head's warning lists go with its lists, more of a site's own where it may have lists",
  async (t) => {
    const files = [{ name: 'top.csv', sha256, octets: 3 }];
    const { published, contents, ...others } = policy([]);
    const own = { ...OWN, warninglists: ['own.txt'] };
    const said = (override: readonly Overridable[], parts = [...published]) => {
      const all = {
        ...others,
        contents: { ...contents, ':warnings': { isFolder: true, entries: 0, files } },
        published: parts,
      };
      const overlay = overlayOf({ ...all, override: [...override] }, { contents: '/c', folders: '/f' });
      return { overlay, unused: unusedOf({ ...all, override: [...override] }, own) };
    };
    const alone = said([]);
    t.match(alone.overlay.over(own), { warninglists: [/^\/f\/[0-9a-f]{32}\.folder\/top\.csv$/] });
    t.equal((alone.overlay.over(own)['warninglists'] as []).length, 1);
    t.ok(alone.unused.includes("warninglists: the head's policy holds in place of this site's"));
    t.ok(alone.overlay.owns(['warninglists', 3]));
    const both = said(['lists']);
    t.match(both.overlay.over(own), { warninglists: [/top\.csv$/, 'own.txt'] });
    t.same([both.overlay.owns(['warninglists', 0]), both.overlay.owns(['warninglists', 1])], [true, false]);
    t.notOk(both.unused.some((one) => one.startsWith('warninglists')));
    t.same(
      said([], []).overlay.over(own)['warninglists'],
      ['own.txt'],
      'where no lists are published, its own',
    );
  },
);

t.test('where a list comes from, and what opens it, stays at the head', async (t) => {
  const written = {
    source: 'https://feed.example/?key=s3cret',
    ...{
      bearer: 's3cret',
      headers: { a: 'b' },
      basic: { user: 'u', password: 'p' },
      refresh: '1h',
      onFailure: 'failStart',
    },
    ...{ tsig: { name: 'k', secret: 's3cret' }, action: 'nxdomain', alert: true },
  };
  t.same(publishedList(written, null), { action: 'nxdomain', alert: true });
  t.same(publishedList(written, 'rpz'), { action: 'nxdomain', alert: true, format: 'rpz' });
});
