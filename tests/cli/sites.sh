# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# Several sites of one input: where each is written, and which one is meant.
try() {
  echo "\$ egmc $*"
  command=$1
  shift
  "$EGMC" "$command" --stdlib "$tests/cli/lib" "$@" 2>&1
  echo "= $?"
}
echo 'edition 2026' > fleet.egm
cat >> fleet.egm << 'END'
profile shop { note hours { text = "9 to 5" } }
site north from shop { }
site south from shop { note heating { text = "none" } }
END
try build fleet.egm -o out
find out -type f | sort
try build fleet.egm -o out
try build fleet.egm --stdout
try check fleet.egm --dump=order

echo '### one of them'
try build fleet.egm --site north --stdout
try build fleet.egm --site norht -o out
try build fleet.egm --site north -o out | sed 's/write: .*/write: .../'
try build fleet.egm --site north -o out/north
try build fleet.egm --site north -o alone
try build fleet.egm -o alone

echo '### several files'
printf 'edition 2026\nsite west { note a { text = "b" } }\n' > west.egm
try build fleet.egm west.egm -o out
try verify out/west
printf 'edition 2026\nsite west { note a { text = "c" } }\n' > west2.egm
try check --format short west.egm west2.egm

echo '### an error in one of them'
printf 'edition 2026\nsite bad { note a { text = 1 } }\n' > bad.egm
try build west.egm bad.egm -o new
ls new 2>&1

echo '### no site'
printf 'edition 2026\nprofile shop { note hours { text = "9 to 5" } }\n' > profile.egm
printf 'edition 2026\ntype day = work | holiday\n' > law.egm
try check profile.egm
try build profile.egm -o new
try check law.egm
try build law.egm -o new
