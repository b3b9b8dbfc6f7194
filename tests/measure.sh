#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Gauge, linearity, agreement and capability studies on bad data: what they say and how they end.
set -u
: "${FABMET:?names the program to test}"
top=${top_srcdir:-$(cd "$(dirname "$0")/.." && pwd)}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
n=0

# try EXIT WORDS STUDY PARAMS: the data are in $work/d.csv; WORDS must be in what it says.
try() {
    n=$((n + 1))
    printf 'fabmet: 1\nstudy: %s\nparams: { %s }\ndata:\n  measurements: { csv: d.csv }\n' \
        "$3" "$4" >"$work/s.yaml"
    "$FABMET" run "$work/s.yaml" -o "$work/r.h5" --force >"$work/said" 2>&1
    code=$?
    if [ "$code" = 0 ] || [ "$code" = 2 ]; then
        "$FABMET" show "$work/r.h5" points --csv >>"$work/said" 2>&1
    fi
    if [ "$code" != "$1" ] || ! grep -qF -- "$2" "$work/said"; then
        echo "measure: $3 { $4 }: exit $code, expected $1 and '$2'; it said"
        cat "$work/said"
        failed=1
    fi
}

crossed='response: reading, part: part, operator: operator'
aiag=$top/data/spc/gauge_crossed.csv
cp "$aiag" "$work/d.csv"
try 0 'pooled with repeatability' spc.gauge "$crossed"
try 0 '' spc.gauge "$crossed, method: reml, interaction: drop"
try 0 'negative and set to 0' spc.gauge "$crossed, interaction: keep"
try 78 'only for layout expanded' spc.gauge "$crossed, factors: [trial]"
try 78 'layout expanded needs them' spc.gauge "$crossed, layout: expanded"
try 78 'layout nested needs it' spc.gauge 'response: reading, part: part, layout: nested'
try 78 'only with interaction auto' spc.gauge "$crossed, interaction: keep, pool_above: 0.1"
try 78 'only for layout crossed' spc.gauge "response: reading, part: part, pool_above: 0.1"
try 78 "'part' is given twice" spc.gauge 'response: reading, part: part, operator: part'
try 78 'is the response' spc.gauge 'response: reading, part: reading'
expanded="$crossed, layout: expanded, factors: [trial]"
try 0 '' spc.gauge "$expanded"
try 0 '' spc.gauge "$expanded, terms: [part, operator, part*operator]"
try 78 'is not a factor' spc.gauge "$expanded, terms: [part, nobody]"
try 78 'has no closing bracket' spc.gauge "$expanded, terms: ['part(operator']"
try 78 'same units' spc.gauge "$expanded, terms: [part, operator*trial, 'trial(operator)']"
try 78 'is missing' spc.gauge "$expanded, terms: [operator]"
try 78 "names 'part' twice" spc.gauge "$expanded, terms: [part*part]"

# A part measured less often, missing cells.
head -70 "$aiag" >"$work/d.csv"
try 0 'estimated by reml' spc.gauge "$crossed"
try 2 'use method reml' spc.gauge "$crossed, method: anova"
sed 's/^4,B,2,.*/4,B,2,/; s/^5,A,1,/5,,1,/' "$aiag" >"$work/d.csv"
try 0 '2 rows without a value or a label were left out' spc.gauge "$crossed"
# One operator, one part, one reading each, constant, three rows, none.
grep -E '^(#|part|[0-9]+,A)' "$aiag" >"$work/d.csv"
try 2 "have the same 'operator' (A)" spc.gauge "$crossed"
try 0 '' spc.gauge 'response: reading, part: part'
grep -E '^(#|part|3,)' "$aiag" >"$work/d.csv"
try 2 "have the same 'part' (3)" spc.gauge "$crossed"
grep -E '^(#|part|[0-9]+,[ABC],1)' "$aiag" >"$work/d.csv"
try 0 'repeatability includes' spc.gauge "$crossed"
try 2 'cannot be told from repeatability' spc.gauge "$crossed, interaction: keep"
grep -E '^(#|part|[0-9]+,A,1)' "$aiag" >"$work/d.csv"
try 2 'is measured once' spc.gauge 'response: reading, part: part'
sed 's/,[-0-9.]*$/,4.5/; s/^part,operator,trial,4.5/&/' "$aiag" |
    sed 's/^part,operator,trial.*/part,operator,trial,reading/' >"$work/d.csv"
try 2 'are equal (4.5)' spc.gauge "$crossed"
printf 'part,operator,reading\n1,A,1.5\n2,A,2.5\n1,B,1.75\n' >"$work/d.csv"
try 2 '3 readings are too few for 2 terms' spc.gauge "$crossed"
printf 'part,operator,reading\n1,A,\n' >"$work/d.csv"
try 2 'no row of the 1' spc.gauge "$crossed"

