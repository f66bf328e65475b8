// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"

	structuralschema "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
)

// The `kind` declarations of the library against the schemas of every release: what the library lets
// through here, the API server must let through there, and what it would add stands as a default.

// member is one line of what tests/kinds/kinds prints.
type member struct {
	Kind, ApiVersion, Path, Type string
	Words                        []string
	Lo, Hi                       *int64
	Max                          int64
	Pattern, Default, Only       string
	Optional, Reference          bool
}

// How long a value of the language's own types is at the most, and whether its form is known.
var lengths = map[string]int64{
	"dns-label": 63, "object-name": 253, "domain": 253, "hostname": 253, "label-value": 63, "cidr": 43, "ip": 39,
	"duration": 40, "quantity": 40, "endpoint": 400, "date": 10, "path": 1024, "version": 40, "name": 253,
}

var ofType = map[string]string{
	"int": "integer", "port": "integer", "bool": "boolean", "list": "array", "struct": "object", "map": "object",
}

// Differences that are meant, with the reason; one that no longer exists is a fault, too.
var explained = map[string]string{
	"AuthorizationPolicy spec.action: the default is ALLOW here, <nil> at the API server":                                                  "istiod's own default, always written",
	"BackendTrafficPolicy spec.rateLimit.type: may be left out, the API server demands it":                                                 "written for the line 1.5 alone, deprecated later",
	"CiliumBGPClusterConfig spec.bgpInstances[].peers[].peerConfigRef.group: the API server adds cilium.io where it is left out":           oldBGP,
	"CiliumBGPClusterConfig spec.bgpInstances[].peers[].peerConfigRef.group: the API server knows no such field, and drops it":             oldBGP,
	"CiliumBGPClusterConfig spec.bgpInstances[].peers[].peerConfigRef.kind: the API server adds CiliumBGPPeerConfig where it is left out":  oldBGP,
	"CiliumBGPClusterConfig spec.bgpInstances[].peers[].peerConfigRef.kind: the API server knows no such field, and drops it":              oldBGP,
	"CiliumClusterwideNetworkPolicy spec.egress[].toEntities[]: may be cluster-mesh, which the API server refuses":                         entity,
	"CiliumClusterwideNetworkPolicy spec.ingress[].fromEntities[]: may be cluster-mesh, which the API server refuses":                      entity,
	"EnvoyProxy spec.provider.kubernetes.envoyService.patch.type: the default is StrategicMerge here, <nil> at the API server":             "Envoy Gateway's own default, always written",
	"BackendTrafficPolicy spec.healthCheck.passive.consecutiveGatewayErrors: the API server adds 0 where it is left out":                   "written for the line 1.5 alone, where it is a default",
	"CiliumNetworkPolicy spec.egressDeny[].authentication: the API server knows no such field, and drops it":                               denied,
	"CiliumNetworkPolicy spec.egressDeny[].toPorts[].rules: the API server knows no such field, and drops it":                              denied,
	"CiliumNetworkPolicy spec.ingressDeny[].authentication: the API server knows no such field, and drops it":                              denied,
	"CiliumNetworkPolicy spec.ingressDeny[].toPorts[].rules: the API server knows no such field, and drops it":                             denied,
	"CiliumNetworkPolicy spec.egressDeny[].toFQDNs: the API server knows no such field, and drops it":                                      denied,
	"CiliumNetworkPolicy spec.egress[].toRequires[].matchLabels: the API server knows no such field, and drops it":                         requires,
	"CiliumNetworkPolicy spec.egress[].toRequires[]: is object, the API server wants string":                                               requires,
	"CiliumNetworkPolicy spec.egressDeny[].toRequires[].matchLabels: the API server knows no such field, and drops it":                     requires,
	"CiliumNetworkPolicy spec.egressDeny[].toRequires[]: is object, the API server wants string":                                           requires,
	"CiliumNetworkPolicy spec.ingress[].fromRequires[].matchLabels: the API server knows no such field, and drops it":                      requires,
	"CiliumNetworkPolicy spec.ingress[].fromRequires[]: is object, the API server wants string":                                            requires,
	"CiliumNetworkPolicy spec.ingressDeny[].fromRequires[].matchLabels: the API server knows no such field, and drops it":                  requires,
	"CiliumNetworkPolicy spec.ingressDeny[].fromRequires[]: is object, the API server wants string":                                        requires,
	"CiliumNetworkPolicy spec.egress[].toPorts[].rules.kafka: the API server knows no such field, and drops it":                            language,
	"CiliumNetworkPolicy spec.egress[].toPorts[].rules.l7: the API server knows no such field, and drops it":                               language,
	"CiliumNetworkPolicy spec.egress[].toPorts[].rules.l7proto: the API server knows no such field, and drops it":                          language,
	"CiliumNetworkPolicy spec.ingress[].toPorts[].rules.kafka: the API server knows no such field, and drops it":                           language,
	"CiliumNetworkPolicy spec.ingress[].toPorts[].rules.l7: the API server knows no such field, and drops it":                              language,
	"CiliumNetworkPolicy spec.ingress[].toPorts[].rules.l7proto: the API server knows no such field, and drops it":                         language,
	"CiliumNetworkPolicy spec.log.value: may be any text, the API server wants ^\\PC*$":                                                    "refused by EGM6225",
	"CiliumNetworkPolicy spec.log.value: may be longer than 32, which the API server refuses":                                              "refused by EGM6225",
	"CiliumNetworkPolicy spec.egress[].toFQDNs[].matchName: may be any text, the API server wants ^([-a-zA-Z0-9_]+[.]?)+$":                 "refused by EGM6214",
	"CiliumNetworkPolicy spec.egress[].toFQDNs[].matchName: may be longer than 255, which the API server refuses":                          "refused by EGM6214 or too long for a name",
	"CiliumNetworkPolicy spec.egress[].toFQDNs[].matchPattern: may be any text, the API server wants ^([-a-zA-Z0-9_*]+[.]?)+$":             "refused by EGM6214",
	"CiliumNetworkPolicy spec.egress[].toFQDNs[].matchPattern: may be longer than 255, which the API server refuses":                       "refused by EGM6214 or too long for a name",
	"CiliumNetworkPolicy spec.egressDeny[].toEntities[]: may be cluster-mesh, which the API server refuses":                                entity,
	"CiliumNetworkPolicy spec.egress[].toEntities[]: may be cluster-mesh, which the API server refuses":                                    entity,
	"CiliumNetworkPolicy spec.ingressDeny[].fromEntities[]: may be cluster-mesh, which the API server refuses":                             entity,
	"CiliumNetworkPolicy spec.ingress[].fromEntities[]: may be cluster-mesh, which the API server refuses":                                 entity,
	"HTTPRoute spec.rules[].matches: the API server adds [map[path:map[type:PathPrefix value:/]]] where it is left out":                    "every rule that is written here has a match; the user's own YAML need not",
	"Bundle spec.sources: may be left out, the API server demands it":                                                                      "every bundle has one: a test of the library says which when none is named",
	"DestinationRule spec.host: may be left out, the API server demands it":                                                                "read of included objects alone, never written",
	"SecurityPolicy spec.oidc.refreshToken: the API server adds true where it is left out":                                                 "always written",
	"SecurityPolicy spec.authorization.rules[].principal.jwt.claims[].values: may have more than 16 entries, which the API server refuses": "refused by EGM6300 on the line 1.5",
	"SecurityPolicy spec.jwt.providers: may have more than 4 entries, which the API server refuses":                                        "the block jwt takes four; newer lines take more of an included policy",
}

