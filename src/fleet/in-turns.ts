// A question that is asked again while nobody answers: whoever was asked first may have died, or may only be slow.

/**
 * @param turnsMs after each it is asked once more; an answer to any of them counts, until all turns are over
 * @param isUnanswered any other error ends it at once
 * @throws what the last one failed with
 */
export function inTurns<T>(
  ask: (timeoutMs: number) => Promise<T>,
  turnsMs: readonly number[],
  isUnanswered: (error: unknown) => boolean,
): Promise<T> {
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    const begin = (turn: number): void => {
      const isLast = turn >= turnsMs.length - 1;
      if (!isLast) timer = setTimeout(() => begin(turn + 1), turnsMs[turn]).unref();
      const restMs = turnsMs.slice(turn).reduce((sum, ms) => sum + ms, 0);
      ask(restMs).then(
        (answer) => {
          clearTimeout(timer);
          resolve(answer);
        },
        (error: unknown) => {
          if (!isLast && isUnanswered(error)) return;
          clearTimeout(timer);
          reject(error);
        },
      );
    };
    begin(0);
  });
}
