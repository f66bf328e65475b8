// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"net/netip"
	"sort"
)

type place int

const (
	pods place = iota
	world
	host       // the node of the pod
	remoteNode // another node
	apiServer  // on a node
	apiServerOutside
)

// peer is one that sends or receives packets.
type peer struct {
	place     place
	namespace string
	labels    map[string]string
	address   string // of who is outside
	name      string // by which it was asked for, if it is outside
}

const somewhere = "198.51.100.7"

func (p peer) String() string {
	switch p.place {
	case pods:
		return fmt.Sprintf("pod %s %v", p.namespace, p.labels)
	case world:
		return "world " + p.address + " " + p.name
	case host:
		return "its node"
	case remoteNode:
		return "another node"
	case apiServer:
		return "API server"
	}
	return "API server outside"
}

// peers gives who an end may be. A client may arrive through another node, which passes its packet on.
func (e *end) peers(sends bool) []peer {
	switch {
	case e.place == "pods":
		return []peer{{place: pods, namespace: e.namespace, labels: e.labels}}
	case e.place == "host":
		return []peer{{place: host}}
	case len(e.addresses) > 0:
		var all []peer
		for _, text := range e.addresses {
			if prefix, err := netip.ParsePrefix(text); err == nil {
				all = append(all, peer{place: world, address: prefix.Addr().String(), name: e.host})
			}
		}
		return all
	case e.place == "nodes":
		return []peer{{place: host}, {place: remoteNode}}
	case e.place == "api-server":
		return []peer{{place: apiServer}, {place: apiServerOutside}}
	case e.place == "cluster":
		return []peer{stranger("elsewhere")}
	case sends:
		return []peer{{place: world, address: somewhere}, {place: world, address: "2001:db8::7"}, {place: remoteNode}}
	}
	return []peer{{place: world, address: somewhere, name: e.host}}
}

func stranger(namespace string) peer {
	return peer{place: pods, namespace: namespace, labels: map[string]string{"app": "stranger"}}
}

// selects says whether pods of an end are these.
func (e *end) selects(p peer) bool {
	if e.place != "pods" || p.place != pods || e.namespace != p.namespace {
		return false
	}
	for key, value := range e.labels {
		if p.labels[key] != value {
			return false
		}
	}
	return true
}

// means says whether an end stands for this peer. portAlone: policies that know nothing but pods and addresses let everybody through
// the port of whoever is neither.
func (e *end) means(p peer, sends, portAlone bool) bool {
	switch {
	case e.place == "pods":
		return e.selects(p)
	case len(e.addresses) > 0 && (e.host == "" || portAlone) && e.place != "host":
		for _, text := range e.addresses {
			prefix, err := netip.ParsePrefix(text)
			address, other := netip.ParseAddr(p.address)
			if err == nil && other == nil && prefix.Contains(address) {
				return true
			}
		}
		return false
	case portAlone:
		return true
	case e.host != "":
		return p.name == e.host
	case e.place == "cluster":
		return p.place == pods
	case e.place == "clients":
		return p.place == world || sends && p.place == pods
	}
	return false
}

func some(ends []*end, test func(*end) bool) bool {
	for _, e := range ends {
		if test(e) {
			return true
		}
	}
	return false
}

// question is one packet, and whether it must pass. Side says whose policies are asked.
type question struct {
	from, to  peer
	port      int
	transport string
	side      string // "egress" of from, "ingress" of to
	want      bool
	why       string
}

func (q question) String() string {
	verb := map[bool]string{true: "must pass", false: "must not pass"}[q.want]
	return fmt.Sprintf("%s %d from %s to %s %s (%s, %s)", q.transport, q.port, q.from, q.to, verb, q.side, q.why)
}

// A port that no flow uses.
const nobodys = 4444

const whole = "all flows together"

