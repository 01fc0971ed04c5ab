#!/bin/sh
# Installs those of the named Debian packages that are missing; asks for root only then, and says what for.
set -eu
missing=
for package in "$@"; do
    dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null 2>&1; then
    echo "Not a Debian system: please install what corresponds to these packages:$missing" >&2
    exit 0
fi
root=
if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null 2>&1; then
        echo "These packages are missing; as root, run: apt-get install$missing" >&2
        exit 1
    fi
    root=sudo
    echo "sudo is needed once, to install these Debian packages:$missing"
fi
# The lists may be older than the packages: try, then refresh, then try again.
# shellcheck disable=SC2086 # a list of package names
$root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing >/dev/null 2>&1 && exit 0
$root apt-get update -qq
# shellcheck disable=SC2086
$root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing
