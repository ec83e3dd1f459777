// The page at `/`: three files held in memory, the same for everybody. What they show they ask of the API, which has a door.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Route, reads } from '../route.ts';

/** What the page may load and ask: its own files and this server, nothing else and nothing written into its markup. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

const FILES = [
  { path: '/', file: 'index.html', contentType: 'text/html; charset=utf-8', summary: 'The page for people.' },
  { path: '/page.css', file: 'page.css', contentType: 'text/css; charset=utf-8', summary: 'How it looks.' },
  {
    path: '/page.js',
    file: 'page.js',
    contentType: 'text/javascript; charset=utf-8',
    summary: 'What it does.',
  },
] as const;

export function pageRoutes(): readonly Route[] {
  return FILES.map(({ path, file, contentType, summary }) => {
    const body = readFileSync(join(import.meta.dirname, file), 'utf8');
    return reads({
      path,
      summary,
      response: null,
      isOpen: true,
      answer: async () => ({
        status: 200,
        body,
        contentType,
        headers: { 'content-security-policy': POLICY },
      }),
    });
  });
}