// wants says whether a flow wants this packet through; unknown is what a flow wants only for one of several of the same name.
func (s *site) wants(transport string, port int, from, to func(*end) bool) (want, known bool) {
	known = true
	for _, f := range s.flows {
		if f.transport != transport || f.wire != 0 && f.wire != port || !some(f.from, from) || !some(f.to, to) {
			continue
		}
		not := func(test func(*end) bool) func(*end) bool { return func(e *end) bool { return !test(e) } }
		if !some(f.from, not(from)) && !some(f.to, not(to)) {
			return true, true
		}
		known = false
	}
	return false, known
}

// needed: every flow passes at both ends. Each question is a list of which one must be answered with yes: a name may mean several.
func (s *site) needed() (all [][]question) {
	for _, f := range s.flows {
		port := f.wire
		if port == 0 {
			port = nobodys
		}
		for _, side := range []string{"egress", "ingress"} {
			// Every peer of an end, but any end of that name.
			var ways [][]question
			for _, from := range f.from {
				for _, to := range f.to {
					var way []question
					for _, a := range from.peers(true) {
						for _, b := range to.peers(false) {
							way = append(way, question{a, b, port, f.transport, side, true, f.why})
						}
					}
					ways = append(ways, way)
				}
			}
			if len(ways) == 1 {
				for _, q := range ways[0] {
					all = append(all, []question{q})
				}
				continue
			}
			var either []question
			for _, way := range ways {
				either = append(either, way...)
			}
			all = append(all, either)
		}
	}
	return all
}

// closed: whoever is closed lets through what flows say, and nothing else.
func (s *site) closed(portAlone bool) (all []question) {
	ports := map[string]map[int]bool{"TCP": {nobodys: true}, "UDP": {nobodys: true}}
	for _, f := range s.flows {
		if f.wire != 0 {
			ports[f.transport][f.wire] = true
		}
	}
	others := []peer{{place: world, address: somewhere}, stranger("foreign")}
	for _, e := range s.ends {
		if e.place != "pods" {
			continue
		}
		others = append(others, peer{place: pods, namespace: e.namespace, labels: e.labels},
			peer{place: pods, namespace: "foreign", labels: e.labels}, stranger(e.namespace))
	}
	seen := map[string]bool{}
	for _, e := range s.ends {
		if e.place != "pods" {
			continue
		}
		own := peer{place: pods, namespace: e.namespace, labels: e.labels}
		in := some(s.ends, func(x *end) bool { return x.selects(own) && (x.closes == "ingress" || x.closes == "both") })
		out := some(s.ends, func(x *end) bool { return x.selects(own) && x.closes == "both" })
		for _, other := range others {
			for transport, set := range ports {
				for port := range set {
					if in {
						want, known := s.wants(transport, port,
							func(x *end) bool { return x.means(other, true, portAlone) }, func(x *end) bool { return x.selects(own) })
						if known {
							all = append(all, question{other, own, port, transport, "ingress", want, whole})
						}
					}
					if out {
						want, known := s.wants(transport, port,
							func(x *end) bool { return x.selects(own) }, func(x *end) bool { return x.means(other, false, portAlone) })
						if known {
							all = append(all, question{own, other, port, transport, "egress", want, whole})
						}
					}
				}
			}
		}
	}
	kept := all[:0]
	for _, q := range all {
		if !seen[q.String()] {
			seen[q.String()] = true
			kept = append(kept, q)
		}
	}
	sort.Slice(kept, func(i, j int) bool { return kept[i].String() < kept[j].String() })
	return kept
}

// ask gives all questions to an evaluator and says which it answers otherwise.
func (s *site) ask(portAlone bool, passes func(question) (bool, error)) (faults []string, asked int, err error) {
	for _, either := range s.needed() {
		passed := false
		for _, q := range either {
			asked++
			yes, err := passes(q)
			if err != nil {
				return nil, 0, fmt.Errorf("%s: %w", q, err)
			}
			passed = passed || yes
		}
		if !passed {
			faults = append(faults, either[0].String())
		}
	}
	for _, q := range s.closed(portAlone) {
		asked++
		yes, err := passes(q)
		if err != nil {
			return nil, 0, fmt.Errorf("%s: %w", q, err)
		}
		if yes != q.want {
			faults = append(faults, q.String())
		}
	}
	return faults, asked, nil
}
