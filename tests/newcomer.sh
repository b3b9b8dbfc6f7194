#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# usage: newcomer.sh SOURCE-TREE
# Follows the manual's walk "add a study" to the letter in a copy of the source tree: writes the
# files that follow `<!-- file: NAME -->`, runs the commands after `<!-- walk -->`.
set -eu
top=$(cd "$1" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/fabmet"
(cd "$top" && tar cf - --exclude=./.git --exclude='./build*' --exclude=./_build \
    --exclude=./demo-out .) | (cd "$work/fabmet" && tar xf -)
cd "$work/fabmet"
rm -f configure
mkdir -p src/litho
awk '/^<!-- file: .* -->$/ { file = $3; next }
     file != "" && /^```[a-z]+$/ { copy = 1; next }
     /^```$/ { copy = 0; file = "" }
     copy { print > file }' doc/manual.md
awk '/^<!-- walk -->$/ { walk = 1; next }
     walk == 1 && /^```sh$/ { walk = 2; next }
     /^```$/ { walk = 0 }
     walk == 2 { print }' doc/manual.md >commands
sh -e -x commands >out 2>&1 || {
    tail -n 40 out
    echo "newcomer: the walk fails"
    exit 1
}
if ! grep -q '42.888889' out; then
    tail -n 20 out
    echo "newcomer: the walk's number is missing"
    exit 1
fi
scripts/check-layers.sh
