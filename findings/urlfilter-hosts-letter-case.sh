#!/usr/bin/env bash
# urlfilter v0.23.4 (Go, github.com/AdguardTeam/urlfilter), the rule engine of AdGuard Home: a hosts line with capital letters or a final dot never takes effect.
# From memory one would write: names are compared without regard to case, so "192.0.2.9 Host.example" answers for host.example.
# It does: hosts lines are kept as written and compared octet by octet; AdGuard Home asks in small letters without the dot. "||Host.example^" is found.
# Who compares two blockers on one list: names in capitals are blocked by one and not by the other, and neither says so.
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
	for _, rule := range []string{"192.0.2.9 host.example", "192.0.2.9 Host.example", "192.0.2.9 host.example.", "||Host.example^"} {
		_, blocked := engine(rule).Match("host.example")
		fmt.Println(rule, blocked)
	}
}
END
go build -trimpath -o see . 2> "$work/log" || { cat "$work/log" >&2; exit 1; }
seen=$(./see)
expected=$(cat <<'END'
urlfilter v0.23.4
192.0.2.9 host.example true
192.0.2.9 Host.example false
192.0.2.9 host.example. false
||Host.example^ true
END
)

echo 'behaviour: a hosts line with capitals or a final dot does not match'
printf 'seen:\n%s\nexpected:\n%s\n' "$seen" "$expected"
[ "$seen" = "$expected" ] || { echo 'changed' >&2; exit 1; }
