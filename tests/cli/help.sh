# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# Help is short, comes with an example, and goes to stdout.
for command in '' build check verify explain why fmt doc test; do
  # shellcheck disable=SC2086 # no command at all, or one
  "$EGMC" $command --help 2> stderr || echo "status $?"
  cat stderr
  echo '----'
done
"$EGMC" check -h site.egm | head -n 1
"$EGMC" --help build | head -n 1
"$EGMC" --version | head -n 1
"$EGMC" --version | wc -l
"$EGMC" doc --man | head -n 1 | cut -d ' ' -f 1-3
"$EGMC" --help > /dev/full
echo "status $?"
"$EGMC" --help >&-
echo "status $?"
