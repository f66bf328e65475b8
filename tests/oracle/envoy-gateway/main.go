// SPDX-License-Identifier: Apache-2.0

// envoy-gateway RELEASE WORK BAD: gives every tree whose site states this line of Envoy Gateway to its own translator, with
// stubs for what the site assumes, and asks for its verdict: every Gateway, listener, route and
// policy taken, accepted and resolved, nothing warned of; and the xDS holds what the objects ask for.
package main

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/yaml"
)

// cluster is what one case puts before the translator.
type cluster struct {
	objects  []map[string]any
	labels   map[string]map[string]string // of namespaces
	typed    []runtime.Object
	services map[types.NamespacedName]*corev1.Service
	lenient  bool                        // unknown fields are dropped, and nothing is made that is not there
	global   bool                        // the values for Envoy Gateway's chart turn the shared rate limit on
	classes  map[string][]map[string]any // Gateways, by class
}

// keepClass: the controller looks at Gateways of its own class alone.
func (c *cluster) keepClass() {
	for _, object := range c.objects {
		if words(object, "kind") == "GatewayClass" {
			c.objects = append(c.objects, c.classes[words(object, "metadata", "name")]...)
		}
	}
}

func (c *cluster) read(folder string) error {
	return filepath.WalkDir(folder, func(path string, entry os.DirEntry, err error) error {
		if os.IsNotExist(err) {
			return nil
		}
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".yaml") || filepath.Base(path) == "kustomization.yaml" {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		object := map[string]any{}
		if err := yaml.UnmarshalStrict(data, &object); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		normal(object)
		if class := words(object, "spec", "gatewayClassName"); class != "" {
			c.classes[class] = append(c.classes[class], object)
			return nil
		}
		c.objects = append(c.objects, object)
		return nil
	})
}

func field(value any, path ...any) any {
	for _, step := range path {
		switch s := step.(type) {
		case string:
			m, _ := value.(map[string]any)
			value = m[s]
		case int:
			l, _ := value.([]any)
			if s >= len(l) {
				return nil
			}
			value = l[s]
		}
	}
	return value
}

func words(value any, path ...any) string {
	s, _ := field(value, path...).(string)
	return s
}

func list(value any, path ...any) []any {
	l, _ := field(value, path...).([]any)
	return l
}

// each visits every map in a value.
func each(value any, visit func(map[string]any)) {
	switch v := value.(type) {
	case map[string]any:
		visit(v)
		for _, inner := range v {
			each(inner, visit)
		}
	case []any:
		for _, inner := range v {
			each(inner, visit)
		}
	}
}

func (c *cluster) put(object map[string]any) (runtime.Object, error) {
	u := &unstructured.Unstructured{Object: object}
	typed, err := scheme.New(u.GroupVersionKind())
	if err != nil {
		return nil, nil // a kind of somebody else
	}
	if err := runtime.DefaultUnstructuredConverter.FromUnstructuredWithValidation(normal(object), typed, !c.lenient); err != nil {
		return nil, fmt.Errorf("%s %s/%s: %w", u.GetKind(), u.GetNamespace(), u.GetName(), err)
	}
	return typed, nil
}

// normal makes whole numbers of floats, as a decoder of the API server does.
func normal(object map[string]any) map[string]any {
	var walk func(any) any
	walk = func(value any) any {
		switch v := value.(type) {
		case map[string]any:
			for key, inner := range v {
				v[key] = walk(inner)
			}
		case []any:
			for i, inner := range v {
				v[i] = walk(inner)
			}
		case float64:
			if v == float64(int64(v)) {
				return int64(v)
			}
		}
		return value
	}
	return walk(object).(map[string]any)
}

