// SPDX-License-Identifier: Apache-2.0

// apiserver WORK: judges every manifest of every case as an API server would that holds the CRDs of
// the releases that the site states: names, unknown fields, pruning, defaults (ours are theirs, so
// that nobody sees drift), schema, keys of lists, CEL rules. Built-in kinds: strict reading,
// defaults, and the validation that their registries call.
package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"k8s.io/apimachinery/pkg/runtime/schema"
	utiljson "k8s.io/apimachinery/pkg/util/json"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"
)

type tally struct{ judged, refused int }

type court struct {
	modules []release
	sets    map[string]*crdSet
	table   map[string]*tally
}

// site is what the dump of a site says of its releases, and what the user's own YAML brought.
type site struct {
	releases map[string]string
	channel  string
	included map[string]bool
	own      *crdSet // of CRDs that the tree itself holds
	foreign  bool    // nothing in it is egmc's: defaults are no drift
}

// idOf names an object as a cluster does.
func idOf(object map[string]any) string {
	meta, _ := object["metadata"].(map[string]any)
	return fmt.Sprintf("%v %v %v", object["kind"], meta["namespace"], meta["name"])
}

// readIncluded finds the objects of the YAML files that the lock lists as input.
func (s *site) readIncluded(tree, root string) error {
	lock, err := os.ReadFile(filepath.Join(tree, "egm.lock"))
	if err != nil {
		return err
	}
	for _, line := range strings.Split(string(lock), "\n") {
		words := strings.Fields(line)
		if len(words) != 4 || words[0] != "input" || !strings.HasSuffix(words[3], ".yaml") {
			continue
		}
		file, err := os.Open(filepath.Join(root, words[3]))
		if err != nil {
			return err
		}
		defer file.Close()
		for documents := utilyaml.NewYAMLReader(bufio.NewReader(file)); ; {
			document, err := documents.Read()
			if err == io.EOF {
				break
			}
			object := map[string]any{}
			if err == nil {
				err = yaml.Unmarshal(document, &object)
			}
			if err != nil {
				return err
			}
			s.included[idOf(object)] = true
		}
	}
	return nil
}

// readSite takes the records `release NAME of ...` and the channel of the Gateway API from a dump.
func readSite(path string) (*site, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	s, record := &site{releases: map[string]string{}, included: map[string]bool{}, own: newSet("CRDs of sites")}, ""
	title := ""
	for lines := bufio.NewScanner(file); lines.Scan(); {
		line := lines.Text()
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		if line[0] != ' ' {
			record = words[0]
			title = ""
			continue
		}
		if len(words) > 2 && words[1] == "=" {
			if record == "release" && words[0] == "title" {
				// "Envoy Gateway" is envoy-gateway, whatever record states it.
				value, _, _ := strings.Cut(strings.TrimSpace(line), "  #")
				title = strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(value, "title = "), " ", "-"))
			}
			if record == "release" && words[0] == "version" {
				s.releases[title] = words[2]
			}
			if record == "gateway-api" && words[0] == "channel" {
				s.channel = words[2]
			}
		}
	}
	if len(s.releases) == 0 {
		return nil, fmt.Errorf("%s names no release", path)
	}
	return s, nil
}

func (c *court) set(product, version, channel string) (*crdSet, error) {
	r, ok := findRelease(c.modules, product, version)
	if !ok {
		return nil, fmt.Errorf("no CRDs of %s %s are at hand: add the release to tests/oracle/releases", product, version)
	}
	key := product + " " + r.version
	if product == "gateway-api" {
		key += " " + channel
	}
	if c.sets[key] == nil {
		set, err := r.load(channel)
		if err != nil {
			return nil, err
		}
		c.sets[key] = set
	}
	return c.sets[key], nil
}

func (c *court) note(title string, faults []string, where string) {
	if c.table[title] == nil {
		c.table[title] = &tally{}
	}
	c.table[title].judged++
	if len(faults) == 0 {
		return
	}
	c.table[title].refused++
	for _, fault := range faults {
		fmt.Printf("apiserver: %s: %s: %s\n", title, where, fault)
	}
}

// merge lays a partial object over a stub, as server-side apply would over what exists.
func merge(stub, part map[string]any) map[string]any {
	for key, value := range part {
		a, isMap := value.(map[string]any)
		b, wasMap := stub[key].(map[string]any)
		if isMap && wasMap {
			stub[key] = merge(b, a)
		} else {
			stub[key] = value
		}
	}
	return stub
}

// What an object that others made holds at the least, in its defaulted form.
var stubs = map[string]string{
	"Service": `{"spec":{"type":"ClusterIP","sessionAffinity":"None","internalTrafficPolicy":"Cluster",
		"ports":[{"name":"stub","port":80,"targetPort":80,"protocol":"TCP"}]}}`,
}

