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
for command in list describe init check run merge show verify plot report glossary slurm; do
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
# Texts: a word, a quoted text; anything but == and != is told.
"$FABMET" show --csv sweep.h5 verdicts --where 'name == below_limit && pass == yes' >out
[ "$(grep -c . out)" = 2 ] || { echo "cli: --where lost the row of a text"; failed=1; }
"$FABMET" show --csv sweep.h5 verdicts --where 'name != "below-limit"' >out
[ "$(grep -c . out)" = 1 ] || { echo "cli: --where kept the wrong text"; failed=1; }
expect 64 'is text: compare it' -- "$FABMET" show sweep.h5 verdicts --where 'name > 3'
expect 64 'is missing here' -- "$FABMET" show sweep.h5 verdicts --where 'name == "below'
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

# Slices: cut, merged in any order, and what is no slice.
for text in 5/5 -1/3 1/0 a/b 1/ /2 1/2/3 0.5/2 1 '' '0 /2'; do
    expect 64 '--slice' -- "$FABMET" run sweep.yaml --slice="$text" -o slice.h5
    [ ! -e slice.h5 ] || { echo "cli: --slice=$text wrote a file"; failed=1; }
done
for i in 0 1 2 3; do
    expect 0 "slice $i/4" -- "$FABMET" run sweep.yaml --slice $i/4
done
expect 0 'of 3 points computed; 2 not in this file' -- "$FABMET" verify sweep.slice-3-of-4.h5
expect 0 '3 of 3 points from 4 sources' -- "$FABMET" merge -o merged.h5 \
    sweep.slice-3-of-4.h5 sweep.slice-0-of-4.h5 sweep.slice-2-of-4.h5 sweep.slice-1-of-4.h5
expect 0 '' -- cmp sweep.h5 merged.h5
expect 73 'merged.h5' -- "$FABMET" merge -o merged.h5 sweep.slice-3-of-4.h5
expect 0 '1 of 3 points from 1 source; 2 pending' -- "$FABMET" merge --force -o merged.h5 \
    sweep.slice-3-of-4.h5
expect 3 '2 pending' -- "$FABMET" merge --strict --force -o merged.h5 sweep.slice-3-of-4.h5
expect 2 '1 of 3 points computed; 2 pending' -- "$FABMET" verify merged.h5
expect 0 '1 of 3 points computed; 2 pending' -- "$FABMET" show merged.h5
expect 0 'pending' -- "$FABMET" show merged.h5 points
expect 0 '' -- "$FABMET" report merged.h5 -o merged.html
expect 0 '1 of 3 points computed; 2 pending' -- cat merged.html
expect 0 '3 of 3 points from 2 sources' -- "$FABMET" merge --force -o merged.h5 merged.h5 sweep.h5
expect 66 'nothing.h5' -- "$FABMET" merge -o nowhere.h5 nothing.h5
expect 65 'sweep.yaml' -- "$FABMET" merge -o nowhere.h5 sweep.yaml
expect 64 '-o names' -- "$FABMET" merge sweep.h5
expect 64 'parts to merge' -- "$FABMET" merge -o nowhere.h5
"$FABMET" run -q sweep.yaml --slice 0/4 --set wire.material=Al -o foreign.h5
expect 65 'foreign.h5' -- "$FABMET" merge -o nowhere.h5 sweep.slice-3-of-4.h5 foreign.h5
grep -q 'wire.material' out || { echo "cli: what differs is not said: $(cat out)"; failed=1; }
[ ! -e nowhere.h5 ] || { echo "cli: a merge that failed wrote a file"; failed=1; }
expect 0 'complete already' -- "$FABMET" run sweep.yaml --resume
expect 73 'wire.material' -- "$FABMET" run sweep.yaml --resume --set wire.material=Al

# In a slice the rows are not the points: figures and reports name the points.
cat >ten.yaml <<'SCENARIO'
fabmet: 1
study: pull.simulate
draws: 1000
sweep:
  - { param: hook.position, from: 0.2, to: 0.8, points: 10 }
SCENARIO
"$FABMET" run -q ten.yaml
"$FABMET" run -q ten.yaml --slice 1/4 -o second.h5
"$FABMET" plot ten.h5 histogram --point 2 -o two.svg
"$FABMET" plot second.h5 histogram -o first.svg
expect 0 '' -- cmp two.svg first.svg
expect 64 'no point 9' -- "$FABMET" plot second.h5 histogram --point 9 -o nine.svg
expect 64 'no point 10' -- "$FABMET" plot ten.h5 histogram --point 10 -o ten.svg
"$FABMET" report second.h5 -o second.html
expect 0 'Point 2 of the sweep: ' -- cat second.html

# Failed points are run again on request only.
cat >fail.yaml <<'SCENARIO'
fabmet: 1
study: pull.simulate
draws: 1000
sweep:
  - { param: loop.length, values: [1200 um, 1250 um, 100 um] }
SCENARIO
expect 2 '1 failed: outside the validated range' -- "$FABMET" run fail.yaml
cp fail.h5 once.h5
expect 2 'complete already' -- "$FABMET" run fail.yaml --resume
expect 2 '"resumed":2,"failed":1,"failed_by":{"outside the validated range":1}' -- \
    "$FABMET" run fail.yaml --retry-failed --progress=json
