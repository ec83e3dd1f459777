// The page at `/`: a few files held in memory, the same for everybody. What they show they ask of the API, which has a door.
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Route, reads } from '../route.ts';

/** What the page may load and ask: its own files and this server, nothing else and nothing written into its markup. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

const FOLDER = join(import.meta.dirname, 'browser');

/** Libraries as they are published, by the word that they are imported by: a browser takes a path in its place. */
const LIBRARIES = { preact: 'preact.js', 'preact/hooks': 'hooks.js', htm: 'htm.js' } as const;

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

interface PageFile {
  readonly path: string;
  readonly body: string;
  readonly contentType: string;
}

/** All that is in the folder, and the libraries. */
function pageFiles(): readonly PageFile[] {
  const own = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
    .filter((name) => TYPES[extname(name)] !== undefined)
    .map((name) => ({
      path: name === 'index.html' ? '/' : `/${name.replaceAll('\\', '/')}`,
      body: readFileSync(join(FOLDER, name), 'utf8'),
      contentType: TYPES[extname(name)] ?? '',
    }));
  const libraries = Object.entries(LIBRARIES).map(([word, name]) => ({
    path: `/${name}`,
    body: readFileSync(fileURLToPath(import.meta.resolve(word)), 'utf8').replace(
      /\/\/# sourceMappingURL=.*\s*$/,
      '',
    ),
    contentType: TYPES['.js'] ?? '',
  }));
  return [...own, ...libraries].map((file) => ({ ...file, body: withPaths(file) }));
}

/** Only files beside the libraries import them. */
function withPaths({ body, contentType }: PageFile): string {
  if (contentType !== TYPES['.js']) return body;
  return Object.entries(LIBRARIES).reduce(
    (text, [word, name]) => text.replaceAll(new RegExp(`(from ?)(['"])${word}\\2`, 'g'), `$1$2./${name}$2`),
    withoutComments(body),
  );
}

/**
 * Comments that have lines of their own or say a type, and what lines begin with, are for who reads the checkout; the lines stay, so that
 * an error names the right one.
 */
function withoutComments(text: string): string {
  return text
    .replaceAll(/^[ \t]*\/\/.*$/gm, '')
    .replaceAll(/^[ \t]*\/\*\*(?:[^*]|\*(?!\/))*\*\/[ \t]*$/gm, (comment) => comment.replaceAll(/[^\n]/g, ''))
    .replaceAll(/\/\*\* @(?:type|satisfies) [^\n]*?\*\/ ?/g, '')
    .replaceAll(/^[ \t]+/gm, '');
}

export function pageRoutes(): readonly Route[] {
  return pageFiles().map(({ path, body, contentType }) =>
    reads({
      path,
      summary: 'Of the page for people.',
      response: null,
      role: 'open',
      // What a mail program or a sign-in page hangs on to an address is no reason to show nothing.
      query: { type: 'object' },
      answer: async () => ({
        status: 200,
        body,
        contentType,
        headers: { 'content-security-policy': POLICY },
      }),
    }),
  );
}
