# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# Files that are not there, not readable, not below the root, or that change under the reader. What the
# command line names and cannot be read is status 3; what a file names is an error of that file.
try() {
  echo "\$ egmc $*"
  command=$1
  shift
  "$EGMC" "$command" --stdlib "$tests/cli/lib" "$@" 2>&1
  echo "= $?"
}
good='site s { note a { text = "x" } }'
file() {
  name=$1
  shift
  { echo 'edition 2026'; printf '%s\n' "$@"; } > "$name"
}
file good.egm "$good"

echo '### the command line'
try check missing.egm
try check good.egm/site.egm
try check nowhere/site.egm
mkdir folder
try check folder
mkfifo fifo
try check fifo
ln -s nothing dangling.egm
try check dangling.egm
ln -s loop.egm loop.egm
try check loop.egm
try check /proc/self/mem
try check "$(printf '%0300d' 0)" | sed 's/0\{300\}/NAME/g'
if [ "$(id -u)" != 0 ]; then
  cp good.egm locked.egm
  chmod 000 locked.egm
  "$EGMC" check --stdlib "$tests/cli/lib" locked.egm 2>&1 | grep -q 'permission denied' || echo 'a locked file can be read'
fi
try check good.egm missing.egm
try check good.egm good.egm
try check --root missing good.egm
try check --root folder good.egm
"$EGMC" check --stdlib "$tests/cli/lib" - < good.egm
echo "stdin = $?"
"$EGMC" check --stdlib "$tests/cli/lib" - < /dev/null
echo "empty stdin = $?"
"$EGMC" check --stdlib "$tests/cli/lib" - <&-
echo "no stdin = $?"

echo '### what a file names'
file uses-missing.egm 'use "goood.egm"' "$good"
try check uses-missing.egm
file uses-folder.egm 'use "folder"' 'include "folder"' 'include "fifo"' 'include "dangling.egm"' "$good"
try check uses-folder.egm
mkdir folder.egm
file uses-folder-egm.egm 'use "folder.egm"' "$good"
try check uses-folder-egm.egm
file uses-itself.egm 'use "uses-itself.egm"' "$good"
try check uses-itself.egm
file one.egm 'use "two.egm"'
file two.egm 'use "three.egm"'
file three.egm 'use "./one.egm"' "$good"
try check one.egm
file uses-yaml.egm 'use "plain.yaml"' 'include "good.egm"' "$good"
echo 'a: b' > plain.yaml
try check uses-yaml.egm
i=0
while [ "$i" -lt 150 ]; do
  file "chain-$i.egm" "use \"chain-$((i + 1)).egm\""
  i=$((i + 1))
done
file "chain-$i.egm" "$good"
try check chain-0.egm
file empty-name.egm 'use ""' 'include ""' 'use "."' 'use "a\nb.egm"' "$good"
try check empty-name.egm

echo '### outside the root'
mkdir -p root/inner outside
: > root/.egm-root
file outside/secret.egm "$good"
echo 'apiVersion: v1' > outside/secret.yaml
file root/up.egm 'use "../outside/secret.egm"' 'include "../outside/secret.yaml"' 'use "inner/../../outside/secret.egm"' "$good"
try check root/up.egm
file root/absolute.egm 'use "/etc/passwd.egm"' 'include "/etc/passwd"' 'include "/dev/null"' "$good"
try check root/absolute.egm
ln -s ../outside/secret.egm root/link.egm
ln -s ../outside root/linked
ln -s "$scratch/root/inside.egm" root/absolute-link.egm
file root/inside.egm
file root/links.egm 'use "link.egm"' 'include "linked/secret.yaml"' 'use "absolute-link.egm"' "$good"
try check root/links.egm
ln -s ../inside.egm root/inner/link.egm
file root/inside-link.egm 'use "inner/link.egm"' "$good"
try check root/inside-link.egm
file root/inner/up.egm 'use "../inside.egm"' "$good"
try check root/inner/up.egm
try check --root root/inner root/inner/up.egm

echo '### what changes meanwhile'
# A file that others make and remove all the time is there or not, and nothing else. Half of it is no egm.
file uses-moving.egm 'use "moving.egm"' "$good"
(
  i=0
  while [ "$i" -lt 300 ] && [ ! -e stop ]; do
    file moving.egm "# $(printf '%02000d' 0)" 'let x = 1'
    rm -f moving.egm
    i=$((i + 1))
  done
) 2> /dev/null &
mover=$!
i=0
while [ "$i" -lt 60 ]; do
  "$EGMC" check --stdlib "$tests/cli/lib" --format short uses-moving.egm > said 2>&1
  status=$?
  case $status in
    0) [ ! -s said ] || { echo "status 0, and said:"; cat said; } ;;
    1) grep -qE 'EGM00(01|09|11)' said || { echo 'status 1:'; cat said; } ;;
    *) echo "status $status:"; cat said ;;
  esac
  i=$((i + 1))
done
: > stop
wait "$mover"
echo 'a file that comes and goes: fine'
