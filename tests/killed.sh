#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A run that is killed leaves nothing under the result's name: a result is whole or absent, and
# one that was there before stays.  The next run is not hindered by what a kill left behind.
set -eu
: "${FABMET:?names the program to test}"
sims=${top_srcdir:-$(cd "$(dirname "$0")/.." && pwd)}/sims
scenario=$sims/pull/hook_position.yaml
work=$(mktemp -d)
child=
trap '[ -z "$child" ] || kill -9 "$child" 2>/dev/null || :; rm -rf "$work"' EXIT
cd "$work"
failed=0

complain() {
    echo "killed: $*"
    failed=1
}

# killed SIGNAL DELAY CODE ARGS...: starts a run of minutes in the folder `out`, sends the
# signal DELAY seconds after its temporary file has appeared, and expects the exit code.
killed() {
    signal=$1
    delay=$2
    expected=$3
    shift 3
    "$FABMET" run "$scenario" --set draws=1000000000 --progress=never "$@" >messages 2>&1 &
    child=$!
    waited=0
    until [ -n "$(find out -name '.*.tmp')" ] || ! kill -0 "$child" 2>/dev/null; do
        [ "$waited" -lt 200 ] || break
        sleep 0.05
        waited=$((waited + 1))
    done
    sleep "$delay"
    kill -s "$signal" "$child" 2>/dev/null || complain "$signal: the run was over too soon"
    got=0
    wait "$child" 2>/dev/null || got=$?
    child=
    [ "$got" = "$expected" ] || complain "$signal after $delay s: exit $got, not $expected"
}

mkdir out

# A request to end is obeyed within the second, and tidied up after.
for jobs in 1 3; do
    killed TERM 0.2 1 -o out/r.h5 -j "$jobs"
    grep -q 'interrupted; nothing was written' messages || complain "TERM: $(cat messages)"
    [ -z "$(ls -A out)" ] || complain "TERM left $(ls -A out)"
done
killed INT 0 1 -o out/r.h5
[ -z "$(ls -A out)" ] || complain "INT left $(ls -A out)"

# A kill may leave a temporary file, whose name no reader takes for a result.
for delay in 0 0.3; do
    killed KILL "$delay" 137 -o out/r.h5 -j 2
    [ ! -e out/r.h5 ] || complain "KILL left a result"
    [ -z "$(ls out)" ] || complain "KILL left $(ls out)"
    rm -rf out
    mkdir out
done

# With a result in place: the old one stays, and a run after the kill replaces it.
"$FABMET" run -q "$scenario" --set draws=100 -o out/r.h5
cp out/r.h5 old.h5
killed KILL 0.2 137 -o out/r.h5 --force
cmp -s out/r.h5 old.h5 || complain "KILL changed the result that was there"
"$FABMET" run -q "$scenario" --set draws=200 -o out/r.h5 --force
"$FABMET" verify out/r.h5 >/dev/null || complain "the run after the kill is no good"
! cmp -s out/r.h5 old.h5 || complain "the run after the kill wrote nothing"
exit $failed
