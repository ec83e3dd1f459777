#!/usr/bin/env bash
# urlfilter v0.23.4 (Go, github.com/AdguardTeam/urlfilter), the rule engine of AdGuard Home: of two $badfilter rules that match one name neither voids anything.
# From memory one would write: each rule with $badfilter takes the rule of the same text out of force.
# It does: where two rules with $badfilter match a name, the rule that the one voids is in force again because of the other.
# Who meets it: whoever takes two rules back that can both match a name (a name's and its parent's, or an expression's): both go on blocking.
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

func blocks(name, rules string) bool {
	list := filterlist.NewString(&filterlist.StringConfig{ID: 1, RulesText: rules, IgnoreCosmetic: true})
	storage, err := filterlist.NewRuleStorage([]filterlist.Interface{list})
	if err != nil {
		panic(err)
	}
	_, matched := urlfilter.NewDNSEngine(storage).MatchRequest(&urlfilter.DNSRequest{Hostname: name, DNSType: 1})
	return matched
}

func main() {
	build, _ := debug.ReadBuildInfo()
	for _, module := range build.Deps {
		if module.Path == "github.com/AdguardTeam/urlfilter" {
			fmt.Println("urlfilter", module.Version)
		}
	}
	parent := "||x.example^\n||x.example^$badfilter\n"
	child := "||www.x.example^\n||www.x.example^$badfilter\n"
	fmt.Println("one rule and its $badfilter, www.x.example blocked:", blocks("www.x.example", parent))
	fmt.Println("two rules and their $badfilter, www.x.example blocked:", blocks("www.x.example", parent+child))
	fmt.Println("the same, x.example (one of them matches) blocked:", blocks("x.example", parent+child))
}
END
go build -trimpath -o see . 2> "$work/log" || { cat "$work/log" >&2; exit 1; }
seen=$(./see)
expected=$(cat <<'END'
urlfilter v0.23.4
one rule and its $badfilter, www.x.example blocked: false
two rules and their $badfilter, www.x.example blocked: true
the same, x.example (one of them matches) blocked: false
END
)

echo 'behaviour: of two $badfilter rules that match a name neither voids anything'
printf 'seen:\n%s\nexpected:\n%s\n' "$seen" "$expected"
[ "$seen" = "$expected" ] || { echo 'changed' >&2; exit 1; }
