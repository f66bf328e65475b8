# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# Output that is in the way, read-only, full, foreign, locked or being written: nothing is lost, nothing
# is half-written, and the status is 3.
site() {
  printf 'edition 2026\nsite s {\n'
  for note; do printf '  note %s { text = "%s" }\n' "$note" "$note"; done
  echo '}'
}
build() {
  "$EGMC" build --stdlib "$tests/cli/lib" "$@" 2>&1
}
# try ARGUMENT...: a build that must not change anything in this folder.
try() {
  echo "\$ egmc build $*"
  : > before
  : > after
  find . | sort > before
  build "$@"
  echo "= $?"
  find . | sort > after
  cmp before after
}
site a b > site.egm
site a c > other.egm
broken() {
  find . -name '*.egmc-*'
}

echo '### in the way'
echo precious > file
try site.egm -o file
try site.egm -o file/out
try site.egm -o .
try site.egm -o ..
try site.egm -o /
try site.egm -o /proc
try site.egm -o "$scratch"
mkdir real
ln -s real link
try site.egm -o link
try site.egm -o link/
try site.egm -o real/.
try site.egm -o real/..
mkfifo real.egmc-lock
try site.egm -o real
rm real.egmc-lock
ln -s nothing dangling
try site.egm -o dangling
mkfifo fifo
try site.egm -o fifo
try site.egm -o "$(printf '%0300d' 0)" | sed 's/0\{300\}/NAME/g'
cat file

echo '### read-only'
# Why, depends on who asks.
# shellcheck disable=SC2016
try site.egm -o /proc/out | sed 's/`out.egmc-lock`: .*/`out.egmc-lock`: .../'
if [ "$(id -u)" != 0 ]; then
  mkdir locked
  chmod 555 locked
  build site.egm -o locked/out > said
  if [ "$?" != 3 ] || ! grep -q 'permission denied' said; then cat said; fi
fi

echo '### foreign'
mkdir foreign
echo mine > foreign/notes.txt
try site.egm -o foreign
mkdir -p foreign2/manifests
echo mine > foreign2/manifests/kustomization.yaml
try site.egm -o foreign2
build site.egm -o out
echo mine > out/manifests/mine.yaml
ln -s /etc/passwd out/manifests/link.yaml
try other.egm -o out
try site.egm -o out
rm out/manifests/mine.yaml out/manifests/link.yaml
mkdir empty
build site.egm -o empty
mkdir -p deep/er/empty
echo '### a lock that is none'
mkdir liar
echo 'not a lock' > liar/egm.lock
echo mine > liar/mine.yaml
try site.egm -o liar
printf 'egm.lock 1\nfile ../../file\n' > liar/egm.lock
try site.egm -o liar
cp -R out damaged
echo '# edited by hand' >> damaged/egm.lock
try site.egm -o damaged

echo '### the same, and other bytes'
build site.egm -o out
echo '# edited by hand' >> out/manifests/10-base/configmap-notes-a.yaml
build site.egm -o out
rm out/manifests/10-base/configmap-notes-a.yaml
build site.egm -o out
build site.egm -o out
find out -type f -name 'configmap*' | sort
build other.egm -o out
find out -type f -name 'configmap*' | sort
"$EGMC" verify out
echo "verify = $?"
broken

rm -rf out
build site.egm -o out

echo '### faults in the site'
printf 'edition 2026\nsite s { note a { text = 1 } }\n' > faulty.egm
try faulty.egm -o out | tail -n 1
try faulty.egm -o never | tail -n 1

echo '### full'
awk 'BEGIN { print "edition 2026\nsite s {"; printf "  note a { text = \""; for (i = 0; i < 9000; i++) printf "x"; print "\" }\n}" }' > large.egm
# Written to a pipe: the limit is one of every file that is written here.
full() {
  { (ulimit -f 4; build "$@"; echo "= $?") } | cat
}
find out -type f -exec sha256sum {} + | sort > sums
(trap '' XFSZ; full large.egm -o out)
(trap '' XFSZ; full large.egm -o fresh)
find out -type f -exec sha256sum {} + | sort | cmp - sums && echo 'the old tree stands'
[ ! -e fresh ] && broken
# Killed by the system in the middle of a file.
full large.egm -o out > said
tail -n 1 said
find out -type f -exec sha256sum {} + | sort | cmp - sums && echo 'the old tree stands'
build large.egm -o out
broken
build site.egm --stdout > /dev/full
build site.egm -o out > /dev/full
echo "no room for results = $?"
"$EGMC" check --stdlib "$tests/cli/lib" faulty.egm 2> /dev/full
echo "no room for messages = $?"
"$EGMC" build --stdlib "$tests/cli/lib" site.egm --stdout >&-
echo "no stdout = $?"

echo '### another file system'
for place in /dev/shm /run/user/"$(id -u)" /run; do
  if [ -w "$place" ] && [ "$(stat -c %d "$place")" != "$(stat -c %d .)" ]; then break; fi
  place=
done
if [ -n "$place" ]; then
  elsewhere=$(mktemp -d "$place/egmc-cli-XXXXXX")
  build site.egm -o "$elsewhere/out" > said || cat said
  build other.egm -o "$elsewhere/out" >> said || cat said
  "$EGMC" verify "$elsewhere/out" || ls -R "$elsewhere"
  [ "$(ls "$elsewhere")" = out ] || ls -A "$elsewhere"
  rm -rf "$elsewhere"
fi

echo '### two at a time'
build site.egm -o out
flock out.egmc-lock "$EGMC" build --stdlib "$tests/cli/lib" other.egm -o out 2>&1
echo "busy = $?"
"$EGMC" verify out
rm -f out.egmc-lock
for round in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
  build site.egm -o race > "said-$round-a"; echo $? > "status-$round-a" &
  build other.egm -o race > "said-$round-b"; echo $? > "status-$round-b" &
  build site.egm -o race > "said-$round-c"; echo $? > "status-$round-c"
  wait
  "$EGMC" verify race || { cat said-*; break; }
done
for status in status-*; do
  case $(cat "$status") in
    0) ;;
    3) grep -q 'EGM0904' "said-${status#status-}" || cat "said-${status#status-}" ;;
    *) cat "said-${status#status-}" ;;
  esac
done
cat status-* | grep -q 0 && broken

echo '### killed'
# Whatever moment a kill meets, one of both trees stands, and the next build leaves one of them.
build site.egm -o killed
i=0
while [ "$i" -lt 40 ]; do
  case $((i % 2)) in 0) next=other.egm ;; *) next=site.egm ;; esac
  "$EGMC" build --stdlib "$tests/cli/lib" "$next" -o killed > said 2>&1 &
  awk -v n="$((i * 400))" 'BEGIN { while (n-- > 0) x += n }'
  kill -9 $! 2> /dev/null
  wait $! 2> /dev/null
  build "$next" -o killed > said || cat said
  "$EGMC" verify killed || break
  i=$((i + 1))
done
broken
echo 'killed at any moment: fine'