# Capability.
one='response: x'
printf 'x,g\n1.2,a\n1.4,a\n1.1,b\n1.3,b\n,b\n1.6,c\n1.2,c\n1.5,d\n1.25,d\n' >"$work/d.csv"
try 0 '1 rows without' spc.capability "$one, subgroup: g, lower_limit: 0"
try 0 'no limit is given' spc.capability "$one"
try 0 '' spc.capability "$one, subgroup_size: 2, within: sbar, upper_limit: 3"
try 78 '3 is not below upper_limit 1' spc.capability "$one, lower_limit: 3, upper_limit: 1"
try 78 'needs both limits' spc.capability "$one, lower_limit: 1, target: 2"
try 78 'mr is for single values' spc.capability "$one, subgroup: g, within: mr, lower_limit: 1"
try 78 'needs subgroup' spc.capability "$one, within: rbar, lower_limit: 1"
try 78 'one of them is enough' spc.capability "$one, subgroup: g, subgroup_size: 2"
try 78 'has no sigma within' spc.capability \
    "$one, subgroup: g, distribution: weibull, lower_limit: 1"
try 78 'Cpm is defined for distribution normal' spc.capability \
    "$one, distribution: johnson, lower_limit: 1, upper_limit: 2, target: 1.5"
try 0 'all 8 values are outside' spc.capability "$one, upper_limit: 0.5"
try 2 'needs 740 values' spc.capability "$one, distribution: empirical, lower_limit: 1"
printf 'x,g\n1,a\n1,a\n2,b\n2,b\n3,c\n3,c\n' >"$work/d.csv"
try 2 'nothing varies within any subgroup' spc.capability "$one, subgroup: g, lower_limit: 0"
printf 'x,g\n1,a\n2,b\n3,c\n' >"$work/d.csv"
try 2 'no subgroup has two values' spc.capability "$one, subgroup: g, lower_limit: 0"
try 0 '' spc.capability "$one, lower_limit: 0"
try 2 'too few for distribution johnson' spc.capability \
    "$one, distribution: johnson, lower_limit: 0"
printf 'x\n-1\n2\n3\n' >"$work/d.csv"
try 2 'needs values above 0' spc.capability "$one, distribution: lognormal, lower_limit: -2"
try 2 'needs values above 0' spc.capability "$one, distribution: box-cox, upper_limit: 9"
printf 'x\n7\n7\n7\n' >"$work/d.csv"
try 2 'all 3 values are equal (7)' spc.capability "$one, lower_limit: 1"
printf 'x\n7\n' >"$work/d.csv"
try 2 'at least 2 are needed' spc.capability "$one, lower_limit: 1"

# Linearity.
line='response: m, reference: r'
printf 'r,m\n1,1.1\n2,2.0\n3,3.2\n,4\n' >"$work/d.csv"
try 0 '1 rows without a reading or a reference' spc.linearity "$line"
try 78 'is the response' spc.linearity 'response: m, reference: m'
printf 'r,m\n1,1.1\n1,1.3\n1,1.2\n' >"$work/d.csv"
try 2 'have the reference value 1' spc.linearity "$line"
printf 'r,m\n1,1\n2,2\n3,3\n' >"$work/d.csv"
try 2 'lie on one line exactly' spc.linearity "$line"
printf 'r,m\n1,1\n' >"$work/d.csv"
try 2 'at least 3 are needed' spc.linearity "$line"
printf 'r [mm],m [um]\n1,1\n2,3\n3,2\n' >"$work/d.csv"
try 78 'give both the same' spc.linearity "$line"

# Agreement.
rate='rating: w, part: p, operator: o'
printf 'p,o,w,s\n1,A,good,good\n2,A,bad,bad\n3,A,good,bad\n1,B,good,good\n2,B,bad,bad\n3,B,bad,bad\n' \
    >"$work/d.csv"
try 0 '' spc.agreement "$rate, standard: s"
try 0 '' spc.agreement "$rate"
try 78 'is given twice' spc.agreement 'rating: w, part: p, operator: p'
printf 'p,o,w,s\n1,A,good,good\n2,A,bad,bad\n1,B,good,good\n' >"$work/d.csv"
try 2 'all must have equally many' spc.agreement "$rate"
printf 'p,o,w,s\n1,A,good,good\n2,A,good,good\n1,B,good,bad\n2,B,good,good\n' >"$work/d.csv"
try 2 'has two standards' spc.agreement "$rate, standard: s"
try 0 'all ratings are in one category' spc.agreement "$rate"
printf 'p,o,w\n1,A,good\n2,A,bad\n' >"$work/d.csv"
try 2 'nothing to compare' spc.agreement "$rate"
printf 'p,o,w\n1,A,good\n1,A,bad\n' >"$work/d.csv"
try 2 'at least 2 are needed' spc.agreement "$rate"

echo "$n cases"
exit $failed
