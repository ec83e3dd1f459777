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
# Types, maps, headers of Node and libraries for musl serve nobody who runs cenote.
find "$stage/node_modules" \( -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' -o -name '*.map' \) -type f -delete
rm -rf "$stage"/node_modules/@koromix/*/musl_* "$stage"/node_modules/.cache "$stage"/node_modules/node-*/include "$stage"/node_modules/node-*/share
