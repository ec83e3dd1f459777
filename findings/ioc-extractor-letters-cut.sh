#!/usr/bin/env bash
# ioc-extractor 8.2.0 (npm): letters outside ASCII and a leading underscore cut a name, and what is left is reported as another name.
# From memory one would write: an internationalised name is given whole, as it stands or as its A-label ("xn--…").
# It does: "bücher.example.com" gives "cher.example.com", "_mail.example.com" gives "mail.example.com"; the A-label form is read whole.
# Who reads reports for a resolver: the tail of a name is a name of its own, and often exists.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$work" ioc-extractor@8.2.0

cat > "$work/see.mjs" <<'END'
import { readFileSync } from 'node:fs';
import { extractIOC } from 'ioc-extractor';

const { name, version } = JSON.parse(readFileSync(new URL('node_modules/ioc-extractor/package.json', import.meta.url)));
console.log(name, version);
for (const text of ['xn--bcher-kva.example[.]com', 'bücher.example[.]com', '_mail.example[.]com'])
  console.log(text, '->', JSON.stringify(extractIOC(text).domains));
END
seen=$(node "$work/see.mjs")
expected='ioc-extractor 8.2.0
xn--bcher-kva.example[.]com -> ["xn--bcher-kva.example.com"]
bücher.example[.]com -> ["cher.example.com"]
_mail.example[.]com -> ["mail.example.com"]'

echo 'behaviour: the tail of a name is reported as a name'
printf 'seen:\n%s\nexpected:\n%s\n' "$seen" "$expected"
[ "$seen" = "$expected" ] || { echo 'changed' >&2; exit 1; }
