// The notice itself as JSON: `hits[]` are hit lines, `incident` is as `cenote incidents --json` prints it.
import type { Format } from './payload.ts';

export const generic: Format = (notice, url) => ({ url, body: { version: 1, event: 'notice', ...notice } });
