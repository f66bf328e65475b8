# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# Where a line of the output comes from.
why() {
  echo "\$ egmc why $*"
  "$EGMC" why --stdlib "$tests/cli/lib" "$@" 2>&1
  echo "= $?"
}
cat > site.egm << 'END'
edition 2026

profile shop {
  note hours { text = "9 to 5" }
}
site north from shop {
  note heating { text = todo("ask the landlord") }
}
END
file=manifests/10-base/configmap-notes-hours.yaml
"$EGMC" build --stdlib "$tests/cli/lib" site.egm -o out 2> /dev/null
cat out/$file
lines=$(wc -l < out/$file)
i=1
while [ "$i" -le "$lines" ]; do
  why site.egm "$file:$i"
  i=$((i + 1))
done

echo '### other ways to name the file'
why site.egm "out/$file:6"
why site.egm "$scratch/out/$file:6"
why --target yaml site.egm manifests/all.yaml:14

echo '### what is no line of an object'
why site.egm manifests/kustomization.yaml:1
why site.egm egm.lock:1
why site.egm "$file:99"
why site.egm "$file:0"
why site.egm "$file"
why site.egm manifests/10-base/configmap-notes-hour.yaml:1
why --target yaml site.egm manifests/all.yaml:7

echo '### several sites'
echo 'site south from shop { }' >> site.egm
why site.egm "$file:6"
why site.egm "out/south/$file:6"
why --site north site.egm "$file:6"

echo '### a site with errors'
echo 'site west { note a { text = 1 } }' >> site.egm
why --site west site.egm "$file:6"
