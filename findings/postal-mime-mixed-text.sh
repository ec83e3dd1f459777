#!/usr/bin/env bash
# postal-mime 4.0.0 (npm): in a multipart/mixed mail the HTML part is in `text` too, and the plain part in `html`.
# From memory one would write: `text` holds the text/plain parts and `html` the text/html parts, as with multipart/alternative.
# It does: each part that is shown is turned into the other form and appended, so `text` alone is the whole mail, and both together have
# each part twice (RFC 2046 §5.1.3: parts of "mixed" are independent and shown one after another).
# Who counts or labels what a mail names: read one of the two, and do not take `text` for what the sender wrote as plain text.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$work" postal-mime@4.0.0

cat > "$work/see.mjs" <<'END'
import { readFileSync } from 'node:fs';
import PostalMime from 'postal-mime';

const { name, version } = JSON.parse(readFileSync(new URL('node_modules/postal-mime/package.json', import.meta.url)));
console.log(name, version);
for (const subtype of ['alternative', 'mixed']) {
  const mail = [
    'From: sender@example.org',
    'To: reader@example.org',
    'Subject: names',
    'MIME-Version: 1.0',
    `Content-Type: multipart/${subtype}; boundary=part`,
    '',
    '--part',
    'Content-Type: text/plain; charset=utf-8',
    '',
    'plain: one.example',
    '--part',
    'Content-Type: text/html; charset=utf-8',
    '',
    '<p>html: two.example</p>',
    '--part--',
    '',
  ].join('\r\n');
  const { text, html } = await PostalMime.parse(mail);
  const names = (of) => of.match(/\w+\.example/g).join(' ');
  console.log(`multipart/${subtype}: text has ${names(text)}; html has ${names(html)}`);
}
END
seen=$(node "$work/see.mjs")
expected=$(cat <<'END'
postal-mime 4.0.0
multipart/alternative: text has one.example; html has two.example
multipart/mixed: text has one.example two.example; html has one.example two.example
END
)

echo 'behaviour: parts of a multipart/mixed mail are in text and in html'
printf 'seen:\n%s\nexpected:\n%s\n' "$seen" "$expected"
[ "$seen" = "$expected" ] || { echo 'changed' >&2; exit 1; }
