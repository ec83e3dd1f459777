#!/bin/sh
# Builds cenote's Debian package from this checkout: packaging/deb/build.sh [OUT-FOLDER]. Needs npm, dpkg-deb and the architecture it is for.
#
# The package has its own Node (from the lock file, with its integrity), so that it depends on compilers' libraries alone. Settings are no
# conffile, since the page changes them (Debian Policy 10.7.3) and dpkg would ask about each such file: postinst copies those of
# /usr/share/cenote where there are none. Data is made by systemd (StateDirectory) and goes at purge.
set -eu
root=$(CDPATH='' cd -- "$(dirname "$0")/../.." && pwd -P)
out=${1:-.}
mkdir -p "$out"
out=$(CDPATH='' cd -- "$out" && pwd -P)
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
version=$(sed -n 's/^  "version": "\(.*\)",$/\1/p' "$root/package.json")
architecture=$(dpkg --print-architecture)

app=$stage/usr/lib/cenote
mkdir -p "$stage/usr/bin" "$stage/usr/share/cenote/blocklists" "$stage/lib/systemd/system" "$stage/usr/share/man/man1" "$stage/usr/share/doc/cenote" \
  "$stage/usr/share/bash-completion/completions" "$stage/usr/share/zsh/vendor-completions" "$stage/usr/share/fish/vendor_completions.d" "$stage/DEBIAN"
"$root/packaging/stage.sh" "$app"

ln -s ../lib/cenote/bin/cenote "$stage/usr/bin/cenote"
cp "$root/packaging/deb/cenote.yaml" "$stage/usr/share/cenote/cenote.yaml"
cp "$root/blocklists/3cx-2023.yaml" "$stage/usr/share/cenote/blocklists/3cx-2023.yaml"
sed 's#/opt/cenote#/usr/lib/cenote#g; /^#   cenote.s checkout/d; /^#   cp packaging/d' "$root/packaging/cenote.service" > "$stage/lib/systemd/system/cenote.service"
gzip -9n < "$root/packaging/cenote.1" > "$stage/usr/share/man/man1/cenote.1.gz"
export NODE_COMPILE_CACHE=
"$app/bin/cenote" completion bash > "$stage/usr/share/bash-completion/completions/cenote"
"$app/bin/cenote" completion zsh > "$stage/usr/share/zsh/vendor-completions/_cenote"
"$app/bin/cenote" completion fish > "$stage/usr/share/fish/vendor_completions.d/cenote.fish"
cp "$root/LICENSE" "$stage/usr/share/doc/cenote/copyright"
gzip -9n < "$root/CHANGELOG.md" > "$stage/usr/share/doc/cenote/changelog.gz"

for script in postinst prerm postrm; do install -m 755 "$root/packaging/deb/$script" "$stage/DEBIAN/$script"; done
cat > "$stage/DEBIAN/control" <<CONTROL
Package: cenote
Version: $version
Architecture: $architecture
Maintainer: cenote <cenote@localhost>
Installed-Size: $(du -sk "$stage" | cut -f1)
Depends: libc6 (>= 2.28), libstdc++6, libatomic1, ca-certificates, passwd
Recommends: systemd
Section: net
Priority: optional
Description: DNS sinkhole that names the machine that asked
 Answers DNS for a network from lists of names: what is on a list does not
 resolve, each attempt names the client, everything else is forwarded.
CONTROL
find "$stage" -type d -exec chmod 755 {} +
chmod -R u+rwX,go+rX,go-w "$stage"
dpkg-deb --root-owner-group -Zxz --build "$stage" "$out/cenote_${version}_$architecture.deb"
