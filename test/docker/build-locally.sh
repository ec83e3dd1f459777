#!/bin/sh
# Builds the real Dockerfile on a Debian machine that has no container engine, and tries the image:
#   apt-get install buildah debootstrap && sudo test/docker/build-locally.sh [WORKDIR]
# The base image is made here, under the very name in FROM, from debootstrap and the Node of node_modules.
# Needs root (debootstrap, chroot), a Debian mirror and the npm registry. Keeps WORKDIR when it is given: a second run is fast.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
work=${1:-$(mktemp -d)}
image=localhost/cenote
export BUILDAH_ISOLATION=chroot
buildah="buildah --storage-driver vfs --root $work/storage --runroot $work/run"
[ $# -gt 0 ] || trap 'rm -rf "$work"' EXIT

say() { printf '\n== %s\n' "$*"; }

say "the image it begins with"
"$root/test/docker/base-image.sh" "$work"

say "building the Dockerfile"
$buildah bud --pull=never --network=host --format docker --tag "$image" "$root"

say "the image"
$buildah images "$image"
container=$($buildah from --pull=never "$image")
tree=$($buildah mount "$container")
trap '$buildah rm "$container" > "$work/rm.log" 2>&1; [ -n "${1:-}" ] || rm -rf "$work"' EXIT
echo "files: $(find "$tree" -type f | wc -l), octets: $(du -sb "$tree" | cut -f1)"
if find "$tree" -name 'sh' -o -name 'bash' -o -name 'busybox' | grep -q .; then
  echo "a shell got into the image" >&2
  exit 1
fi

say "the daemon in it: its own network, port 53, no capability, no new privileges, not root, read-only root"
"$(dirname "$0")/try-image.sh" "$tree"
