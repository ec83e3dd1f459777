// The page at `/`: a few files held in memory, the same for everybody. What they show they ask of the API, which has a door.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Route, reads } from '../route.ts';

/** What the page may load and ask: its own files and this server, nothing else and nothing written into its markup. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/** All that is served, each named here: nothing else in the folder is. */
const FILES = [
  { path: '/', file: 'index.html', summary: 'The page for people.' },
  { path: '/page.css', file: 'page.css', summary: 'How it looks.' },
  { path: '/page.js', file: 'page.js', summary: 'What it does.' },
  { path: '/ask.js', file: 'ask.js', summary: 'How it asks the API.' },
  { path: '/log.js', file: 'log.js', summary: 'Its log of queries.' },
  { path: '/latest.js', file: 'latest.js', summary: 'Which hits it shows.' },
  { path: '/lines.js', file: 'lines.js', summary: 'What stands in its rows.' },
  { path: '/table.js', file: 'table.js', summary: 'Its tables.' },
  { path: '/words.js', file: 'words.js', summary: 'Its words.' },
] as const;

const TYPES: Readonly<Record<string, string>> = { html: 'text/html', css: 'text/css', js: 'text/javascript' };

export function pageRoutes(): readonly Route[] {
  return FILES.map(({ path, file, summary }) => {
    const body = readFileSync(join(import.meta.dirname, file), 'utf8');
    const contentType = `${TYPES[file.slice(file.lastIndexOf('.') + 1)]}; charset=utf-8`;
    return reads({
      path,
      summary,
      response: null,
      role: 'open',
      answer: async () => ({
        status: 200,
        body,
        contentType,
        headers: { 'content-security-policy': POLICY },
      }),
    });
  });
}
