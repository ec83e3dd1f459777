// A number for every policy and every change of what is in force: equal numbers, equal verdicts.
let generations = 0;

export function nextGeneration(): number {
  generations += 1;
  return generations;
}
