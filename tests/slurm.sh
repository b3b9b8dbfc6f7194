#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A sweep on a real Slurm (of one node, tests/cluster.sh): the file that `fabmet slurm` prints is
# submitted, its jobs are preempted, end with 75, are requeued and resume; the merged digest is
# that of an undisturbed run.  Then the commands of the manual's chapter, as they stand there.
set -eu
: "${FABMET:?names the program to test}"
top=${top_srcdir:-$(cd "$(dirname "$0")/.." && pwd)}
. "$top/tests/cluster.sh"
work=$(mktemp -d)
trap 'cluster_stop; rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM # so that the trap above runs
cluster_start "$work"
mkdir "$work/home" "$work/bin"
cd "$work/home"
ln -s "$FABMET" "$work/bin/fabmet"
PATH=$work/bin:$PATH
unset FM_TEST_SEED FABMET
failed=0

complain() {
    echo "slurm: $*"
    failed=1
}

# The jobs of the queue; a requeued one need not wait its two minutes.
hurry() {
    squeue -h -r -t PENDING -o '%i %r' | while read -r job reason; do
        [ "$reason" != BeginTime ] || scontrol update JobId="$job" StartTime=now || :
    done
}

# queue_ends SECONDS: until it has been empty for two seconds; a job that is to be requeued is
# not in the queue for a moment.
queue_ends() {
    waited=0
    empty=0
    while [ "$empty" -lt 8 ]; do
        [ "$waited" -lt $(($1 * 4)) ] || { squeue; complain "the queue does not end"; return; }
        hurry
        if squeue -h | grep -q .; then empty=0; else empty=$((empty + 1)); fi
        waited=$((waited + 1))
        sleep 0.25
    done
}

digest() {
    fabmet verify "$1" | sed -n 's/^ *digest *//p'
}

# ---- 1. preempted, requeued, resumed, merged -----------------------------------------
# 420 points of about 20 ms; a name that would be a program if it were not data.
scenario="a 'study' \"of\" \$(touch marker)
\`touch marker\` ; 100 % \\ x.yaml"
{
    sed '/^sweep:/,$d' "$top/sims/pull/hook_position.yaml"
    echo 'sweep:'
    echo '  - { param: hook.position, from: 0.2, to: 0.8, points: 140 }'
    echo '  - { param: wire.diameter, values: [20 um, 25 um, 33 um] }'
    echo 'draws: 200000'
} >"$scenario"
fabmet run -q "$scenario" -o whole.h5
fabmet slurm "$scenario" --array 4 --time 0:10:00 --partition low --output sweep >submit.sh
sh -n submit.sh
sh submit.sh >submitted || complain "the file cannot be submitted"
# Points have been saved when the preemptor comes.
waited=0
while [ "$(find sweep -path '*.parts/*' -name '*.h5' ! -name '.*' | wc -l)" -lt 4 ]; do
    [ "$waited" -lt 150 ] || break
    waited=$((waited + 1))
    sleep 0.1
done
sbatch --parsable -p high -c 4 -t 1 -o /dev/null --wrap 'sleep 1' >preemptor
queue_ends 60
merged="sweep/${scenario%.yaml}.h5"
[ -e "$merged" ] || complain "no merged result: $(cat sweep/*.log)"
[ "$(digest "$merged")" = "$(digest whole.h5)" ] || complain "the merged digest is another"
interrupted=$(grep -c 'ArrayTaskId=.* ExitCode=75:0' "$work/log/jobcomp.txt") || :
completed=$(grep -c 'JobState=COMPLETED' "$work/log/jobcomp.txt") || :
[ "$interrupted" = 4 ] || complain "$interrupted of 4 jobs ended with 75"
[ "$completed" = 6 ] || complain "$completed jobs completed; 4 slices, 1 merge, 1 preemptor are 6"
for i in 0 1 2 3; do
    grep -q 'interrupted by SIGUSR1; [1-9][0-9]* of [0-9]* points are saved' \
        "sweep/slice-$i.log" || complain "slice $i says: $(cat "sweep/slice-$i.log")"
    grep -q '[1-9][0-9]* of them saved before' "sweep/slice-$i.log" ||
        complain "slice $i kept nothing: $(cat "sweep/slice-$i.log")"
done
grep -q '420 of 420 points from 4 sources' sweep/merge.log ||
    complain "the merge says: $(cat sweep/merge.log)"
[ "$(find . -name marker)" = '' ] || complain "a text ran as a command"

# Submitted once more, there is nothing to do, and the same result.
sh submit.sh >submitted
queue_ends 30
grep -q 'complete already' sweep/slice-3.log || complain "$(cat sweep/slice-3.log)"
cmp -s "$merged" whole.h5 || complain "the merged bytes differ"

# ---- 2. one job of several ranks -----------------------------------------------------
# The launcher passes the signal on to the ranks, and their code comes back.
if srun --mpi=list 2>&1 | grep -q pmix; then
    cat >"$work/bin/rank" <<'RANK'
#!/bin/bash
trap 'echo "rank $SLURM_PROCID got USR1"; exit 75' USR1
[ -z "${SLURM_RESTART_COUNT-}" ] || { echo "rank $SLURM_PROCID: $*"; exit 0; }
for i in {1..200}; do sleep 0.1; done
RANK
    chmod +x "$work/bin/rank"
    fabmet slurm "$top/sims/pull/hook_position.yaml" --array 3 --time 5 --mpi -o ranks >mpi.sh
    FABMET=rank sh mpi.sh >submitted
    job=$(sed 's/job \([0-9]*\);.*/\1/' submitted)
    waited=0
    until squeue -h -s -j "$job" | grep -q "$job.0" || [ "$waited" -gt 50 ]; do
        waited=$((waited + 1))
        sleep 0.2
    done
    sleep 0.5
    scancel --signal=USR1 "$job"
    queue_ends 30
    [ "$(grep -c 'got USR1' ranks/run.log)" = 3 ] || complain "ranks: $(cat ranks/run.log)"
    [ "$(grep -c 'rank .: run --resume' ranks/run.log)" = 3 ] ||
        complain "ranks: $(cat ranks/run.log)"
fi

# ---- 3. the manual's chapter ---------------------------------------------------------
mkdir manual
ln -s "$top/sims" "$top/data" manual/
awk '/^<!-- run: slurm -->$/ { run = 1; next }
     run == 1 && /^```sh$/ { run = 2; next }
     /^```$/ { run = 0 }
     run == 2 { print }' "$top/doc/manual.md" >manual/commands
[ "$(grep -c fabmet manual/commands)" -ge 2 ] || complain "the manual's commands are not found"
(cd manual && timeout 60 sh -e -x commands >out 2>&1) || {
    cat manual/out
    complain "a command of the manual's chapter fails"
}
exit $failed
