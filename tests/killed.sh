#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A sweep survives: killed at random instants and resumed, it never leaves an unreadable file,
# never loses a point that it has saved, and ends with the bytes of an undisturbed run.  Signals
# that ask end it tidily with 75.  FM_TEST_KILLS (15) is the number of kills, FM_TEST_SEED
# repeats their instants; `make check-kill` does 200.
set -eu
: "${FABMET:?names the program to test}"
sims=${top_srcdir:-$(cd "$(dirname "$0")/.." && pwd)}/sims
kills=${FM_TEST_KILLS:-15}
seed=${FM_TEST_SEED:-$(date +%s)}
echo "killed: FM_TEST_SEED=$seed"
work=$(mktemp -d)
child=
trap '[ -z "$child" ] || kill -9 -- "-$child" 2>/dev/null || :; rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM # so that the trap above runs
cd "$work"
failed=0

complain() {
    echo "killed: $*"
    failed=1
}

# slow POSITIONS DRAWS: a scenario of three times as many points.
slow() {
    sed '/^sweep:/,$d' "$sims/pull/hook_position.yaml"
    echo 'sweep:'
    echo "  - { param: hook.position, from: 0.2, to: 0.8, points: $1 }"
    echo '  - { param: wire.diameter, values: [20 um, 25 um, 33 um] }'
    echo "draws: $2"
}
slow 101 200000 >sweep.yaml # points of about 20 ms
slow 67 150000 >quick.yaml # a run of 3 s on one thread

# start ARGS...: a run in a process group of its own, whose number is the child's.
start() {
    : >messages # now, not when the child comes to it
    setsid "$FABMET" run "$@" >messages 2>&1 &
    child=$!
}

# ended: waits for it; $got is its exit code.
ended() {
    got=0
    wait "$child" 2>/dev/null || got=$?
    child=
}

# last EVENT KEY: the value of KEY in the last event of that kind in `messages`.
last() {
    sed -n 's/^{"event":"'"$1"'".*"'"$2"'":\([0-9]*\).*/\1/p' messages | tail -n 1
}

# wait_for PATTERN: until the messages hold it, 20 s at most.
wait_for() {
    waited=0
    until grep -q "$1" messages 2>/dev/null || ! kill -0 "$child" 2>/dev/null; do
        [ "$waited" -lt 400 ] || break
        sleep 0.05
        waited=$((waited + 1))
    done
}

# readable FOLDER: every result below it, under a name that readers take, is good.
readable() {
    find "$1" -name '*.h5' ! -name '.*' | while read -r file; do
        "$FABMET" verify "$file" >verified 2>&1 ||
            complain "$file: $(cat verified)" >>complaints
    done
}

"$FABMET" run -q sweep.yaml -o whole.h5
"$FABMET" run -q quick.yaml -o quick.h5

# ---- 1. killed at random instants ----------------------------------------------------
awk -v n="$kills" -v seed="$seed" \
    'BEGIN { srand(seed); for (i = 0; i < n; i++) print 0.02 + 1.5 * rand() }' >delays
mkdir out
rounds=0
before=0
n=0
: >complaints
while read -r delay; do
    start sweep.yaml --resume --progress=json -j $((1 + n % 2)) -o out/r.h5
    sleep "$delay"
    kill -s KILL -- "-$child" 2>/dev/null || :
    ended
    n=$((n + 1))
    readable out
    resumed=$(last progress resumed)
    if [ -n "$resumed" ] && [ "$resumed" -lt "$before" ]; then
        complain "kill $n after $delay s: $resumed points resumed, $before were saved"
    fi
    saved=$(last progress saved)
    [ -z "$saved" ] || [ "$saved" -le "$before" ] || before=$saved
    if [ -e out/r.h5 ]; then
        cmp -s out/r.h5 whole.h5 || complain "after kill $n the result is another one"
        rm -rf out
        mkdir out
        rounds=$((rounds + 1))
        before=0
    fi
done <delays
[ ! -s complaints ] || { cat complaints; failed=1; }
start sweep.yaml --resume --progress=json -o out/r.h5
ended
[ "$got" = 0 ] || complain "the last run ends with $got: $(tail -n 3 messages)"
resumed=$(last end resumed)
[ "$resumed" -ge "$before" ] || complain "$resumed points resumed at last, $before were saved"
[ "$(last end done)" = 303 ] || complain "$(last end done) points at last"
cmp -s out/r.h5 whole.h5 || complain "killed and resumed, the bytes differ"
[ "$(ls -A out)" = r.h5 ] || complain "left behind: $(ls -A out)"
echo "killed: $n kills, $rounds sweeps completed in between, $resumed points kept at last"

# ---- 2. asked to end -----------------------------------------------------------------
for signal in INT TERM USR1 USR2 HUP XCPU; do
    rm -rf out
    mkdir out
    start quick.yaml --progress=json -o out/r.h5 -j 1
    wait_for '"saved":[1-9]'
    kill -s "$signal" "$child"
    ended
    [ "$got" = 75 ] || complain "$signal: exit $got, not 75: $(tail -n 1 messages)"
    [ ! -e out/r.h5 ] || complain "$signal left a result of part of the points"
    done=$(last end done)
    start quick.yaml --resume --progress=json -o out/r.h5
    ended
    [ "$got" = 0 ] || complain "$signal: resumed, exit $got"
    [ "$(last end resumed)" = "$done" ] ||
        complain "$signal: $done points were saved, $(last end resumed) resumed"
    cmp -s out/r.h5 quick.h5 || complain "$signal: resumed, the bytes differ"
    [ "$(ls -A out)" = r.h5 ] || complain "$signal: left behind: $(ls -A out)"
