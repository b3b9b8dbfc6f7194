#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The command line as a user meets it: help, listings, init, exit codes, output forms.
set -eu
: "${FABMET:?names the program to test}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
failed=0
n=0

# expect CODE WORDS -- COMMAND...: exit code, and words that stdout + stderr must contain.
expect() {
    code=$1
    words=$2
    shift 3
    got=0
    "$@" >out 2>&1 || got=$?
    n=$((n + 1))
    if [ "$got" != "$code" ]; then
        echo "cli: exit $got, expected $code: $*"
        sed 's/^/    /' out | head -n 5
        failed=1
    elif [ -n "$words" ] && ! grep -q -F -e "$words" out; then
        echo "cli: '$words' is missing in the output of: $*"
        sed 's/^/    /' out | head -n 5
        failed=1
    fi
}

expect 0 'Commands:' -- "$FABMET" --help
expect 0 'fabmet 0.1.0' -- "$FABMET" --version
expect 64 'Usage: fabmet' -- "$FABMET"
expect 64 "did you mean 'report'?" -- "$FABMET" reprot
expect 64 'no-such' -- "$FABMET" --no-such
for command in list describe init check run show verify plot report glossary; do
    expect 0 'Usage: fabmet '$command -- "$FABMET" $command --help
    expect 64 'no-such' -- "$FABMET" $command --no-such
done

# Every study: described in all forms, and its own template passes the check.
"$FABMET" list --names >names
[ -s names ] || { echo "cli: no studies"; exit 1; }
while read -r study; do
    expect 0 "$study" -- "$FABMET" list
    expect 0 'Parameters' -- "$FABMET" describe "$study"
    expect 0 '### Parameters' -- "$FABMET" describe --markdown "$study"
    expect 0 "$study" -- sh -c '"$0" describe --json "$1" | /usr/bin/python3 -m json.tool' \
        "$FABMET" "$study"
    "$FABMET" init "$study" >"$study.yaml"
    expect 0 'points: 1' -- sh -c '"$0" init "$1" | "$0" check -' "$FABMET" "$study"
    expect 0 'digest' -- "$FABMET" run "$study.yaml"
    expect 0 'good' -- "$FABMET" verify "$study.h5"
    expect 0 "$study" -- sh -c '"$0" show --json "$1" | /usr/bin/python3 -m json.tool' \
        "$FABMET" "$study.h5"
    expect 0 'svg' -- sh -c '"$0" plot "$1" >figures; read -r f rest <figures
        "$0" plot "$1" "$f" -o f.svg && head -c 300 f.svg' "$FABMET" "$study.h5"
    expect 73 'there is a file' -- "$FABMET" run "$study.yaml"
    expect 0 'digest' -- "$FABMET" run --force "$study.yaml"
done <names
expect 64 "did you mean 'spc.chart'?" -- "$FABMET" describe spc.chrt
expect 64 'there is no study' -- "$FABMET" init nothing.at-all

# A sweep, its overrides and outputs.
cat >sweep.yaml <<'SCENARIO'
fabmet: 1
study: pull.simulate
title: three positions
draws: 2000
sweep:
  - { param: hook.position, from: 0.25, to: 0.75, points: 3 }
SCENARIO
expect 0 'points: 3' -- "$FABMET" check sweep.yaml
expect 0 'points: 3' -- "$FABMET" run --dry-run sweep.yaml
[ ! -e sweep.h5 ] || { echo "cli: --dry-run wrote a file"; failed=1; }
expect 0 'points: 1' -- "$FABMET" check sweep.yaml --set hook.position=0.4
expect 0 'draws per point: 77' -- "$FABMET" check sweep.yaml --set draws=77
expect 78 'hook.position' -- "$FABMET" check sweep.yaml --set hook.positio=0.4
expect 78 'wire.diameter' -- "$FABMET" check sweep.yaml --set wire.diameter=25K
expect 64 '-j takes' -- "$FABMET" run sweep.yaml -j 0
expect 64 '--progress' -- "$FABMET" run sweep.yaml --progress=often
expect 0 'digest' -- "$FABMET" run sweep.yaml
expect 0 'three positions' -- "$FABMET" show sweep.h5
expect 0 'hook_position' -- "$FABMET" show sweep.h5 summary
expect 0 '0.5' -- "$FABMET" show sweep.h5 summary --csv --columns hook_position,mean \
    --where 'hook_position > 0.3 && hook_position < 0.6'
[ "$(grep -c . out)" = 2 ] || { echo "cli: --where kept the wrong rows"; failed=1; }
expect 64 'there is no table' -- "$FABMET" show sweep.h5 sumary
expect 64 'has no column' -- "$FABMET" show sweep.h5 summary --columns mena
expect 64 '--where' -- "$FABMET" show sweep.h5 summary --where 'mean >'
expect 64 'TABLE' -- "$FABMET" show sweep.h5 --csv
expect 66 'nothing.h5' -- "$FABMET" show nothing.h5
expect 65 'sweep.yaml' -- "$FABMET" show sweep.yaml
expect 66 'nothing.yaml' -- "$FABMET" run nothing.yaml
expect 73 'no-such-folder' -- "$FABMET" run sweep.yaml -o no-such-folder/r.h5
expect 64 'has no figure' -- "$FABMET" plot sweep.h5 nothing -o f.svg
expect 64 'F.svg, F.png or F.pdf' -- "$FABMET" plot sweep.h5 histogram -o f.bmp
expect 0 'equal' -- sh -c 'cp sweep.h5 copy.h5; "$0" verify sweep.h5 copy.h5' "$FABMET"
expect 0 'digest' -- "$FABMET" run sweep.yaml -o other.h5 --set seed=2
expect 1 'summary' -- "$FABMET" verify sweep.h5 other.h5
expect 0 '' -- "$FABMET" report sweep.h5 other.h5 -o both.html
expect 64 '-o names' -- "$FABMET" report sweep.h5

# A verdict that fails is a result; --strict makes it an exit code.
expect 0 'FAIL' -- "$FABMET" run sweep.yaml -o strict.h5 --set limit.force=100gf
expect 3 'FAIL' -- "$FABMET" run sweep.yaml --strict --force -o strict.h5 --set limit.force=100gf

# Glossary.
expect 0 'all good' -- "$FABMET" glossary --check
expect 0 'bond.pull-force' -- "$FABMET" glossary --list
expect 0 'hook' -- "$FABMET" glossary 'pull force'
expect 64 'did you mean' -- "$FABMET" glossary bond.pull-forc
expect 64 'TERM' -- "$FABMET" glossary

# Output that nobody reads or that does not fit.
expect 0 '' -- sh -c '"$0" describe pull.simulate | head -n 1 >/dev/null' "$FABMET"
if [ -w /dev/full ]; then
    expect 74 'standard output' -- sh -c '"$0" list >/dev/full' "$FABMET"
fi
if [ "$(id -u)" != 0 ]; then
    mkdir locked
    chmod a-w locked
    expect 73 'locked' -- "$FABMET" run sweep.yaml -o locked/r.h5
fi

echo "$n command lines"
exit $failed
