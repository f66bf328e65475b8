# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# Common part of the test scripts: POSIX sh and awk, TAP on stdout. A script reads this file,
# walks the cases of its folder and ends with `plan`. From the environment:
#   EGMC     the program; ./egmc if unset. Without one the script bails out: silence of a
#            compiler that is not there must never read as "no diagnostics".
#   T        a shell pattern; only cases whose names match it run
#   UPDATE   if 1, what is stated is rewritten from what the program does (make update-golden)
# An update never writes an empty file, never follows a crash and never adds a case.
set -u

tests=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
export tests
count=0 failed=0
T=${T:-*} UPDATE=${UPDATE:-0}
EGMC=${EGMC:-$PWD/egmc}
case $EGMC in /*) ;; *) EGMC=$PWD/$EGMC ;; esac
export EGMC

# What the program must not depend on is fixed here and varied in repro.tap.
LC_ALL=C TZ=UTC0 NO_COLOR=1 COLUMNS=100
export LC_ALL TZ NO_COLOR COLUMNS
unset FORCE_COLOR CLICOLOR_FORCE SOURCE_DATE_EPOCH 2> /dev/null || :

# A sanitizer's finding must not look like status 1, "the input has errors".
ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}exitcode=99
UBSAN_OPTIONS=${UBSAN_OPTIONS:+$UBSAN_OPTIONS:}exitcode=99:print_stacktrace=1
LSAN_OPTIONS=${LSAN_OPTIONS:+$LSAN_OPTIONS:}exitcode=99
export ASAN_OPTIONS UBSAN_OPTIONS LSAN_OPTIONS

work=$(mktemp -d) || exit 1
work=$(CDPATH='' cd -- "$work" && pwd -P)
trap 'chmod -R u+rwx "$work" 2> /dev/null; rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

bail_out() {
  echo "Bail out! $*"
  exit 1
}

need_egmc() {
  if [ ! -f "$EGMC" ] || [ ! -x "$EGMC" ]; then bail_out "no program at $EGMC"; fi
  if [ "$UPDATE" = 1 ] && [ -n "${CI-}" ]; then
    bail_out 'an update is refused, since CI is set'
  fi
}

# wanted NAME: whether the pattern T asks for this case.
wanted() {
  # shellcheck disable=SC2254 # a pattern is meant
  case $1 in $T) return 0 ;; esac
  return 1
}

pass() {
  count=$((count + 1))
  echo "ok $count - $1"
}

# fail NAME [FILE]: what FILE holds, at most 60 lines, tells why.
fail() {
  count=$((count + 1)) failed=$((failed + 1))
  echo "not ok $count - $1"
  [ -z "${2-}" ] || sed -n '1,60s/^/# /p' "$2"
}

skip() {
  count=$((count + 1))
  echo "ok $count - $1 # SKIP $2"
}

# check NAME STATUS [FILE]: pass if STATUS is 0.
check() {
  if [ "$2" -eq 0 ]; then pass "$1"; else fail "$1" "${3-}"; fi
}

updated() {
  echo "# updated $1"
}

plan() {
  if [ "$count" -eq 0 ]; then echo '1..0 # SKIP no cases'; else echo "1..$count"; fi
  [ "$failed" -eq 0 ] || exit 1
}

# options FILE: what the case asks for in its first line, `# options: ...`.
options() {
  sed -n '1s/^# options: *//p;1q' "$1"
}

# crashed STATUS: anything but the four statuses that the program may end with.
crashed() {
  [ "$1" -gt 3 ]
}

# limited COMMAND...: stops a program that hangs; 124 is a crash then.
if command -v timeout > /dev/null 2>&1; then
  limited() { timeout "${LIMIT:-120}" "$@"; }
else
  limited() { "$@"; }
fi

# replace NEW OLD: puts NEW in the place of OLD as an update, unless it is empty or the same.
replace() {
  if [ ! -s "$1" ]; then return 1; fi
  if cmp -s "$1" "$2"; then return 0; fi
  cat "$1" > "$2" && updated "${2#"$tests"/}"
}

# tree_hash DIR: one hash of all paths and bytes below DIR.
tree_hash() {
  (cd "$1" && find . ! -type d | sort | while IFS= read -r path; do
    printf '%s ' "$path"
    sha256sum < "$path"
  done | sha256sum | cut -c 1-64)
}
