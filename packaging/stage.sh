#!/bin/sh
# Lays out cenote with all that it runs on but the C library: packaging/stage.sh FOLDER. The packages are made of it. Needs npm.
#
# The Node is that of the lock file, with its integrity.
set -eu
root=$(CDPATH='' cd -- "$(dirname "$0")/.." && pwd -P)
stage=$1
mkdir -p "$stage"
for part in bin src docs config blocklists package.json package-lock.json LICENSE README.md CHANGELOG.md SECURITY.md; do
  cp -R "$root/$part" "$stage/"
done
(cd "$stage" && npm ci --omit=dev --ignore-scripts --no-audit --no-fund --loglevel=error >&2)
# What is in it (CycloneDX): of what was installed, not of all that the lock file knows.
(cd "$stage" && npm sbom --omit=dev --package-lock-only --sbom-format=cyclonedx | node "$root/packaging/sbom.mjs" > sbom.cdx.json)
"$root/packaging/prune.sh" "$stage"

# All that cenote imports is there still, where its Node runs here.
for node in "$stage"/node_modules/node-*/bin/node; do
  "$node" --version >/dev/null 2>&1 || continue
  (cd "$stage" && "$node" --input-type=module - < "$root/packaging/imports.mjs")
done
