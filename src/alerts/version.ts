// cenote's version, as receivers are told it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const text = readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8');

export const VERSION: string = JSON.parse(text).version;
