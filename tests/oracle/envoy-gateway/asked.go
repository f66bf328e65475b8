// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"fmt"
	"sort"
	"strings"
	"time"
)

// What the objects ask for stands in the xDS, or it is a fault. An accepted policy without effect is what this is about.

type asker struct {
	c        *cluster
	routes   []map[string]any // of all gateways
	hosts    map[string]map[string]bool
	clusters map[string]map[string]any
	listen   map[string][]any // by the key of the gateway
	faults   []string
}

func (a *asker) say(format string, values ...any) {
	a.faults = append(a.faults, fmt.Sprintf(format, values...))
}

func asJSON(value any) string {
	raw, _ := json.Marshal(value)
	return string(raw)
}

// same compares what is asked with what is there; durations and numbers by their value.
func same(asked, there any) bool {
	if asJSON(asked) == asJSON(there) {
		return true
	}
	x, ok := asked.(string)
	y, also := there.(string)
	if !ok || !also {
		return fmt.Sprint(asked) == fmt.Sprint(there)
	}
	d, err := time.ParseDuration(x)
	e, err2 := time.ParseDuration(y)
	return err == nil && err2 == nil && d == e
}

// equal: nothing asked, nothing checked.
func (a *asker) equal(who, what string, asked, there any) {
	if asked != nil && !same(asked, there) {
		a.say("%s: %s is %s in xDS, not %s", who, what, asJSON(there), asJSON(asked))
	}
}

func (a *asker) sameSet(who, what string, asked, there []string) {
	sort.Strings(asked)
	sort.Strings(there)
	if strings.Join(asked, ",") != strings.Join(there, ",") {
		a.say("%s: %s are %q in xDS, not %q", who, what, there, asked)
	}
}

func texts(values []any) (out []string) {
	for _, value := range values {
		out = append(out, fmt.Sprint(value))
	}
	return out
}

func newAsker(c *cluster, xds map[string]any) *asker {
	a := &asker{c: c, hosts: map[string]map[string]bool{}, clusters: map[string]map[string]any{}, listen: map[string][]any{}}
	for key, kinds := range xds {
		for _, table := range list(kinds, "RouteConfiguration") {
			for _, host := range list(table, "virtualHosts") {
				for _, route := range list(host, "routes") {
					m := route.(map[string]any)
					a.routes = append(a.routes, m)
					if a.hosts[words(m, "name")] == nil {
						a.hosts[words(m, "name")] = map[string]bool{}
					}
					for _, domain := range list(host, "domains") {
						a.hosts[words(m, "name")][fmt.Sprint(domain)] = true
					}
				}
			}
		}
		for _, cluster := range list(kinds, "Cluster") {
			a.clusters[words(cluster, "name")] = cluster.(map[string]any)
		}
		a.listen[key] = list(kinds, "Listener")
	}
	return a
}

func asked(c *cluster, xds map[string]any) []string {
	a := newAsker(c, xds)
	for _, object := range c.objects {
		switch words(object, "kind") {
		case "HTTPRoute", "GRPCRoute":
			a.route(object)
		case "Gateway":
			a.gateway(object)
		}
	}
	return a.faults
}

// objects of a kind in a namespace.
func (a *asker) all(kind, namespace string) (out []map[string]any) {
	for _, object := range a.c.objects {
		if words(object, "kind") == kind && words(object, "metadata", "namespace") == namespace {
			out = append(out, object)
		}
	}
	return out
}

// policy of a kind that targets this object; nil if there is none.
func (a *asker) policy(kind, namespace, targetKind, name, section string) map[string]any {
	var whole map[string]any
	for _, object := range a.all(kind, namespace) {
		for _, target := range list(object, "spec", "targetRefs") {
			if words(target, "kind") != targetKind || words(target, "name") != name {
				continue
			}
			if own := words(target, "sectionName"); own == "" {
				whole = object
			} else if own == section {
				return object
			}
		}
	}
	return whole
}

// gatewaysOf: those of our class among the parents.
func (a *asker) gatewaysOf(route map[string]any) (out []map[string]any) {
	own := words(route, "metadata", "namespace")
	for _, ref := range list(route, "spec", "parentRefs") {
		namespace := words(ref, "namespace")
		if namespace == "" {
			namespace = own
		}
		for _, gateway := range a.all("Gateway", namespace) {
			if words(ref, "kind") == "Gateway" && words(gateway, "metadata", "name") == words(ref, "name") {
				out = append(out, gateway)
			}
		}
	}
	return out
}

