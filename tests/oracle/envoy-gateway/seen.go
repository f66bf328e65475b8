// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
)

// What people write, and what Envoy Gateway makes of it. A case that says "# around: NAME" is translated among the objects of
// NAME.yaml in the folder `around`; one of the case takes the place of its namesake there. What the API server drops is dropped here,
// too. The verdicts of this judge: accepted; refused (a status says so); no effect (nobody takes it); wrong in xDS. More lines of the head:
//   # without: KIND NAME              leave this one out
//   # same without: KIND NAME         it has no effect: the xDS is the same without it
//   # xds has|lacks TEXT => WORDS     the xDS, as JSON without blanks, has or lacks the text, which means WORDS

// secrets differ from run to run.
var secrets = regexp.MustCompile(`"inline(Bytes|String)":"[^"]*"`)

type wild struct {
	around        string
	without, same []string
	probes        []string
}

func readHead(text string) (w wild) {
	for _, line := range strings.Split(text, "\n") {
		if value, ok := strings.CutPrefix(line, "# around: "); ok {
			w.around = value
		} else if value, ok := strings.CutPrefix(line, "# without: "); ok {
			w.without = append(w.without, value)
		} else if value, ok := strings.CutPrefix(line, "# same without: "); ok {
			w.same = append(w.same, value)
		} else if value, ok := strings.CutPrefix(line, "# xds "); ok {
			w.probes = append(w.probes, value)
		}
	}
	return w
}

func idOf(object map[string]any) string {
	return words(object, "kind") + " " + words(object, "metadata", "name")
}

// translated: the faults, and the xDS as JSON, of the objects but for some.
func translated(objects []map[string]any, without map[string]bool) (faults []string, xds string, err error) {
	c := &cluster{lenient: true}
	for _, object := range objects {
		if !without[idOf(object)] {
			c.objects = append(c.objects, normal(copied(object)))
		}
	}
	var tables map[string]any
	if faults, err = c.judge("", false, nil, &tables); err != nil {
		return nil, "", err
	}
	raw, err := json.Marshal(tables)
	return faults, secrets.ReplaceAllString(string(raw), ""), err
}

func verdictOf(fault string) string {
	switch {
	case strings.HasSuffix(fault, ": nothing refers to it"), strings.HasSuffix(fault, ": nobody takes it"):
		return "no effect"
	case strings.Contains(fault, " is False: "), strings.Contains(fault, " is True: "):
		return "refused"
	}
	return "wrong in xDS"
}

func (w wild) judge(own []map[string]any, folder string) (lines []string, err error) {
	around, err := documents(filepath.Join(folder, "around", w.around+".yaml"))
	if err != nil {
		return nil, err
	}
	without := map[string]bool{}
	for _, id := range w.without {
		without[id] = true
	}
	for _, object := range own {
		without[idOf(object)] = true
	}
	objects := append([]map[string]any{}, own...)
	for _, object := range around {
		if !without[idOf(object)] {
			objects = append(objects, object)
		}
	}
	faults, xds, err := translated(objects, nil)
	if err != nil {
		return nil, err
	}
	for _, fault := range faults {
		if strings.HasSuffix(fault, "see other Conditions for details.") {
			continue
		}
		lines = append(lines, verdictOf(fault)+"\t"+strings.ReplaceAll(fault, "\n", " "))
	}
	for _, id := range w.same {
		_, other, err := translated(objects, map[string]bool{id: true})
		if err != nil {
			return nil, err
		}
		if other != xds {
			return nil, fmt.Errorf("without %s the xDS differs", id)
		}
		lines = append(lines, "no effect\t"+id+": the xDS is the same without it")
	}
	for _, probe := range w.probes {
		test, saying, ok := strings.Cut(probe, " => ")
		verb, text, also := strings.Cut(test, " ")
		if !ok || !also || (verb != "has" && verb != "lacks") {
			return nil, fmt.Errorf("no such line: # xds %s", probe)
		}
		if strings.Contains(xds, text) != (verb == "has") {
			return nil, fmt.Errorf("not true: # xds %s", probe)
		}
		lines = append(lines, "wrong in xDS\t"+saying)
	}
	if len(lines) == 0 {
		lines = []string{"accepted\tall of it"}
	}
	sort.Strings(lines)
	return lines, nil
}

// seen judges every case below the folder that names what is around it, on the newest release alone unless it names this one.
func seen(release, folder, record string) error {
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
		w, on := readHead(string(data)), "1.9.0"
		for _, line := range strings.Split(string(data), "\n") {
			if _, rest, ok := strings.Cut(line, " envoy-gateway "); ok && strings.HasPrefix(line, "# releases: ") {
				on = strings.Fields(rest)[0]
			}
		}
		if w.around == "" || on != release {
			continue
		}
		own, err := documents(name)
		if err != nil {
			return err
		}
		lines, err := w.judge(own, folder)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		title := strings.TrimSuffix(filepath.Base(filepath.Dir(name))+"/"+filepath.Base(name), ".yaml")
		for _, line := range lines {
			fmt.Fprintf(out, "%s\tenvoy-gateway\t%s\t%s\n", title, release, line)
		}
	}
	return nil
}
