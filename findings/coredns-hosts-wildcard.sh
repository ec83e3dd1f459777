#!/usr/bin/env bash
# CoreDNS 1.14.7 (Go, github.com/coredns/coredns), plugin "hosts": a star in a hosts file is a wildcard.
# From memory one would write: hosts(5) knows no wildcard; "0.0.0.0 *.wild.example" is the name of a host called "*", and no client asks for it.
# It does: each name one label below wild.example gets the address; wild.example itself and names further down do not.
# Who reads hosts lists: a line with a star, which other readers skip as invalid, blocks real names there.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export GOPATH="$work/go" GOFLAGS='-mod=mod -modcacherw' GOWORK=off
mkdir "$work/see"
cd "$work/see"
go mod init see 2> /dev/null
go get github.com/coredns/coredns@v1.14.7 2> "$work/log" || { cat "$work/log" >&2; exit 1; }

cat > main.go <<'END'
package main

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/coredns/caddy"
	"github.com/coredns/coredns/core/dnsserver"
	"github.com/coredns/coredns/coremain"
	_ "github.com/coredns/coredns/plugin/bind"
	_ "github.com/coredns/coredns/plugin/hosts"
	"github.com/miekg/dns"
)

func main() {
	dnsserver.Directives = []string{"bind", "hosts"}
	hosts := filepath.Join(os.Args[1], "hosts")
	if err := os.WriteFile(hosts, []byte("0.0.0.0 plain.example\n0.0.0.0 *.wild.example\n"), 0o600); err != nil {
		panic(err)
	}
	free, _ := net.ListenPacket("udp", "127.0.0.1:0")
	_, port, _ := net.SplitHostPort(free.LocalAddr().String())
	free.Close()
	caddy.Quiet, dnsserver.Quiet = true, true
	file := fmt.Sprintf(".:%s {\n bind 127.0.0.1\n hosts %s\n}\n", port, hosts)
	server, err := caddy.Start(caddy.CaddyfileInput{Contents: []byte(file), Filepath: "Corefile", ServerTypeName: "dns"})
	if err != nil {
		panic(err)
	}
	defer server.Stop()
	fmt.Println("CoreDNS", coremain.CoreVersion)
	for _, name := range []string{"plain.example.", "a.plain.example.", "wild.example.", "a.wild.example.", "a.b.wild.example."} {
		question := new(dns.Msg).SetQuestion(name, dns.TypeA)
		client := dns.Client{Timeout: 5 * time.Second}
		answer, _, err := client.Exchange(question, "127.0.0.1:"+port)
		if err != nil {
			panic(err)
		}
		addresses := []string{}
		for _, record := range answer.Answer {
			addresses = append(addresses, record.(*dns.A).A.String())
		}
		fmt.Println(name, addresses)
	}
}
END
go build -trimpath -o see . 2> "$work/log" || { cat "$work/log" >&2; exit 1; }
seen=$(./see "$work" 2> /dev/null)
expected=$(cat <<'END'
CoreDNS 1.14.7
plain.example. [0.0.0.0]
a.plain.example. []
wild.example. []
a.wild.example. [0.0.0.0]
a.b.wild.example. []
END
)

echo 'behaviour: a star in a hosts file stands for any one label'
printf 'seen:\n%s\nexpected:\n%s\n' "$seen" "$expected"
[ "$seen" = "$expected" ] || { echo 'changed' >&2; exit 1; }
