#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# What scripts rely on in the spc module: names of parameters and columns, headline numbers, and
# that a column of any result can go to a control chart, with its unit and labels.
set -u
: "${FABMET:?names the program to test}"
top=${top_srcdir:-$(cd "$(dirname "$0")/.." && pwd)}
top=$(cd "$top" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
failed=0

complain() {
    echo "spc: $*"
    failed=1
}

# run NAME STUDY PARAMS [DATA]
run() {
    printf 'fabmet: 1\nstudy: %s\nparams: { %s }\n' "$2" "$3" >"$1.yaml"
    [ $# -lt 4 ] || printf 'data: { measurements: { %s } }\n' "$4" >>"$1.yaml"
    "$FABMET" run "$1.yaml" -o "$1.h5" >said 2>&1 ||
        { complain "$2 { $3 } fails" && cat said; }
}

# number FILE TABLE COLUMN ROW EXPECTED REL_TOL
number() {
    found=$("$FABMET" show "$1.h5" "$2" --csv --columns "$3" | grep -v '^#' |
        sed 1d | sed -n "$(($4 + 1))p")
    echo "$found $5 $6" | awk '{ d = $1 - $2; if (d < 0) d = -d
        exit !(NF == 3 && $1 != "" && d <= $3 * ($2 < 0 ? -$2 : $2)) }' ||
        complain "$1: $2.$3[$4] is $found, not $5"
}

# columns FILE TABLE A,B,...
columns() {
    "$FABMET" show "$1.h5" "$2" --csv --columns "$3" >/dev/null 2>said ||
        { complain "$1: $2 lacks one of $3" && cat said; }
}

# ---- run lengths
run shewhart spc.arl 'chart: shewhart, rules: [western-electric], shifts: [0, 1]'
number shewhart arl arl 0 91.7507731283 1e-9
number shewhart arl arl 1 9.2218599635 1e-9
run plain spc.arl 'chart: shewhart, limit: 3, shifts: [0]'
number plain arl arl 0 370.3983473450 1e-9
run ewma spc.arl 'chart: ewma, lambda: 0.1, limit: 2.814, sides: two, shifts: [0, 1]'
number ewma arl arl 0 499.5795500826 1e-9
run one spc.arl 'chart: ewma, lambda: 0.1, limit: 2.5, sides: one, shifts: [0]'
number one arl arl 0 273.7806144914 1e-9
run cusum spc.arl \
    'chart: cusum, k: 0.5, limit: 4, sides: two, head_start: 2, shifts: [0, 1]'
number cusum arl arl 0 148.6956499906 1e-9
run imr spc.arl 'chart: imr, limit: 3, mr_limit: 3.686, shifts: [0]'
number imr arl arl 0 105.3501572063 1e-8
run mewma spc.arl 'chart: mewma, lambda: 0.1, limit: 8.63, p: 2, shifts: [0]'
number mewma arl arl 0 199.6970466960 1e-9
run s2 spc.arl 'chart: s2-ewma, lambda: 0.1, limit: 2.5, df: 4, shifts: [0, 0.5]'
number s2 arl arl 1 4.9737539577 1e-9
for f in shewhart ewma cusum imr mewma s2; do
    columns $f arl shift,arl,sdrl,error
done

# Too many states are said before anything runs.
printf 'fabmet: 1\nstudy: spc.arl\nparams:\n  rules: [{ count: 20, of: 40, beyond: 0.5 }]\n' \
    >big.yaml
"$FABMET" check big.yaml >said 2>&1
[ $? = 78 ] && grep -q 'rules: the rules need more than 200000 states' said ||
    { complain 'check does not refuse rules of too many states' && cat said; }

# ---- gauge
aiag="csv: $top/data/spc/gauge_crossed.csv"
run gauge spc.gauge \
    'response: reading, part: part, operator: operator, layout: crossed, tolerance: 8' "$aiag"
columns gauge components source,variance,std_dev,percent_contribution,percent_study
columns gauge components percent_tolerance,lower,upper
number gauge components percent_contribution 0 7.762158675 1e-9
number gauge components percent_study 0 27.86065088 1e-9
number gauge components percent_tolerance 0 22.677864 1e-7
number gauge summary ndc 0 4 0
number gauge summary grr_study_lower 0 14.72 1e-3
number gauge summary grr_study_upper 0 81.35 1e-3
run nested spc.gauge 'response: reading, part: batch, operator: operator, layout: nested' \
    "csv: $top/data/spc/gauge_nested.csv"
number nested components percent_study 0 22.4029566447861 1e-10

# ---- capability: 30 values with Ppu 1.67 prove 1.2907
awk 'BEGIN { print "y [nm]"; for (i = 0; i < 30; i++) print i % 2 ? 1 : -1 }' >d.csv
run upper spc.capability \
    'response: y, upper_limit: 5.09564722971039, distribution: normal' 'csv: d.csv'
columns upper indices name,value,lower,upper
number upper indices value 3 1.67 1e-12
number upper indices lower_bound 3 1.2907 1e-4
run lower spc.capability 'response: y, lower_limit: -5.09564722971039' 'csv: d.csv'
number lower indices value 3 1.67 1e-12

# ---- columns of results as data: numbers with their unit, labels, counts
printf 'lot,wafer,cd [nm]\n' >cd.csv
awk 'BEGIN {
    for (l = 1; l <= 8; l++)
        for (w = 1; w <= 3; w++)
            for (s = 1; s <= 4; s++) {
                cd = 45 + 2 * sin(l) + sin(7 * w + l) / 2 + sin(50 * s * w + l) / 4
                printf "%c,W%d,%.3f\n", 64 + l, w, cd
            }
}' >>cd.csv
run parts spc.components 'response: cd, factors: [lot, wafer]' 'csv: cd.csv'
cells='hdf5: parts.h5:/entry/cells'
run chained spc.chart 'response: mean, subgroup: group, chart: xbar-r' "$cells"
number chained summary n_points 0 8 0
"$FABMET" show chained.h5 points --csv --columns label | grep -q '^"*A"*$' ||
    complain 'labels of a result do not reach the chart'
"$FABMET" show chained.h5 limits --json | grep -q '"centre":{"units":"nm"' ||
    complain 'the unit of a result does not reach the chart'
number chained summary mean 0 "$("$FABMET" show parts.h5 summary --csv --columns mean |
    grep -v '^#' | sed 1d | tail -1)" 1e-14
run counted spc.chart 'response: n, chart: c' "$cells"
run lengths spc.chart 'response: arl' 'hdf5: ewma.h5:/entry/arl'
run labels spc.chart 'response: mean, label: label' "$cells"
"$FABMET" show labels.h5 points --csv --columns label | grep -q 'A / W1' ||
    complain 'labels with blanks do not reach the chart'
printf 'fabmet: 1\nstudy: spc.chart\nparams: { response: group }\n' >bad.yaml
printf 'data: { measurements: { %s } }\n' "$cells" >>bad.yaml
"$FABMET" check bad.yaml >said 2>&1 && complain 'a column of words is taken as numbers'
grep -q "group" said || { complain 'the message does not name the column' && cat said; }
exit $failed
