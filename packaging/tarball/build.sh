#!/bin/sh
# Builds a tarball that runs from any folder, with its own Node: packaging/tarball/build.sh [OUT-FOLDER]. Needs npm and GNU tar.
#
# Two builds of one commit are the same file: names in order, one time (the commit's, or SOURCE_DATE_EPOCH), no owner. Its software bill
# of materials lies inside (CycloneDX, by npm) and beside it.
set -eu
root=$(CDPATH='' cd -- "$(dirname "$0")/../.." && pwd -P)
out=${1:-.}
mkdir -p "$out"
out=$(CDPATH='' cd -- "$out" && pwd -P)
version=$(sed -n 's/^  "version": "\(.*\)",$/\1/p' "$root/package.json")
case $(uname -m) in
  x86_64) architecture=x64 ;;
  aarch64) architecture=arm64 ;;
  *) architecture=$(uname -m) ;;
esac
name=cenote-$version-linux-$architecture
moment=${SOURCE_DATE_EPOCH:-$(git -C "$root" log -1 --format=%ct 2>/dev/null || echo 0)}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$root/packaging/stage.sh" "$work/$name"
find "$work/$name" -type d -exec chmod 755 {} +
chmod -R u+rwX,go+rX,go-w "$work/$name"
tar --create --directory="$work" --sort=name --mtime="@$moment" --owner=0 --group=0 --numeric-owner --format=gnu "$name" |
  gzip -9n > "$out/$name.tar.gz"
cp "$work/$name/sbom.cdx.json" "$out/$name.cdx.json"
(cd "$out" && sha256sum "$name.tar.gz" > "$name.tar.gz.sha256" && cat "$name.tar.gz.sha256")
