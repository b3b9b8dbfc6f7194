#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs the commands of the manual (blocks after `<!-- run -->`) from the top of the source tree,
# in a scratch folder for what they write, and checks that the reference chapter is current.
set -eu
: "${FABMET:?names the program to test}"
top=${top_srcdir:-$(cd "$(dirname "$0")/.." && pwd)}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/bin"
ln -s "$FABMET" "$work/bin/fabmet"
ln -s "$top/sims" "$top/data" "$work/"
PATH=$work/bin:$PATH
awk '/^<!-- run -->$/ { run = 1; next }
     run == 1 && /^```sh$/ { run = 2; next }
     /^```$/ { run = 0 }
     run == 2 { print }' "$top/doc/manual.md" >"$work/commands"
[ "$(grep -c fabmet "$work/commands")" -gt 8 ] || { echo "manual: commands not found"; exit 1; }
(cd "$work" && sh -e -x commands >out 2>&1) || {
    cat "$work/out"
    echo "manual: a command of doc/manual.md fails"
    exit 1
}
"$FABMET" describe --markdown >"$work/reference.md"
if ! diff -u "$top/doc/reference.md" "$work/reference.md"; then
    echo "manual: doc/reference.md is not current; make update-reference"
    exit 1
fi
