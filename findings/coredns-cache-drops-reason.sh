#!/usr/bin/env bash
# CoreDNS 1.14.7 (Go, github.com/coredns/coredns), plugin "cache": it takes away why a name was blocked, and calls a kept answer authoritative.
# From memory one would write: the cache hands on the first answer as the upstream gave it, and keeps its Extended DNS Error (RFC 8914) for the next; AA is clear in both.
# It does: with "cache" every EDNS option is gone, already from the answer that was not in the cache; the second one has AA set, whatever the upstream said.
# Who forwards to a filtering resolver through CoreDNS (Kubernetes has "cache" by default): clients are not told that a name was blocked; AA says nothing of who answered.
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

	"github.com/coredns/caddy"
	"github.com/coredns/coredns/core/dnsserver"
	"github.com/coredns/coredns/coremain"
	_ "github.com/coredns/coredns/plugin/bind"
	_ "github.com/coredns/coredns/plugin/cache"
	_ "github.com/coredns/coredns/plugin/forward"
	"github.com/miekg/dns"
)

// Answers everything with NXDOMAIN and why: Extended DNS Error 15, "Blocked".
func blocked(writer dns.ResponseWriter, query *dns.Msg) {
	reply := new(dns.Msg)
	reply.SetRcode(query, dns.RcodeNameError)
	reply.RecursionAvailable = true
	reply.Ns = []dns.RR{&dns.SOA{Hdr: dns.RR_Header{Name: "example.", Rrtype: dns.TypeSOA, Class: dns.ClassINET, Ttl: 60},
		Ns: "example.", Mbox: "example.", Minttl: 60}}
	reply.SetEdns0(1232, false)
	reply.IsEdns0().Option = []dns.EDNS0{&dns.EDNS0_EDE{InfoCode: dns.ExtendedErrorCodeBlocked, ExtraText: "list=evil"}}
	writer.WriteMsg(reply)
}

func main() {
	upstream, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	go dns.ActivateAndServe(nil, upstream, dns.HandlerFunc(blocked))
	fmt.Println("CoreDNS", coremain.CoreVersion)
	dnsserver.Directives = []string{"bind", "cache", "forward"}
	caddy.Quiet, dnsserver.Quiet = true, true
	for _, cache := range []string{"", "cache"} {
		free, _ := net.ListenPacket("udp", "127.0.0.1:0")
		_, port, _ := net.SplitHostPort(free.LocalAddr().String())
		free.Close()
		file := fmt.Sprintf(".:%s {\n bind 127.0.0.1\n %s\n forward . %s\n}\n", port, cache, upstream.LocalAddr())
		server, err := caddy.Start(caddy.CaddyfileInput{Contents: []byte(file), Filepath: "Corefile", ServerTypeName: "dns"})
		if err != nil {
			panic(err)
		}
		for _, time := range []string{"first", "second"} {
			query := new(dns.Msg)
			query.SetQuestion("www.evil.example.", dns.TypeA)
			query.SetEdns0(1232, false)
			reply, err := dns.Exchange(query, "127.0.0.1:"+port)
			if err != nil {
				panic(err)
			}
			fmt.Println("plugins:", cache, "forward;", time, "answer:", dns.RcodeToString[reply.Rcode], "AA", reply.Authoritative, reply.IsEdns0().Option)
		}
		server.Stop()
	}
}
END
go build -trimpath -o see . 2> "$work/log" || { cat "$work/log" >&2; exit 1; }
seen=$(./see 2> /dev/null)
expected=$(cat <<'END'
CoreDNS 1.14.7
plugins:  forward; first answer: NXDOMAIN AA false [15 (Blocked): (list=evil)]
plugins:  forward; second answer: NXDOMAIN AA false [15 (Blocked): (list=evil)]
plugins: cache forward; first answer: NXDOMAIN AA false []
plugins: cache forward; second answer: NXDOMAIN AA true []
END
)

echo 'behaviour: no Extended DNS Error with "cache", AA in its second answer'
printf 'seen:\n%s\nexpected:\n%s\n' "$seen" "$expected"
[ "$seen" = "$expected" ] || { echo 'changed' >&2; exit 1; }
