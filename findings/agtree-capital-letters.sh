#!/usr/bin/env bash
# @adguard/agtree 4.2.0 (npm), the parser of AdGuard filter lists: capital letters or a final dot make another kind of rule out of the same name.
# From memory one would write: DNS names are equal whatever their case, so "example.org" and "Example.org" alone on a line are the same rule.
# It does: the first is a host rule (this name, address 0.0.0.0); the second and "example.org." are network rules, a pattern that is looked for anywhere in a name.
# Who reads such lists: the width of a bare line depends on its spelling; a reader that folds case first gives such a line another width than this parser does.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$work" @adguard/agtree@4.2.0

cat > "$work/see.mjs" <<'END'
import { readFileSync } from 'node:fs';
import { RuleParser } from '@adguard/agtree/parser';

const { name, version } = JSON.parse(readFileSync(new URL('node_modules/@adguard/agtree/package.json', import.meta.url)));
console.log(name, version);
for (const line of ['example.org', 'Example.org', 'example.org.', '0.0.0.0 example.org'])
  console.log(line, '->', RuleParser.parse(line, { parseHostRules: true }).type);
END
seen=$(node "$work/see.mjs")
expected=$(cat <<'END'
@adguard/agtree 4.2.0
example.org -> HostRule
Example.org -> NetworkRule
example.org. -> NetworkRule
0.0.0.0 example.org -> HostRule
END
)

echo 'behaviour: capital letters turn a host rule into a pattern'
printf 'seen:\n%s\nexpected:\n%s\n' "$seen" "$expected"
[ "$seen" = "$expected" ] || { echo 'changed' >&2; exit 1; }
