// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// The objects that a site assumes stand in the dump of its graph: "KIND NAME  assumed", then a line a
// field, deeper by two blanks, its value as in JSON, and the places that say why after two blanks.

// assumed gives all objects of the dump that are not egmc's to write.
func assumed(dump string) []map[string]any {
	var objects []map[string]any
	lines := strings.Split(dump, "\n")
	for i := 0; i < len(lines); i++ {
		if strings.HasPrefix(lines[i], " ") || !strings.Contains(lines[i], "  assumed  ") {
			continue
		}
		end := i + 1
		for end < len(lines) && strings.HasPrefix(lines[end], "  ") {
			end++
		}
		object, _ := tree(lines[i+1:end], 2)
		if m, ok := object.(map[string]any); ok {
			objects = append(objects, m)
		}
		i = end - 1
	}
	return objects
}

func depth(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }

// tree reads the lines at this depth and below; it returns how many it took.
func tree(lines []string, at int) (value any, taken int) {
	var list []any
	fields := map[string]any{}
	for taken < len(lines) && depth(lines[taken]) >= at {
		line := strings.TrimSpace(lines[taken])
		taken++
		key, rest, _ := strings.Cut(line, " ")
		if strings.HasPrefix(key, "\"") {
			// A key that is written as in JSON.
			decoder := json.NewDecoder(strings.NewReader(line))
			if err := decoder.Decode(&key); err == nil {
				rest = line[decoder.InputOffset():]
			}
		}
		var child any
		rest = strings.TrimPrefix(rest, " ")
		if decoder := json.NewDecoder(strings.NewReader(rest)); rest != "" && !strings.HasPrefix(rest, " ") && decoder.Decode(&child) == nil {
			// a plain value
		} else {
			var more int
			child, more = tree(lines[taken:], at+2)
			taken += more
		}
		if key == "-" {
			list = append(list, child)
		} else {
			fields[key] = child
		}
	}
	if list != nil {
		return list, taken
	}
	return fields, taken
}

// keyPair makes a certificate for these names, as a Secret of type kubernetes.io/tls holds it.
func keyPair(names []string) (certificate, key []byte) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	if len(names) == 0 {
		names = []string{"stub.example"}
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "stub"}, DNSNames: names,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		panic(err)
	}
	raw, err := x509.MarshalECPrivateKey(private)
	if err != nil {
		panic(err)
	}
	return encoded("CERTIFICATE", der), encoded("EC PRIVATE KEY", raw)
}

func encoded(kind string, data []byte) []byte {
	out := bytes.Buffer{}
	if err := pem.Encode(&out, &pem.Block{Type: kind, Bytes: data}); err != nil {
		panic(err)
	}
	return out.Bytes()
}

func namespaceStub(name string, labels map[string]string) *corev1.Namespace {
	all := map[string]string{corev1.LabelMetadataName: name}
	for key, value := range labels {
		all[key] = value
	}
	return &corev1.Namespace{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Namespace"},
		ObjectMeta: metav1.ObjectMeta{Name: name, Labels: all},
	}
}

func secretStub(namespace, name string, names []string) *corev1.Secret {
	certificate, key := keyPair(names)
	authority, _ := keyPair(nil)
	return &corev1.Secret{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Secret"},
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name},
		Type:       corev1.SecretTypeTLS,
		Data: map[string][]byte{
			"tls.crt": certificate, "tls.key": key, "ca.crt": authority,
			".htpasswd": []byte("stub:{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g="), "client-secret": []byte("stub"), "client-id": []byte("stub-client"),
		},
	}
}

func configMapStub(namespace, name string) *corev1.ConfigMap {
	certificate, _ := keyPair(nil)
	return &corev1.ConfigMap{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "ConfigMap"},
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name},
		Data:       map[string]string{"ca.crt": string(certificate)},
	}
}

// complete gives a Service what the cluster gives it: an address, and one endpoint.
func complete(service *corev1.Service) runtime.Object {
	if service.Spec.ClusterIP == "" {
		service.Spec.ClusterIP = "10.96.0.10"
		service.Spec.ClusterIPs = []string{"10.96.0.10"}
	}
	ready := true
	slice := &discoveryv1.EndpointSlice{
		TypeMeta: metav1.TypeMeta{APIVersion: "discovery.k8s.io/v1", Kind: "EndpointSlice"},
		ObjectMeta: metav1.ObjectMeta{
			Namespace: service.Namespace, Name: service.Name + "-stub",
			Labels: map[string]string{discoveryv1.LabelServiceName: service.Name},
		},
		AddressType: discoveryv1.AddressTypeIPv4,
		Endpoints:   []discoveryv1.Endpoint{{Addresses: []string{"10.244.0.10"}, Conditions: discoveryv1.EndpointConditions{Ready: &ready}}},
	}
	for i := range service.Spec.Ports {
		port := &service.Spec.Ports[i]
		number, protocol := port.TargetPort.IntVal, port.Protocol
		if number == 0 {
			number = port.Port
		}
		if protocol == "" {
			protocol = corev1.ProtocolTCP
			port.Protocol = protocol
		}
		name := port.Name
		slice.Ports = append(slice.Ports, discoveryv1.EndpointPort{Name: &name, Port: &number, Protocol: &protocol, AppProtocol: port.AppProtocol})
	}
	return slice
}
