#!/usr/bin/env bash
# Put the film CLUTs of G'MIC into a folder: ground truth for the benchmarks, and nothing else. Debian's package of it
# leaves them out, its source has them. Whatever sources of Debian this machine has are asked.
set -euo pipefail
to=$(realpath -m "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/parts" "$work/lists/partial" "$to"
[ ! -f /etc/apt/sources.list ] || sed -n 's/^deb /deb-src /p' /etc/apt/sources.list >"$work/parts/debian.list"
[ ! -f /etc/apt/sources.list.d/debian.sources ] \
  || sed 's/^Types:.*/Types: deb-src/' /etc/apt/sources.list.d/debian.sources >"$work/parts/debian.sources"
ask() {
  apt-get -qq -o Dir::Etc::sourcelist=- -o Dir::Etc::sourceparts="$work/parts" -o Dir::State::lists="$work/lists" \
    -o APT::Sandbox::User=root "$@"
}
cd "$work"
ask update
ask source --download-only gmic
tar xf gmic_*.orig.tar.* -C "$to" --strip-components=2 --wildcards '*/resources/gmic_cluts.gmz'
