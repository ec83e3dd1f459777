import { together } from '../support/together.ts';

await together('alerts');
