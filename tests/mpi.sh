#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A sweep by several MPI ranks: the bytes of one process, also after a signal or a killed rank
# and for any number of ranks and threads; messages once, counts of all ranks, exit codes through
# mpirun.  FM_TEST_MPI_FABMET names a program built with --enable-mpi when FABMET is not.
set -eu
: "${FABMET:?names the program to test}"
sims=${top_srcdir:-$(cd "$(dirname "$0")/.." && pwd)}/sims
mpi=${FM_TEST_MPI_FABMET:-$FABMET}
OMPI_ALLOW_RUN_AS_ROOT=1
OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
# One node: no need for the network, nor for what a container may forbid.
OMPI_MCA_btl=self,vader
OMPI_MCA_btl_vader_single_copy_mechanism=none
export OMPI_ALLOW_RUN_AS_ROOT OMPI_ALLOW_RUN_AS_ROOT_CONFIRM OMPI_MCA_btl
export OMPI_MCA_btl_vader_single_copy_mechanism
command -v mpirun >/dev/null || { echo "SKIP: no mpirun"; exit 77; }
work=$(mktemp -d)
child=
trap '[ -z "$child" ] || kill -9 -- "-$child" 2>/dev/null || :; rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM # so that the trap above runs
cd "$work"
failed=0

complain() {
    echo "mpi: $*"
    failed=1
}

# start N ARGS...: mpirun in a process group of its own; $got is its exit code.
start() {
    n=$1
    shift
    : >messages # of the last run; wait_for looks before this one opens it
    setsid mpirun --quiet --oversubscribe --bind-to none -n "$n" "$@" >out 2>messages &
    child=$!
}
ended() {
    got=0
    wait "$child" 2>/dev/null || got=$?
    child=
}
ranks() {
    start "$@"
    ended
}

# last EVENT KEY: the value of KEY in the last event of that kind in `messages`.
last() {
    sed -n 's/^{"event":"'"$1"'".*"'"$2"'":\([0-9]*\).*/\1/p' messages | tail -n 1
}

# wait_for PATTERN: until the messages hold it, 30 s at most.
wait_for() {
    waited=0
    until grep -q "$1" messages 2>/dev/null || ! kill -0 "$child" 2>/dev/null; do
        [ "$waited" -lt 600 ] || break
        sleep 0.05
        waited=$((waited + 1))
    done
}

# rank_pid N: of the ranks that our mpirun has started.
rank_pid() {
    for status in /proc/[0-9]*/status; do
        grep -q "^PPid:[[:space:]]*$child\$" "$status" 2>/dev/null || continue
        pid=${status%/status}
        if tr '\0' '\n' <"$pid/environ" | grep -q "^OMPI_COMM_WORLD_RANK=$1\$"; then
            echo "${pid#/proc/}"
        fi
    done
}

{
    sed '/^sweep:/,$d' "$sims/pull/hook_position.yaml"
    echo 'sweep:'
    echo '  - { param: hook.position, from: 0.2, to: 0.8, points: 67 }'
    echo '  - { param: wire.diameter, values: [20 um, 25 um, 33 um] }'
    echo 'draws: 100000'
} >sweep.yaml # 201 points, some 10 ms each

ranks 2 "$mpi" run --dry-run sweep.yaml
if grep -q 'built without MPI' messages; then
    echo "SKIP: this program is built without MPI (configure --enable-mpi)"
    exit 77
fi
[ "$got" = 0 ] || complain "--dry-run: exit $got: $(cat messages)"
[ "$(grep -c 201 out)" = 1 ] || complain "--dry-run says: $(cat out)"
"$FABMET" run -q sweep.yaml -j 1 -o whole.h5

# ---- 1. any number of ranks and threads ----------------------------------------------
# same WHAT: the run has ended well, with the right bytes and nothing left.
same() {
    [ "$got" = 0 ] || complain "$1: exit $got: $(cat messages)"
    cmp -s r.h5 whole.h5 || complain "$1: the bytes differ"
    [ ! -e r.h5.parts ] || complain "$1: left its parts"
}
ranks 4 "$mpi" run sweep.yaml -j 1 -o r.h5
same "4 ranks"
[ "$(grep -c '^r.h5: 201 points in ' messages)" = 1 ] || complain "4 ranks say: $(cat messages)"
rm -f r.h5
ranks 2 "$mpi" run sweep.yaml -j 2 --progress=json -o r.h5
same "2 ranks of 2 threads"
[ "$(grep -c '"event":"start"' messages)" = 1 ] || complain "started: $(cat messages)"
[ "$(last progress done)" = 201 ] || complain "$(last progress done) of 201 points are told"
[ "$(last progress total)" = 201 ] || complain "$(last progress total) points in all"
rm -f r.h5
ranks 1 "$mpi" run sweep.yaml -j 1 -o r.h5
same "1 rank"
ranks 2 "$mpi" run sweep.yaml -o r.h5
[ "$got" = 73 ] || complain "with a result in place: exit $got"
[ "$(grep -c 'error:' messages)" = 1 ] || complain "a result in place: $(cat messages)"
ranks 2 "$mpi" run --resume sweep.yaml -o r.h5
same "complete already"
grep -q 'complete already' messages || complain "complete already: $(cat messages)"
"$FABMET" run -q sweep.yaml --set hook.position=0.4 -o few-whole.h5
ranks 4 "$mpi" run -q sweep.yaml --set hook.position=0.4 -o few.h5
cmp -s few.h5 few-whole.h5 || complain "more ranks than points: exit $got: $(cat messages)"

