# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# Part of quickstart and test: asks which packages of Debian or Ubuntu are missing and installs those.
# A package counts as there when what we need of it works, however it came onto the machine.

missing=

# command_of PACKAGE COMMAND...: the package is needed unless all these commands are there.
command_of() {
  package=$1
  shift
  for command; do
    command -v "$command" > /dev/null 2>&1 || { missing="$missing $package"; return; }
  done
}

# library_of PACKAGE NAME: the package is needed unless pkg-config knows the name.
library_of() {
  pkg-config --exists "$2" 2> /dev/null || missing="$missing $1"
}

# holds PACKAGE COMMAND...: the package is needed unless the command succeeds.
holds() {
  package=$1
  shift
  "$@" > /dev/null 2>&1 || missing="$missing $package"
}

compiles() {
  echo 'int main(void) { return 0; }' | "$@" -x c -o /dev/null -
}

# What a build needs.
build_packages() {
  command_of gcc gcc
  holds libc6-dev compiles gcc
  command_of make make
  command_of autoconf autoreconf
  command_of automake automake
  command_of flex flex
  command_of bison bison
  command_of pkg-config pkg-config
  library_of libyaml-dev yaml-0.1
  library_of libxxhash-dev libxxhash
  library_of libmd-dev libmd
}

as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

# install_missing: says what it installs, and what to do where it cannot.
install_missing() {
  [ -n "$missing" ] || return 0
  echo "Missing:$missing"
  if ! command -v apt-get > /dev/null 2>&1; then
    echo 'This is no Debian or Ubuntu: please install what these packages hold, then run this again.' >&2
    return 1
  fi
  if [ "$(id -u)" -ne 0 ] && ! command -v sudo > /dev/null 2>&1; then
    echo "Neither root nor sudo: please run as root: apt-get install$missing" >&2
    return 1
  fi
  echo 'Installing them with apt-get.'
  as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq || return 1
  # shellcheck disable=SC2086 # packages are words
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing \
    > /dev/null || { echo "apt-get could not install:$missing" >&2; return 1; }
  missing=
}
