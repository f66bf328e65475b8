// SPDX-License-Identifier: Apache-2.0

// istio RELEASE WORK BAD: gives every object of Istio's to the validation of its own webhook, and takes neither an error, nor a warning, nor
// an unknown field.
package main

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	networking "istio.io/api/networking/v1alpha3"
	security "istio.io/api/security/v1beta1"
	telemetry "istio.io/api/telemetry/v1alpha1"
	"istio.io/istio/pkg/config"
	"istio.io/istio/pkg/config/validation"
	"sigs.k8s.io/yaml"
)

var kinds = map[string]struct {
	spec  func() proto.Message
	judge validation.ValidateFunc
}{
	"AuthorizationPolicy":   {func() proto.Message { return &security.AuthorizationPolicy{} }, validation.ValidateAuthorizationPolicy},
	"PeerAuthentication":    {func() proto.Message { return &security.PeerAuthentication{} }, validation.ValidatePeerAuthentication},
	"RequestAuthentication": {func() proto.Message { return &security.RequestAuthentication{} }, validation.ValidateRequestAuthentication},
	"DestinationRule":       {func() proto.Message { return &networking.DestinationRule{} }, validation.ValidateDestinationRule},
	"VirtualService":        {func() proto.Message { return &networking.VirtualService{} }, validation.ValidateVirtualService},
	"ServiceEntry":          {func() proto.Message { return &networking.ServiceEntry{} }, validation.ValidateServiceEntry},
	"Sidecar":               {func() proto.Message { return &networking.Sidecar{} }, validation.ValidateSidecar},
	"Telemetry":             {func() proto.Message { return &telemetry.Telemetry{} }, validation.ValidateTelemetry},
}

// faultOf judges one manifest; ours is false if it is none of Istio's.
func faultOf(data []byte) (who, fault string, ours bool) {
	var object struct {
		APIVersion, Kind string
		Metadata         struct {
			Name, Namespace     string
			Labels, Annotations map[string]string
		}
		Spec map[string]any
	}
	if err := yaml.Unmarshal(data, &object); err != nil {
		return "file", err.Error(), true
	}
	group, version, _ := strings.Cut(object.APIVersion, "/")
	if !strings.HasSuffix(group, ".istio.io") {
		return "", "", false
	}
	who = fmt.Sprintf("%s %s/%s", object.Kind, object.Metadata.Namespace, object.Metadata.Name)
	kind, found := kinds[object.Kind]
	if !found {
		return who, "a kind that this judge does not know", true
	}
	raw, err := yaml.Marshal(object.Spec)
	if err == nil {
		raw, err = yaml.YAMLToJSON(raw)
	}
	spec := kind.spec()
	if err == nil {
		err = protojson.Unmarshal(raw, spec)
	}
	if err != nil {
		return who, err.Error(), true
	}
	warning, err := kind.judge(config.Config{
		Meta: config.Meta{
			GroupVersionKind: config.GroupVersionKind{Group: group, Version: version, Kind: object.Kind},
			Name:             object.Metadata.Name, Namespace: object.Metadata.Namespace,
			Labels: object.Metadata.Labels, Annotations: object.Metadata.Annotations,
		},
		Spec: spec,
	})
	if err == nil {
		err = warning
	}
	if err != nil {
		return who, err.Error(), true
	}
	return who, "", true
}

// refuses feeds the judge what it must not accept: a judge that refuses nothing proves nothing.
func refuses(folder string) error {
	names, err := filepath.Glob(filepath.Join(folder, "*.yaml"))
	if err != nil || len(names) == 0 {
		return fmt.Errorf("%s: no bad cases (%v)", folder, err)
	}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		first, _, _ := strings.Cut(string(data), "\n")
		wanted, found := strings.CutPrefix(first, "# refused: ")
		if _, fault, _ := faultOf(data); !found || !strings.Contains(strings.ReplaceAll(fault, "\u00a0", " "), wanted) || fault == "" {
			return fmt.Errorf("%s: not refused with %q, but %q", name, wanted, fault)
		}
	}
	return nil
}

func run(release, work, bad string) (refused int, err error) {
	if err := refuses(bad); err != nil {
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
		err := filepath.WalkDir(filepath.Join(parts[1], "manifests"), func(path string, entry os.DirEntry, err error) error {
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
			who, fault, ours := faultOf(data)
			if ours {
				count++
			}
			if fault != "" {
				refused++
				fmt.Printf("istio %s: %s: %s: %s\n", release, parts[0], who, fault)
			}
			return nil
		})
		if err != nil {
			return 0, err
		}
	}
	table, err := os.OpenFile(filepath.Join(work, "table"), os.O_APPEND|os.O_WRONLY|os.O_CREATE, 0o644)
	if err != nil {
		return 0, err
	}
	fmt.Fprintf(table, "istio\t%s\t%d\t%d\n", release, count, refused)
	return refused, table.Close()
}

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: istio RELEASE WORK BAD")
		os.Exit(2)
	}
	refused, err := run(os.Args[1], os.Args[2], os.Args[3])
	if err != nil {
		fmt.Println("istio:", err)
	}
	if err != nil || refused > 0 {
		os.Exit(1)
	}
}