// faultsOf says what is wrong with a manifest, and who says so.
func (c *court) faultsOf(s *site, data []byte, partial bool) (title string, faults []string) {
	object := map[string]any{}
	raw, err := yaml.YAMLToJSONStrict(data)
	if err == nil {
		err = utiljson.Unmarshal(raw, &object)
	}
	if err != nil {
		return "files", []string{err.Error()}
	}
	version, _ := object["apiVersion"].(string)
	kind, _ := object["kind"].(string)
	if partial {
		stub := map[string]any{}
		if text := stubs[kind]; text != "" {
			if err := utiljson.Unmarshal([]byte(text), &stub); err != nil {
				panic(err)
			}
		}
		object = merge(stub, object)
		if raw, err = utiljson.Marshal(object); err != nil {
			panic(err)
		}
	}
	gv, err := schema.ParseGroupVersion(version)
	if err != nil {
		return "files", []string{err.Error()}
	}
	product, included := productOf(gv.Group), s.foreign || s.included[idOf(object)]
	if gv.Group == "apiextensions.k8s.io" {
		return "CRDs of sites", c.ownCRD(s, data)
	}
	if k := s.own.kinds[version+" "+kind]; k != nil {
		return "CRDs of sites", k.judge(object, included)
	}
	if product == "" {
		return "kubernetes 1.36", judgeBuiltin(raw, included)
	}
	stated := s.releases[product]
	if (product == "cert-manager" || product == "prometheus-operator") && stated == "" {
		// No site states its release: the newest one that is at hand.
		for _, r := range c.modules {
			if r.product == product {
				stated = r.version
			}
		}
	}
	if stated == "" {
		return product, []string{"the site states no " + product}
	}
	set, err := c.set(product, stated, s.channel)
	if err != nil {
		return product + " " + stated, []string{err.Error()}
	}
	k := set.kinds[version+" "+kind]
	if k == nil && len(set.served[gv.Group+" "+kind]) == 0 {
		return set.title, []string{fmt.Sprintf("%s is not served: there is no such kind", version)}
	}
	if k == nil {
		return set.title, []string{fmt.Sprintf("%s is not served; served: %v", version, set.served[gv.Group+" "+kind])}
	}
	return set.title, k.judge(object, included)
}

// ownCRD takes in a CRD that a site brings; its own kinds are judged by it from then on, since they come later.
func (c *court) ownCRD(s *site, data []byte) []string {
	if err := s.own.add(data); err != nil {
		return []string{err.Error()}
	}
	return nil
}

func (c *court) judge(s *site, file, where string, partial bool) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	title, faults := c.faultsOf(s, data, partial)
	c.note(title, faults, where)
	return nil
}

func (c *court) tree(name, tree, dump, root string) error {
	s, err := readSite(dump)
	if err == nil {
		err = s.readIncluded(tree, root)
	}
	if err != nil {
		return err
	}
	return filepath.WalkDir(tree, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".yaml") {
			return err
		}
		inside, _ := filepath.Rel(tree, path)
		top, _, _ := strings.Cut(inside, string(filepath.Separator))
		if (top == "manifests" || top == "adopt") && filepath.Base(path) != "kustomization.yaml" {
			return c.judge(s, path, name+"/"+inside, top == "adopt")
		}
		return nil
	})
}

func run(work, bad string) (*court, error) {
	c := &court{sets: map[string]*crdSet{}, table: map[string]*tally{}}
	var err error
	if c.modules, err = readModules(filepath.Join(work, "modules")); err != nil {
		return nil, err
	}
	if err := c.bad(bad); err != nil {
		return nil, err
	}
	if err := c.seen("..", filepath.Join(work, "seen")); err != nil {
		return nil, err
	}
	if err := c.kinds(work); err != nil {
		return nil, err
	}
	cases, err := os.Open(filepath.Join(work, "cases"))
	if err != nil {
		return nil, err
	}
	defer cases.Close()
	for lines := bufio.NewScanner(cases); lines.Scan(); {
		parts := strings.Split(lines.Text(), "\t")
		if len(parts) != 4 {
			return nil, fmt.Errorf("cases: not four columns: %q", lines.Text())
		}
		if err := c.tree(parts[0], parts[1], parts[2], parts[3]); err != nil {
			return nil, err
		}
	}
	return c, nil
}

func (c *court) report(path string) error {
	table, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY|os.O_CREATE, 0o644)
	if err != nil {
		return err
	}
	titles := make([]string, 0, len(c.table))
	for title := range c.table {
		titles = append(titles, title)
	}
	sort.Strings(titles)
	for _, title := range titles {
		fmt.Fprintf(table, "apiserver\t%s\t%d\t%d\n", title, c.table[title].judged, c.table[title].refused)
	}
	return table.Close()
}

// commentOf gives what follows "# KEY: " in the comments of a file.
func commentOf(text, key string) string {
	for _, line := range strings.Split(text, "\n") {
		if value, ok := strings.CutPrefix(line, "# "+key+": "); ok {
			return value
		}
	}
	return ""
}

// bad feeds the judge what it must refuse: a judge that refuses nothing proves nothing.
func (c *court) bad(folder string) error {
	names, err := filepath.Glob(filepath.Join(folder, "*.yaml"))
	if err != nil || len(names) == 0 {
		return fmt.Errorf("%s: no bad cases (%v)", folder, err)
	}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		s := &site{releases: map[string]string{}, included: map[string]bool{}, own: newSet("CRDs of sites")}
		if words := strings.Fields(commentOf(string(data), "releases")); len(words) > 1 {
			s.releases[words[0]] = words[1]
			if len(words) > 2 {
				s.channel = words[2]
			}
		}
		want, found := commentOf(string(data), "refused"), false
		_, faults := c.faultsOf(s, data, false)
		for _, fault := range faults {
			found = found || (want != "" && strings.Contains(fault, want))
		}
		if !found {
			return fmt.Errorf("%s: not refused with %q, but %q", name, want, faults)
		}
	}
	c.table["what must be refused"] = &tally{len(names), 0}
	return nil
}

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: apiserver WORK BAD")
		os.Exit(2)
	}
	c, err := run(os.Args[1], os.Args[2])
	if err == nil {
		err = c.report(filepath.Join(os.Args[1], "table"))
	}
	if err != nil {
		fmt.Println("apiserver:", err)
		os.Exit(1)
	}
	for _, t := range c.table {
		if t.refused > 0 {
			os.Exit(1)
		}
	}
}
