// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"

	structuralschema "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/listtype"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/objectmeta"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	apiservervalidation "k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	metavalidation "k8s.io/apimachinery/pkg/api/validation"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/validation/field"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
)

// judge does with a custom resource what the API server does on create, in its order, and
// says what it would drop, add or refuse. What the user's own YAML leaves to defaults is his affair.
func (k *crdKind) judge(object map[string]any, included bool) (faults []string) {
	say := func(format string, values ...any) { faults = append(faults, fmt.Sprintf(format, values...)) }
	meta, found, unknown, err := objectmeta.GetObjectMetaWithOptions(object, objectmeta.ObjectMetaOptions{ReturnUnknownFieldPaths: true})
	if err != nil || !found {
		say("metadata: %v", err)
		return faults
	}
	for _, path := range unknown {
		say("metadata.%s: the API server knows no such field", path)
	}
	for _, e := range metavalidation.ValidateObjectMeta(meta, k.namespaced, metavalidation.NameIsDNSSubdomain, field.NewPath("metadata")) {
		say("%v", e)
	}

	// On create the API server forgets a status; its default is no drift.
	delete(object, "status")
	pruned := runtime.DeepCopyJSON(object)
	for _, path := range pruning.PruneWithOptions(pruned, k.structural, true, structuralschema.UnknownFieldPathOptions{TrackUnknownFieldPaths: true}) {
		say("%s: the API server knows no such field, and drops it", path)
	}
	defaulted := runtime.DeepCopyJSON(pruned)
	defaulting.PruneNonNullableNullsWithoutDefaults(defaulted, k.structural)
	defaulting.Default(defaulted, k.structural)
	delete(defaulted, "status")
	if !included {
		for _, line := range differences("", pruned, defaulted) {
			say("%s", line)
		}
	}

	var errs field.ErrorList
	errs = append(errs, apiservervalidation.ValidateCustomResource(nil, defaulted, k.validator)...)
	errs = append(errs, objectmeta.Validate(nil, defaulted, k.structural, false)...)
	errs = append(errs, listtype.ValidateListSetsAndMaps(nil, k.structural, defaulted)...)
	if len(errs) == 0 && k.rules != nil {
		rules, _ := k.rules.Validate(context.Background(), nil, k.structural, defaulted, nil, celconfig.RuntimeCELCostBudget)
		errs = append(errs, rules...)
	}
	for _, e := range errs {
		say("%v", e)
	}
	return faults
}
