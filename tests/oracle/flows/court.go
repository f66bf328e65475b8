// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// evaluator is what a judge brings: the kinds that it reads, whether they know nothing but pods and addresses, which sites it
// judges, and the policies' own code.
type evaluator struct {
	name, release string
	kinds         []string
	portAlone     bool
	takes         func(*site) bool
	load          func(s *site, policies []policy) (passes func(question) (bool, error), faults []string)
}

func (e *evaluator) judge(s *site, policies []policy) ([]string, error) {
	passes, faults := e.load(s, policies)
	if len(faults) > 0 {
		return faults, nil
	}
	faults, _, err := s.ask(e.portAlone, passes)
	return faults, err
}

// bad: every case holds policies of its own over the site in flows/base.site, and "# refused: " with a part of what must be said of them.
// They take the place of those of the same name in base.yaml, which alone must pass.
func (e *evaluator) bad(folder string) error {
	s, err := readSite("../flows/base.site")
	if err != nil {
		return err
	}
	base, err := os.ReadFile(filepath.Join(folder, "base.yaml"))
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
		text, wanted := string(data), ""
		for _, line := range strings.Split(text, "\n") {
			if value, ok := strings.CutPrefix(line, "# refused: "); ok {
				wanted = value
			}
		}
		own, err := documents(text)
		if err == nil && filepath.Base(name) != "base.yaml" {
			var others []policy
			if others, err = documents(string(base)); err == nil {
				own = over(others, own)
			}
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		faults, err := e.judge(s, own)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if filepath.Base(name) == "base.yaml" {
			if len(faults) > 0 {
				return fmt.Errorf("%s is refused: %q", name, faults)
			}
		} else if wanted == "" || !strings.Contains(strings.Join(faults, "\n"), wanted) {
			return fmt.Errorf("%s: not refused with %q, but %q", name, wanted, faults)
		}
	}
	return nil
}

// over puts policies in the place of those of the same name.
func over(base, own []policy) []policy {
	all := append([]policy{}, own...)
	for _, p := range base {
		kept := true
		for _, q := range own {
			kept = kept && p.String() != q.String()
		}
		if kept {
			all = append(all, p)
		}
	}
	return all
}

func (e *evaluator) run(work, bad string) (refused int, err error) {
	if err := e.bad(bad); err != nil {
		return 0, err
	}
	cases, err := os.Open(filepath.Join(work, "cases"))
	if err != nil {
		return 0, err
	}
	defer cases.Close()
	count, asked := 0, 0
	for lines := bufio.NewScanner(cases); lines.Scan(); {
		parts := strings.Split(lines.Text(), "\t")
		policies, err := policiesOf(parts[1], e.kinds...)
		if err != nil {
			return 0, err
		}
		if len(policies) == 0 {
			continue
		}
		s, err := readSite(parts[2])
		if err != nil {
			return 0, err
		}
		if !e.takes(s) {
			continue
		}
		count++
		passes, faults := e.load(s, policies)
		if len(faults) == 0 {
			var questions int
			if faults, questions, err = s.ask(e.portAlone, passes); err != nil {
				return 0, fmt.Errorf("%s: %w", parts[0], err)
			}
			asked += questions
		}
		for _, fault := range faults {
			fmt.Printf("%s %s: %s: %s\n", e.name, e.release, parts[0], fault)
		}
		if len(faults) > 0 {
			refused++
		}
	}
	fmt.Printf("%s %s: %d questions\n", e.name, e.release, asked)
	table, err := os.OpenFile(filepath.Join(work, "table"), os.O_APPEND|os.O_WRONLY|os.O_CREATE, 0o644)
	if err != nil {
		return 0, err
	}
	fmt.Fprintf(table, "%s\t%s\t%d\t%d\n", e.name, e.release, count, refused)
	return refused, table.Close()
}

func (e *evaluator) main() {
	if len(os.Args) != 4 {
		fmt.Fprintf(os.Stderr, "usage: %s RELEASE WORK BAD\n", e.name)
		os.Exit(2)
	}
	e.release = os.Args[1]
	refused, err := e.run(os.Args[2], os.Args[3])
	if err != nil {
		fmt.Printf("%s %s: %v\n", e.name, e.release, err)
	}
	if err != nil || refused > 0 {
		os.Exit(1)
	}
}
