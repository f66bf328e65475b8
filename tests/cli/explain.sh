# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# What explain prints: a code of the language, a law of one's own, codes that are none.
try() {
  echo "\$ egmc explain $*"
  "$EGMC" explain "$@" 2>&1
  echo "= $?"
}
cat > laws.egm << 'END'
edition 2026
block note in site { text : text }
profile notes { note a { text = "a" } }
rule ACME1001 warning "notes are short" for n in note {
  let most = 3
  must length(n.text) <= most
  at   n.text "${length(n.text)} bytes"
  says "note `${n.name}` is long"
  shows ["one", "two"]
  help "write ${most} bytes at most"
  because "nobody reads on"
  see "docs/facts/istio.md 3", "somebody/somewhere notes.md at v1"
  fails  from notes { note b { text = "too long" } }
  passes from notes { note b { text = "b" } }
}
END
try ACME1001 laws.egm
try EGM0009
try ACME1002 laws.egm
try EGM9999
try EGM
try ACME1001 missing.egm
