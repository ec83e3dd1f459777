#!/usr/bin/env bash
# npm 11.19.1 (npm), npx: a package that is named by the absolute path of its tarball is not installed; npx runs the tarball as a program.
# From memory one would write: npx takes every package specification that `npm install` takes, and a path with a leading / is one of a file.
# It asks whether node_modules/.bin has a command of that name, joins the two by path.resolve, and so finds the tarball itself.
# Who documents `npx /path/package.tgz` for a package of his own: say `npx --package=/path/package.tgz COMMAND`, which works.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export npm_config_cache=$work/cache npm_config_update_notifier=false npm_config_loglevel=error
npm install --silent --no-audit --no-fund --prefix "$work/tool" npm@11.19.1
npm() { node "$work/tool/node_modules/npm/bin/npm-cli.js" "$@"; }
mkdir hello
printf '{ "name": "hello-from-a-file", "version": "1.0.0", "bin": { "hello-from-a-file": "hello.js" } }' > hello/package.json
printf '#!/usr/bin/env node\nconsole.log("hello");\n' > hello/hello.js
(cd hello && npm pack --silent --pack-destination "$work" > ../log)
file=$work/hello-from-a-file-1.0.0.tgz
try() {
  echo "$1:"
  shift
  { npm exec --yes "$@" < /dev/null 2>&1 || echo "exit code $?"; } | sed "s|$work|DIR|g; s|^sh: [0-9]*: |sh: |"
}
seen=$(npm --version; try 'by its absolute path' -- "$file"; try 'by --package' --package="$file" -- hello-from-a-file)
expected=$(cat <<'END'
11.19.1
by its absolute path:
sh: DIR/hello-from-a-file-1.0.0.tgz: Permission denied
exit code 126
by --package:
hello
END
)

echo 'behaviour: npx runs a tarball that is named by its absolute path as a program'
printf 'seen:\n%s\nexpected:\n%s\n' "$seen" "$expected"
[ "$seen" = "$expected" ] || { echo 'changed' >&2; exit 1; }
