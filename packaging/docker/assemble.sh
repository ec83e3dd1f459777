#!/bin/sh
# Lays out the whole file system of an image under $1, of cenote and its packages in $2. Runs in the Dockerfile's build stage, and for
# packaging/oci/build.sh, which says which Node ($3) and which root has the libraries it is linked with ($4).
set -eu
stage=$1
app=${2:-/app}
node=${3:-$(command -v node)}
libraries=${4:-}
user=65532

# Node and what it is linked with; another architecture's root can be read, not run.
mkdir -p "$stage/usr/local/bin"
cp "$node" "$stage/usr/local/bin/node"
if [ -z "$libraries" ]; then
  needed=$(for object in "$node" $(find "$app/node_modules" -name '*.node' -not -path '*musl*'); do
    ldd "$object" | sed -n 's/.*=> \(\/[^ ]*\).*/\1/p; s/^[[:space:]]*\(\/lib[^ ]*\).*/\1/p'
  done | sort -u)
else
  needed=''
  case $(basename "$(dirname "$(dirname "$node")")") in
    *arm64) loader=lib/ld-linux-aarch64.so.1 ;;
    *) loader=lib64/ld-linux-x86-64.so.2 ;;
  esac
  for name in "$loader" libdl.so.2 libstdc++.so.6 libm.so.6 libgcc_s.so.1 libpthread.so.0 libc.so.6 libatomic.so.1; do
    found=''
    for file in "$libraries/$name" "$libraries"/lib/*-linux-gnu/"$name" "$libraries"/usr/lib/*-linux-gnu/"$name"; do
      [ -e "$file" ] && { found=${file#"$libraries"}; break; }
    done
    [ -n "$found" ] || { echo "$libraries has no $name, which Node is linked with" >&2; exit 1; }
    needed="$needed $found"
  done
fi
for library in $needed; do
  mkdir -p "$stage$(dirname "$library")"
  cp -L "$libraries$library" "$stage$library"
done

# Debian's licences of the libraries.
for package in libc6 libstdc++6 libatomic1 libgcc-s1 gcc-12-base gcc-14-base; do
  file=$libraries/usr/share/doc/$package/copyright
  [ ! -e "$file" ] || { mkdir -p "$stage/usr/share/doc/$package"; cp -L "$file" "$stage/usr/share/doc/$package/copyright"; }
done

# cenote. The command is a script that the kernel starts by itself: there is no env and no shell. Garbage is collected by the
# thread that made it, not by threads that take turns from those that answer.
mkdir -p "$stage/app"
cp -R "$app/package.json" "$app/LICENSE" "$app/src" "$app/blocklists" "$app/node_modules" "$stage/app/"
# The image has one Node; where it is a package's, its licence stays.
mkdir -p "$stage/usr/share/doc/node"
cp "$app"/node_modules/node-*/LICENSE "$stage/usr/share/doc/node/LICENSE" 2>/dev/null || true
[ ! -e "$app/sbom.cdx.json" ] || cp "$app/sbom.cdx.json" "$stage/app/"
rm -rf "$stage"/app/node_modules/node-linux-* "$stage"/app/node_modules/node-bin-*
cat > "$stage/usr/local/bin/cenote" <<'SCRIPT'
#!/usr/local/bin/node --single-threaded-gc
import('/app/src/cli/main.ts').then(({ runCommand }) => runCommand(process.argv.slice(2)));
SCRIPT
chmod 755 "$stage/usr/local/bin/cenote"

# Who runs it and where it may write.
mkdir -p "$stage/etc/ssl/certs" "$stage/config/blocklists" "$stage/data" "$stage/tmp"
echo "cenote:x:$user:$user:cenote:/data:/usr/local/bin/cenote" > "$stage/etc/passwd"
echo "cenote:x:$user:" > "$stage/etc/group"
echo 'hosts: files dns' > "$stage/etc/nsswitch.conf"
cp -R "$app/blocklists/." "$stage/config/blocklists/"
chown -R "$user:$user" "$stage/config" "$stage/data"
chmod 700 "$stage/data"
chmod 1777 "$stage/tmp"
