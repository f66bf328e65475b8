# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# What `--help` shows as examples works, word by word, with the site that the documents show.
egmc() {
  "$EGMC" "$@"
}
cp "$tests/../examples/istio-ambient/site.egm" .
awk '/^```/ { fence = 0 } fence { print } /^```egm$/ { fence = 1 }' "$tests/../docs/language.md" |
  awk '/^edition/ { n++ } { text[n] = text[n] $0 "\n" } END { for (i = 1; i <= n; i++) if (text[i] ~ /\nrule /) printf "%s", text[i] }' > policy.egm
egmc fmt policy.egm
for command in build check verify explain why fmt doc test; do
  "$EGMC" $command --help | awk 'on { print substr($0, 3) } /^Example:/ { on = 1 }' > examples
  while IFS= read -r line; do
    eval "$line" > /dev/null 2> said
    echo "$line = $?"
    cat said
  done < examples
done
