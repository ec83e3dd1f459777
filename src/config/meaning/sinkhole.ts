// `sinkhole` as meant.
import type { Config, SinkholeAnswer } from '../config.ts';
import type { ConfigFile } from '../schema.ts';
import type { Findings } from './findings.ts';

export function resolveSinkhole(sinkhole: ConfigFile['sinkhole'], findings: Findings): Config['sinkhole'] {
  return { answer: answerOf(sinkhole.answer, findings), ttlSeconds: Math.floor(sinkhole.ttl / 1000) };
}

function answerOf(answer: ConfigFile['sinkhole']['answer'], findings: Findings): SinkholeAnswer {
  if (typeof answer === 'string') return { kind: answer };
  if (answer.a === undefined && answer.aaaa === undefined)
    findings.complain(
      ['sinkhole', 'answer'],
      'there is no address to answer with',
      'write `{ a: 10.0.0.9 }`, or `nodata`',
    );
  return { kind: 'address', a: answer.a ?? null, aaaa: answer.aaaa ?? null };
}
