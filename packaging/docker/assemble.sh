#!/bin/sh
# Runs in the image's build stage: lays out the whole file system of the final image under $1.
set -eu
stage=$1
user=65532

# Node and what it is linked with.
node=$(command -v node)
mkdir -p "$stage/usr/local/bin"
cp "$node" "$stage/usr/local/bin/node"
for object in "$node" $(find /app/node_modules -name '*.node' -not -path '*musl*'); do
  ldd "$object" | sed -n 's/.*=> \(\/[^ ]*\).*/\1/p; s/^[[:space:]]*\(\/lib[^ ]*\).*/\1/p'
done | sort -u | while read -r library; do
  mkdir -p "$stage$(dirname "$library")"
  cp -L "$library" "$stage$library"
done

# cenote. The command is a script that the kernel starts by itself: there is no env and no shell. Garbage is collected by the
# thread that made it, not by threads that take turns from those that answer.
mkdir -p "$stage/app"
cp -R /app/package.json /app/src /app/blocklists /app/node_modules "$stage/app/"
# The image has the Node of its base; a package's own Node is for checkouts. Licences stay, also where they are in a README.
rm -rf "$stage"/app/node_modules/node-linux-* "$stage"/app/node_modules/node-bin-*
find "$stage/app/node_modules" \( \( -name '*.md' ! -iname '*licen*' ! -iname 'readme.md' \) -o -name '*.d.ts' -o -name '*.map' -o -name '*.d.cts' -o -name '*.d.mts' \) \
  -type f -delete
rm -rf "$stage"/app/node_modules/@koromix/*/musl_*
cat > "$stage/usr/local/bin/cenote" <<'SCRIPT'
#!/usr/local/bin/node --single-threaded-gc
import('/app/src/cli/main.ts');
SCRIPT
chmod 755 "$stage/usr/local/bin/cenote"

# Who runs it and where it may write.
mkdir -p "$stage/etc" "$stage/config/blocklists" "$stage/data" "$stage/tmp"
echo "cenote:x:$user:$user:cenote:/data:/usr/local/bin/cenote" > "$stage/etc/passwd"
echo "cenote:x:$user:" > "$stage/etc/group"
echo 'hosts: files dns' > "$stage/etc/nsswitch.conf"
cp -R /app/blocklists/. "$stage/config/blocklists/"
chown -R "$user:$user" "$stage/config" "$stage/data"
chmod 700 "$stage/data"
chmod 1777 "$stage/tmp"