func (a *asker) route(object map[string]any) {
	kind, namespace, name := words(object, "kind"), words(object, "metadata", "namespace"), words(object, "metadata", "name")
	gateways := a.gatewaysOf(object)
	if len(gateways) == 0 {
		return
	}
	traffic := a.policy("BackendTrafficPolicy", namespace, kind, name, "")
	guard := a.policy("SecurityPolicy", namespace, kind, name, "")
	for i, rule := range list(object, "spec", "rules") {
		id := fmt.Sprintf("%s/%s/%s/rule/%d", strings.ToLower(kind), namespace, name, i)
		found := 0
		for _, route := range a.routes {
			if !strings.HasPrefix(words(route, "name"), id+"/match/") {
				continue
			}
			found++
			a.rule(words(route, "name"), rule, route, traffic, guard)
		}
		if found == 0 {
			a.say("%s: no route in xDS", id)
		}
		if len(list(rule, "backendRefs")) > 0 {
			a.backends(id, namespace, rule, traffic, gateways)
		}
		for _, host := range list(object, "spec", "hostnames") {
			if !a.answers(id+"/match/", fmt.Sprint(host)) {
				a.say("%s: no virtual host answers for %v", id, host)
			}
		}
	}
}

// answers: a virtual host with this domain holds a route of this name, or the listener's narrower host does.
func (a *asker) answers(prefix, host string) bool {
	for name, domains := range a.hosts {
		if !strings.HasPrefix(name, prefix) {
			continue
		}
		for domain := range domains {
			if domain == host || (strings.HasPrefix(host, "*.") && strings.HasSuffix(domain, host[1:])) {
				return true
			}
		}
	}
	return false
}

var statuses = map[string]string{"301": "", "302": "FOUND", "303": "SEE_OTHER", "307": "TEMPORARY_REDIRECT", "308": "PERMANENT_REDIRECT"}

// rule compares a rule and its policies with one route of Envoy.
func (a *asker) rule(who string, rule any, route, traffic, guard map[string]any) {
	if direct := field(route, "directResponse"); direct != nil {
		a.say("%s: answers %s itself", who, asJSON(direct))
		return
	}
	for _, filter := range list(rule, "filters") {
		switch words(filter, "type") {
		case "RequestRedirect":
			redirect := field(route, "redirect")
			status := statuses[fmt.Sprint(field(filter, "requestRedirect", "statusCode"))]
			a.equal(who, "the status of the redirect", status, words(redirect, "responseCode"))
			if words(filter, "requestRedirect", "scheme") == "https" && words(redirect, "schemeRedirect") != "https" && field(redirect, "httpsRedirect") != true {
				a.say("%s: the redirect does not go to https: %s", who, asJSON(redirect))
			}
			a.equal(who, "the host of the redirect", field(filter, "requestRedirect", "hostname"), field(redirect, "hostRedirect"))
		case "RequestHeaderModifier":
			a.headers(who, field(filter, "requestHeaderModifier"), list(route, "requestHeadersToAdd"), list(route, "requestHeadersToRemove"))
		case "ResponseHeaderModifier":
			a.headers(who, field(filter, "responseHeaderModifier"), list(route, "responseHeadersToAdd"), list(route, "responseHeadersToRemove"))
		case "URLRewrite":
			a.equal(who, "the rewritten host", field(filter, "urlRewrite", "hostname"), field(route, "route", "hostRewriteLiteral"))
		}
	}
	if len(list(rule, "backendRefs")) == 0 {
		return
	}
	action := field(route, "route")
	if action == nil {
		a.say("%s: goes nowhere", who)
		return
	}
	timeout := field(rule, "timeouts", "request")
	if timeout == nil {
		timeout = field(traffic, "spec", "timeout", "http", "requestTimeout")
	}
	a.equal(who, "the timeout", timeout, field(action, "timeout"))
	a.retries(who, rule, traffic, action)
	configs, _ := field(route, "typedPerFilterConfig").(map[string]any)
	for _, limit := range list(traffic, "spec", "rateLimit", "local", "rules") {
		a.equal(who, "the local rate limit", field(limit, "limit", "requests"),
			field(configs, "envoy.filters.http.local_ratelimit", "tokenBucket", "maxTokens"))
	}
	for part, filter := range map[string]string{
		"cors": "envoy.filters.http.cors", "jwt": "envoy.filters.http.jwt_authn",
		"extAuth": "envoy.filters.http.ext_authz", "authorization": "envoy.filters.http.rbac",
	} {
		guarded := false
		for key := range configs {
			guarded = guarded || key == filter || strings.HasPrefix(key, filter+"/")
		}
		if asks := field(guard, "spec", part) != nil; asks != guarded {
			a.say("%s: %s is asked for: %v, is in xDS: %v", who, part, asks, guarded)
		}
	}
}