const (
	oldBGP   = "written for the older version of the kind alone, as 1.17 stores it"
	denied   = "read of policies that a user brings; refused by EGM6223"
	requires = "read of policies that a user brings, and refused by EGM6217; no entry is taken"
	language = "read of policies that a user brings; refused by EGM6218 from 1.20 on"
	entity   = "written by nobody here; only an included policy may hold it, and Cilium 1.20 takes it"
)

type comparer struct {
	tree   map[string]*member // by path
	inside map[string][]string
	seen   map[string]bool // explained differences that were met
	faults map[string][]string
}

func readKinds(path string) (map[string]*comparer, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	kinds := map[string]*comparer{}
	for lines := bufio.NewScanner(file); lines.Scan(); {
		m := &member{}
		if err := json.Unmarshal(lines.Bytes(), m); err != nil {
			return nil, fmt.Errorf("%s: %w: %s", path, err, lines.Text())
		}
		c := kinds[m.Kind]
		if c == nil {
			c = &comparer{tree: map[string]*member{}, inside: map[string][]string{}, faults: map[string][]string{}}
			kinds[m.Kind] = c
		}
		c.tree[m.Path] = m
		if at := strings.LastIndex(m.Path, "."); at >= 0 && !strings.HasSuffix(m.Path, "[]") && !strings.HasSuffix(m.Path, "{}") {
			c.inside[m.Path[:at]] = append(c.inside[m.Path[:at]], m.Path[at+1:])
		}
	}
	return kinds, nil
}

func (c *comparer) say(title, path, format string, values ...any) {
	text := path + ": " + fmt.Sprintf(format, values...)
	c.faults[text] = append(c.faults[text], title)
}