# ---- 2. interrupted ------------------------------------------------------------------
# What the end tells is what the parts hold, and what a resumed run finds.
for next in ranks alone; do
    rm -rf r.h5 r.h5.parts
    start 3 "$mpi" run sweep.yaml -j 1 --progress=json -o r.h5
    wait_for '"saved":[1-9]'
    kill -s USR1 "$child"
    ended
    [ "$got" = 75 ] || complain "USR1: exit $got: $(cat messages)"
    [ ! -e r.h5 ] || complain "USR1 left a result of part of the points"
    done=$(last end done)
    if [ $next = ranks ]; then
        ranks 2 "$mpi" run --resume --progress=json sweep.yaml -o r.h5
    else
        got=0
        "$FABMET" run --resume --progress=json sweep.yaml -o r.h5 2>messages || got=$?
    fi
    same "USR1, resumed by $next"
    [ "$(last end resumed)" = "$done" ] ||
        complain "USR1: $done points were saved, $(last end resumed) resumed by $next"
done

# One rank alone is asked to stop: then all do.
rm -f r.h5
start 2 "$mpi" run sweep.yaml --set draws=1000000 -j 1 --progress=json -o r.h5
wait_for '"saved":[1-9]'
kill -s TERM "$(rank_pid 1)"
ended
[ "$got" = 75 ] || complain "TERM to one rank: exit $got: $(cat messages)"
[ "$(last end done)" -lt 150 ] || complain "TERM to one rank: $(last end done) points are done"
rm -rf r.h5.parts

# One rank is killed: the job ends, what was saved stays.
for rank in 1 0; do
    rm -rf r.h5
    start 2 "$mpi" run sweep.yaml -j 1 --progress=json -o r.h5
    wait_for '"saved":[1-9]'
    kill -s KILL "$(rank_pid $rank)"
    ended
    [ "$got" != 0 ] || complain "rank $rank was killed: exit 0"
    [ ! -e r.h5 ] || complain "rank $rank was killed: a result is there"
    if [ $rank = 1 ]; then
        ranks 2 "$mpi" run --resume --progress=json sweep.yaml -o r.h5
    else
        got=0
        "$FABMET" run --resume --progress=json sweep.yaml -o r.h5 2>messages || got=$?
    fi
    same "rank $rank killed, resumed"
    [ "$(last end resumed)" -gt 0 ] || complain "rank $rank was killed: nothing was kept"
done

# ---- 3. what goes wrong --------------------------------------------------------------
ranks 3 "$mpi" run sweep.yaml --set hook.positon=1 -o wrong.h5
[ "$got" = 78 ] || complain "a wrong scenario: exit $got"
[ "$(grep -c 'error:' messages)" = 1 ] || complain "a wrong scenario: $(cat messages)"

# Ranks that do not share the folder: nothing is lost, and no result is made of half the points.
mkdir here there
setsid mpirun --quiet --oversubscribe -n 1 "$mpi" run -q sweep.yaml -j 1 -o here/r.h5 : \
    -n 1 "$mpi" run -q sweep.yaml -j 1 -o there/r.h5 >out 2>messages &
child=$!
ended
[ "$got" = 74 ] || complain "folders that are not shared: exit $got"
grep -q "do not appear in 'here/r.h5.parts'" messages ||
    complain "folders that are not shared: $(cat messages)"
[ ! -e here/r.h5 ] || complain "folders that are not shared: there is a result"

# One rank cannot save: the others stop, and what they have done stays.
rm -rf r.h5 r.h5.parts
setsid mpirun --quiet --oversubscribe --bind-to none -n 1 "$mpi" run sweep.yaml -j 1 -o r.h5 : \
    -n 1 "$mpi" run sweep.yaml -j 1 -o nowhere/r.h5 >out 2>messages &
child=$!
ended
[ "$got" = 73 ] || complain "one rank cannot save: exit $got: $(cat messages)"
grep -q "No such file or directory: 'nowhere/r.h5.parts'" messages ||
    complain "one rank cannot save: $(cat messages)"
[ "$(grep -c 'error:' messages)" = 1 ] || complain "one rank cannot save: $(cat messages)"
[ ! -e r.h5 ] || complain "one rank cannot save: there is a result"
[ -e r.h5.parts ] || complain "one rank cannot save: nothing was kept of the other"
exit $failed
