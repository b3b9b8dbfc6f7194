# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced by tests: a Slurm of one node on the loopback interface, with its own munge, in a
# folder of its own.  Needs no root, no systemd and no cgroups.
#
# cluster_start FOLDER   makes and starts it; exits 77 where Slurm is missing or the node does
#                        not come up.  FOLDER is short (its sockets' paths are limited) and ours.
# cluster_stop           ends its daemons; harmless when none runs.
#
# Two partitions: `low` (default, preempted by requeueing after 10 s of grace) and `high`.

# A port that nothing listens on, near the wish.
free_port() {
    /usr/bin/python3 - "$1" <<'PYTHON'
import socket, sys
for port in range(int(sys.argv[1]), int(sys.argv[1]) + 500):
    with socket.socket() as s:
        try:
            s.bind(("127.0.0.1", port))
        except OSError:
            continue
        print(port)
        break
PYTHON
}

cluster_config() {
    cat <<CONF
ClusterName=fabmet
SlurmctldHost=$cluster_host(127.0.0.1)
SlurmUser=$(id -un)
SlurmdUser=$(id -un)
AuthType=auth/munge
CryptoType=crypto/munge
AuthInfo=socket=$cluster/munge/sock
SlurmctldPort=$1
SlurmdPort=$2
StateSaveLocation=$cluster/state
SlurmdSpoolDir=$cluster/spool
SlurmctldPidFile=$cluster/slurmctld.pid
SlurmdPidFile=$cluster/slurmd.pid
SlurmctldLogFile=$cluster/log/slurmctld.log
SlurmdLogFile=$cluster/log/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/filetxt
JobCompLoc=$cluster/log/jobcomp.txt
SchedulerType=sched/backfill
SchedulerParameters=bf_interval=1,sched_interval=1
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
MpiDefault=none
SwitchType=switch/none
ReturnToService=2
KillWait=5
JobRequeue=1
RequeueExit=75
RequeueExitHold=76
MinJobAge=600
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
SlurmctldParameters=preempt_send_user_signal
SlurmdParameters=config_overrides
NodeName=$cluster_host NodeAddr=127.0.0.1 CPUs=4 Boards=1 SocketsPerBoard=1 CoresPerSocket=4 ThreadsPerCore=1 RealMemory=1000 State=UNKNOWN
PartitionName=low Nodes=$cluster_host Default=YES MaxTime=INFINITE State=UP PriorityTier=1 PreemptMode=REQUEUE GraceTime=10
PartitionName=high Nodes=$cluster_host MaxTime=INFINITE State=UP PriorityTier=10 PreemptMode=OFF
CONF
}

cluster_skip() {
    echo "SKIP: $*"
    exit 77
}

cluster_start() {
    PATH=$PATH:/usr/sbin:/sbin
    for program in munged mungekey slurmctld slurmd sbatch scontrol sinfo squeue; do
        command -v "$program" >/dev/null || cluster_skip "no $program"
    done
    cluster=$1
    cluster_host=$(hostname -s)
    /usr/bin/python3 -c 'import socket, sys; socket.gethostbyname(sys.argv[1])' \
        "$cluster_host" 2>/dev/null || cluster_skip "the host's name does not resolve"
    SLURM_CONF=$cluster/slurm.conf
    export SLURM_CONF
    mkdir -p "$cluster/munge" "$cluster/state" "$cluster/spool" "$cluster/log"
    chmod 755 "$cluster" "$cluster/munge"
    cluster_config "$(free_port 16817)" "$(free_port 17817)" >"$SLURM_CONF"
    chmod 644 "$SLURM_CONF"
    mungekey --create --keyfile="$cluster/munge/key" || cluster_skip "mungekey fails"
    munged --key-file="$cluster/munge/key" --socket="$cluster/munge/sock" \
        --pid-file="$cluster/munge/pid" --log-file="$cluster/munge/log" \
        --seed-file="$cluster/munge/seed" 2>"$cluster/log/start" ||
        cluster_skip "munged does not start: $(cat "$cluster/log/start")"
    slurmctld -f "$SLURM_CONF" 2>>"$cluster/log/start" &&
        slurmd -f "$SLURM_CONF" 2>>"$cluster/log/start" ||
        cluster_skip "Slurm does not start: $(cat "$cluster/log/start")"
    cluster_waited=0
    until sinfo -h -o %T 2>/dev/null | grep -q '^idle$'; do
        [ "$cluster_waited" -lt 75 ] || cluster_skip "the node does not come up"
        cluster_waited=$((cluster_waited + 1))
        sleep 0.2
    done
}

# Ends only the processes whose numbers our own daemons have written.
cluster_stop() {
    [ -n "${cluster-}" ] || return 0
    for file in slurmd.pid slurmctld.pid munge/pid; do
        [ ! -s "$cluster/$file" ] || kill "$(cat "$cluster/$file")" 2>/dev/null || :
    done
    cluster_waited=0
    while [ "$cluster_waited" -lt 25 ]; do
        [ -e "$cluster/slurmd.pid" ] || [ -e "$cluster/slurmctld.pid" ] ||
            [ -e "$cluster/munge/pid" ] || break
        cluster_waited=$((cluster_waited + 1))
        sleep 0.2
    done
    cluster=
}
