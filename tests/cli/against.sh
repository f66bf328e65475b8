# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# verify --against: does the folder hold what the site gives?
against() {
  echo "\$ egmc verify $*"
  "$EGMC" verify --stdlib "$tests/cli/lib" "$@" 2>&1
  echo "= $?"
}
build() {
  "$EGMC" build --stdlib "$tests/cli/lib" "$@" 2>&1
}
site() {
  printf 'edition 2026\nsite s {\n%s\n}\n' "$1" > site.egm
}
fresh() {
  rm -rf out
  site 'note a { text = "one" }; note b { text = "two" }'
  build site.egm "$@" -o out
}
fresh
against out --against site.egm

echo '### the tree changed'
sed -i 's/one/1/' out/manifests/10-base/configmap-notes-a.yaml
rm out/manifests/10-base/configmap-notes-b.yaml
echo mine > out/mine.txt
against out --against site.egm
fresh
echo '# a comment' >> out/manifests/10-base/configmap-notes-a.yaml
against out --against site.egm
fresh
sed -i '1d' out/SHA256SUMS
against out --against site.egm

echo '### the site changed'
fresh
site 'note a { text = "one" }; note c { text = "three" }'
against out --against site.egm
fresh
echo '# the same site' >> site.egm
against out --against site.egm
fresh
mkdir lib
sed 's/= "notes"/= "notices"/' "$tests/cli/lib/tiny.egm" > lib/tiny.egm
against --stdlib lib out --against site.egm

echo '### the target is that of the lock'
fresh --target yaml
against out --against site.egm
fresh --split namespace
against out --against site.egm

echo '### several sites'
echo 'site t { note c { text = "three" } }' >> site.egm
build site.egm -o both
against both/t --against site.egm
against both/t --against site.egm --site s
rm both/t/egm.lock
against both/t --against site.egm

echo '### nothing to compare'
against missing --against site.egm
against site.egm --against site.egm
fresh
against out --against missing.egm
site 'note a { text = 1 }'
against out --against site.egm
