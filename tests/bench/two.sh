#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Speed of two threads and of two MPI ranks beside one thread: wall clock of the same sweep, in
# turns, start and merge included.
#
# Usage: FABMET=... two.sh [DRAWS]
# Environment: FABMET              the program (default: fabmet)
#              FM_TEST_MPI_FABMET  one built with --enable-mpi (default: none, no ranks)
#              PYTHON              a Python (default: /usr/bin/python3)
# Exit: 0; 1 if a limit is missed; 77 with fewer than two processors, or when they are not free.
set -eu
draws=${1:-500000}
fabmet=${FABMET:-fabmet}
mpi=${FM_TEST_MPI_FABMET-}
python=${PYTHON:-/usr/bin/python3}
[ "$(nproc)" -ge 2 ] || { echo "two.sh: one processor only: skipped"; exit 77; }
command -v mpirun >/dev/null || mpi=
OMPI_ALLOW_RUN_AS_ROOT=1
OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
export OMPI_ALLOW_RUN_AS_ROOT OMPI_ALLOW_RUN_AS_ROOT_CONFIRM
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat >"$work/two.yaml" <<SCENARIO
fabmet: 1
study: pull.simulate
seed: 1
draws: $draws
sweep:
  - { param: hook.position, from: 0.2, to: 0.8, points: 128 }
SCENARIO

"$python" - "$work" "$fabmet" "$mpi" <<'PYTHON'
import os, resource, statistics, subprocess, sys, time

work, fabmet, mpi = sys.argv[1:]
turns = 3
least = 1.8
run = ["run", "-q", "--force", work + "/two.yaml", "-o", work + "/two.h5", "-j"]
ways = {"-j 1": [fabmet, *run, "1"], "-j 2": [fabmet, *run, "2"]}
if mpi:
    ways["mpirun -n 2"] = ["mpirun", "--quiet", "-n", "2", "--oversubscribe", "--bind-to",
                           "none", mpi, *run, "1"]
wall = {way: [] for way in ways}
used = {way: [] for way in ways}


def processor_s():
    r = resource.getrusage(resource.RUSAGE_CHILDREN)
    return r.ru_utime + r.ru_stime


def busy_s():
    """Processor time of the whole machine (user, nice, system)."""
    with open("/proc/stat") as file:
        words = file.readline().split()
    return sum(map(int, words[1:4])) / os.sysconf("SC_CLK_TCK")


others = 0.0
began = time.monotonic()
for _ in range(turns):
    for way, command in ways.items():
        before, start, busy = processor_s(), time.monotonic(), busy_s()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        wall[way].append(time.monotonic() - start)
        used[way].append(processor_s() - before)
        others += busy_s() - busy - used[way][-1]
load = others / (time.monotonic() - began)  # processors that other programs kept busy
base = statistics.median(wall["-j 1"])
missed = []
for way in ways:
    t = statistics.median(wall[way])
    print(f"{way:12} {t:7.2f} s  {statistics.median(used[way]):7.2f} s of processors  "
          f"{base / t:5.2f} times as fast")
    if way != "-j 1" and base / t < least:
        missed.append(way)
free = os.cpu_count() - load
print(f"two processors: limit {least} times; other programs kept {load:.2f} of "
      f"{os.cpu_count()} processors busy")
if missed and free < 1.9:
    print("two.sh: the processors are not free, no judgement")
    sys.exit(77)
if missed:
    print("two.sh: MISSED by " + ", ".join(missed))
sys.exit(1 if missed else 0)
PYTHON
