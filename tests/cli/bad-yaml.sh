# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# Included YAML that nobody should trust: what two readers could understand differently is refused, at
# its own line; nothing blows up.
cat > site.egm <<'EOF'
edition 2026
include "extra.yaml"
site s { note a { text = "x" } }
EOF
try() {
  echo "# $1"
  cat > extra.yaml
  "$EGMC" build --stdlib "$tests/cli/lib" --format short site.egm --stdout 2>&1 | cut -c 1-200
}
object='apiVersion: v1
kind: ConfigMap
metadata: {name: b, namespace: notes}
'
try 'a good one' <<EOF
${object}data: {a: "yes"}
EOF
try 'several documents, some empty' <<EOF
---
${object}---
---
apiVersion: example.com/v1
kind: Other
metadata: {name: c}
...
EOF
try 'an anchor and its alias' <<EOF
${object}data: {a: &x text, b: *x}
EOF
try 'an anchor alone' <<EOF
${object}data: {a: &x text}
EOF
try 'a merge key' <<EOF
${object}data: {<<: {a: b}}
EOF
try 'tags' <<EOF
${object}data: {a: !!binary aGVsbG8=, b: !mine x, c: !!str 12}
EOF
try 'words that readers understand differently' <<EOF
${object}data: {a: yes, b: 0644, c: 1e3, d: 2026-01-02, e: 12:30, f: null, g: ~, h: }
EOF
try 'twice the same key' <<EOF
${object}data: {a: "1", b: "2", "a": "3"}
EOF
try 'keys that are no text' <<EOF
${object}data: {1: a, [a]: b, ? {c: d} : e, "": f}
EOF
try 'a list' <<'EOF'
- apiVersion: v1
EOF
try 'a text' <<'EOF'
hello
EOF
try 'no object' <<'EOF'
a: b
EOF
try 'the names of the object that the site makes' <<'EOF'
apiVersion: v1
kind: ConfigMap
metadata: {name: a, namespace: notes}
data: {text: other}
EOF
try 'a Secret' <<'EOF'
apiVersion: v1
kind: Secret
metadata: {name: s, namespace: notes}
stringData: {password: hunter2}
EOF
try 'a key' <<EOF
${object}data:
  tls.key: |
    -----BEGIN PRIVATE KEY-----
    MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSkAgEAAoIBAQC7
    -----END PRIVATE KEY-----
EOF
try 'faulty YAML' <<'EOF'
a: [b
c: "d
EOF
try 'nothing' < /dev/null
printf 'a: b\0c\n' | try 'a NUL byte'
printf 'a: \374\n' | try 'no UTF-8'
printf '\357\273\277a: b\n' | try 'a byte order mark'
printf 'apiVersion: v1\r\nkind: ConfigMap\r\nmetadata: {name: b, namespace: notes}\r\ndata:\r\n  a: b\r\n' | try 'CRLF'

# A billion laughs, and depth.
{
  echo 'a: &a [x, x, x, x, x, x, x, x, x]'
  for pair in 'b a' 'c b' 'd c' 'e d' 'f e' 'g f' 'h g' 'i h'; do
    to=${pair#* }
    echo "${pair% *}: &${pair% *} [*$to, *$to, *$to, *$to, *$to, *$to, *$to, *$to, *$to]"
  done
} | try 'an alias bomb'
awk 'BEGIN { printf "a: "; for (i = 0; i < 100000; i++) printf "["; print "" }' | try '100,000 brackets'
awk 'BEGIN { for (i = 0; i < 1000; i++) printf "%" i "s- \n", "" }' | try '1,000 levels of lists'
awk 'BEGIN { print "a:"; for (i = 0; i < 1100000; i++) print "- b" }' | try '1,100,000 nodes'
awk 'BEGIN { print "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\ndata:"; for (i = 0; i < 25; i++) print "  a: b" }' | try 'more than 20 faults'
head -c 40000000 /dev/zero | tr '\0' '#' | try '40 MB of comment'
