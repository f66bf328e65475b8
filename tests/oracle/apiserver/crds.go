// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/install"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	structuralschema "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel"
	apiservervalidation "k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	"k8s.io/apimachinery/pkg/runtime"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
	"sigs.k8s.io/yaml"
)

// Where the CRDs lie in the archive of a product's module. Of several patterns the first that matches counts.
var places = map[string][]string{
	"envoy-gateway":       {"charts/gateway-helm/charts/crds/crds/generated/*.yaml", "charts/gateway-helm/crds/generated/*.yaml"},
	"gateway-api":         {"config/crd/CHANNEL/*.yaml"},
	"istio":               {"kubernetes/customresourcedefinitions.gen.yaml"},
	"cilium":              {"pkg/k8s/apis/cilium.io/client/crds/*/*.yaml"},
	"cert-manager":        {"deploy/crds/*.yaml"},
	"trust-manager":       {"deploy/crds/*.yaml"},
	"prometheus-operator": {"example/prometheus-operator-crd/*.yaml"},
}

// Which product brings the kinds of a group.
func productOf(group string) string {
	switch {
	case group == "gateway.networking.k8s.io":
		return "gateway-api"
	case group == "gateway.envoyproxy.io":
		return "envoy-gateway"
	case group == "cilium.io":
		return "cilium"
	case group == "cert-manager.io":
		return "cert-manager"
	case group == "trust.cert-manager.io":
		return "trust-manager"
	case group == "monitoring.coreos.com":
		return "prometheus-operator"
	case strings.HasSuffix(group, ".istio.io"):
		return "istio"
	}
	return ""
}

// crdKind is one served version of a custom resource, ready to judge.
type crdKind struct {
	namespaced bool
	schema     *apiextensions.JSONSchemaProps
	structural *structuralschema.Structural
	validator  apiservervalidation.SchemaValidator
	rules      *cel.Validator
	plural     string
}

// crdSet holds the kinds of one release, by "apiVersion kind".
type crdSet struct {
	title string
	kinds map[string]*crdKind
	// Versions that the CRD has but does not serve, and the versions that it does serve, for messages.
	served map[string][]string
}

type release struct{ product, version, dir string }

var crdScheme = func() *runtime.Scheme {
	s := runtime.NewScheme()
	install.Install(s)
	return s
}()

func readModules(path string) ([]release, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var all []release
	for lines := bufio.NewScanner(file); lines.Scan(); {
		parts := strings.Split(lines.Text(), "\t")
		if len(parts) != 3 {
			return nil, fmt.Errorf("%s: not three columns: %q", path, lines.Text())
		}
		all = append(all, release{parts[0], parts[1], parts[2]})
	}
	return all, nil
}

func lineOf(version string) string {
	parts := strings.SplitN(version, ".", 3)
	if len(parts) < 2 {
		return version
	}
	return parts[0] + "." + parts[1]
}

// findRelease gives the row that equals the version, or else that of its line.
func findRelease(all []release, product, version string) (release, bool) {
	found, ok := release{}, false
	for _, r := range all {
		if r.product != product {
			continue
		}
		if r.version == version {
			return r, true
		}
		if lineOf(r.version) == lineOf(version) {
			found, ok = r, true
		}
	}
	return found, ok
}

func (r release) files(channel string) ([]string, error) {
	for _, place := range places[r.product] {
		pattern := filepath.Join(r.dir, strings.Replace(place, "CHANNEL", channel, 1))
		if names, err := filepath.Glob(pattern); err != nil || len(names) > 0 {
			sort.Strings(names)
			return names, err
		}
	}
	return nil, fmt.Errorf("%s %s: no CRDs in %s", r.product, r.version, r.dir)
}

func newSet(title string) *crdSet {
	return &crdSet{title: title, kinds: map[string]*crdKind{}, served: map[string][]string{}}
}

// load reads all CRDs of a release. What is no CRD in its files (an admission policy) is passed over.
func (r release) load(channel string) (*crdSet, error) {
	names, err := r.files(channel)
	if err != nil {
		return nil, err
	}
	set := newSet(r.product + " " + r.version)
	if r.product == "gateway-api" {
		set.title += " " + channel
	}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		documents := utilyaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(data)))
		for {
			document, err := documents.Read()
			if err == io.EOF {
				break
			}
			if err == nil {
				err = set.add(document)
			}
			if err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
		}
	}
	if len(set.kinds) == 0 {
		return nil, fmt.Errorf("%s: no CRDs", set.title)
	}
	return set, nil
}

func (set *crdSet) add(document []byte) error {
	crd := apiextensionsv1.CustomResourceDefinition{}
	if err := yaml.Unmarshal(document, &crd); err != nil {
		return err
	}
	if crd.Kind != "CustomResourceDefinition" {
		return nil
	}
	crdScheme.Default(&crd)
	internal := &apiextensions.CustomResourceDefinition{}
	if err := crdScheme.Convert(&crd, internal, nil); err != nil {
		return err
	}
	for _, v := range internal.Spec.Versions {
		id := crd.Spec.Group + "/" + v.Name + " " + crd.Spec.Names.Kind
		if !v.Served {
			continue
		}
		set.served[crd.Spec.Group+" "+crd.Spec.Names.Kind] = append(set.served[crd.Spec.Group+" "+crd.Spec.Names.Kind], v.Name)
		props, err := apiextensions.GetSchemaForVersion(internal, v.Name)
		if err != nil || props == nil {
			return fmt.Errorf("%s has no schema: %v", id, err)
		}
		k := &crdKind{namespaced: crd.Spec.Scope == apiextensionsv1.NamespaceScoped, schema: props.OpenAPIV3Schema, plural: crd.Spec.Names.Plural}
		if k.structural, err = structuralschema.NewStructural(props.OpenAPIV3Schema); err != nil {
			return fmt.Errorf("%s: %w", id, err)
		}
		if k.validator, _, err = apiservervalidation.NewSchemaValidator(props.OpenAPIV3Schema); err != nil {
			return fmt.Errorf("%s: %w", id, err)
		}
		k.rules = cel.NewValidator(k.structural, true, celconfig.PerCallLimit)
		set.kinds[id] = k
	}
	return nil
}
