#!/usr/bin/env bash
# @adguard/hostlist-compiler 1.0.12 (npm): the "Validate" step drops rules for names with an underscore, but keeps them as hosts lines.
# From memory one would write: an underscore is legal in a DNS name, so "||c2_1.example.org^" stays, or both forms go.
# It does: the Adblock form is removed, the hosts form of the same name stays.
# Who compiles lists with it: whether a name is blocked depends on the syntax in which its source happens to be written.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$work" @adguard/hostlist-compiler@1.0.12

cat > "$work/see.mjs" <<'END'
import { readFileSync, writeFileSync } from 'node:fs';
import compile from '@adguard/hostlist-compiler';

const here = new URL('.', import.meta.url).pathname;
const { name, version } = JSON.parse(readFileSync(here + 'node_modules/@adguard/hostlist-compiler/package.json'));
writeFileSync(here + 'list', '||c2_1.example.org^\n||c2-1.example.org^\n0.0.0.0 c2_2.example.org\n');
const rules = await compile({ name: 'x', sources: [{ source: here + 'list' }], transformations: ['Validate'] });
const kept = rules.filter((rule) => rule.includes('example.org'));
writeFileSync(here + 'seen', [`${name} ${version}`, ...kept].join('\n'));
END
node "$work/see.mjs" > "$work/log"
seen=$(cat "$work/seen")
expected=$(cat <<'END'
@adguard/hostlist-compiler 1.0.12
||c2-1.example.org^
0.0.0.0 c2_2.example.org
END
)

echo 'behaviour: Validate drops ||name^ with an underscore'
printf 'seen:\n%s\nexpected:\n%s\n' "$seen" "$expected"
[ "$seen" = "$expected" ] || { echo 'changed' >&2; exit 1; }