// value compares what the library says of a path with the schema there.
func (c *comparer) value(title, path string, s *structuralschema.Structural) {
	m := c.tree[path]
	want := s.Type
	if got := ofType[m.Type]; s.XIntOrString {
		want = ""
	} else if got == "" && want != "" && want != "string" && m.Type != "other" && m.Type != "percent" {
		c.say(title, path, "is text, the API server wants %s", want)
	} else if got != "" && want != "" && got != want {
		c.say(title, path, "is %s, the API server wants %s", got, want)
	}
	limits := s.ValueValidation
	if limits == nil {
		limits = &structuralschema.ValueValidation{}
	}
	switch {
	case m.Reference:
	case want == "integer":
		lo, hi := m.Lo, m.Hi
		if m.Type == "port" {
			one, last := int64(1), int64(65535)
			lo, hi = &one, &last
		}
		if limits.Minimum != nil && (lo == nil || float64(*lo) < *limits.Minimum) {
			c.say(title, path, "may be below %v, which the API server refuses", *limits.Minimum)
		}
		if limits.Maximum != nil && *limits.Maximum < 2147483647 && (hi == nil || float64(*hi) > *limits.Maximum) {
			c.say(title, path, "may be above %v, which the API server refuses", *limits.Maximum)
		}
	case want == "array":
		if limits.MaxItems != nil && (m.Hi == nil || *m.Hi > *limits.MaxItems) {
			c.say(title, path, "may have more than %d entries, which the API server refuses", *limits.MaxItems)
		}
		if limits.MinItems != nil && *limits.MinItems > 0 && (m.Lo == nil || *m.Lo < *limits.MinItems) {
			c.say(title, path, "may have fewer than %d entries, which the API server refuses", *limits.MinItems)
		}
	case want == "object" && m.Type == "map":
		if limits.MaxProperties != nil && (m.Hi == nil || *m.Hi > *limits.MaxProperties) {
			c.say(title, path, "may have more than %d entries, which the API server refuses", *limits.MaxProperties)
		}
	case want == "string":
		c.text(title, path, m, limits)
	}
}

func (c *comparer) text(title, path string, m *member, limits *structuralschema.ValueValidation) {
	if len(limits.Enum) > 0 {
		known := map[string]bool{}
		for _, word := range limits.Enum {
			known[fmt.Sprint(word.Object)] = true
		}
		if m.Type != "words" {
			c.say(title, path, "is any text, the API server takes %s alone", strings.Join(keysOf(known), ", "))
		}
		for _, word := range m.Words {
			if !known[word] {
				c.say(title, path, "may be %s, which the API server refuses", word)
			}
		}
		return
	}
	if m.Type == "words" {
		if limits.Pattern != "" {
			pattern, err := regexp.Compile(limits.Pattern)
			for _, word := range m.Words {
				if err == nil && !pattern.MatchString(word) {
					c.say(title, path, "may be %s, which the API server's pattern refuses", word)
				}
			}
		}
		return
	}
	most := m.Max
	if most == 0 {
		most = lengths[m.Type]
	}
	if limits.MaxLength != nil && !bounded(m) && (most == 0 || most > *limits.MaxLength) {
		c.say(title, path, "may be longer than %d, which the API server refuses", *limits.MaxLength)
	}
	if limits.Pattern != "" && m.Type == "text" && m.Pattern == "" {
		c.say(title, path, "may be any text, the API server wants %s", limits.Pattern)
	}
}

// bounded: a pattern that repeats nothing without end bounds the length by itself.
func bounded(m *member) bool {
	return m.Pattern != "" && !strings.ContainsAny(strings.NewReplacer(`\+`, "", `\*`, "", `[*]`, "").Replace(m.Pattern), "*+")
}

func keysOf(set map[string]bool) []string {
	all := make([]string, 0, len(set))
	for key := range set {
		all = append(all, key)
	}
	sort.Strings(all)
	return all
}

// literal reads a default as the library writes it; ok is false for one that is computed.
func literal(text string) (value string, ok bool) {
	switch {
	case strings.HasPrefix(text, "\"") && strings.HasSuffix(text, "\"") && strings.Count(text, "\"") == 2:
		return text[1 : len(text)-1], true
	case regexp.MustCompile(`^[A-Za-z0-9.-]+$`).MatchString(text):
		return text, true
	}
	// { default = warn }
	if parts := regexp.MustCompile(`^\{ ([a-z]+) = "?([a-z]+)"? \}$`).FindStringSubmatch(text); parts != nil {
		return fmt.Sprintf(`map[%s:%s]`, parts[1], parts[2]), true
	}
	return "", false
}

