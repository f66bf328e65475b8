// SPDX-License-Identifier: Apache-2.0

// cilium RELEASE WORK BAD: gives the CiliumNetworkPolicies of every site that states this line of Cilium to its own parser, and
// asks its policy engine for the verdict of every flow of the site, and of what no flow says.
package main

import (
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"sync"

	"github.com/cilium/cilium/pkg/crypto/certificatemanager"
	envoypolicy "github.com/cilium/cilium/pkg/envoy/policy"
	"github.com/cilium/cilium/pkg/identity"
	"github.com/cilium/cilium/pkg/identity/identitymanager"
	v2 "github.com/cilium/cilium/pkg/k8s/apis/cilium.io/v2"
	"github.com/cilium/cilium/pkg/labels"
	"github.com/cilium/cilium/pkg/option"
	policyengine "github.com/cilium/cilium/pkg/policy"
	"github.com/cilium/cilium/pkg/policy/api"
	policytypes "github.com/cilium/cilium/pkg/policy/types"
	"github.com/cilium/cilium/pkg/policy/utils"
	testidentity "github.com/cilium/cilium/pkg/testutils/identity"
	testpolicy "github.com/cilium/cilium/pkg/testutils/policy"
	"github.com/cilium/cilium/pkg/u8proto"
	"sigs.k8s.io/yaml"
)

const cluster = "default"

var logger = slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))

// parse reads a policy as the agent does, but takes no unknown field.
func parse(p policy) (api.Rules, error) {
	if p.Kind == "CiliumClusterwideNetworkPolicy" {
		var typed v2.CiliumClusterwideNetworkPolicy
		if err := yaml.UnmarshalStrict(p.raw, &typed); err != nil {
			return nil, err
		}
		return typed.Parse(logger, cluster)
	}
	var typed v2.CiliumNetworkPolicy
	if err := yaml.UnmarshalStrict(p.raw, &typed); err != nil {
		return nil, err
	}
	return typed.Parse(logger, cluster)
}

// engine holds the policies of a case, and the identities of those who were asked about.
type engine struct {
	repo       *policyengine.Repository
	manager    identitymanager.IDManager
	identities map[string]*identity.Identity
	verdicts   map[string]bool
}

func load(s *site, policies []policy) (func(question) (bool, error), []string) {
	manager := identitymanager.NewIDManager(logger)
	rules := envoypolicy.NewEnvoyL7RulesTranslator(logger, certificatemanager.NewMockSecretManagerInline())
	repo := policyengine.NewPolicyRepository(logger, identity.IdentityMap{}, nil, rules, manager, testpolicy.NewPolicyMetricsNoop())
	repo.GetSelectorCache().SetLocalIdentityNotifier(testidentity.NewDummyIdentityNotifier())
	e := &engine{repo, manager, map[string]*identity.Identity{}, map[string]bool{}}
	var faults []string
	for _, p := range policies {
		rules, err := parse(p)
		if err != nil {
			faults = append(faults, fmt.Sprintf("%s: %v", p, err))
			continue
		}
		if len(rules) == 0 {
			faults = append(faults, fmt.Sprintf("%s: the agent makes nothing of it", p))
		}
		repo.MustAddPolicyEntries(utils.RulesToPolicyEntries(rules))
	}
	return e.passes, faults
}

// labelsOf: what Cilium knows of a peer.
func labelsOf(p peer) labels.LabelArray {
	all := labels.Labels{}
	switch p.place {
	case pods:
		put := func(key, value string) { all[key] = labels.NewLabel(key, value, labels.LabelSourceK8s) }
		for key, value := range p.labels {
			put(key, value)
		}
		put("io.kubernetes.pod.namespace", p.namespace)
		put("io.cilium.k8s.namespace.labels.kubernetes.io/metadata.name", p.namespace)
		put("io.cilium.k8s.policy.cluster", cluster)
		put("io.cilium.k8s.policy.serviceaccount", "default")
	case world:
		address := netip.MustParseAddr(p.address)
		all = labels.GetCIDRLabels(netip.PrefixFrom(address, address.BitLen()))
		if p.name != "" {
			selector := api.FQDNSelector{MatchName: p.name}
			name := selector.IdentityLabel()
			all[name.Key] = name
		}
	case host:
		all = labels.NewFrom(labels.LabelHost)
	case remoteNode:
		all = labels.NewFrom(labels.LabelRemoteNode)
	case apiServer:
		all = labels.NewFrom(labels.LabelKubeAPIServer)
		all.MergeLabels(labels.LabelRemoteNode)
	case apiServerOutside:
		address := netip.MustParseAddr("198.51.100.6")
		all = labels.GetCIDRLabels(netip.PrefixFrom(address, address.BitLen()))
		all.MergeLabels(labels.LabelKubeAPIServer)
	}
	return all.LabelArray()
}

func (e *engine) identity(p peer) *identity.Identity {
	if known := e.identities[p.String()]; known != nil {
		return known
	}
	number := identity.NumericIdentity(1000 + len(e.identities))
	switch p.place {
	case host:
		number = identity.ReservedIdentityHost
	case remoteNode:
		number = identity.ReservedIdentityRemoteNode
	case apiServer:
		number = identity.ReservedIdentityKubeAPIServer
	case world, apiServerOutside:
		number |= identity.IdentityScopeLocal
	}
	made := identity.NewIdentityFromLabelArray(number, labelsOf(p))
	e.identities[p.String()] = made
	added, waiting := identity.IdentityMap{made.ID: made.LabelArray}, &sync.WaitGroup{}
	e.repo.GetSelectorCache().UpdateIdentities(added, nil, waiting)
	e.repo.GetSubjectSelectorCache().UpdateIdentities(added, nil, waiting)
	waiting.Wait()
	return made
}

// passes asks the engine. Whoever is not a pod has no policies of its own here.
func (e *engine) passes(q question) (bool, error) {
	key := fmt.Sprint(q.from, q.to, q.port, q.transport)
	if q.side == "egress" && q.from.place != pods || q.side == "ingress" && q.to.place != pods {
		return true, nil
	}
	if known, found := e.verdicts[q.side+key]; found {
		return known, nil
	}
	f := policytypes.Flow{From: e.identity(q.from), To: e.identity(q.to), Proto: u8proto.TCP, Dport: uint16(q.port)}
	if q.transport == "UDP" {
		f.Proto = u8proto.UDP
	}
	verdict, _, _, err := policyengine.LookupFlow(logger, e.repo, e.manager, f)
	if err != nil {
		return false, err
	}
	e.verdicts["egress"+key] = verdict.Egress == policytypes.DecisionAllowed
	e.verdicts["ingress"+key] = verdict.Ingress == policytypes.DecisionAllowed
	return e.verdicts[q.side+key], nil
}

func minor(version string) int {
	parts := strings.Split(version, ".")
	if len(parts) < 2 {
		return 0
	}
	n, _ := strconv.Atoi(parts[1])
	return n
}

func main() {
	option.Config.EnableIPv4, option.Config.EnableIPv6, option.Config.EnableL7Proxy = true, true, true
	option.Config.EnableNonDefaultDenyPolicies = true
	letInNode()
	api.InitEntities(cluster)
	policyengine.SetPolicyEnabled(option.DefaultEnforcement)
	e := &evaluator{name: "cilium", kinds: []string{"CiliumNetworkPolicy", "CiliumClusterwideNetworkPolicy"}, load: load}
	// The oldest release that is here judges what is older still.
	e.takes = func(s *site) bool { return minor(e.release) == max(19, minor(s.releases["Cilium"])) }
	e.main()
}
