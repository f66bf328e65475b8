# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# Files that are too much: each limit has an error of its own, and none takes long or much memory.
# Long lines are cut, so that a fault in a line of a megabyte is a fault of a few lines.
check() {
  echo "\$ egmc check $1"
  "$EGMC" check --stdlib "$tests/cli/lib" --format short "$@" 2>&1 | cut -c 1-200
}
# repeat N TEXT: without a newline.
repeat() {
  awk -v n="$1" -v text="$2" 'BEGIN { for (i = 0; i < n; i++) printf "%s", text }'
}

# 10,000 blocks in each other, closed and not.
{
  echo 'edition 2026'
  awk 'BEGIN { printf "site s {"; for (i = 0; i < 10000; i++) printf " note a%d { text = \"x\";", i }'
  repeat 10001 ' }'
  echo
} > blocks.egm
check blocks.egm
{ echo 'edition 2026'; repeat 10000 'site s { '; } > open.egm
check open.egm
for pair in '( )' '[ ]' '{a= }' 'not ' '- '; do
  left=${pair% *} right=${pair#* }
  {
    echo 'edition 2026'
    printf 'site s { note a { text = '
    repeat 10000 "$left "
    printf '1'
    repeat 10000 "$right"
    echo ' } }'
  } > deep.egm
  check deep.egm
done
{ echo 'edition 2026'; printf 'site s { note a { text = "a"'; repeat 100000 ' + "a"'; echo ' } }'; } > wide.egm
check wide.egm
{ echo 'edition 2026'; printf 'let x = if true then 1'; repeat 10000 ' else if true then 1'; echo ' else 2'; } > chain.egm
check chain.egm

# A string of a megabyte, a name of one, a line of one.
{ echo 'edition 2026'; printf 'site s { note a { text = "'; repeat 1048576 x; echo '" } }'; } > string.egm
check string.egm
"$EGMC" build --stdlib "$tests/cli/lib" string.egm --stdout | wc -c
{ echo 'edition 2026'; printf 'site s { note '; repeat 1048576 x; echo ' { text = "a" } }'; } > name.egm
check name.egm
{ echo 'edition 2026'; printf 'site s { note a { text = "a" }; '; repeat 100000 'note a { text = 1 };'; echo ' }'; } > line.egm
check line.egm | tail -n 3
{ echo 'edition 2026'; printf 'site s { note a { text = "'; repeat 1048576 x; } > unclosed.egm
check unclosed.egm

# 100 MB: zeros, one comment, and text.
head -c 100000000 /dev/zero > zeros.egm
check zeros.egm
rm zeros.egm
{ echo 'edition 2026'; echo 'site s { note a { text = "x" } }'; printf '# '; head -c 100000000 /dev/zero | tr '\0' x; echo; } > comment.egm
check comment.egm && echo 'a long comment is fine'
rm comment.egm
{
  echo 'edition 2026'
  awk 'BEGIN { for (i = 0; i < 4000000; i++) print "# a comment of 25 bytes" i % 10 }'
  echo 'site s { note a { text = 1 } }'
} > lines.egm
check lines.egm
rm lines.egm

# More than is read at all.
truncate -s 300000000 huge.egm
check huge.egm
rm huge.egm

# Many numbers, and numbers that are too large.
{ echo 'edition 2026'; echo 'site s { note a { text = 99999999999999999999 } }'; } > number.egm
check number.egm
# shellcheck disable=SC2016 # ${x} is egm
{ echo 'edition 2026'; echo 'let x = 9223372036854775807 + 1'; echo 'site s { note a { text = "${x}" } }'; } > sum.egm
check sum.egm