func (a *asker) headers(who string, asked any, added, removed []any) {
	there := map[string]bool{}
	for _, option := range added {
		there[words(option, "header", "key")+"="+words(option, "header", "value")] = true
	}
	for _, header := range append(list(asked, "set"), list(asked, "add")...) {
		if pair := words(header, "name") + "=" + words(header, "value"); !there[pair] {
			a.say("%s: the header %s is not set in xDS", who, pair)
		}
	}
	for _, name := range list(asked, "remove") {
		if !strings.Contains(asJSON(removed), asJSON(name)) {
			a.say("%s: the header %v is not removed in xDS", who, name)
		}
	}
}

func (a *asker) retries(who string, rule any, traffic map[string]any, action any) {
	policy, asks := field(action, "retryPolicy"), field(traffic, "spec", "retry")
	if own := field(rule, "retry"); own != nil {
		a.equal(who, "retries", field(own, "attempts"), field(policy, "numRetries"))
		return
	}
	if asks == nil {
		if policy != nil {
			a.say("%s: retries without being asked: %s", who, asJSON(policy))
		}
		return
	}
	a.equal(who, "retries", field(asks, "numRetries"), field(policy, "numRetries"))
	a.equal(who, "the time for each try", field(asks, "perRetry", "timeout"), field(policy, "perTryTimeout"))
	if triggers := texts(list(asks, "retryOn", "triggers")); len(triggers) > 0 {
		a.sameSet(who, "triggers of retries", triggers, strings.Split(words(policy, "retryOn"), ","))
	}
	a.sameSet(who, "codes of retries", texts(list(asks, "retryOn", "httpStatusCodes")), texts(list(policy, "retriableStatusCodes")))
}

// backends compares the clusters of a rule: limits, checks, and the TLS of each backend.
func (a *asker) backends(id, namespace string, rule any, traffic map[string]any, gateways []map[string]any) {
	found := false
	for name, cluster := range a.clusters {
		if name != id && !strings.HasPrefix(name, id+"/") {
			continue
		}
		found = true
		a.equal(name, "the time to connect", field(traffic, "spec", "timeout", "tcp", "connectTimeout"), field(cluster, "connectTimeout"))
		limits, breaker := field(cluster, "circuitBreakers", "thresholds", 0), field(traffic, "spec", "circuitBreaker")
		for _, pair := range [][2]string{
			{"maxConnections", "maxConnections"}, {"maxPendingRequests", "maxPendingRequests"},
			{"maxParallelRequests", "maxRequests"}, {"maxParallelRetries", "maxRetries"},
		} {
			a.equal(name, pair[1], field(breaker, pair[0]), field(limits, pair[1]))
		}
		outlier, passive := field(cluster, "outlierDetection"), field(traffic, "spec", "healthCheck", "passive")
		a.equal(name, "consecutive5xx", field(passive, "consecutive5XxErrors"), field(outlier, "consecutive5xx"))
		for _, part := range []string{"interval", "baseEjectionTime", "maxEjectionPercent"} {
			a.equal(name, part, field(passive, part), field(outlier, part))
		}
		check, active := field(cluster, "healthChecks", 0), field(traffic, "spec", "healthCheck", "active")
		for _, part := range []string{"interval", "timeout", "unhealthyThreshold", "healthyThreshold"} {
			a.equal(name, part, field(active, part), field(check, part))
		}
		a.equal(name, "the path of the check", field(active, "http", "path"), field(check, "httpHealthCheck", "path"))
	}
	if !found {
		a.say("%s: no cluster in xDS", id)
		return
	}
	for j, ref := range list(rule, "backendRefs") {
		own := words(ref, "namespace")
		if own == "" {
			own = namespace
		}
		policy := a.policy("BackendTLSPolicy", own, "Service", words(ref, "name"), a.portName(own, words(ref, "name"), field(ref, "port")))
		for _, gateway := range gateways {
			a.backendTLS(fmt.Sprintf("%s/tls/%d", id, j), policy, a.proxyOf(gateway))
		}
	}
}

func (a *asker) portName(namespace, name string, port any) string {
	for key, service := range a.c.services {
		if key.Namespace == namespace && key.Name == name {
			for _, p := range service.Spec.Ports {
				if fmt.Sprint(p.Port) == fmt.Sprint(port) {
					return p.Name
				}
			}
		}
	}
	return ""
}

