#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# pull.fit from the outside: degenerate data and wrong scenarios answer with a status and a message,
# units go through, selections and geometry do what they say, threads do not matter.
# Environment: FABMET  the program to test
set -eu
: "${FABMET:?names the program to test}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
fail() {
    echo "pull_fit: $*"
    failed=1
}

# scenario NAME PARAMS...: reads the CSV from stdin; each PARAMS is a line below `params:`.
scenario() {
    name=$1
    shift
    {
        printf 'fabmet: 1\nstudy: pull.fit\nseed: 7\nparams:\n  confidence: 0.95\n'
        for line in "$@"; do
            printf '  %s\n' "$line"
        done
        printf 'data:\n  pulls:\n    inline: |\n'
        sed 's/^/      /'
    } >"$work/$name.yaml"
}
# run NAME CODE: runs it; messages of the run and of its points end in $work/NAME.out
run() {
    code=0
    rm -f "$work/$1.h5"
    "$FABMET" run -q "$work/$1.yaml" -o "$work/$1.h5" >"$work/$1.out" 2>&1 || code=$?
    if [ -f "$work/$1.h5" ]; then
        "$FABMET" show "$work/$1.h5" points --csv >>"$work/$1.out"
    fi
    [ "$code" = "$2" ] || { fail "$1: exit $code, expected $2"; cat "$work/$1.out"; }
}
says() {
    grep -qF -- "$2" "$work/$1.out" || { fail "$1: no '$2'"; cat "$work/$1.out"; }
}
# value NAME TABLE COLUMN ROW EXPECTED REL
value() {
    got=$("$FABMET" show "$work/$1.h5" "$2" --csv --columns "$3" | sed -n "$(($4 + 2))p")
    awk -v a="$got" -v b="$5" -v t="$6" 'BEGIN { d = a - b; d = d < 0 ? -d : d
        m = b < 0 ? -b : b; exit !(a != "" && a != "nan" && d <= t * m) }' ||
        fail "$1: $2.$3[$4] is '$got', expected $5"
}
rows() {
    "$FABMET" show "$work/$1.h5" "$2" --csv | tail -n +2 | grep -c . || true
}

# ---- degenerate data ----------------------------------------------------------------
printf 'force [gf],mode\n5,c\n6,c\n7,\n' | scenario censored
run censored 2
says censored 'too few data'
says censored 'nothing broke: all 3 pulls are censored'
says censored '1 row without a mode counts as censored'

printf 'force [gf],mode\n5,c\n6,c\n7,\n' | scenario weibayes 'weibayes.shape: 2.5'
run weibayes 0
says weibayes 'a lower bound of the scale'
# (sum x^2.5 / -ln 0.05)^(1/2.5), by hand
value weibayes parameters lower 1 6.085898124418163 1e-9

printf 'force [gf],mode\n5,a\n5,a\n5,a\n' | scenario constant
run constant 2
says constant 'not determined by the data'
says constant 'every failure is at the largest force'

printf 'force [gf],mode\n5,a\n6,c\n7,c\n' | scenario one
run one 0
says one "mode 'a': one failure"

printf 'force [gf],mode\n5,a\n6,b\n6.5,a\n' | scenario three
run three 0
value three loglik n_failed 1 1 0

# The only failure of b is the largest of all: b has no fit, so all modes together have none.
printf 'force [gf],mode\n5,a\n6,a\n9,b\n' | scenario largest
run largest 0
says largest "mode 'b' has no fit: every failure is at the largest force"
says largest 'no prediction of all modes together'
[ "$(rows largest prediction)" = 0 ] || fail 'largest: a prediction all the same'

# Heavy ties, by count and by rows, are the same.
printf 'force [gf],mode,count\n2,a,1\n8,a,9\n9,a,5\n20,a,10\n20,c,75\n' | scenario ties
run ties 0
value ties parameters estimate 0 1.809364291707245 1e-10
value ties parameters estimate 1 40.07245227840698 1e-10
{
    printf 'force [gf],mode\n2,a\n'
    for i in 1 2 3 4 5 6 7 8 9; do echo 8,a; done
    for i in 1 2 3 4 5; do echo 9,a; done
    for i in 1 2 3 4 5 6 7 8 9 10; do echo 20,a; done
    i=0
    while [ $i -lt 75 ]; do echo 20,c; i=$((i + 1)); done
} | scenario ties_rows
run ties_rows 0
value ties_rows parameters estimate 0 1.809364291707245 1e-10
value ties_rows percentiles lower 0 1.5365532319024 1e-9

