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

echo '### loops and branches'
cat > loops.egm << 'END'
edition 2026
profile notes {
  note a { text = "a" }
  note b { text = "b" }
}
test "in a loop" from notes { for n in note { expect n.text? } }
test "false in one round" from notes { for n in note { expect n.text == "a" } }
test "in a loop without a round" from notes { for n in note where n.text == "c" { expect n.text == "c" } }
test "in a branch" from notes { for n in note { if n.text == "a" { expect n.name == "a" } else { expect n.name == "a" } } }
test "two loops" from notes { for n in note { for t in ["a", "b"] { expect n.text == t } } }
test "in a block" from notes { extend note a { expect text == "a" } }
END
"$EGMC" test --stdlib "$tests/cli/lib" loops.egm
echo "= $?"

echo '### the same fault twice, at a place that both share'
cat > twice.egm << 'END'
edition 2026
profile notes { note a { text = "too long" } }
profile brief { note a { text = "ok" } }
rule ACME1001 warning "notes are short" for n in note where n.name == "a" and n.text != "b" {
  must length(n.text) <= 3
  at   n.text
  says "note `${n.name}` is long"
  because "nobody reads on"
  see "docs/facts/istio.md 3"
  fails from notes {}
  fails from notes { note b { text = "b" } }
  passes from brief {}
}
END
"$EGMC" test --stdlib "$tests/cli/lib" twice.egm
echo "= $?"
