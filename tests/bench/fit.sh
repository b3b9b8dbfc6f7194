#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Speed of censored Weibull fits beside survreg of R's package survival: the same data, processor
# time of one thread, in one go.
#
# Usage: BENCH_FIT=... fit.sh [ROWS]
# Environment: BENCH_FIT  our fits (default: ./bench_fit)
#              RSCRIPT    R with the package survival (default: Rscript)
# Exit: 0; 1 if a part fails or a limit is missed; 77 without R.
set -eu
rows=${1:-1000000}
bench=${BENCH_FIT:-./bench_fit}
rscript=${RSCRIPT:-Rscript}
here=$(dirname -- "$0")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$rscript" -e 'library(survival)' >/dev/null 2>&1 || { echo "fit.sh: no survival: skipped"; exit 77; }

# In turns, so that other load hits all alike; the medians count.
for turn in 1 2 3; do
    "$bench" "$rows" "$work/long" "$work/short" >"$work/own$turn"
    "$rscript" "$here/fit_survreg.R" "$work/long" "$work/short" >"$work/peer$turn"
done
middle() {
    for turn in 1 2 3; do
        sed -n "$2p" "$work/$1$turn"
    done | sort -g | sed -n 2p
}
awk -v rows="$rows" -v own="$(middle own 1)" -v peer="$(middle peer 1)" \
    -v own_many="$(middle own 2)" -v peer_many="$(middle peer 2)" 'BEGIN {
    least = 20
    least_many = 100
    split(own, a, " "); split(peer, b, " "); split(own_many, c, " "); split(peer_many, d, " ")
    printf "%-12s %12s %14s %14s %16s\n", "", "fit [s]", "shape", "scale", "1000 refits [s]"
    printf "%-12s %12.4g %14.9f %14.9f %16.4g\n", "fabmet", a[1], a[2], a[3], c[1]
    printf "%-12s %12.4g %14.9f %14.9f %16.4g\n", "survreg", b[1], b[2], b[3], d[1]
    fit = b[1] / a[1]
    many = d[1] / c[1]
    apart = (a[2] - b[2]) / b[2]
    apart = apart < 0 ? -apart : apart
    missed = fit < least || many < least_many || apart > 1e-6
    printf "censored Weibull fit of %d rows: %.3g x survreg (at least %g); 1000 refits of 100: %.3g x (at least %g)%s\n",
        rows, fit, least, many, least_many, missed ? " MISSED" : ""
    exit missed
}'
