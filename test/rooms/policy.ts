import { together } from '../support/together.ts';

await together('policy');
