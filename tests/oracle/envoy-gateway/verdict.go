// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"fmt"
	"sort"
	"strings"

	"github.com/envoyproxy/gateway/internal/gatewayapi/resource"
	"github.com/envoyproxy/gateway/internal/xds/types"
	"google.golang.org/protobuf/encoding/protojson"
)

// Conditions that must be true where they stand; every other one that is true says that something is not as written.
var good = map[string]bool{"Accepted": true, "Programmed": true, "ResolvedRefs": true}

// The kinds that must be taken by somebody: a status with at least one condition.
var taken = map[string]bool{
	"Gateway": true, "HTTPRoute": true, "GRPCRoute": true, "TLSRoute": true, "TCPRoute": true, "BackendTLSPolicy": true,
	"ClientTrafficPolicy": true, "BackendTrafficPolicy": true, "SecurityPolicy": true, "EnvoyExtensionPolicy": true,
}

// verdicts reads every condition of every status. The whole result is read as JSON, so that no kind is forgotten.
func verdicts(c *cluster, result *resource.Resources) (faults []string) {
	raw, err := json.Marshal(result)
	if err != nil {
		return []string{err.Error()}
	}
	var all map[string]any
	if err := json.Unmarshal(raw, &all); err != nil {
		return []string{err.Error()}
	}
	judged := map[string]int{}
	each(all, func(m map[string]any) {
		status, ok := m["status"].(map[string]any)
		meta, isObject := m["metadata"].(map[string]any)
		if !ok || !isObject {
			return
		}
		who := fmt.Sprintf("%s %s/%s", words(m, "kind"), words(meta, "namespace"), words(meta, "name"))
		each(status, func(s map[string]any) {
			kind, state := words(s, "type"), words(s, "status")
			if kind == "" || state == "" {
				return
			}
			judged[who]++
			if good[kind] != (state == "True") {
				faults = append(faults, fmt.Sprintf("%s: %s is %s: %s", who, kind, state, words(s, "message")))
			}
		})
	})
	for _, object := range c.objects {
		who := fmt.Sprintf("%s %s/%s", words(object, "kind"), words(object, "metadata", "namespace"), words(object, "metadata", "name"))
		if taken[words(object, "kind")] && judged[who] == 0 {
			faults = append(faults, who+": nobody takes it")
		}
	}
	sort.Strings(faults)
	return faults
}

// plain gives the xDS of each gateway as values: by type, such as "Cluster", a list.
func plain(tables map[string]types.XdsResources) (map[string]any, error) {
	all := map[string]any{}
	for key, table := range tables {
		kinds := map[string]any{}
		for url, resources := range table {
			var out []any
			for _, r := range resources {
				raw, err := protojson.Marshal(r)
				if err != nil {
					return nil, err
				}
				var value any
				if err := json.Unmarshal(raw, &value); err != nil {
					return nil, err
				}
				out = append(out, value)
			}
			kinds[url[strings.LastIndex(url, ".")+1:]] = out
		}
		all[key] = kinds
	}
	return all, nil
}
