# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# What a site relies on and does not make, and how it says so of objects that nobody else states.
needs() {
  echo "\$ egmc $*"
  "$EGMC" "$@" 2>&1
  echo "= $?"
}
cat > site.egm << 'END'
edition 2026
include "routes.yaml"
assume "cluster.yaml"

site shop {
  kubernetes    { version = "1.34" }
  envoy-gateway { version = "1.9.0" }
  gateway-api   { version = "1.6.1" }
  mesh istio    { version = "1.30.3"; mode ambient }
  mtls mesh-identity
  gateway edge { namespace = "edge"; listener https { port = 443; certificate = "edge-tls" } }
  app cart {
    namespace = "shop"; pods = { app = "cart" }
    port http { number = 8080; protocol = http }
    route { listener = edge.https; hostname = "shop.example.com" }
  }
}
END
route() {
  cat << END
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: $1, namespace: shop}
spec:
  parentRefs: [{name: edge, namespace: edge, sectionName: https}]
  hostnames: [$1.example.com]
  rules:
  - backendRefs: [{name: $1, port: 80}]
END
}
service() {
  cat << END
apiVersion: v1
kind: Service
metadata: {name: $1, namespace: shop}
spec:
  ports: [{name: http, port: 80}]
END
}
route till > routes.yaml

echo '### a reference that leads nowhere'
service tills > cluster.yaml
needs check site.egm

echo '### somebody else makes it'
service till > cluster.yaml
needs check site.egm
needs needs site.egm

echo '### never written'
"$EGMC" build site.egm -o out > /dev/null 2>&1
grep -l till out/manifests/*/*.yaml out/adopt/*.yaml
grep cluster out/egm.lock | cut -d ' ' -f 1,4

echo '### what was printed can be assumed'
"$EGMC" needs site.egm > printed.yaml 2> /dev/null
mv printed.yaml cluster.yaml
needs check site.egm
"$EGMC" build site.egm -o again > /dev/null 2>&1
diff -rq out again

echo '### a Secret is stated without its data'
{ service till; echo ---; printf 'apiVersion: v1\nkind: Secret\nmetadata: {name: till, namespace: shop}\n'; } > cluster.yaml
needs check site.egm
echo 'stringData: {password: hello}' >> cluster.yaml
needs check site.egm