// proxyOf: the EnvoyProxy of a Gateway, or of its class.
func (a *asker) proxyOf(gateway map[string]any) map[string]any {
	namespace, name := words(gateway, "metadata", "namespace"), words(gateway, "spec", "infrastructure", "parametersRef", "name")
	if name == "" {
		for _, object := range a.c.objects {
			if words(object, "kind") == "GatewayClass" {
				namespace, name = words(object, "spec", "parametersRef", "namespace"), words(object, "spec", "parametersRef", "name")
			}
		}
	}
	for _, proxy := range a.all("EnvoyProxy", namespace) {
		if words(proxy, "metadata", "name") == name {
			return proxy
		}
	}
	return nil
}

func tlsVersion(asked any) any {
	if s, ok := asked.(string); ok {
		return "TLSv" + strings.ReplaceAll(s, ".", "_")
	}
	return nil
}

func (a *asker) backendTLS(name string, policy, proxy map[string]any) {
	var context any
	for _, cluster := range a.clusters {
		for _, match := range list(cluster, "transportSocketMatches") {
			if words(match, "name") == name {
				context = field(match, "transportSocket", "typedConfig")
			}
		}
	}
	if (policy != nil) != (context != nil) {
		a.say("%s: TLS to the backend is asked for: %v, is in xDS: %v", name, policy != nil, context != nil)
		return
	}
	if policy == nil {
		return
	}
	validation, common := field(policy, "spec", "validation"), field(context, "commonTlsContext")
	a.equal(name, "the server name", field(validation, "hostname"), field(context, "sni"))
	var asked, there []string
	for _, san := range list(validation, "subjectAltNames") {
		asked = append(asked, strings.ToUpper(words(san, "type"))+" "+words(san, "uri")+words(san, "hostname"))
	}
	if len(asked) == 0 {
		asked = []string{"HOSTNAME " + words(validation, "hostname")}
	}
	trusted := field(common, "combinedValidationContext", "defaultValidationContext")
	for _, matcher := range list(trusted, "matchTypedSubjectAltNames") {
		kind := strings.Replace(words(matcher, "sanType"), "DNS", "HOSTNAME", 1)
		there = append(there, kind+" "+words(matcher, "matcher", "exact"))
	}
	a.sameSet(name, "names that the certificate may carry", asked, there)
	if words(common, "combinedValidationContext", "validationContextSdsSecretConfig", "name") == "" {
		a.say("%s: no CA in xDS", name)
	}
	own := field(proxy, "spec", "backendTLS")
	a.equal(name, "the oldest TLS", tlsVersion(field(own, "minVersion")), field(common, "tlsParams", "tlsMinimumProtocolVersion"))
	a.equal(name, "the newest TLS", tlsVersion(field(own, "maxVersion")), field(common, "tlsParams", "tlsMaximumProtocolVersion"))
	if protocols := list(own, "alpnProtocols"); len(protocols) > 0 {
		a.sameSet(name, "protocols by ALPN", texts(protocols), texts(list(common, "alpnProtocols")))
	}
	certificates := list(common, "tlsCertificateSdsSecretConfigs")
	if ref := field(own, "clientCertificateRef"); (ref != nil) != (len(certificates) > 0) {
		a.say("%s: a client certificate is asked for: %v, is in xDS: %v", name, ref != nil, len(certificates) > 0)
	} else if ref != nil && !strings.HasSuffix(words(certificates[0], "name"), "/"+words(ref, "name")) {
		a.say("%s: the client certificate is %v in xDS, not %v", name, words(certificates[0], "name"), words(ref, "name"))
	}
}

// manager: the HTTP connection manager of a filter chain.
func manager(chain any) any {
	for _, filter := range list(chain, "filters") {
		if words(filter, "name") == "envoy.filters.network.http_connection_manager" {
			return field(filter, "typedConfig")
		}
	}
	return nil
}

func (a *asker) gateway(object map[string]any) {
	namespace, name := words(object, "metadata", "namespace"), words(object, "metadata", "name")
	for _, listener := range list(object, "spec", "listeners") {
		who := fmt.Sprintf("listener %s/%s/%s", namespace, name, words(listener, "name"))
		port, _ := field(listener, "port").(int64)
		if port < 1024 {
			port += 10000
		}
		var there []any
		// Merged gateways share the proxies of their class.
		for _, l := range append(a.listen[namespace+"/"+name], a.listen[words(object, "spec", "gatewayClassName")]...) {
			if fmt.Sprint(field(l, "address", "socketAddress", "portValue")) == fmt.Sprint(port) {
				there = append(there, l)
			}
		}
		if len(there) == 0 {
			a.say("%s: nothing listens on %d", who, port)
			continue
		}
		client := a.policy("ClientTrafficPolicy", namespace, "Gateway", name, words(listener, "name"))
		chain := a.chainOf(who, listener, there, namespace, client)
		if http := manager(chain); http != nil {
			a.http(who, http, client, a.proxyOf(object))
		} else if protocol := words(listener, "protocol"); chain != nil && (protocol == "HTTP" || protocol == "HTTPS") {
			a.say("%s: no HTTP in xDS", who)
		}
		if field(client, "spec", "proxyProtocol") != nil && !strings.Contains(asJSON(there), "envoy.filters.listener.proxy_protocol") {
			a.say("%s: no PROXY protocol in xDS", who)
		}
	}
}

