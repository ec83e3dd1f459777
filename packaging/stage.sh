#!/bin/sh
# Lays out cenote with all that it runs on but the C library: packaging/stage.sh FOLDER. The packages are made of it. Needs npm.
#
# The Node is that of the lock file, with its integrity. Licences stay, also where they are in a README.
set -eu
root=$(CDPATH='' cd -- "$(dirname "$0")/.." && pwd -P)
stage=$1
mkdir -p "$stage"
for part in bin src docs config blocklists package.json package-lock.json LICENSE README.md CHANGELOG.md SECURITY.md; do
  cp -R "$root/$part" "$stage/"
done
(cd "$stage" && npm ci --omit=dev --ignore-scripts --no-audit --no-fund --loglevel=error >&2)
# Types, maps, sources of what is built, tests, headers of Node and libraries for musl serve nobody who runs cenote.
find "$stage/node_modules" \( -name '*.ts' -o -name '*.mts' -o -name '*.cts' -o -name '*.map' -o -name '*.tsbuildinfo' -o -name '*.cc' -o -name '*.hh' \
  -o -name '*.[hS]' -o -name '*.asm' -o -name '*.inc' -o -name '*.def' \) -type f -delete
for package in "$stage"/node_modules/* "$stage"/node_modules/@*/*; do
  for part in test tests __tests__ doc docs example examples bench benchmark benchmarks integration coverage .github .husky; do
    [ -d "$package/$part" ] && find "$package/$part" -type f ! -iname '*licen*' ! -iname '*notice*' ! -iname '*copying*' -delete
  done
done
find "$stage/node_modules" \( -name '*.md' -o -name '*.yml' -o -name '.npmignore' -o -name '.gitattributes' \) ! -iname '*licen*' ! -iname 'readme.md' ! -iname '*notice*' -type f -delete
rm -rf "$stage"/node_modules/@koromix/*/musl_* "$stage"/node_modules/.cache "$stage"/node_modules/node-*/include "$stage"/node_modules/node-*/share
find "$stage/node_modules" -type d -empty -delete

# All that cenote imports is there still, where its Node runs here.
for node in "$stage"/node_modules/node-*/bin/node; do
  "$node" --version >/dev/null 2>&1 || continue
  (cd "$stage" && "$node" --input-type=module - < "$root/packaging/imports.mjs")
done
