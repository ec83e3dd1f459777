// Counts what was compared, and keeps what was false.

export type Fault = 'false' | 'missed' | 'twice';

export interface Story {
  readonly fault: Fault;
  readonly day: number;
  /** Which sort of statement: `incident`, `find`. */
  readonly of: string;
  readonly text: string;
}

export class Report {
  compared = 0;
  readonly stories: Story[] = [];
  #day = 0;

  turnTo(day: number): void {
    this.#day = day;
  }

  /** A statement that holds, or what is wrong with it. */
  hold(of: string, isTrue: boolean, text: () => string, fault: Fault = 'false'): boolean {
    this.compared += 1;
    if (!isTrue) this.stories.push({ fault, day: this.#day, of, text: text() });
    return isTrue;
  }

  same(of: string, said: unknown, is: unknown, about: () => string): boolean {
    const [a, b] = [JSON.stringify(said), JSON.stringify(is)];
    return this.hold(of, a === b, () => `${about()}: said ${a}, true is ${b}`);
  }

  count(fault: Fault): number {
    return this.stories.filter((story) => story.fault === fault).length;
  }
}
