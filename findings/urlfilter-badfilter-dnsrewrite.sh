#!/usr/bin/env bash
# urlfilter v0.23.4 (Go, github.com/AdguardTeam/urlfilter), the rule engine of AdGuard Home: a $dnsrewrite rule is not removed by its $badfilter twin.
# From memory one would write: a rule with $badfilter takes the rule of the same text out of force, and has no effect of its own.
# It does: a plain rule is removed so; of "$dnsrewrite=A" and "$dnsrewrite=A,badfilter" both stay, and both are given as rewrites.
# Who reads such lists: a list that takes a rewrite back in this way still rewrites there; there are two opinions about what is right.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export GOPATH="$work/go" GOFLAGS='-mod=mod -modcacherw' GOWORK=off
mkdir "$work/see"
cd "$work/see"
go mod init see 2> /dev/null
go get github.com/AdguardTeam/urlfilter@v0.23.4 2> "$work/log" || { cat "$work/log" >&2; exit 1; }

cat > main.go <<'END'
package main

import (
	"fmt"
	"runtime/debug"

	"github.com/AdguardTeam/urlfilter"
	"github.com/AdguardTeam/urlfilter/filterlist"
)

func engine(rules string) *urlfilter.DNSEngine {
	list := filterlist.NewString(&filterlist.StringConfig{ID: 1, RulesText: rules, IgnoreCosmetic: true})
	storage, err := filterlist.NewRuleStorage([]filterlist.Interface{list})
	if err != nil {
		panic(err)
	}
	return urlfilter.NewDNSEngine(storage)
}

func main() {
	build, _ := debug.ReadBuildInfo()
	for _, module := range build.Deps {
		if module.Path == "github.com/AdguardTeam/urlfilter" {
			fmt.Println("urlfilter", module.Version)
		}
	}
	for _, modifier := range []string{"important", "dnsrewrite=192.0.2.1"} {
		result, matched := engine("||x.example^$" + modifier + "\n||x.example^$" + modifier + ",badfilter").Match("x.example")
		fmt.Println(modifier, "blocked:", matched)
		for _, rewrite := range result.DNSRewrites() {
			fmt.Println("  rewrite:", rewrite.Text())
		}
	}
}
END
go build -trimpath -o see . 2> "$work/log" || { cat "$work/log" >&2; exit 1; }
seen=$(./see)
expected=$(cat <<'END'
urlfilter v0.23.4
important blocked: false
dnsrewrite=192.0.2.1 blocked: false
  rewrite: ||x.example^$dnsrewrite=192.0.2.1
  rewrite: ||x.example^$dnsrewrite=192.0.2.1,badfilter
END
)

echo 'behaviour: $badfilter leaves $dnsrewrite in force'
printf 'seen:\n%s\nexpected:\n%s\n' "$seen" "$expected"
[ "$seen" = "$expected" ] || { echo 'changed' >&2; exit 1; }
