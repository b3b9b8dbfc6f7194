#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Speed of run lengths beside the R package spc: the same grids, in turns, in processor time.
#
# Usage: BENCH_ARL=... arl.sh
# Exit: 0; 1 if a limit is missed or the sums differ; 77 without R and spc.
set -eu
bench=${BENCH_ARL:-./bench_arl}
here=$(dirname -- "$0")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
Rscript -e 'library(spc)' >/dev/null 2>&1 || { echo "arl.sh: no R package spc: skipped"; exit 77; }
for turn in 1 2 3; do
    "$bench" >>"$work/own"
    Rscript "$here/arl_spc.R" >>"$work/spc"
done
awk -v least=5 '
    FNR == NR { own[$1] = own[$1] == "" || $3 < own[$1] ? $3 : own[$1]; sum[$1] = $4; n[$1] = $2; next }
    { spc[$1] = spc[$1] == "" || $3 < spc[$1] ? $3 : spc[$1]; other[$1] = $4 }
    END {
        printf "%-8s %8s %14s %14s %8s %12s\n", "grid", "charts", "fabmet [us]", "spc [us]", "ratio", "sums differ"
        for (g in own) {
            ratio = spc[g] / own[g]; d = sum[g] - other[g]; d = d < 0 ? -d : d
            printf "%-8s %8d %14.2f %14.2f %8.1f %12.1e\n", g, n[g], 1e6 * own[g] / n[g], 1e6 * spc[g] / n[g], ratio, d
            if (ratio < least || d > 1e-5) failed = 1
        }
        printf "limit: %g times as fast, sums of ln(ARL) within 1e-5\n", least
        exit failed
    }' "$work/own" "$work/spc"
