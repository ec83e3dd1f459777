// Mends, each with what takes it out again: faults that were found by driving the product.

export interface Mutation {
  /** What is false once it is taken out. */
  readonly what: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

export const MUTATIONS: readonly Mutation[] = [
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
    file: 'src/hits/hit-context.ts',
    from: 'context.answer(of, means, answer ?? undefined)',
    to: 'context.answer(of, means, answer === null ? undefined : undefined)',
  },
  {
    what: 'T55: hits of the journal are of whoever has the address now',
    file: 'src/hits/hit-context.ts',
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
  {
    what: 'T3: an incident forgets the name of its machine with the lease',
    file: 'src/hits/incidents/incident.ts',
    from: '  const { user, users, ...known } = before;\n',
    to: '  if (now.ip !== undefined) return now;\n  const { user, users, ...known } = before;\n',
  },
  {
    what: 'T5: what a machine asked is looked for in the lists of its group of today',
    file: 'src/hits/hunt/rule-hunt.ts',
    from: 'let group = groups.findIndex(({ name }) => name === noted);',
    to: 'let group = groups.findIndex(({ name }) => name === noted && name === undefined);',
  },
  {
    what: 'T9, T12: what any list ever told of is no find',
    file: 'src/hits/hunt/untold.ts',
    from: '  if (asked.got.unrecorded !== undefined) {',
    to: '  if (asked.got.unrecorded === undefined) {',
  },
  {
    what: 'T10: a hunt finds by one list alone what several have',
    file: 'src/hits/hunt/all-matches.ts',
    from: '  for (const { target, isAddress } of led.get(asked.nameId) ?? []) {',
    to: '  all.length = Math.min(all.length, 1);\n  for (const { target, isAddress } of led.get(asked.nameId) ?? []) {',
  },
  {
    what: 'T16: a list or campaign under another name is told again',
    file: 'src/desk/past-watch.ts',
    from: '      for (const { from, to } of this.#retitled) table.retitle(from, to);\n      for (const { from, to } of this.#relisted) table.relist(from, to);\n',
    to: '      if (table === null) return;\n',
  },
  {
    what: 'T16: an incident that ended is another once its campaign has another title',
    file: 'src/desk/past-watch.ts',
    from: '[tables.told, tables.elsewhere, tables.incidents]',
    to: '[tables.told, tables.elsewhere]',
  },
  {
    what: 'T18: a hunt asks for type A alone',
    file: 'src/hits/hunt/all-matches.ts',
    from: 'for (const [bit, qtype] of TYPES) {',
    to: 'for (const [bit, qtype] of TYPES.slice(0, 1)) {',
  },
  {
    what: 'T25: what was told of last month stands among the incidents of last month',
    file: 'src/hits/store/incident-table.ts',
    from: '  return Math.max(openedMs, lastMs, closedMs ?? 0, toldMs ?? 0);',
    to: '  return Math.min(lastMs, Math.max(openedMs, closedMs ?? 0, toldMs ?? 0));',
  },
  {
    what: 'T26: whatever is asked often enough is a beacon',
    file: 'src/hits/incidents/beacon.ts',
    from: 'return { score: Math.round(kept * 100) / 100,',
    to: 'return { score: kept > 2 ? kept : 1,',
  },
  {
    what: 'T27: an incident is over after an hour, however long its intervals',
    file: 'src/hits/incidents/silence.ts',
    from: 'const INTERVALS = 3;',
    to: 'const INTERVALS = 0;',
  },
  {
    what: 'T27: when it was asked is forgotten by a kill where a name came since it was written',
    file: 'src/hits/incidents/parts.ts',
    from: '  if (!Array.isArray(kept)) return structuredClone(kept) as { own: number[]; names: number[][] };\n  const [own = [], ...ofNames] = kept.length > names ? kept : [[], ...kept];\n',
    to: '  const all = Array.isArray(kept) ? kept : ([kept.own, ...kept.names] as number[][]);\n  const [own = [], ...ofNames] = all.length > names ? all : [[], ...all];\n',
  },
  {
    what: 'T28, T69: the tries of a stub are visits',
    file: 'src/hits/visits.ts',
    from: 'export const VISIT_MS = 20_000;',
    to: 'export const VISIT_MS = 1_000;',
  },
  {
    what: 'T31: what somebody has seen is told again and again',
    file: 'src/alerts/schedule.ts',
    from: '    if (news === null) return;\n',
    to: '    if (news === undefined) return;\n',
  },
  {
    what: 'T32: a clock that is set back leaves an incident that begins after its end',
    file: 'src/hits/incidents/incident-times.ts',
    from: '  movedIn(incident);\n',
    to: '  incident.lastMs = moved(incident.lastMs);\n',
  },
  {
    what: 'T33: what was answered is told as blocked',
    file: 'src/alerts/outcomes.ts',
    from: "  data: 'answered',",
    to: "  data: 'blocked',",
  },
  {
    what: 'T35: a hunt of an hour counts the whole day',
    file: 'src/hits/hunt/tallies.ts',
    from: 'const isSure = row.firstMs >= sinceMs;',
    to: 'const isSure = row.firstMs >= 0;',
  },
  {
    what: 'T43: hits that wait for the store are not said',
    file: 'src/desk/answers.ts',
    from: 'const waiting = desk.keeper.pending +',
    to: 'const waiting = 0 * desk.keeper.pending +',
  },
  {
    what: 'T48, T70: what the admin let pass, and answers of his own, are found in the past',
    file: 'src/hits/standing.ts',
    from: '  return standingIn(got) === STANDING.unlisted && isOfAnybody(resultIn(got));',
    to: '  return standingIn(got) !== STANDING.told;',
  },
  {
    what: 'T53: a machine that takes an address has the name of the lease',
    file: 'src/clients/merge.ts',
    from: 'const isOfAnother = lease?.mac != null && answers !== null && lease.mac !== answers;',
    to: 'const isOfAnother = lease?.mac != null && answers !== null && lease.mac === undefined;',
  },
  {
    what: 'T54: who says a name of another address is not said',
    file: 'src/desk/answers/known-since.ts',
    from: "(OF_AN_ADDRESS.includes(any) ? 'inferred' : any)",
    to: '(OF_AN_ADDRESS.includes(any) ? any : any)',
  },
  {
    what: 'T57: a receiver of groups goes by the group of whoever asked last',
    file: 'src/alerts/settings.ts',
    from: 'incident.groups.some((group) => group === ANY_GROUP || groups.includes(group));',
    to: '[incident.client.group].some((group) => group === ANY_GROUP || groups.includes(group));',
  },
  {
    what: 'T67: the history is said to be of all time',
    file: 'src/desk/watch.ts',
    from: 'this.#fromMs = Math.min(options.watchedSinceMs ?? Number.POSITIVE_INFINITY, options.now());',
    to: 'this.#fromMs = Math.min(options.watchedSinceMs ?? 0, options.now() - 30 * 86_400_000);',
  },
  {
    what: 'T71: a hunt by a list that is of another group finds nobody',
    file: 'src/hits/hunt/rule-hunt.ts',
    from: '{ lists: hunt.lists, anyGroup: true }',
    to: '{ lists: hunt.lists, anyGroup: false }',
  },
  {
    what: 'T72: hits that wait for company are told to nobody where a receiver is corrected',
    file: 'src/desk/hits-service.ts',
    from: "this.delivery.restore([...old.unsaved().filter((row) => row.body === null), ...old.rows()], 'unsaved');",
    to: "this.delivery.restore([...old.unsaved()].slice(old.rows().length * 1000), 'unsaved');",
  },
  {
    what: 'T76: silence is counted by a clock that jumps',
    file: 'src/desk/hits-service.ts',
    from: '      monotonic,\n      ended: (subject, sinceMs) =>',
    to: '      monotonic: now,\n      ended: (subject, sinceMs) =>',
  },
  {
    what: 'T78: a find opens an incident beside the one of the same machine and campaign',
    file: 'src/hits/incidents/registry.ts',
    from: 'const known = this.#open.get(subject) ?? this.#endedOf(subject, nowMs);',
    to: 'const known = [this.#open.get(subject) ?? this.#endedOf(subject, nowMs)].at(1);',
  },
  {
    what: 'U1: what was told is told again when any list changes',
    file: 'src/hits/hunt/untold.ts',
    from: '  if (asked.lastMs <= afterMs && asked.open === 0) return null;',
    to: '  if (asked.lastMs <= afterMs && asked.open < 0) return null;',
  },
  {
    what: 'an end is told to nobody',
    file: 'src/alerts/schedule.ts',
    from: "  if (kind === 'closed') {\n    gathering.closing = true;",
    to: "  if (kind === 'closed') {\n    if (gathering.sealed > 0) return;\n    gathering.closing = true;",
  },
];
