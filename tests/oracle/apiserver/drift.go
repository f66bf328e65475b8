// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"fmt"
	"reflect"
	"sort"
)

func text(value any) string {
	s, _ := json.Marshal(value)
	return string(s)
}

// differences tells what the API server makes of an object: each is drift for whoever compares the two.
func differences(path string, ours, theirs any) (lines []string) {
	switch a := ours.(type) {
	case map[string]any:
		b, ok := theirs.(map[string]any)
		if !ok {
			break
		}
		for _, key := range keys(a, b) {
			at := key
			if path != "" {
				at = path + "." + key
			}
			x, here := a[key]
			y, there := b[key]
			switch {
			case !here:
				lines = append(lines, fmt.Sprintf("%s: the API server adds %s", at, text(y)))
			case !there:
				lines = append(lines, fmt.Sprintf("%s: the API server drops %s", at, text(x)))
			default:
				lines = append(lines, differences(at, x, y)...)
			}
		}
		return lines
	case []any:
		b, ok := theirs.([]any)
		if !ok || len(a) != len(b) {
			break
		}
		for i := range a {
			lines = append(lines, differences(fmt.Sprintf("%s[%d]", path, i), a[i], b[i])...)
		}
		return lines
	}
	if !reflect.DeepEqual(ours, theirs) {
		lines = append(lines, fmt.Sprintf("%s: %s becomes %s", path, text(ours), text(theirs)))
	}
	return lines
}

func keys(maps ...map[string]any) []string {
	seen := map[string]bool{}
	for _, m := range maps {
		for key := range m {
			seen[key] = true
		}
	}
	all := make([]string, 0, len(seen))
	for key := range seen {
		all = append(all, key)
	}
	sort.Strings(all)
	return all
}
