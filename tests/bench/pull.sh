#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Speed of pull.simulate beside a bare C loop of its models and the same model in NumPy, all in
# processor time of one thread and in one go.
#
# Usage: FABMET=... BENCH_PULL=... pull.sh [DRAWS]
# Environment: FABMET      the program (default: fabmet)
#              BENCH_PULL  the bare loop (default: ./bench_pull)
#              PYTHON      a Python with NumPy (default: /usr/bin/python3)
# Exit: 0; 1 if a part fails or a limit is missed; 77 without NumPy.
set -eu
draws=${1:-20000000}
fabmet=${FABMET:-fabmet}
bench=${BENCH_PULL:-./bench_pull}
python=${PYTHON:-/usr/bin/python3}
here=$(dirname -- "$0")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$python" -c 'import numpy' 2>/dev/null || { echo "pull.sh: no NumPy: skipped"; exit 77; }

{
    echo "fabmet: 1"
    echo "study: pull.simulate"
    echo "seed: 1"
    echo "draws: $draws"
} >"$work/bench.yaml"

# Processor seconds of a command, user and system.
processor_seconds() {
    "$python" - "$@" <<'EOF'
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL,
               stderr=subprocess.DEVNULL)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(used.ru_utime + used.ru_stime)
EOF
}

# In turns, so that other load on the machine hits all alike; the medians count.
turns="1 2 3 4 5"
for turn in $turns; do
    processor_seconds "$fabmet" run "$work/bench.yaml" -j 1 -o "$work/out$turn.h5" \
        >>"$work/seconds"
    "$bench" "$draws" >>"$work/bare"
    "$python" "$here/pull_numpy.py" 2e6 1 >>"$work/numpy"
done
middle() {
    sort -g "$1" | sed -n 3p
}
shown=$("$fabmet" show "$work/out1.h5" summary --csv --columns mean,share_heel_1 |
    tail -n 1)
awk -v draws="$draws" -v seconds="$(middle "$work/seconds")" \
    -v bare="$(middle "$work/bare")" -v numpy="$(middle "$work/numpy")" \
    -v shown="$shown" 'BEGIN {
    least_numpy = 3
    least_bare = 0.7
    split(bare, b, " "); split(numpy, n, " "); split(shown, f, ",")
    rate = draws / seconds
    printf "%-12s %12s %12s %12s\n", "", "pulls/s", "mean [gf]", "share heel-1"
    printf "%-12s %12.4g %12.4f %12.4f\n", "fabmet", rate, f[1], f[2]
    printf "%-12s %12.4g %12.4f %12.4f\n", "bare loop", b[1], b[2], b[3]
    printf "%-12s %12.4g %12.4f %12.4f\n", "numpy", n[1], n[2], n[3]
    by_numpy = rate / n[1]
    by_bare = rate / b[1]
    missed = by_numpy < least_numpy || by_bare < least_bare
    printf "pulls: %.3g x NumPy (at least %g), %.3g of the bare loop (at least %g)%s\n",
        by_numpy, least_numpy, by_bare, least_bare, missed ? " MISSED" : ""
    exit missed
}'
