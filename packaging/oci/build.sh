#!/bin/sh
# Builds cenote's image with buildah, from this checkout and a Debian root, without a registry: packaging/oci/build.sh OUT.tar [ARCH [ROOT]]
#
# ARCH is amd64 or arm64; ROOT a Debian of that architecture, whose C library goes into the image (unset: this machine). For another
# architecture nothing of it is run: debootstrap --foreign --arch=arm64 --variant=minbase --include=libstdc++6,libatomic1 bookworm ROOT
# OUT.tar is a docker-archive (docker load, podman load). Needs npm, buildah and root.
set -eu
root=$(CDPATH='' cd -- "$(dirname "$0")/../.." && pwd -P)
out=$1
architecture=${2:-$(dpkg --print-architecture)}
libraries=${3:-}
version=$(sed -n 's/^  "version": "\(.*\)",$/\1/p' "$root/package.json")
moment=${SOURCE_DATE_EPOCH:-$(git -C "$root" log -1 --format=%ct 2>/dev/null || echo 0)}
case $architecture in
  amd64) cpu=x64 ;;
  arm64) cpu=arm64 ;;
  *) echo "no Node of the lock file is for $architecture; amd64 or arm64" >&2; exit 2 ;;
esac
work=$(mktemp -d)
storage="--root $work/storage --runroot $work/run --storage-driver vfs"
trap 'rm -rf "$work"' EXIT

npm_config_cpu=$cpu npm_config_os=linux npm_config_libc=glibc "$root/packaging/stage.sh" "$work/app"
node=$work/app/node_modules/node-linux-$cpu/bin/node
# The first stage of debootstrap fetches what it is told to include, and unpacks what every Debian has.
for package in "$libraries"/var/cache/apt/archives/libatomic1_*.deb; do
  [ -z "$libraries" ] || [ ! -e "$package" ] || dpkg-deb -x "$package" "$libraries"
done
mkdir -p "$work/stage/config"
cp "$root/packaging/docker/cenote.yaml" "$work/stage/config/cenote.yaml"
sh "$root/packaging/docker/assemble.sh" "$work/stage" "$work/app" "$node" "$libraries"
rm -f "$out"
container=$(buildah $storage from --format docker --arch "$architecture" scratch)
# As an archive, for a folder would be root's whole: /config and /data are the user's.
tar --create --directory="$work/stage" --sort=name --mtime="@$moment" --numeric-owner --file="$work/stage.tar" .
buildah $storage add --quiet "$container" "$work/stage.tar" / >/dev/null
buildah $storage config --os linux --arch "$architecture" --user 65532:65532 --workingdir /app --stop-signal SIGTERM \
  --env PATH=/usr/local/bin --env NODE_ENV=production --env CENOTE_CONFIG=/config/cenote.yaml --env NODE_COMPILE_CACHE=/data/code-cache \
  --env MALLOC_MMAP_THRESHOLD_=262144 --env NODE_OPTIONS=--disable-sigusr1 --env NODE_USE_SYSTEM_CA=1 \
  --volume /config --volume /data --port 53/udp --port 53/tcp --port 5380/tcp \
  --label org.opencontainers.image.title=cenote --label "org.opencontainers.image.version=$version" --label org.opencontainers.image.licenses=MIT \
  --entrypoint '["cenote"]' --cmd serve "$container"
buildah $storage config --healthcheck 'CMD cenote healthcheck' --healthcheck-interval 30s --healthcheck-timeout 5s --healthcheck-start-period 20s \
  --healthcheck-retries 3 "$container"
buildah $storage commit --quiet --format docker --timestamp "$moment" "$container" "docker-archive:$out:cenote:$version"
du -sb "$work/stage" | awk '{ printf "%d MB unpacked\n", $1 / 1e6 }'