# No column `mode`: everything failed.
printf 'force\n5\n6\n6.5\n4.4\n' | scenario plain
run plain 0
value plain summary n_failed 0 4 0

printf 'force [gf],mode\n5,a\n-6,a\n7,a\n' | scenario negative
run negative 2
says negative ': force -6: the distribution weibull allows values above 0 only'
printf 'force [gf],mode\n5,a\n-6,a\n7,a\n' | scenario negative_normal 'distribution: normal'
run negative_normal 0
value negative_normal parameters estimate 0 2 1e-12

printf 'force [gf],mode\n5,a\n6,?\n7,a\n' | scenario unknown
run unknown 2
says unknown "mode '?': rows that broke in an unknown mode are not supported"
printf 'force [gf],mode\n5,a\n6,all modes\n7,a\n' | scenario reserved
run reserved 2
says reserved "mode 'all modes' is the name of rows of the result"
printf 'force [gf],mode,count\n5,a,-2\n6,a,1\n7,a,1\n' | scenario negative_count
run negative_count 2
says negative_count 'count -2: a number of pulls cannot be negative'
printf 'force [gf],mode,count\n5,a,0\n' | scenario no_rows
run no_rows 2
says no_rows 'no row is left'
printf 'force [gf],mode\n5,a\n,a\n7,a\n' | scenario hole
run hole 65
says hole force

# A threshold that the data do not show, and too few different failures.
printf 'force [gf],mode\n5,a\n6,a\n7,c\n' | scenario threshold 'distribution: weibull3'
run threshold 2
says threshold 'weibull3 has no maximum inside'

# ---- wrong scenarios -----------------------------------------------------------------
refused() {
    name=$1
    text=$2
    shift 2
    printf 'force [gf],mode,hook_position\n5,heel-1,0.5\n6,heel-2,0.6\n7,c,0.5\n' |
        scenario "$name" "$@"
    run "$name" 78
    says "$name" "$text"
}
refused no_span 'loop.span is missing'
refused both 'loop.position: the data have a column' 'loop.span: 1000' 'loop.height: 250' \
    'loop.position: 0.5'
refused replicates 'replicates: only interval bootstrap' 'replicates: 50'
refused weibull3 'interval: the profile likelihood of weibull3' 'distribution: weibull3' \
    'interval: likelihood'
refused accept 'accept.max_fraction_below: needs limit' 'accept.max_fraction_below: 0.1'
refused shape 'weibayes.shape: is for distribution weibull' 'weibayes.shape: 2' \
    'distribution: lognormal'
refused below_zero 'distribution: normal allows forces below 0' 'distribution: normal' \
    'loop.span: 1000' 'loop.height: 250'
printf 'force [gf],mode\n5,a\n6,a\n' | scenario no_geometry 'predict.position: 0.5'
run no_geometry 78
says no_geometry 'predict.position: the data and loop.* do not say where the hook was'
printf 'force [gf],mode\n5,a\n6,a\n' | scenario lists 'modes.span: [a]'
run lists 78
says lists 'modes.span: has no meaning without a hook geometry'

# ---- geometry ------------------------------------------------------------------------
geometry() {
    printf 'force [gf],mode,hook_position\n5,heel-1,0.5\n6,heel-2,0.5\n7,heel-1,0.5\n5.5,heel-2,0.5\n'
}
# At mid-span the tension is 1.1180339887499 times the force: the scale grows by just that.
geometry | scenario hook 'loop.span: 1000' 'loop.height: 250'
run hook 0
geometry | sed 's/,0.5$//; s/,hook_position//' | scenario bare
run bare 0
scale=$("$FABMET" show "$work/bare.h5" parameters --csv --columns estimate | sed -n 3p)
value hook parameters estimate 1 "$(awk -v s="$scale" 'BEGIN { printf "%.15g", s * 1.1180339887499 }')" 1e-10
median=$("$FABMET" show "$work/bare.h5" summary --csv --columns median | sed -n 2p)
value hook summary median 0 "$median" 1e-10
geometry | scenario elsewhere 'loop.span: 1000' 'loop.height: 250' 'predict.position: 0.3'
run elsewhere 0
value elsewhere summary t1_ratio 0 1.0934349546269 1e-12
value elsewhere mode_share coefficient 1 0.89196412483911 1e-12
geometry | sed '3s/0.5/0.6/' | scenario differ 'loop.span: 1000' 'loop.height: 250'
run differ 2
says differ 'predict.position is missing: the rows do not all have one hook_position'
geometry | sed 's/heel-1/crater/' | scenario where 'loop.span: 1000' 'loop.height: 250'
run where 2
says where "mode 'crater' of the data stands in none of modes.span"
geometry | scenario twice 'loop.span: 1000' 'loop.height: 250' 'modes.hook: [heel-1]'
run twice 2
says twice "mode 'heel-1' of the data stands in more than one"
geometry | scenario flat 'loop.span: 1000' 'loop.height: -250'
run flat 2
says flat 'the geometry is outside its domain'
geometry | scenario slides 'loop.span: 1000' 'loop.height: 250' 'loop.tilt: 75'
run slides 2
says slides 'the hook slides along the wire'

