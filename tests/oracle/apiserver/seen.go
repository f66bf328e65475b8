// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"

	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"
)

// What people write, and what an API server makes of it: a line "case, judge, release, verdict, words" an object and fault.
// The verdicts of this judge: accepted, dropped (a field that it does not know), rejected.

const unknown = ": the API server knows no such field, and drops it"

// What makes a message long and says nothing: no place, a whole object, the place a second time, the place in a file.
var noise = regexp.MustCompile(`^<nil>: |Invalid value: ("[^"]*"|map\[.*\]|\{.*\}): |Invalid value: |\S+ in body (?:should|must) |yaml: unmarshal errors: +line [0-9]+: `)

func verdictOf(fault string) (verdict, words string) {
	if path, ok := strings.CutSuffix(fault, unknown); ok {
		return "dropped", path
	}
	return "rejected", noise.ReplaceAllStringFunc(strings.ReplaceAll(fault, "\n", " "), func(found string) string {
		if i := strings.Index(found, " in body "); i >= 0 {
			return found[i+len(" in body "):]
		}
		return ""
	})
}

// newest: the site that holds the newest of everything, but for what the case names: "# releases: envoy-gateway 1.7.0".
func (c *court) newest(text string) *site {
	s := &site{releases: map[string]string{}, included: map[string]bool{}, own: newSet("CRDs of sites"), foreign: true, channel: "standard"}
	for _, r := range c.modules {
		s.releases[r.product] = r.version
	}
	words := strings.Fields(commentOf(text, "releases"))
	for i := 0; i+1 < len(words); i += 2 {
		s.releases[words[i]] = words[i+1]
	}
	return s
}

// seen judges every case below the folder.
func (c *court) seen(folder, record string) error {
	names, err := filepath.Glob(filepath.Join(folder, "seed", "*.yaml"))
	if err != nil || len(names) == 0 {
		return fmt.Errorf("%s: no cases (%v)", folder, err)
	}
	more, err := filepath.Glob(filepath.Join(folder, "traps", "*.yaml"))
	if err != nil || len(more) == 0 {
		return fmt.Errorf("%s: no traps (%v)", folder, err)
	}
	names = append(names, more...)
	out, err := os.OpenFile(record, os.O_APPEND|os.O_WRONLY|os.O_CREATE, 0o644)
	if err != nil {
		return err
	}
	defer out.Close()
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		title := strings.TrimSuffix(filepath.Base(filepath.Dir(name))+"/"+filepath.Base(name), ".yaml")
		s := c.newest(string(data))
		for documents := utilyaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(data))); ; {
			document, err := documents.Read()
			if err == io.EOF {
				break
			}
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			object := map[string]any{}
			if err := yaml.Unmarshal(document, &object); err == nil && len(object) == 0 {
				continue
			}
			who, faults := c.faultsOf(s, document, false)
			if len(faults) == 0 {
				fmt.Fprintf(out, "%s\tapiserver\t%s\taccepted\t%v\n", title, who, object["kind"])
			}
			sort.Strings(faults)
			for _, fault := range faults {
				verdict, words := verdictOf(fault)
				if strings.HasPrefix(words, "Checked value must be") {
					continue // what the schema has said already
				}
				fmt.Fprintf(out, "%s\tapiserver\t%s\t%s\t%v: %s\n", title, who, verdict, object["kind"], words)
			}
		}
	}
	return nil
}
