import { together } from '../support/together.ts';

// What clients are answered, each with a daemon of its own; the other stories run by themselves.
await together('e2e/answers');
