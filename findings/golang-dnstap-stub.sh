#!/usr/bin/env bash
# golang-dnstap 0.4.0 (Go, github.com/dnstap/golang-dnstap, the reader behind the `dnstap` command): a stub resolver's messages have no text, and what a message leaves out is the text "<nil>".
# From memory one would write: the short text form shows each message of the twelve query and response kinds in a line, "SQ" and "SR" for a stub's, and JSON leaves out what is not there.
# It does: the line of a stub's message is "[unhandled Message.Type]", without name and address; in JSON an optional socket family or protocol that was not sent is the text "<nil>", its angles escaped.
# Who reads taps with it: stubs that log by dnstap are not seen in the text form, and a search for messages without protocol finds none.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export GOPATH="$work/go" GOFLAGS='-mod=mod -modcacherw' GOWORK=off
mkdir "$work/see"
cd "$work/see"
go mod init see 2> /dev/null
go get github.com/dnstap/golang-dnstap@v0.4.0 2> "$work/log" || { cat "$work/log" >&2; exit 1; }

cat > main.go <<'END'
package main

import (
	"fmt"
	"net"

	dnstap "github.com/dnstap/golang-dnstap"
	"github.com/miekg/dns"
)

func main() {
	question := new(dns.Msg)
	question.SetQuestion("www.example.", dns.TypeA)
	octets, _ := question.Pack()
	tap := dnstap.Dnstap_MESSAGE
	length := uint32(0)
	for _, kind := range []dnstap.Message_Type{dnstap.Message_CLIENT_QUERY, dnstap.Message_STUB_QUERY, dnstap.Message_TOOL_QUERY} {
		message := &dnstap.Message{Type: &kind, QueryMessage: octets, QueryTimeNsec: &length,
			QueryAddress: net.IPv4(192, 0, 2, 7).To4(), ResponseAddress: net.IPv4(192, 0, 2, 53).To4()}
		text, _ := dnstap.TextFormat(&dnstap.Dnstap{Type: &tap, Message: message})
		fmt.Print(kind, ": ", string(text))
	}
	kind := dnstap.Message_CLIENT_QUERY
	json, _ := dnstap.JSONFormat(&dnstap.Dnstap{Type: &tap, Message: &dnstap.Message{Type: &kind}})
	fmt.Print(string(json))
}
END
seen="golang-dnstap $(go list -m -f '{{.Version}}' github.com/dnstap/golang-dnstap)
$(go run .)"
expected=$(cat <<'END'
golang-dnstap v0.4.0
CLIENT_QUERY: ??:??:??.000000 CQ 192.0.2.7  29b "www.example." IN A
STUB_QUERY: [unhandled Message.Type]
TOOL_QUERY: ??:??:??.000000 TQ 192.0.2.53  29b "www.example." IN A
{"type":"MESSAGE","message":{"type":"CLIENT_QUERY","socket_family":"\u003cnil\u003e","socket_protocol":"\u003cnil\u003e"}}
END
)

echo 'behaviour: the text form does not know the messages of a stub; JSON writes "<nil>" for what is not there'
printf 'seen:\n%s\nexpected:\n%s\n' "$seen" "$expected"
[ "$seen" = "$expected" ] || { echo 'changed' >&2; exit 1; }