// chainOf finds the filter chain of a listener, by its host, and checks its TLS.
func (a *asker) chainOf(who string, listener any, there []any, namespace string, client map[string]any) any {
	host := words(listener, "hostname")
	secure := words(listener, "protocol") == "HTTPS" || words(listener, "protocol") == "TLS"
	if words(listener, "tls", "mode") == "Passthrough" {
		a.passthrough(who, host, there)
		return nil
	}
	for _, l := range there {
		if !secure {
			return field(l, "defaultFilterChain")
		}
		for _, chain := range list(l, "filterChains") {
			names := texts(list(chain, "filterChainMatch", "serverNames"))
			if (host == "" && len(names) == 0) || (len(names) > 0 && contains(names, host)) {
				a.frontTLS(who, listener, chain, namespace, client)
				return chain
			}
		}
	}
	a.say("%s: no filter chain for %q", who, host)
	return nil
}

// passthrough: connections are told apart by the names of the routes, which lie below that of the listener.
func (a *asker) passthrough(who, host string, there []any) {
	for _, l := range there {
		for _, chain := range list(l, "filterChains") {
			names := texts(list(chain, "filterChainMatch", "serverNames"))
			if host == "" && len(names) == 0 {
				return
			}
			for _, name := range names {
				if name == host || host == "" || (strings.HasPrefix(host, "*.") && strings.HasSuffix(name, host[1:])) {
					return
				}
			}
		}
	}
	a.say("%s: no filter chain for %q", who, host)
}

func contains(list []string, word string) bool {
	for _, w := range list {
		if w == word {
			return true
		}
	}
	return false
}

func (a *asker) frontTLS(who string, listener, chain any, namespace string, client map[string]any) {
	context := field(chain, "transportSocket", "typedConfig", "commonTlsContext")
	var asked, there []string
	for _, ref := range list(listener, "tls", "certificateRefs") {
		own := words(ref, "namespace")
		if own == "" {
			own = namespace
		}
		asked = append(asked, own+"/"+words(ref, "name"))
	}
	for _, config := range list(context, "tlsCertificateSdsSecretConfigs") {
		there = append(there, words(config, "name"))
	}
	a.sameSet(who, "certificates", asked, there)
	tls := field(client, "spec", "tls")
	a.equal(who, "the oldest TLS", tlsVersion(field(tls, "minVersion")), field(context, "tlsParams", "tlsMinimumProtocolVersion"))
	a.equal(who, "the newest TLS", tlsVersion(field(tls, "maxVersion")), field(context, "tlsParams", "tlsMaximumProtocolVersion"))
}

func (a *asker) http(who string, http any, client, proxy map[string]any) {
	times := field(client, "spec", "timeout", "http")
	a.equal(who, "the time for a request", field(times, "requestReceivedTimeout"), field(http, "requestTimeout"))
	a.equal(who, "the time for headers", field(times, "requestHeadersReceivedTimeout"), field(http, "requestHeadersTimeout"))
	a.equal(who, "the idle time", field(times, "idleTimeout"), field(http, "commonHttpProtocolOptions", "idleTimeout"))
	tracing, there := field(proxy, "spec", "telemetry", "tracing"), field(http, "tracing")
	if (tracing != nil) != (there != nil) {
		a.say("%s: tracing is asked for: %v, is in xDS: %v", who, tracing != nil, there != nil)
		return
	}
	if tracing == nil {
		return
	}
	if fraction := field(tracing, "samplingFraction"); fraction != nil {
		numerator, _ := field(fraction, "numerator").(int64)
		denominator, _ := field(fraction, "denominator").(int64)
		a.equal(who, "percent of sampled requests", float64(numerator)*100/float64(denominator), percent(there))
	} else {
		a.equal(who, "percent of sampled requests", field(tracing, "samplingRate"), percent(there))
	}
}

// percent: zero is left out of the JSON of xDS.
func percent(tracing any) any {
	if value := field(tracing, "randomSampling", "value"); value != nil {
		return value
	}
	return 0
}
