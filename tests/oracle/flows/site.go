// SPDX-License-Identifier: Apache-2.0

// What judges of network policies share: who is at a site and who talks to whom, from the dump of the site alone,
// and the questions that follow. How the policies were written plays no part.
package main

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"sigs.k8s.io/yaml"
)

// end is a `workload` of the dump.
type end struct {
	title, place, closes, host string
	namespace                  string
	labels                     map[string]string
	addresses                  []string
}

// flow is a `flow` of the dump. A name that several workloads bear stands for each of them.
type flow struct {
	from, to  []*end
	wire      int // 0: any port
	transport string
	why       string
}

type site struct {
	ends     []*end
	flows    []*flow
	releases map[string]string
}

// record is one record of a dump: its words, and its fields without where they come from.
type record struct {
	head   []string
	fields map[string]string
}

func readDump(path string) ([]record, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var all []record
	lines := bufio.NewScanner(file)
	for lines.Buffer(nil, 1<<20); lines.Scan(); {
		line := lines.Text()
		if line == "" {
			continue
		}
		if line[0] != ' ' {
			all = append(all, record{strings.Fields(line), map[string]string{}})
			continue
		}
		key, value, found := strings.Cut(strings.TrimSpace(line), " = ")
		if at := strings.LastIndex(value, "  # "); at >= 0 {
			value = value[:at]
		}
		if found && len(all) > 0 {
			all[len(all)-1].fields[key] = value
		}
	}
	return all, lines.Err()
}

// items splits "[a, b]" or "{ a = b; c = d }".
func items(text, open, between, shut string) []string {
	text = strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(text, open), shut))
	if text == "" {
		return nil
	}
	return strings.Split(text, between)
}

func pairs(text string) map[string]string {
	all := map[string]string{}
	for _, item := range items(text, "{", "; ", "}") {
		key, value, _ := strings.Cut(item, " = ")
		all[key] = value
	}
	return all
}

func readSite(path string) (*site, error) {
	records, err := readDump(path)
	if err != nil {
		return nil, err
	}
	s, named := &site{releases: map[string]string{}}, map[string][]*end{}
	for _, r := range records {
		switch r.head[0] {
		case "release":
			s.releases[r.fields["title"]] = r.fields["version"]
		case "workload":
			e := &end{title: r.fields["title"], place: r.fields["place"], closes: r.fields["closes"], host: r.fields["host"]}
			e.addresses = items(r.fields["addresses"], "[", ", ", "]")
			if pods := r.fields["pods"]; pods != "" {
				head, labels, found := strings.Cut(strings.TrimPrefix(pods, "{ namespace = "), "; labels = ")
				if !found || e.place != "pods" {
					return nil, fmt.Errorf("%s: workload %s: cannot read %q", path, e.title, pods)
				}
				e.namespace, e.labels = head, pairs(strings.TrimSuffix(labels, " }"))
			}
			s.ends = append(s.ends, e)
			named[r.head[1]] = append(named[r.head[1]], e)
		}
	}
	for _, r := range records {
		if r.head[0] != "flow" {
			continue
		}
		f := flow{from: named[r.fields["from"]], to: named[r.fields["to"]], why: r.fields["why"]}
		if wire := r.fields["wire"]; wire != "" {
			if f.wire, err = strconv.Atoi(wire); err != nil {
				return nil, fmt.Errorf("%s: flow %v: %w", path, r.head, err)
			}
		}
		if len(f.from) == 0 || len(f.to) == 0 {
			return nil, fmt.Errorf("%s: flow %v: nobody is called %q or %q", path, r.head, r.fields["from"], r.fields["to"])
		}
		transports := strings.Split(strings.Trim(r.fields["transports"], "[]"), ", ")
		if len(transports) == 0 || transports[0] == "" {
			return nil, fmt.Errorf("%s: flow %v: no transport", path, r.head)
		}
		for _, transport := range transports {
			one := f
			one.transport = transport
			s.flows = append(s.flows, &one)
		}
	}
	if len(s.ends) == 0 {
		return nil, fmt.Errorf("%s names no workload", path)
	}
	return s, nil
}

// policiesOf reads the objects of these kinds in a tree.
func policiesOf(tree string, kinds ...string) (all []policy, err error) {
	err = filepath.WalkDir(filepath.Join(tree, "manifests"), func(path string, entry os.DirEntry, err error) error {
		if os.IsNotExist(err) {
			return nil
		}
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".yaml") {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		p := policy{raw: data}
		if err := yaml.Unmarshal(data, &p); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		for _, kind := range kinds {
			if p.Kind == kind {
				all = append(all, p)
			}
		}
		return nil
	})
	return all, err
}

// policy is what every kind of network policy has.
type policy struct {
	APIVersion, Kind string
	Metadata         struct{ Name, Namespace string }
	raw              []byte
}

func (p policy) String() string {
	return fmt.Sprintf("%s %s/%s", p.Kind, p.Metadata.Namespace, p.Metadata.Name)
}

// documents reads the policies of a file with several.
func documents(text string) (all []policy, err error) {
	for _, part := range strings.Split(text, "\n---\n") {
		p := policy{raw: []byte(part)}
		if err := yaml.Unmarshal(p.raw, &p); err != nil {
			return nil, err
		}
		if p.Kind != "" {
			all = append(all, p)
		}
	}
	return all, nil
}
