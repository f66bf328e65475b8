// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	"k8s.io/kubernetes/pkg/apis/core"
	_ "k8s.io/kubernetes/pkg/apis/core/install"
	corevalidation "k8s.io/kubernetes/pkg/apis/core/validation"
	"k8s.io/kubernetes/pkg/apis/networking"
	_ "k8s.io/kubernetes/pkg/apis/networking/install"
	networkvalidation "k8s.io/kubernetes/pkg/apis/networking/validation"
)

var strict = serializer.NewCodecFactory(legacyscheme.Scheme, serializer.EnableStrict).UniversalDeserializer()

// validate calls what the registry of the kind calls on create. An unknown kind is a fault: nothing passes unseen.
func validate(object runtime.Object) (field.ErrorList, error) {
	switch o := object.(type) {
	case *core.Namespace:
		return corevalidation.ValidateNamespace(o), nil
	case *core.Service:
		return corevalidation.ValidateServiceCreate(o), nil
	case *core.ConfigMap:
		return corevalidation.ValidateConfigMap(o), nil
	case *core.Secret:
		return corevalidation.ValidateSecret(o), nil
	case *core.ServiceAccount:
		return corevalidation.ValidateServiceAccount(o), nil
	case *networking.NetworkPolicy:
		return networkvalidation.ValidateNetworkPolicy(o, networkvalidation.NetworkPolicyValidationOptions{}), nil
	}
	return nil, fmt.Errorf("the judge does not know %T", object)
}

func plain(object runtime.Object) (map[string]any, error) {
	return runtime.DefaultUnstructuredConverter.ToUnstructured(object)
}

func nameLabel(namespace map[string]any, name string) {
	meta, _ := namespace["metadata"].(map[string]any)
	labels, _ := meta["labels"].(map[string]any)
	if labels == nil {
		labels = map[string]any{}
		meta["labels"] = labels
	}
	labels[v1.LabelMetadataName] = name
}

// judgeBuiltin reads a built-in kind strictly, defaults it, compares, converts it and validates it.
func judgeBuiltin(text []byte, included bool) (faults []string) {
	say := func(format string, values ...any) { faults = append(faults, fmt.Sprintf(format, values...)) }
	object, gvk, err := strict.Decode(text, nil, nil)
	if err != nil {
		say("%v", err)
		if object == nil {
			return faults
		}
	}
	defaulted := object.DeepCopyObject()
	legacyscheme.Scheme.Default(defaulted)
	before, err := plain(object)
	if err != nil {
		say("%v", err)
		return faults
	}
	after, err := plain(defaulted)
	if err != nil {
		say("%v", err)
		return faults
	}
	delete(before, "status")
	delete(after, "status")
	if gvk.Kind == "Namespace" {
		// The API server writes this label onto every Namespace: it can be selected, and is never written here.
		nameLabel(before, object.(*v1.Namespace).Name)
	}
	if !included {
		for _, line := range differences("", before, after) {
			say("%s", line)
		}
	}
	internal, err := legacyscheme.Scheme.ConvertToVersion(defaulted, schema.GroupVersion{Group: gvk.Group, Version: runtime.APIVersionInternal})
	if err != nil {
		say("%v", err)
		return faults
	}
	if service, ok := internal.(*core.Service); ok && service.Spec.Type != core.ServiceTypeExternalName {
		// The registry allocates these before it validates.
		if policy := core.IPFamilyPolicySingleStack; service.Spec.IPFamilyPolicy == nil {
			service.Spec.IPFamilyPolicy = &policy
		}
		if len(service.Spec.IPFamilies) == 0 {
			service.Spec.IPFamilies = []core.IPFamily{core.IPv4Protocol}
		}
	}
	if accessor, err := meta.Accessor(internal); err == nil {
		accessor.SetResourceVersion("")
	}
	errs, err := validate(internal)
	if err != nil {
		say("%v", err)
	}
	for _, e := range errs {
		say("%v", e)
	}
	return faults
}