// build makes the objects of the case and the stubs of what it assumes.
func (c *cluster) build(dump string) error {
	c.labels, c.services = map[string]map[string]string{}, map[types.NamespacedName]*corev1.Service{}
	names := map[string]bool{}
	for _, object := range append(append([]map[string]any{}, c.objects...), assumed(dump)...) {
		namespace := words(object, "metadata", "namespace")
		if words(object, "kind") == "Namespace" {
			namespace = words(object, "metadata", "name")
			labels, _ := field(object, "metadata", "labels").(map[string]any)
			for key, value := range labels {
				if c.labels[namespace] == nil {
					c.labels[namespace] = map[string]string{}
				}
				c.labels[namespace][key] = fmt.Sprint(value)
			}
		}
		if namespace != "" {
			names[namespace] = true
		}
	}
	for _, name := range sorted(names) {
		c.typed = append(c.typed, namespaceStub(name, c.labels[name]))
	}
	for _, object := range c.objects {
		if kind := words(object, "kind"); kind == "Namespace" || kind == "Secret" || (kind == "Service" && field(object, "spec") == nil) || (kind == "ConfigMap" && object["data"] == nil) {
			continue
		}
		if provider, ok := field(object, "spec", "oidc", "provider").(map[string]any); ok && provider["tokenEndpoint"] == nil {
			// What Envoy Gateway asks the issuer for.
			provider["authorizationEndpoint"] = words(provider, "issuer") + "/authorize"
			provider["tokenEndpoint"] = words(provider, "issuer") + "/token"
		}
		typed, err := c.put(object)
		if err != nil {
			return err
		}
		if service, ok := typed.(*corev1.Service); ok {
			c.services[types.NamespacedName{Namespace: service.Namespace, Name: service.Name}] = service
		} else if typed != nil {
			c.typed = append(c.typed, typed)
		}
	}
	for _, object := range assumed(dump) {
		namespace, name := words(object, "metadata", "namespace"), words(object, "metadata", "name")
		switch words(object, "kind") {
		case "Service":
			service := &corev1.Service{}
			if err := runtime.DefaultUnstructuredConverter.FromUnstructured(normal(object), service); err != nil {
				return err
			}
			c.services[types.NamespacedName{Namespace: namespace, Name: name}] = service
		case "Secret":
			c.typed = append(c.typed, secretStub(namespace, name, c.namesOf(namespace, name)))
		case "ConfigMap":
			c.typed = append(c.typed, configMapStub(namespace, name))
		}
	}
	for _, object := range c.objects {
		// Of a case that must be refused: what a tree assumes it says as an object without data.
		if words(object, "kind") == "Secret" && object["data"] == nil {
			namespace, name := words(object, "metadata", "namespace"), words(object, "metadata", "name")
			c.typed = append(c.typed, secretStub(namespace, name, c.namesOf(namespace, name)))
		}
		if words(object, "kind") == "ConfigMap" && object["data"] == nil {
			c.typed = append(c.typed, configMapStub(words(object, "metadata", "namespace"), words(object, "metadata", "name")))
		}
	}
	if !c.lenient {
		c.others()
	}
	for _, name := range sortedServices(c.services) {
		c.typed = append(c.typed, c.services[name], complete(c.services[name]))
	}
	return nil
}

// others makes what references name and the graph does not: ports of Services, and a CA that is referred to as group, kind and name alone.
func (c *cluster) others() {
	made := map[string]bool{}
	for _, object := range c.objects {
		own := words(object, "metadata", "namespace")
		each(object, func(m map[string]any) {
			name, kind := words(m, "name"), words(m, "kind")
			if name == "" || field(m, "group") != "" {
				return
			}
			namespace := own
			if words(m, "namespace") != "" {
				namespace = words(m, "namespace")
			}
			if kind == "ConfigMap" && !made[namespace+"/"+name] && !c.has("ConfigMap", namespace, name) {
				made[namespace+"/"+name] = true
				c.typed = append(c.typed, configMapStub(namespace, name))
			}
			port, _ := field(m, "port").(int64)
			if port == 0 || kind != "Service" {
				return
			}
			key := types.NamespacedName{Namespace: namespace, Name: name}
			if c.services[key] == nil {
				c.services[key] = &corev1.Service{
					TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Service"},
					ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name},
				}
			}
			service := c.services[key]
			for _, p := range service.Spec.Ports {
				if int64(p.Port) == port {
					return
				}
			}
			service.Spec.Ports = append(service.Spec.Ports, corev1.ServicePort{Name: fmt.Sprintf("stub-%d", port), Port: int32(port)})
		})
	}
}

func (c *cluster) has(kind, namespace, name string) bool {
	for _, object := range c.typed {
		m, ok := object.(metav1.Object)
		if ok && m.GetNamespace() == namespace && m.GetName() == name && object.GetObjectKind().GroupVersionKind().Kind == kind {
			return true
		}
	}
	return false
}

// namesOf: the hosts of the listeners that show this certificate.
func (c *cluster) namesOf(namespace, name string) (hosts []string) {
	for _, object := range c.objects {
		if words(object, "kind") != "Gateway" {
			continue
		}
		for _, listener := range list(object, "spec", "listeners") {
			for _, ref := range list(listener, "tls", "certificateRefs") {
				of := words(ref, "namespace")
				if of == "" {
					of = words(object, "metadata", "namespace")
				}
				if host := words(listener, "hostname"); of == namespace && words(ref, "name") == name && host != "" && !contains(hosts, host) {
					hosts = append(hosts, host)
				}
			}
		}
	}
	return hosts
}

func sorted(set map[string]bool) []string {
	all := make([]string, 0, len(set))
	for name := range set {
		all = append(all, name)
	}
	sort.Strings(all)
	return all
}

