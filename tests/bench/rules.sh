#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Speed of all Western Electric and Nelson rules on many points, beside NumPy, in processor time and
# in one go; both must flag the same number of points.
#
# Usage: BENCH_RULES=... rules.sh [POINTS]
# Exit: 0; 1 if a limit is missed or the counts differ; 77 without NumPy.
set -eu
points=${1:-10000000}
bench=${BENCH_RULES:-./bench_rules}
python=${PYTHON:-/usr/bin/python3}
here=$(dirname -- "$0")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$python" -c 'import numpy' 2>/dev/null || { echo "rules.sh: no NumPy: skipped"; exit 77; }
for turn in 1 2 3; do
    "$python" "$here/rules_numpy.py" "$work/x" "$points" >>"$work/numpy"
    "$bench" "$work/x" >>"$work/ours"
done
"$python" - "$work/numpy" "$work/ours" "$points" <<'PY'
import statistics
import sys

peer, ours = ([line.split() for line in open(name)] for name in sys.argv[1:3])
points = int(sys.argv[3])
slow = statistics.median(float(row[0]) for row in peer)
best = statistics.median(float(row[1]) for row in peer)
fast = statistics.median(float(a) for a, _ in ours)
same = {row[-1] for row in peer} == {b for _, b in ours}
wanted = 0.3 * points / 1e7
print(f"run rules on {points:.0e} points: {fast:.3f} s (wanted: {wanted:.3g}), "
      f"NumPy's sliding windows {slow:.3f} s: {slow / fast:.1f} times (wanted: 15), "
      f"cumulative sums {best:.3f} s: {best / fast:.1f} times; "
      f"flagged points {'agree' if same else 'DIFFER'}")
sys.exit(0 if same and slow / fast >= 15 and fast <= wanted else 1)
PY
