#!/usr/bin/env bash
# OpenTelemetry Collector's syslog receiver 0.165.1 (Go, opentelemetry-collector-contrib/receiver/syslogreceiver), RFC 6587 octet counting: a message that ends with a line feed is not parsed.
# From memory one would write: with "enable_octet_counting" the count says where a message ends, whatever it holds, and is no part of it.
# It does: the line feed is cut off, the count is then wrong, and the record has no message, severity or time, only a log line of the collector says so; and the
# body of every record begins with the count.
# Who sends with counts and a template that ends with a line feed (rsyslog's RSYSLOG_SyslogProtocol23Format): alerts arrive without severity; who reads the body: cut the count off.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export GOPATH="$work/go" GOFLAGS='-mod=mod -modcacherw' GOWORK=off
mkdir "$work/see"
cd "$work/see"
go mod init see 2> /dev/null
go get github.com/open-telemetry/opentelemetry-collector-contrib/receiver/syslogreceiver@v0.165.1 \
  go.opentelemetry.io/collector/{component/componenttest,consumer/consumertest,receiver/receivertest}@v0.165.0 \
  2> "$work/log" || { cat "$work/log" >&2; exit 1; }

cat > main.go <<'END'
package main

import (
	"context"
	"fmt"
	"net"
	"time"

	"github.com/open-telemetry/opentelemetry-collector-contrib/receiver/syslogreceiver"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/receiver/receivertest"
)

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func main() {
	free, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	address := free.Addr().String()
	free.Close()
	factory := syslogreceiver.NewFactory()
	config := factory.CreateDefaultConfig()
	check(confmap.NewFromStringMap(map[string]any{
		"tcp":                   map[string]any{"listen_address": address},
		"protocol":              "rfc5424",
		"enable_octet_counting": true,
	}).Unmarshal(config))
	sink := new(consumertest.LogsSink)
	receiver, err := factory.CreateLogs(context.Background(), receivertest.NewNopSettings(factory.Type()), config, sink)
	check(err)
	check(receiver.Start(context.Background(), componenttest.NewNopHost()))
	connection, err := net.Dial("tcp", address)
	check(err)
	for _, text := range []string{"plain", "ends with a line feed\n", "two\nlines"} {
		message := "<132>1 2026-11-30T12:00:00Z host app - ID - " + text
		fmt.Fprintf(connection, "%d %s", len(message), message)
	}
	for tries := 0; sink.LogRecordCount() < 3 && tries < 100; tries++ {
		time.Sleep(100 * time.Millisecond)
	}
	for _, logs := range sink.AllLogs() {
		for _, resource := range logs.ResourceLogs().All() {
			for _, record := range resource.ScopeLogs().At(0).LogRecords().All() {
				message, found := record.Attributes().Get("message")
				text := "no message"
				if found {
					text = fmt.Sprintf("message %q", message.Str())
				}
				fmt.Printf("body %q: %s, severity %s, time %d\n", record.Body().Str(), text, record.SeverityNumber(), record.Timestamp().AsTime().Unix())
			}
		}
	}
	check(receiver.Shutdown(context.Background()))
}
END
go build -trimpath -o see . 2> "$work/log" || { cat "$work/log" >&2; exit 1; }
seen="$(go list -m -f '{{.Path}} {{.Version}}' github.com/open-telemetry/opentelemetry-collector-contrib/receiver/syslogreceiver | sed 's|.*/||')
$(./see 2> /dev/null)"
expected=$(cat <<'END'
syslogreceiver v0.165.1
body "49 <132>1 2026-11-30T12:00:00Z host app - ID - plain": message "plain", severity Warn, time 1796040000
body "66 <132>1 2026-11-30T12:00:00Z host app - ID - ends with a line feed": no message, severity Unspecified, time 0
body "53 <132>1 2026-11-30T12:00:00Z host app - ID - two\nlines": message "two\nlines", severity Warn, time 1796040000
END
)

echo 'behaviour: the second message is not parsed, and each body begins with the count of its octets'
printf 'seen:\n%s\nexpected:\n%s\n' "$seen" "$expected"
[ "$seen" = "$expected" ] || { echo 'changed' >&2; exit 1; }
