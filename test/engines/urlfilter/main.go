// AdGuard's rule engine asked as AdGuard Home asks it: a case a line in (JSON), its outcomes a line out.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"strings"

	"github.com/AdguardTeam/urlfilter"
	"github.com/AdguardTeam/urlfilter/filterlist"
	"github.com/AdguardTeam/urlfilter/rules"
	"github.com/miekg/dns"
)

type question struct {
	Name   string `json:"name"`
	Type   string `json:"type"`
	Client string `json:"client"`
}

type testCase struct {
	Rules     string     `json:"rules"`
	Questions []question `json:"questions"`
}

func main() {
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 1<<26)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for in.Scan() {
		var one testCase
		if err := json.Unmarshal(in.Bytes(), &one); err != nil {
			panic(err)
		}
		list := filterlist.NewString(&filterlist.StringConfig{RulesText: one.Rules, ID: 1, IgnoreCosmetic: true})
		storage, err := filterlist.NewRuleStorage([]filterlist.Interface{list})
		if err != nil {
			panic(err)
		}
		engine := urlfilter.NewDNSEngine(storage)
		outcomes := []string{}
		for _, q := range one.Questions {
			outcomes = append(outcomes, ask(engine, q))
		}
		text, _ := json.Marshal(outcomes)
		fmt.Fprintln(out, string(text))
	}
}

func ask(engine *urlfilter.DNSEngine, q question) string {
	address, _ := netip.ParseAddr(q.Client)
	request := &urlfilter.DNSRequest{Hostname: q.Name, DNSType: dns.StringToType[q.Type], ClientIP: address}
	result, matched := engine.MatchRequest(request)
	if rewrites := result.DNSRewrites(); len(rewrites) > 0 {
		return rewritten(rewrites, dns.StringToType[q.Type])
	}
	if !matched {
		return "pass"
	}
	if result.NetworkRule != nil {
		if result.NetworkRule.Whitelist {
			return "pass"
		}
		return "block"
	}
	if q.Type == "A" && len(result.HostRulesV4) > 0 {
		return hosts("A", result.HostRulesV4)
	}
	if q.Type == "AAAA" && len(result.HostRulesV6) > 0 {
		return hosts("AAAA", result.HostRulesV6)
	}
	if len(result.HostRulesV4)+len(result.HostRulesV6) > 0 {
		return "nodata"
	}
	return "pass"
}

// The first alias or RCODE goes before all records.
func rewritten(rewrites []*rules.NetworkRule, qtype uint16) string {
	values := []string{}
	for _, rule := range rewrites {
		rewrite := rule.DNSRewrite
		if rewrite.NewCNAME != "" {
			return "alias " + rewrite.NewCNAME
		}
		if rewrite.RCode != dns.RcodeSuccess {
			return strings.ToLower(dns.RcodeToString[rewrite.RCode])
		}
		if rewrite.RRType == qtype {
			values = append(values, fmt.Sprint(rewrite.Value))
		}
	}
	return data(dns.TypeToString[qtype], values)
}

func hosts(kind string, found []*rules.HostRule) string {
	values := []string{}
	for _, rule := range found {
		values = append(values, rule.IP.String())
	}
	return data(kind, values)
}

func data(kind string, values []string) string {
	if len(values) == 0 {
		return "nodata"
	}
	slices.Sort(values)
	values = slices.Compact(values)
	if values[0] == "0.0.0.0" || values[0] == "::" {
		return "block"
	}
	if kind != "A" && kind != "AAAA" {
		return "data " + kind
	}
	return "data " + strings.Join(values, " ")
}