expect 0 '' -- cmp once.h5 fail.h5
expect 0 '3 of 3 points computed, 1 of them failed' -- "$FABMET" verify fail.h5
expect 2 '3 of 3 points from 1 source; 1 failed' -- "$FABMET" merge fail.h5 -o failed.h5
expect 0 '' -- cmp once.h5 failed.h5

# Progress as JSON: every line is an object, the first the start, the last the end.
expect 0 '' -- "$FABMET" run sweep.yaml --progress=json -o json.h5
cp out events
expect 0 '' -- /usr/bin/python3 -c '
import json
events = [json.loads(line) for line in open("events")]
assert events[0]["event"] == "start" and events[0]["points"] == 3, events[0]
end = events[-1]
assert end["event"] == "end" and end["exit"] == 0 and end["done"] == 3, end
assert end["failed_by"] == {} and len(end["digest"]) == 64 and end["status"] == "done", end
progress = [e for e in events if e["event"] == "progress"]
keys = ["done", "total", "failed", "saved", "resumed", "rate", "seconds", "eta_s"]
assert all(k in e for e in progress for k in keys), progress
'
expect 73 '"exit":73' -- "$FABMET" run sweep.yaml --progress=json -o json.h5

# Ranks that know nothing of each other would all run everything.
if "$FABMET" --version | grep -q -v MPI; then
    expect 64 'without MPI' -- env OMPI_COMM_WORLD_SIZE=4 "$FABMET" run sweep.yaml -o mpi.h5
fi

# Slurm: what it takes for a time, and a file that only runs what it should.
for text in 1 90 1:30 2:00:00 1-12 1-12:30 1-0:0:30 UNLIMITED; do
    expect 0 '--requeue' -- "$FABMET" slurm sweep.yaml --array 2 --time "$text"
done
for text in '' x 1h 1:2:3:4 1-2-3 1-2:3:4:5 -5 1: :1 1.5 '1 2' 1e3 9999999999; do
    expect 64 '--time' -- "$FABMET" slurm sweep.yaml --array 2 --time="$text"
done
expect 64 '--array' -- "$FABMET" slurm sweep.yaml --array 0 --time 1
expect 64 '--array' -- "$FABMET" slurm sweep.yaml --time 1
expect 64 '--time' -- "$FABMET" slurm sweep.yaml --array 2
expect 64 '--mem' -- "$FABMET" slurm sweep.yaml --array 2 --time 1 --mem 4GB
expect 64 '--cpus' -- "$FABMET" slurm sweep.yaml --array 2 --time 1 --cpus 0
expect 64 '--margin' -- "$FABMET" slurm sweep.yaml --array 2 --time 1 --margin 60
expect 64 '--output' -- "$FABMET" slurm sweep.yaml --array 2 --time 1 --output 100%
expect 64 'must be a file' -- "$FABMET" slurm - --array 2 --time 1
expect 78 'wire.diameter' -- "$FABMET" slurm sweep.yaml --array 2 --time 1 --set wire.diameter=25K
expect 66 'nothing.yaml' -- "$FABMET" slurm nothing.yaml --array 2 --time 1
expect 0 'MaxArraySize' -- "$FABMET" slurm sweep.yaml --array 1001 --time 1
expect 0 'will have none' -- "$FABMET" slurm sweep.yaml --array 4 --time 1
expect 0 'USR1@15' -- "$FABMET" slurm sweep.yaml --array 2 --time 1
expect 0 'USR1@120' -- "$FABMET" slurm sweep.yaml --array 2 --time 60
expect 0 'USR1@300' -- "$FABMET" slurm sweep.yaml --array 2 --time 60 --margin 300
# A stand-in for sbatch keeps the jobs; they are then run as Slurm would.
mkdir bin slurm
cat >bin/sbatch <<'SBATCH'
#!/bin/sh
n=$(($(ls "$KEEP" | wc -l) + 1))
cat >"$KEEP/$n"
printf '%s\n' "$@" >>"$KEEP.arguments"
echo "$n;cluster"
SBATCH
chmod +x bin/sbatch
hostile=$(printf 'it'\''s "a" $(touch marker) `touch marker`;\nFABMET_END\ntouch marker # \\ 7%% .yaml')
cp sweep.yaml "slurm/$hostile"
(
    cd slurm
    "$FABMET" slurm "$hostile" --array 2 --time 5 --set title='it'\''s $(touch marker)' \
        -p '`touch marker` x' >submit.sh
    mkdir ../kept
    for shell in sh bash; do
        KEEP=$work/kept PATH=$work/bin:$PATH $shell submit.sh >/dev/null
    done
    for i in 0 1; do
        SLURM_SUBMIT_DIR=$PWD SLURM_ARRAY_TASK_ID=$i sh ../kept/1
    done
    SLURM_SUBMIT_DIR=$PWD sh ../kept/2
) >out 2>&1 || { echo "cli: the jobs of fabmet slurm fail"; cat out; failed=1; }
"$FABMET" run -q sweep.yaml --set title='it'\''s $(touch marker)' -o slurm/whole.h5
expect 0 'equal' -- "$FABMET" verify slurm/whole.h5 "slurm/$(printf '%s' "${hostile%.yaml}" |
    tr '%\\' '__').slurm/${hostile%.yaml}.h5"
expect 0 'afterany:1' -- cat kept.arguments
expect 0 '--partition=`touch marker` x' -- cat kept.arguments
[ -z "$(find . -name marker)" ] || { echo "cli: a text ran as a command"; failed=1; }

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
