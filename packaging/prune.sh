#!/bin/sh
# Takes out of a folder's node_modules what serves nobody who runs cenote: types, maps, sources of what is built, tests, headers of Node
# and libraries for musl; of Node what debuggers alone read and other languages (88 MB, not 150). Licences stay, also where they are in a README:
# packaging/prune.sh FOLDER. Needs a Node that runs here: the folder's may be of another architecture.
set -eu
stage=$1
find "$stage/node_modules" \( -name '*.ts' -o -name '*.mts' -o -name '*.cts' -o -name '*.map' -o -name '*.tsbuildinfo' -o -name '*.cc' -o -name '*.hh' \
  -o -name '*.[hS]' -o -name '*.asm' -o -name '*.inc' -o -name '*.def' \) -type f -delete
for package in "$stage"/node_modules/* "$stage"/node_modules/@*/*; do
  for part in test tests __tests__ doc docs example examples bench benchmark benchmarks integration coverage .github .husky; do
    [ -d "$package/$part" ] && find "$package/$part" -type f ! -iname '*licen*' ! -iname '*notice*' ! -iname '*copying*' -delete
  done
done
find "$stage/node_modules" \( -name '*.md' -o -name '*.yml' -o -name '.npmignore' -o -name '.gitattributes' \) ! -iname '*licen*' ! -iname 'readme.md' ! -iname '*notice*' -type f -delete
# Of packages that bring themselves twice, what cenote imports stays: ECMAScript modules. stage.sh imports all that it names afterwards.
for package in "$stage"/node_modules/* "$stage"/node_modules/@*/*; do
  # One without exports is imported by its `main`, which is CommonJS.
  grep -q '"exports"' "$package/package.json" 2>/dev/null || continue
  for build in commonjs cjs; do
    if [ -d "$package/dist/$build" ] && { [ -d "$package/dist/esm" ] || [ -d "$package/dist/es6" ]; }; then rm -rf "$package/dist/$build"; fi
  done
done
find "$stage/node_modules" -path "$stage/node_modules/zod/*" -name '*.cjs' -type f -delete
rm -rf "$stage"/node_modules/@koromix/*/musl_* "$stage"/node_modules/.cache "$stage"/node_modules/node-*/include "$stage"/node_modules/node-*/share
find "$stage/node_modules" -type d -empty -delete
for program in "$stage"/node_modules/node-*/bin/node; do
  [ ! -f "$program" ] || node "$(dirname "$0")/strip.mjs" "$program"
done
