#!/usr/bin/env bash
# urlfilter v0.23.4 (Go, github.com/AdguardTeam/urlfilter), the rule engine of AdGuard Home: a modifier changes how wide a bare name is.
# From memory one would write: "example.org" and "example.org$important" cover the same names, the second with precedence.
# It does: alone on its line the name is exact; with any modifier it is a pattern that is found anywhere in a name, "notexample.org" included.
# Who reads such lists: decide the width by the whole line, not by its first part.
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
	for _, rule := range []string{"example.org", "example.org$important", "||example.org^$important"} {
		filter := engine(rule)
		for _, name := range []string{"example.org", "www.example.org", "notexample.org"} {
			_, blocked := filter.Match(name)
			fmt.Println(rule, name, blocked)
		}
	}
}
END
go build -trimpath -o see . 2> "$work/log" || { cat "$work/log" >&2; exit 1; }
seen=$(./see)
expected=$(cat <<'END'
urlfilter v0.23.4
example.org example.org true
example.org www.example.org false
example.org notexample.org false
example.org$important example.org true
example.org$important www.example.org true
example.org$important notexample.org true
||example.org^$important example.org true
||example.org^$important www.example.org true
||example.org^$important notexample.org false
END
)

echo 'behaviour: example.org$important covers notexample.org'
printf 'seen:\n%s\nexpected:\n%s\n' "$seen" "$expected"
[ "$seen" = "$expected" ] || { echo 'changed' >&2; exit 1; }
