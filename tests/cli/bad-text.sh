# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# Files that are no text, or hardly one: what is wrong stands at its byte, and the status is 1.
site='site s { note a { text = "x" } }'
check() {
  echo "\$ egmc check $1"
  "$EGMC" check --stdlib "$tests/cli/lib" "$@"
  echo "= $?"
}

: > empty.egm
check empty.egm
printf '\n\n   \n' > blank.egm
check blank.egm
printf '# nothing\n## but comments' > comments.egm
check comments.egm
printf 'edition 2026\n' > edition.egm
check edition.egm
printf 'edition 2026\nsite s { note a { text = "x\0y" } }\n' > nul.egm
check nul.egm
printf 'edition 2026\nsite s { note a { text = "gr\374n" } }\nsite t { note = 1 }\n' > latin.egm
check latin.egm
printf 'edition 2026\nsite s { note a { text = "\355\240\200" } }\n' > surrogate.egm
check surrogate.egm
printf '\357\273\277edition 2026\n%s\n' "$site" > bom.egm
check bom.egm
printf '\377\376e\0d\0i\0t\0' > utf16.egm
check utf16.egm
printf 'edition 2026\r\n%s\r\n' "$site" > crlf.egm
check crlf.egm && echo 'CRLF is fine'
printf 'edition 2026\rsite s { }\r' > cr.egm
check cr.egm
printf 'edition 2026\nsite s { note a { text = "\033[31mred\033[0m" } }\nnote\033[2J x\n' > terminal.egm
check terminal.egm
printf 'edition 2026\nsite s { note a { text = "\342\200\256gnp.exe" } }\nx\342\200\256 = 1\n' > direction.egm
check direction.egm

# What stands in a text comes out of CRLF as it comes out of LF.
printf 'edition 2026\n%s\n' "$site" > lf.egm
"$EGMC" build --stdlib "$tests/cli/lib" lf.egm --stdout > lf.yaml
"$EGMC" build --stdlib "$tests/cli/lib" crlf.egm --stdout > crlf.yaml
cmp lf.yaml crlf.yaml && cat lf.yaml
