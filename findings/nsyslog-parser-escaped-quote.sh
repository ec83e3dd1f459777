#!/usr/bin/env bash
# nsyslog-parser 0.10.1 (npm): an escaped quote in a value makes all structured data of a syslog message part of its text.
# From memory one would write: in RFC 5424 (6.3.3) a value may hold \" and \] and \\, which stand for the sign itself.
# It does: with an escaped quote no element is found and the brackets open the message; with \] the backslash stays in the value.
# Who sends names that others choose: correct escaping is not enough for every receiver; JSON in the message reads more safely.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$work" nsyslog-parser@0.10.1

cat > "$work/see.mjs" <<'END'
import { readFileSync } from 'node:fs';
import parse from 'nsyslog-parser';

const { name, version } = JSON.parse(readFileSync(new URL('node_modules/nsyslog-parser/package.json', import.meta.url)));
console.log(name, version);
for (const value of ['plain', String.raw`a\]b`, String.raw`a\"b`]) {
  const { structuredData, message } = parse(`<14>1 2026-11-29T03:00:00Z host app 1 id [x@1 k="${value}"] text`);
  console.log(value, '->', JSON.stringify(structuredData), JSON.stringify(message));
}
END
seen=$(node "$work/see.mjs")
expected=$(cat <<'END'
nsyslog-parser 0.10.1
plain -> [{"$id":"x@1","k":"plain"}] "text"
a\]b -> [{"$id":"x@1","k":"a\\]b"}] "text"
a\"b -> [] "[x@1 k=\"a\\\"b\"] text"
END
)

echo 'behaviour: an escaped quote loses the structured data'
printf 'seen:\n%s\nexpected:\n%s\n' "$seen" "$expected"
[ "$seen" = "$expected" ] || { echo 'changed' >&2; exit 1; }
