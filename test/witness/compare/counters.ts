// Counters against the questions that were asked: each ended in one way, and each reply had one RCODE.
import type { OfficeDays } from '../office.ts';

const sum = (all: readonly number[]): number => all.reduce((total, one) => total + one, 0);

export function compareCounters({ cenote, asked, report }: OfficeDays): void {
  const { endings, rcodes } = cenote.counters;
  report.same('counter', sum(endings[0] ?? []), asked.udp, () => 'queries over UDP');
  report.same('counter', sum(endings[1] ?? []), asked.tcp, () => 'queries over TCP');
  report.same('counter', sum(endings[3] ?? []), asked.https, () => 'queries over HTTPS');
  report.same('counter', sum(rcodes), asked.replies, () => 'replies');
}
