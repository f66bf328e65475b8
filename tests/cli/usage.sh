# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# Wrong usage: what is wrong, what to do, status 2, and nothing on stdout.
try() {
  echo "\$ egmc $*"
  "$EGMC" "$@" > stdout
  echo "= $?"
  cat stdout
}
"$EGMC" > /dev/null 2>&1
echo "nothing = $?"
try biuld
try frobnicate
try build
try build site.egm
try build site.egm -o out --stdout
try build site.egm -o
try build site.egm -o ''
try build site.egm --target kustomise -o out
try build site.egm --target yaml --split namespace -o out
try build site.egm --split team -o out
try check ''
try check --dump=odrer site.egm
try check --dump=everything site.egm
try check site.egm --against site.egm
try check --formt short site.egm
try check -x site.egm
try check ---dump site.egm
try --against site.egm verify out
try --zzz
try verify
try verify out out
try verify out --against=
try why site.egm
try explain
try explain EGM9999999999
try fmt --check=yes site.egm
try doc more