# ---- few failures, a limit that no strength is below --------------------------------
few() {
    printf 'force [gf],mode\n5,w\n6,w\n8,w\n9,c\n'
}
few | scenario few 'distribution: best' 'limit: 0' 'accept: { max_fraction_below: 0.1 }'
run few 0
says few "mode 'w': 3 failures are too few for AICc, so the largest likelihood chose"
says few "mode 'w': with 3 failures the bounds of interval wald are too narrow, those of likelihood less so"
value few summary below_limit_upper 0 0 0
few | scenario profile 'interval: likelihood' 'limit: -1'
run profile 0
grep -q 'too narrow' "$work/profile.out" && fail "profile: the remark is not for likelihood"
value profile summary below_limit_upper 0 0 0
few | scenario resample 'interval: bootstrap' 'limit: 3'
run resample 0
says resample 'with 3 failures the bounds of interval bootstrap are too narrow'
few | scenario three 'distribution: weibull3' 'interval: likelihood'
run three 78
says three 'the profile likelihood of weibull3 is not regular'

# ---- selections ----------------------------------------------------------------------
zones() {
    printf 'force [N],mode,zone\n5,a,corner\n6,a,corner\n7,a,side\n8,b,side\n6.5,a,side\n'
}
zones | scenario corner 'where.zone: corner'
run corner 0
value corner summary n_pulls 0 2 0
says corner "mode 'b' has no fit: no pull broke in it"
"$FABMET" show "$work/corner.h5" percentiles --json >"$work/units"
grep -q '"units": *"N"' "$work/units" || fail "corner: the unit N of the data is lost"
zones | scenario nowhere 'where.zone: centre'
run nowhere 2
says nowhere "where.zone: 'centre' is not in column 'zone', which has corner, side"
zones | scenario no_lot 'where.lot: 4'
run no_lot 2
says no_lot "where.lot: the data have no column 'lot'"

# ---- bootstrap: same bits for any number of threads, replicates without a fit are counted ---------
{
    zones
    printf '5.5,a,side\n6.1,b,corner\n6.7,b,side\n7.3,a,corner\n'
} | scenario boot 'interval: bootstrap' 'replicates: 200' 'limit: 4'
sed 's/^data:/sweep: [{ param: limit, values: [3, 4, 5] }]\ndata:/' "$work/boot.yaml" >"$work/boot3.yaml"
"$FABMET" run -q -j 1 "$work/boot3.yaml" -o "$work/threads1.h5"
"$FABMET" run -q -j 2 "$work/boot3.yaml" -o "$work/threads2.h5"
"$FABMET" verify "$work/threads1.h5" "$work/threads2.h5" >/dev/null || fail "bootstrap depends on threads"
run boot 0
says boot 'replicates have no fit'
"$FABMET" show "$work/boot.h5" percentiles --csv --columns lower,estimate,upper | tail -n +2 |
    awk -F, '{ bad += !($1 <= $2 && $2 <= $3) } END { exit bad }' || fail "boot: bounds out of order"

# ---- the sweep's figure, with and without an accepted fraction ----------------------------
if command -v gnuplot >/dev/null; then
    sed 's/^params:/&\n  accept: { max_fraction_below: 0.3 }/' "$work/boot3.yaml" >"$work/accepted.yaml"
    "$FABMET" run -q "$work/accepted.yaml" -o "$work/accepted.h5"
    for name in threads1 accepted; do
        "$FABMET" plot "$work/$name.h5" below-limit -o "$work/$name.svg" || fail "$name: no figure"
    done
    grep -q '>accepted<' "$work/accepted.svg" || fail "the accepted fraction has no label"
    grep -q '>accepted<' "$work/threads1.svg" && fail "a label of an accepted fraction that is not"
fi

exit $failed
