// SPDX-License-Identifier: Apache-2.0

// network-policy RELEASE WORK BAD: gives the NetworkPolicies of every site to Cyclonus and asks for the verdict of every flow of the
// site, and of what no flow says.
package main

import (
	"fmt"

	"github.com/mattfenwick/cyclonus/pkg/matcher"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"sigs.k8s.io/yaml"
)

func load(s *site, policies []policy) (func(question) (bool, error), []string) {
	var typed []*networkingv1.NetworkPolicy
	var faults []string
	for _, p := range policies {
		object := &networkingv1.NetworkPolicy{}
		if err := yaml.UnmarshalStrict(p.raw, object); err != nil {
			faults = append(faults, fmt.Sprintf("%s: %v", p, err))
			continue
		}
		if len(object.Spec.PolicyTypes) == 0 {
			faults = append(faults, fmt.Sprintf("%s: no policyTypes", p))
			continue
		}
		typed = append(typed, object)
	}
	if len(faults) > 0 {
		return nil, faults
	}
	all := matcher.BuildNetworkPolicies(false, typed)
	return func(q question) (bool, error) {
		traffic := &matcher.Traffic{
			Source: trafficPeer(q.from), Destination: trafficPeer(q.to), ResolvedPort: q.port, Protocol: corev1.Protocol(q.transport),
		}
		return all.IsIngressOrEgressAllowed(traffic, q.side == "ingress").IsAllowed(), nil
	}, nil
}

// trafficPeer: pods by their labels, everybody else by an address.
func trafficPeer(p peer) *matcher.TrafficPeer {
	switch p.place {
	case pods:
		return &matcher.TrafficPeer{IP: "10.0.0.9", Internal: &matcher.InternalPeer{
			Namespace: p.namespace, PodLabels: p.labels,
			NamespaceLabels: map[string]string{"kubernetes.io/metadata.name": p.namespace},
		}}
	case world:
		return &matcher.TrafficPeer{IP: p.address}
	case host:
		return &matcher.TrafficPeer{IP: "192.0.2.1"}
	case remoteNode:
		return &matcher.TrafficPeer{IP: "192.0.2.2"}
	}
	return &matcher.TrafficPeer{IP: "192.0.2.6"}
}

func main() {
	e := &evaluator{name: "network-policy", kinds: []string{"NetworkPolicy"}, portAlone: true, load: load}
	e.takes = func(*site) bool { return true }
	e.main()
}
