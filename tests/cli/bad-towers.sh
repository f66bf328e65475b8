# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# Small files that ask for much: each ends soon, and says which limit it met.
check() {
  echo "\$ egmc check $1"
  (ulimit -t 60; "$EGMC" check --stdlib "$tests/cli/lib" --format short "$1" 2>&1) | cut -c 1-120 | tail -n 1
}
site() {
  echo 'edition 2026'
  cat
}
note='note a { text = "${count(last)}" }'

# A list of lists of ten, ten times over.
awk -v note="$note" 'BEGIN {
  print "site s {\n  let b0 = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]"
  for (i = 1; i < 10; i++) printf "  let b%d = [x + y for x in b%d, y in b0]\n", i, i - 1
  print "  let last = b9\n  " note "\n}" }' | site > lists.egm
check lists.egm
{ printf 'site s { let n = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]\n let last = [1 for a in n'
  for x in b c d e f g h i j; do printf ', %s in n' "$x"; done
  printf ']\n %s }\n' "$note"; } | site > bindings.egm
check bindings.egm

# Functions that call another twice.
awk 'BEGIN {
  print "fn f0(x : int) : int = x"
  for (i = 1; i < 40; i++) printf "fn f%d(x : int) : int = f%d(x) + f%d(x)\n", i, i - 1, i - 1
  print "site s { let n = f39(1)\n note a { text = \"${n}\" } }" }' | site > calls.egm
check calls.egm

# Names that stand for names that stand for names.
awk 'BEGIN {
  print "fn f0(x : int) : int = x"
  for (i = 1; i < 5000; i++) printf "fn f%d(x : int) : int = f%d(x)\n", i, i - 1
  print "site s { let n = f4999(1)\n note a { text = \"${n}\" } }" }' | site > chain.egm
check chain.egm
awk 'BEGIN {
  print "block lid in site {"
  for (i = 0; i < 5000; i++) printf "  let a%d = a%d\n", i, i + 1
  print "  let a5000 = 1\n  size : int = a0\n}\nsite s { lid x {} }" }' | site > lets.egm
check lets.egm

# Many keys.
awk 'BEGIN {
  print "site s {\n  let last = {"
  for (i = 0; i < 60000; i++) printf "    k%d = \"v\"\n", i
  print "    k7 = \"w\"\n  }\n  note a { text = \"x\" }\n}" }' | site > keys.egm
check keys.egm