// object compares the members of a struct with the properties of the schema, both ways.
func (c *comparer) object(title, path string, s *structuralschema.Structural) {
	required := map[string]bool{}
	if s.ValueValidation != nil {
		for _, name := range s.ValueValidation.Required {
			required[name] = true
		}
	}
	own := map[string]bool{}
	for _, name := range c.inside[path] {
		own[name] = true
		at := path + "." + name
		m := c.tree[at]
		property, ok := s.Properties[name]
		if !ok {
			if m.Only == "" && !(m.Reference && (name == "to" || name == "namespace")) && s.AdditionalProperties == nil && !s.XPreserveUnknownFields {
				c.say(title, at, "the API server knows no such field, and drops it")
			}
			continue
		}
		c.defaults(title, at, m, &property, required[name])
		c.schema(title, at, &property)
	}
	for name, property := range s.Properties {
		if own[name] || path == "" {
			continue
		}
		if property.Default.Object != nil {
			c.say(title, path+"."+name, "the API server adds %v, and the library does not know the field", property.Default.Object)
		} else if required[name] {
			c.say(title, path+"."+name, "the API server demands it, and the library does not know the field")
		}
	}
}

func (c *comparer) defaults(title, path string, m *member, s *structuralschema.Structural, required bool) {
	if m.Reference {
		return
	}
	theirs := s.Default.Object
	if m.Default == "" {
		switch {
		case theirs != nil && m.Optional:
			c.say(title, path, "the API server adds %v where it is left out", theirs)
		case theirs == nil && required && m.Optional:
			c.say(title, path, "may be left out, the API server demands it")
		}
		return
	}
	ours, ok := literal(m.Default)
	if !ok {
		return
	}
	// Under a condition it is the default of some releases alone; a tree on each release shows whether of the right ones.
	if fmt.Sprint(theirs) != ours && (theirs != nil || m.Only == "") {
		c.say(title, path, "the default is %s here, %v at the API server", ours, theirs)
	}
}

func (c *comparer) schema(title, path string, s *structuralschema.Structural) {
	c.value(title, path, s)
	switch {
	case c.tree[path].Type == "struct":
		c.object(title, path, s)
	case s.Items != nil && c.tree[path+"[]"] != nil:
		c.schema(title, path+"[]", s.Items)
	case s.AdditionalProperties != nil && s.AdditionalProperties.Structural != nil && c.tree[path+"{}"] != nil:
		c.schema(title, path+"{}", s.AdditionalProperties.Structural)
	}
}

// kindOf gives the version of a kind that a release serves: one that the declaration names, the stablest first.
func (set *crdSet) kindOf(name, declared string) *crdKind {
	var ids []string
	for id := range set.kinds {
		if strings.HasSuffix(id, " "+name) {
			ids = append(ids, id)
		}
	}
	sort.Slice(ids, func(i, j int) bool { return len(ids[i]) < len(ids[j]) })
	for _, id := range ids {
		if strings.Contains(declared, "\""+strings.Fields(id)[0]+"\"") {
			return set.kinds[id]
		}
	}
	if len(ids) > 0 && !strings.Contains(declared, "/") {
		return set.kinds[ids[0]]
	}
	return nil
}

// kinds compares every kind with every release that serves it.
func (c *court) kinds(work string) error {
	all, err := readKinds(filepath.Join(work, "kinds"))
	if err != nil {
		return err
	}
	judged, refused, met := map[string]bool{}, 0, map[string]bool{}
	for _, r := range c.modules {
		channels := []string{""}
		if r.product == "gateway-api" {
			channels = []string{"standard", "experimental"}
		}
		for _, channel := range channels {
			set, err := c.set(r.product, r.version, channel)
			if err != nil {
				return err
			}
			for name, kind := range all {
				k := set.kindOf(name, kind.tree["metadata"].ApiVersion)
				if k == nil || kind.tree["spec"] == nil {
					continue
				}
				judged[name] = true
				spec := k.structural.Properties["spec"]
				kind.schema(set.title, "spec", &spec)
			}
		}
	}
	for name, kind := range all {
		texts := make([]string, 0, len(kind.faults))
		for text := range kind.faults {
			texts = append(texts, text)
		}
		sort.Strings(texts)
		for _, text := range texts {
			if explained[name+" "+text] != "" {
				met[name+" "+text] = true
				continue
			}
			refused++
			fmt.Printf("apiserver: kind %s: %s (%s)\n", name, text, strings.Join(kind.faults[text], "; "))
		}
	}
	for text := range explained {
		if !met[text] {
			refused++
			fmt.Printf("apiserver: kind %s: explained, and no longer so\n", text)
		}
	}
	c.table["kinds of the library"] = &tally{len(judged), refused}
	return nil
}
