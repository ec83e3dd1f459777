import { together } from '../support/together.ts';

await together('publish');
