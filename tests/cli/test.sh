# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# In-language tests of a file, in both forms; and what --deny makes of warnings.
try() {
  echo "\$ egmc $*"
  command=$1
  shift
  "$EGMC" "$command" --stdlib "$tests/cli/lib" "$@" 2>&1
  echo "= $?"
}
cat > policy.egm << 'END'
edition 2026

profile shop { note hours { text = "9 to 5" } }

rule CORP1001 warning "a note is short" for n in note {
  must n.text != "long"
  at n.text
  says "note `${n.name}` is long"
  help "say it in fewer words"
  because "nobody reads more"
  fails  from shop { note story { text = "long" } }
  fails  from shop { note poem { text = "short" } }
  passes from shop { note haiku { text = "short" } }
}

test "the # of notes" from shop { expect count(note) == 1 }
test "one note too many" from shop { note more { text = "long" }; expect count(note) == 1 }
END
try test policy.egm
try test --tap policy.egm
try test
try test missing.egm
try test --tap missing.egm
try explain corp1001 policy.egm
try explain CORP1002 policy.egm

echo '### deny'
cat > site.egm << 'END'
edition 2026
use "policy.egm"
site s from shop { note story { text = "long" }; note todo { text = todo("think of something") } }
END
try check --format short site.egm
try check --format short --deny todo site.egm
try check --format short --deny warnings site.egm
try build --format short --deny todo site.egm -o out
ls out 2>&1
try build --format short site.egm -o out
