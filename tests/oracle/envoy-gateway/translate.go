// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"

	egv1a1 "github.com/envoyproxy/gateway/api/v1alpha1"
	"github.com/envoyproxy/gateway/api/v1alpha1/validation"
	"github.com/envoyproxy/gateway/internal/envoygateway"
	"github.com/envoyproxy/gateway/internal/gatewayapi"
	"github.com/envoyproxy/gateway/internal/gatewayapi/resource"
	"github.com/envoyproxy/gateway/internal/logging"
	"github.com/envoyproxy/gateway/internal/xds/bootstrap"
	"github.com/envoyproxy/gateway/internal/xds/translator"
	"github.com/envoyproxy/gateway/internal/xds/types"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	"k8s.io/apimachinery/pkg/runtime"
	gwapiv1 "sigs.k8s.io/gateway-api/apis/v1"
	gwapiv1b1 "sigs.k8s.io/gateway-api/apis/v1beta1"
)

// What differs between releases of Envoy Gateway: the resources that the translator takes, and how it is run.

var scheme = envoygateway.GetScheme()

func newResources() *resource.Resources { return resource.NewResources() }

// add puts an object into its list. false: Envoy Gateway does not look at this kind.
func add(r *resource.Resources, object runtime.Object) bool {
	switch o := object.(type) {
	case *gwapiv1.GatewayClass:
		r.GatewayClass = o
	case *gwapiv1.Gateway:
		r.Gateways = append(r.Gateways, o)
	case *gwapiv1.HTTPRoute:
		r.HTTPRoutes = append(r.HTTPRoutes, o)
	case *gwapiv1.GRPCRoute:
		r.GRPCRoutes = append(r.GRPCRoutes, o)
	case *gwapiv1.TLSRoute:
		r.TLSRoutes = append(r.TLSRoutes, o)
	case *tcpRoute:
		r.TCPRoutes = append(r.TCPRoutes, o)
	case *gwapiv1b1.ReferenceGrant:
		r.ReferenceGrants = append(r.ReferenceGrants, o)
	case *gwapiv1.BackendTLSPolicy:
		r.BackendTLSPolicies = append(r.BackendTLSPolicies, o)
	case *egv1a1.EnvoyProxy:
		r.EnvoyProxiesForGateways = append(r.EnvoyProxiesForGateways, o)
	case *egv1a1.ClientTrafficPolicy:
		r.ClientTrafficPolicies = append(r.ClientTrafficPolicies, o)
	case *egv1a1.BackendTrafficPolicy:
		r.BackendTrafficPolicies = append(r.BackendTrafficPolicies, o)
	case *egv1a1.SecurityPolicy:
		r.SecurityPolicies = append(r.SecurityPolicies, o)
	case *egv1a1.EnvoyExtensionPolicy:
		r.EnvoyExtensionPolicies = append(r.EnvoyExtensionPolicies, o)
	case *egv1a1.Backend:
		r.Backends = append(r.Backends, o)
	case *egv1a1.HTTPRouteFilter:
		r.HTTPRouteFilters = append(r.HTTPRouteFilters, o)
	case *corev1.Namespace:
		r.Namespaces = append(r.Namespaces, o)
	case *corev1.Service:
		r.Services = append(r.Services, o)
	case *corev1.Secret:
		r.Secrets = append(r.Secrets, o)
	case *corev1.ConfigMap:
		r.ConfigMaps = append(r.ConfigMaps, o)
	case *discoveryv1.EndpointSlice:
		r.EndpointSlices = append(r.EndpointSlices, o)
	default:
		return false
	}
	return true
}

// attachProxies keeps what the controller would find: the EnvoyProxy that a Gateway names in its own namespace, and that of the class.
func attachProxies(r *resource.Resources) (faults []string) {
	all, used := r.EnvoyProxiesForGateways, map[string]bool{}
	r.EnvoyProxiesForGateways = nil
	find := func(namespace, name string) *egv1a1.EnvoyProxy {
		for _, proxy := range all {
			if proxy.Namespace == namespace && proxy.Name == name {
				used[namespace+"/"+name] = true
				return proxy
			}
		}
		faults = append(faults, fmt.Sprintf("EnvoyProxy %s/%s: a parametersRef names it, and it is not there", namespace, name))
		return nil
	}
	if ref := r.GatewayClass.Spec.ParametersRef; ref != nil {
		namespace := "default"
		if ref.Namespace != nil {
			namespace = string(*ref.Namespace)
		}
		r.EnvoyProxyForGatewayClass = find(namespace, ref.Name)
	}
	for _, gateway := range r.Gateways {
		if gateway.Spec.Infrastructure == nil || gateway.Spec.Infrastructure.ParametersRef == nil {
			continue
		}
		if proxy := find(gateway.Namespace, gateway.Spec.Infrastructure.ParametersRef.Name); proxy != nil && !holds(r.EnvoyProxiesForGateways, proxy) {
			r.EnvoyProxiesForGateways = append(r.EnvoyProxiesForGateways, proxy)
		}
	}
	for _, proxy := range all {
		if !used[proxy.Namespace+"/"+proxy.Name] {
			faults = append(faults, fmt.Sprintf("EnvoyProxy %s/%s: nothing refers to it", proxy.Namespace, proxy.Name))
		}
		if err := validation.ValidateEnvoyProxy(proxy); err != nil {
			faults = append(faults, fmt.Sprintf("EnvoyProxy %s/%s: %v", proxy.Namespace, proxy.Name, err))
		}
		if err := bootstrap.Validate(proxy.Spec.Bootstrap); err != nil {
			faults = append(faults, fmt.Sprintf("EnvoyProxy %s/%s: %v", proxy.Namespace, proxy.Name, err))
		}
	}
	return faults
}

func holds(list []*egv1a1.EnvoyProxy, proxy *egv1a1.EnvoyProxy) bool {
	for _, p := range list {
		if p == proxy {
			return true
		}
	}
	return false
}

// translate runs both halves of the translator as the controller does with its default configuration.
func translate(r *resource.Resources, global bool) (*resource.Resources, map[string]types.XdsResources, []error) {
	r.Sort()
	logger := logging.DefaultLogger(io.Discard, egv1a1.LogLevelError)
	t := &gatewayapi.Translator{
		GatewayControllerName:  string(r.GatewayClass.Spec.ControllerName),
		GatewayClassName:       gwapiv1.ObjectName(r.GatewayClass.Name),
		GlobalRateLimitEnabled: global,
		MergeGateways:          gatewayapi.IsMergeGatewaysEnabled(r),
		ControllerNamespace:    "envoy-gateway-system",
		Logger:                 logger,
	}
	var errs []error
	result, err := t.Translate(r)
	if err != nil {
		errs = append(errs, err)
	}
	tables := map[string]types.XdsResources{}
	for key, ir := range result.XdsIR {
		if err := ir.Validate(); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", key, err))
		}
		x := &translator.Translator{ControllerNamespace: "envoy-gateway-system", FilterOrder: ir.FilterOrder, Logger: logger}
		if global {
			x.GlobalRateLimit = &translator.GlobalRateLimitSettings{ServiceURL: "grpc://envoy-ratelimit.envoy-gateway-system.svc.cluster.local:8081"}
		}
		table, err := x.Translate(ir)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", key, err))
		}
		if table != nil {
			tables[key] = table.XdsResources
		}
	}
	for key, ir := range result.InfraIR {
		if err := ir.Validate(); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", key, err))
		}
	}
	return &result.Resources, tables, errs
}
