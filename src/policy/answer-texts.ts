// What a sinkholed A, and AAAA, is answered with, as hits say it.
import type { SinkholeAnswer } from '../config/config.ts';
import { addressToText } from '../wire/names/address.ts';

export interface AnswerTexts {
  readonly four: readonly string[];
  readonly six: readonly string[];
}

const NOTHING: readonly string[] = [];

export function answerTexts(sinkhole: SinkholeAnswer): AnswerTexts {
  if (sinkhole.kind !== 'address') return { four: ['0.0.0.0'], six: ['::'] };
  const { a, aaaa } = sinkhole;
  return {
    four: a === null ? NOTHING : [addressToText(a)],
    six: aaaa === null ? NOTHING : [addressToText(aaaa)],
  };
}
