// What is long is put onto the page part by part, so that it answers to keys and clicks meanwhile.
import { useEffect, useState } from './kit.js';

/** The first of them, and soon after all; parts that are made once are not made again. @template T @param {readonly T[]} all @returns {readonly T[]} */
export function useGrowing(all) {
  const [count, setCount] = useState(1);
  useEffect(() => {
    if (count >= all.length) return undefined;
    const timer = setTimeout(() => setCount(count + 1));
    return () => clearTimeout(timer);
  }, [count, all.length]);
  return count >= all.length ? all : all.slice(0, count);
}
