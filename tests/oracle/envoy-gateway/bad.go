// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"
)

// documents reads all objects of a file.
func documents(path string) ([]map[string]any, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var out []map[string]any
	for reader := utilyaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(data))); ; {
		document, err := reader.Read()
		if err == io.EOF {
			return out, nil
		}
		object := map[string]any{}
		if err == nil {
			err = yaml.UnmarshalStrict(document, &object)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		if len(object) > 0 {
			out = append(out, normal(object))
		}
	}
}

// refuses feeds the judge what it must not accept: a judge that refuses nothing proves nothing. base.yaml stands before each
// case and must itself be accepted; an object of the case takes the place of its own in the base; "# without: KIND NAME"
// leaves one out. In NAME.asked.yaml stand objects that the xDS of the base must be found different from.
func refuses(folder string) error {
	base, err := documents(filepath.Join(folder, "base.yaml"))
	if err != nil {
		return err
	}
	names, err := filepath.Glob(filepath.Join(folder, "*.yaml"))
	if err != nil || len(names) < 2 {
		return fmt.Errorf("%s: no bad cases (%v)", folder, err)
	}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		own, err := documents(name)
		if err != nil {
			return err
		}
		if filepath.Base(name) == "base.yaml" {
			own = nil
		}
		c, without := &cluster{}, map[string]bool{}
		var wanted []string
		for _, line := range strings.Split(string(data), "\n") {
			if text, ok := strings.CutPrefix(line, "# refused: "); ok {
				wanted = append(wanted, text)
			}
			if id, ok := strings.CutPrefix(line, "# without: "); ok {
				without[id] = true
			}
		}
		asks, replaced := strings.HasSuffix(name, ".asked.yaml"), append([]map[string]any{}, own...)
		for _, object := range own {
			without[words(object, "kind")+" "+words(object, "metadata", "name")] = true
		}
		for _, object := range base {
			if asks {
				c.objects = append(c.objects, normal(copied(object)))
			}
			if !without[words(object, "kind")+" "+words(object, "metadata", "name")] {
				replaced = append(replaced, normal(copied(object)))
			}
		}
		if !asks {
			c.objects, replaced = replaced, nil
		}
		faults, err := c.judge("", os.Getenv("SHOW") == filepath.Base(name), replaced, nil)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if len(wanted) == 0 && len(faults) > 0 {
			return fmt.Errorf("%s: refused with %q", name, faults)
		}
		for _, text := range wanted {
			if !strings.Contains(strings.Join(faults, "\n"), text) {
				return fmt.Errorf("%s: not refused with %q, but %q", name, text, faults)
			}
		}
	}
	return nil
}

func copied(object map[string]any) map[string]any {
	raw, err := yaml.Marshal(object)
	out := map[string]any{}
	if err == nil {
		err = yaml.Unmarshal(raw, &out)
	}
	if err != nil {
		panic(err)
	}
	return out
}