done

# The message names what is saved, and a command that continues.
rm -rf out
mkdir out
start quick.yaml -j 1 --progress=never -o "out/r 'x'.h5" --set title='a "b" $c'
waited=0
until [ -n "$(ls "out/r 'x'.h5.parts" 2>/dev/null)" ] || [ "$waited" -ge 200 ]; do
    sleep 0.05
    waited=$((waited + 1))
done
# As Slurm does: one signal upon the other.
for signal in USR1 CONT TERM TERM TERM; do
    kill -s "$signal" "$child" 2>/dev/null || :
done
ended
[ "$got" = 75 ] || complain "USR1, CONT, TERM, TERM, TERM: exit $got"
grep -q "interrupted by .* of 201 points are saved in out/r 'x'.h5.parts" messages ||
    complain "the message says: $(cat messages)"
sed -n 's/^  continue with: fabmet/"$FABMET"/p' messages >again.sh
export FABMET
sh -e again.sh 2>messages || complain "the command of the message fails: $(cat messages)"
"$FABMET" run -q quick.yaml --set title='a "b" $c' -o title.h5
cmp -s "out/r 'x'.h5" title.h5 || complain "the command of the message gives another result"

# Started again without --resume or --force, it refuses and says both.
rm -rf out
mkdir out
start quick.yaml --progress=json -o out/r.h5 -j 1
wait_for '"saved":[1-9]'
kill -s TERM "$child"
ended
for choice in '' --resume --force; do
    got=0
    # shellcheck disable=SC2086  # none or one word
    "$FABMET" run -q quick.yaml $choice -o out/r.h5 2>messages || got=$?
    case $choice in
    '')
        [ "$got" = 73 ] || complain "parts without --resume: exit $got"
        grep -q -e --resume messages && grep -q -e --force messages ||
            complain "parts without --resume: $(cat messages)"
        ;;
    --resume)
        [ "$got" = 0 ] || complain "parts with --resume: exit $got"
        "$FABMET" run -q quick.yaml --resume -o out/r.h5 2>messages || complain "complete"
        ;;
    esac
    [ "$choice" = '' ] || cmp -s out/r.h5 quick.h5 || complain "$choice: another result"
done
[ "$(ls -A out)" = r.h5 ] || complain "--force: left behind: $(ls -A out)"

# ---- 3. points of minutes ------------------------------------------------------------
# Asked once, the point is cut short after a grace; asked twice, the program ends at once.
rm -rf out
mkdir out
start sweep.yaml --set draws=2000000000 --progress=json -o out/r.h5 -j 2
wait_for '"event":"start"'
sleep 0.5
kill -s TERM "$child"
ended
[ "$got" = 75 ] || complain "TERM in a long point: exit $got, not 75: $(cat messages)"
start sweep.yaml --set draws=2000000000 --progress=json -o out/q.h5
wait_for '"event":"start"'
sleep 0.3
kill -s INT "$child"
sleep 0.2
kill -s INT "$child" 2>/dev/null || complain "one SIGINT ended a long point at once"
ended
[ "$got" = 130 ] || complain "a second SIGINT: exit $got, not 130"

# The end of a Slurm job counts as a deadline: points that fit are run; when not even one
# does, that is a failure, because a requeued job would come to the same end.
rm -rf out
mkdir out
got=0
SLURM_JOB_END_TIME=$(($(date +%s) + 4)) "$FABMET" run sweep.yaml --set draws=2000000 --progress=never -j 1 \
    -o out/r.h5 2>messages || got=$?
[ "$got" = 75 ] || complain "before the end of the job: exit $got"
grep -q "before the job's time limit; .* points are saved" messages || complain "$(cat messages)"
got=0
SLURM_JOB_END_TIME=$(($(date +%s) + 4)) "$FABMET" run sweep.yaml --progress=never -j 2 \
    --set draws=2000000000 -o out/long.h5 2>messages || got=$?
[ "$got" = 1 ] || complain "a job with time for no point: exit $got"
grep -q 'needs more time than the job has' messages || complain "$(cat messages)"
got=0
SLURM_JOB_END_TIME=1000 "$FABMET" run -q quick.yaml -o out/stale.h5 || got=$?
[ "$got" = 0 ] || complain "the end of a job of long ago: exit $got"

# ---- 4. signals that somebody else has decided on --------------------------------------
(
    trap '' HUP
    exec setsid "$FABMET" run -q quick.yaml -o out/hup.h5
) >messages 2>&1 &
child=$!
sleep 0.7
kill -s HUP "$child"
ended
[ "$got" = 0 ] || complain "SIGHUP under nohup: exit $got"

# ---- 5. with a result in place -------------------------------------------------------
"$FABMET" run -q sweep.yaml --set draws=100 -o out/old.h5
cp out/old.h5 old.h5
start sweep.yaml --force -o out/old.h5
sleep 0.7
kill -s KILL -- "-$child"
ended
cmp -s out/old.h5 old.h5 || complain "KILL changed the result that was there"
"$FABMET" run -q sweep.yaml --set draws=200 -o out/old.h5 --force
"$FABMET" verify out/old.h5 >/dev/null || complain "the run after the kill is no good"
! cmp -s out/old.h5 old.h5 || complain "the run after the kill wrote nothing"
exit $failed