func sortedServices(set map[types.NamespacedName]*corev1.Service) []types.NamespacedName {
	all := make([]types.NamespacedName, 0, len(set))
	for name := range set {
		all = append(all, name)
	}
	sort.Slice(all, func(i, j int) bool { return all[i].String() < all[j].String() })
	return all
}

// judge gives one tree to the translator.
func judge(tree, dump string, show bool) (faults []string, err error) {
	c := &cluster{classes: map[string][]map[string]any{}}
	for _, folder := range []string{"manifests", "adopt"} {
		if err := c.read(filepath.Join(tree, folder)); err != nil {
			return nil, err
		}
	}
	text, err := os.ReadFile(dump)
	if err != nil {
		return nil, err
	}
	c.keepClass()
	values, _ := os.ReadFile(filepath.Join(tree, "values", "gateway-helm.yaml"))
	c.global = strings.Contains(string(values), "rateLimit:")
	return c.judge(string(text), show, nil, nil)
}

// judge translates. With `instead`, the xDS is compared with those objects: for cases that must be refused. `out` takes the xDS.
func (c *cluster) judge(graph string, show bool, instead []map[string]any, out *map[string]any) (faults []string, err error) {
	if err := c.build(graph); err != nil {
		return []string{err.Error()}, nil
	}
	r := newResources()
	for _, object := range c.typed {
		add(r, object)
	}
	// What the certgen job of the chart makes.
	add(r, secretStub("envoy-gateway-system", "envoy", nil))
	hmac := secretStub("envoy-gateway-system", "envoy-oidc-hmac", nil)
	hmac.Data["hmac-secret"] = []byte("stub")
	add(r, hmac)
	if r.GatewayClass == nil {
		return []string{"no GatewayClass"}, nil
	}
	faults = attachProxies(r)
	result, tables, errs := translate(r, c.global)
	for _, err := range errs {
		faults = append(faults, err.Error())
	}
	faults = append(faults, verdicts(c, result)...)
	xds, err := plain(tables)
	if err != nil {
		return nil, err
	}
	if out != nil {
		*out = xds
	}
	if show {
		shown, _ := yaml.Marshal(xds)
		fmt.Println(string(shown))
	}
	if instead != nil {
		c.objects = instead
	}
	return append(faults, asked(c, xds)...), nil
}

func lineOf(version string) string {
	parts := strings.SplitN(version, ".", 3)
	return strings.Join(parts[:min(2, len(parts))], ".")
}

// statedRelease: of Envoy Gateway, from the dump of a site.
func statedRelease(path string) (string, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	inside := false
	for _, line := range strings.Split(string(data), "\n") {
		parts := strings.Fields(line)
		if len(parts) > 0 && !strings.HasPrefix(line, " ") {
			inside = strings.HasPrefix(line, "release envoy-gateway ")
		}
		if inside && len(parts) > 2 && parts[0] == "version" {
			return parts[2], nil
		}
	}
	return "", fmt.Errorf("%s states no release", path)
}

func run(release, work, bad string) (refused int, err error) {
	if err := refuses(bad); err != nil {
		return 0, err
	}
	if err := seen(release, filepath.Join(bad, "..", ".."), filepath.Join(work, "seen")); err != nil {
		return 0, err
	}
	cases, err := os.Open(filepath.Join(work, "cases"))
	if err != nil {
		return 0, err
	}
	defer cases.Close()
	count := 0
	for lines := bufio.NewScanner(cases); lines.Scan(); {
		parts := strings.Split(lines.Text(), "\t")
		stated, err := statedRelease(parts[2])
		if err != nil {
			return 0, err
		}
		if lineOf(stated) != lineOf(release) {
			continue
		}
		count++
		faults, err := judge(parts[1], strings.TrimSuffix(parts[2], ".site")+".graph", os.Getenv("SHOW") == parts[0])
		if err != nil {
			return 0, fmt.Errorf("%s: %w", parts[0], err)
		}
		for _, fault := range faults {
			fmt.Printf("envoy-gateway %s: %s: %s\n", release, parts[0], fault)
		}
		if len(faults) > 0 {
			refused++
		}
	}
	table, err := os.OpenFile(filepath.Join(work, "table"), os.O_APPEND|os.O_WRONLY|os.O_CREATE, 0o644)
	if err != nil {
		return 0, err
	}
	fmt.Fprintf(table, "envoy-gateway\t%s\t%d\t%d\n", release, count, refused)
	return refused, table.Close()
}

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: envoy-gateway RELEASE WORK BAD")
		os.Exit(2)
	}
	refused, err := run(os.Args[1], os.Args[2], os.Args[3])
	if err != nil {
		fmt.Println("envoy-gateway:", err)
	}
	if err != nil || refused > 0 {
		os.Exit(1)
	}
}
