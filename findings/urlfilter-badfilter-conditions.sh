#!/usr/bin/env bash
# urlfilter v0.23.4 (Go, github.com/AdguardTeam/urlfilter), the rule engine of AdGuard Home: $badfilter voids rules that have $dnstype or $denyallow besides.
# From memory one would write: a rule with $badfilter takes the rule of the same text out of force, and no other (so its documentation).
# It does: "||name^$badfilter" voids "||name^$dnstype=A" and "||name^$denyallow=…" too, but not "||name^$client=…"; other modifiers tell rules apart.
# Who meets it: a list that takes its broad rule back loses its narrower one as well, and what that blocked passes.
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
	"net/netip"
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
	for _, modifier := range []string{"dnstype=A", "denyallow=www.x.example", "important", "client=192.0.2.9"} {
		request := &urlfilter.DNSRequest{Hostname: "x.example", DNSType: 1, ClientIP: netip.MustParseAddr("192.0.2.9")}
		_, alone := engine("||x.example^$" + modifier).MatchRequest(request)
		_, voided := engine("||x.example^$" + modifier + "\n||x.example^$badfilter").MatchRequest(request)
		fmt.Println(modifier, "blocks alone:", alone, "beside ||x.example^$badfilter:", voided)
	}
}
END
go build -trimpath -o see . 2> "$work/log" || { cat "$work/log" >&2; exit 1; }
seen=$(./see)
expected=$(cat <<'END'
urlfilter v0.23.4
dnstype=A blocks alone: true beside ||x.example^$badfilter: false
denyallow=www.x.example blocks alone: true beside ||x.example^$badfilter: false
important blocks alone: true beside ||x.example^$badfilter: true
client=192.0.2.9 blocks alone: true beside ||x.example^$badfilter: true
END
)

echo 'behaviour: $badfilter voids rules that have more conditions'
printf 'seen:\n%s\nexpected:\n%s\n' "$seen" "$expected"
[ "$seen" = "$expected" ] || { echo 'changed' >&2; exit 1; }
