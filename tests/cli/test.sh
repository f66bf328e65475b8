# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# The tests of a file of one's own: what holds, what does not (EGM0195), and as TAP.
cat > site.egm << 'END'
edition 2026
site s {
  note a { text = "a" }
}
profile notes {
  note a { text = "a" }
  note b { text = "b" }
}
test "two notes" from notes {
  expect count(note) == 2
  expect ConfigMap["notes/b"].data["text"] == "b"
}
test "three notes" from notes {
  expect count(note) == 3
}
END
"$EGMC" test --stdlib "$tests/cli/lib" site.egm
echo "= $?"
"$EGMC" test --stdlib "$tests/cli/lib" --tap site.egm
echo "= $?"
