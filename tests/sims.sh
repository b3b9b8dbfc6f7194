#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs every scenario under sims/ and compares its headline numbers.  A scenario's header says
#   # expect: TABLE COLUMN ROW VALUE REL_TOL
# once or more.
set -eu
: "${FABMET:?names the program to test}"
sims=${top_srcdir:-$(cd "$(dirname "$0")/.." && pwd)}/sims
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
n=0
for scenario in "$sims"/*/*.yaml; do
    n=$((n + 1))
    rm -f "$work/r.h5"
    if ! "$FABMET" run -q "$scenario" -o "$work/r.h5"; then
        echo "sims: $scenario does not run"
        failed=1
        continue
    fi
    sed -n 's/^# expect: //p' "$scenario" >"$work/expect"
    if [ ! -s "$work/expect" ]; then
        echo "sims: $scenario has no '# expect:' line"
        failed=1
    fi
    while read -r table column row value tol; do
        got=$("$FABMET" show "$work/r.h5" "$table" --csv --columns "$column" |
            sed -n "$((row + 2))p")
        if ! awk -v a="$got" -v b="$value" -v t="$tol" \
            'BEGIN { d = a - b; if (d < 0) d = -d; m = b < 0 ? -b : b; exit !(a != "" && d <= t * m) }'; then
            echo "sims: $scenario: $table.$column[$row] is $got, expected $value (rel $tol)"
            failed=1
        fi
    done <"$work/expect"
done
echo "$n scenarios"
[ "$n" -gt 0 ] || failed=1
exit $failed
