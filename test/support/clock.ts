// A clock that stands still until the test moves it.

export interface FakeClock {
  readonly now: () => number;
  /** Moves it by so many of whatever unit it counts; negative moves it back. */
  readonly advance: (by: number) => void;
}

export function fakeClock(start = 1_000_000): FakeClock {
  let present = start;
  return {
    now: () => present,
    advance: (by) => {
      present += by;
    },
  };
}
