#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# fabmet what-if: differences with their errors, tornado, verdicts, reports, refusals.
#   1. one point: pairs of draws      4. data of the base
#   2. a sweep: pairs of points       5. refusals
#   3. tornado and verdicts           6. report
set -eu
: "${FABMET:?names the program to test}"
top=$(cd "${top_srcdir:-$(dirname "$0")/..}" && pwd)
python=/usr/bin/python3
[ -x $python ] || { echo "SKIP: no $python"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
failed=0
complain() {
    echo "whatif: $*"
    failed=1
}
# expect CODE WORDS -- COMMAND...: exit code, and words that stdout + stderr must contain.
expect() {
    code=$1
    words=$2
    shift 3
    got=0
    "$@" >out 2>&1 || got=$?
    if [ "$got" != "$code" ]; then
        complain "exit $got, expected $code: $*"
        head -n 5 out
    elif [ -n "$words" ] && ! tr '\n' ' ' <out | grep -q -F -e "$words"; then
        complain "'$words' is missing in the output of: $*"
        head -n 5 out
    fi
}

cat >tables.py <<'PYTHON'
"""Tables of `show --json` as lists of rows."""
import json


def rows(file, table):
    columns = json.load(open(file))["tables"][table]["columns"]
    names = list(columns)
    return [dict(zip(names, values))
            for values in zip(*(columns[n]["values"] for n in names))]


def one(file, name, **wanted):
    found = [r for r in rows(file, name) if all(r[k] == v for k, v in wanted.items())]
    assert len(found) == 1, (name, wanted, len(found))
    return found[0]


def near(x, y, rel, what):
    assert abs(x - y) <= rel * abs(y), f"{what}: {x!r}, expected {y!r}"
PYTHON

# ---- 1. one point: pairs of draws ------------------------------------------------------
"$FABMET" run -q "$top/sims/pull/what_if_hook.yaml" -o base.h5
expect 0 'significant' -- "$FABMET" what-if base.h5 --set hook.position=0.3 -o d.h5 \
    --new new.h5 -j 1
expect 0 '' -- "$FABMET" what-if base.h5 --set hook.position=0.3 -o again.h5 -j 2
cmp -s d.h5 again.h5 || complain "one and two threads give two different files"
expect 0 'good' -- "$FABMET" verify d.h5
expect 0 '' -- "$FABMET" what-if base.h5 --set hook.position=0.3 --json
cp out json.json
"$FABMET" show --json d.h5 >d.json
cmp -s json.json d.json || $python -c '
import json
a, b = json.load(open("json.json")), json.load(open("d.json"))
assert a["tables"]["deltas"] == b["tables"]["deltas"]' || complain "--json differs from show"
# Two runs with numbers of their own: what a comparison without pairs would have to live with.
"$FABMET" run -q "$top/sims/pull/what_if_hook.yaml" --set seed=77 --set keep=pulls -o b77.h5
"$FABMET" run -q "$top/sims/pull/what_if_hook.yaml" --set keep=pulls -o b0.h5
"$FABMET" run -q "$top/sims/pull/what_if_hook.yaml" --set keep=pulls --set hook.position=0.3 \
    -o n0.h5
"$FABMET" show b0.h5 pulls --csv --columns force >b0.csv
"$FABMET" show n0.h5 pulls --csv --columns force >n0.csv
for r in b77 b0 n0 new; do "$FABMET" show --json $r.h5 summary >$r.json; done
cat >pairs.py <<'PYTHON'
import math
import statistics
from tables import near, one, rows

d = one("d.json", "deltas", table="summary", quantity="mean")
b, n = rows("b0.json", "summary")[0], rows("n0.json", "summary")[0]
assert (d["pairing"], d["n_pairs"], d["significant"], d["units"]) == ("draws", 32, "yes", "gf")
near(d["base"], b["mean"], 1e-14, "base")
near(d["new"], n["mean"], 1e-14, "new")
near(d["delta"], d["new"] - d["base"], 1e-12, "delta")
# The error from single pulls in pairs, all 100000 of them: 32 batches know it within
# 13 % (one standard deviation); 4.5 of those.
x = [float(v) for v in open("b0.csv").read().split("\n")[1:] if v]
y = [float(v) for v in open("n0.csv").read().split("\n")[1:] if v]
pulls = [q - p for p, q in zip(x, y)]
assert len(pulls) == 100000
exact = statistics.stdev(pulls) / math.sqrt(len(pulls))
near(d["delta_se"], exact, 4.5 / math.sqrt(2 * 31), "standard error")
near(d["delta"], statistics.fmean(pulls), 1e-9, "mean of the pulls' differences")
independent = math.hypot(b["mean_se"], n["mean_se"])
assert d["delta_se"] * 5 <= independent, (d["delta_se"], independent)
print(f"delta {d['delta']:.6f} gf, standard error {d['delta_se']:.3g} in pairs, "
      f"{independent:.3g} independent: factor {independent / d['delta_se']:.1f}")
# Batches by hand: means of consecutive 3125 pulls.
batch = [statistics.fmean(pulls[k * 3125:(k + 1) * 3125]) for k in range(32)]
near(d["delta_se"], statistics.stdev(batch) / math.sqrt(32), 1e-6, "batch means")
near(d["high"] - d["delta"], 2.0395134463964077 * d["delta_se"], 1e-9, "t quantile, 31")
# No statement where there is no pair, and it says so.
for quantity in ("minimum", "t1_ratio", "n_pulls", "limit"):
    r = one("d.json", "deltas", table="summary", quantity=quantity)
    assert (r["significant"], r["n_pairs"]) == ("no statement", 1), r
    assert r["delta_se"] is None and "one pair" in r["remark"], r
# Nothing lifts: every pair differs by 0.
r = one("d.json", "deltas", table="summary", quantity="share_lift_1")
assert r["significant"] == "no statement" and r["delta_se"] == 0 and r["p_value"] is None
assert r["remark"] == "no pair differs", r
assert one("d.json", "deltas", quantity="share[heel-1]")["pairing"] == "draws"
c = rows("d.json", "scenario_changes")
assert c == [{"key": "hook.position", "base": "0.5", "new": "0.3"}], c
assert [r["run"] for r in rows("d.json", "runs")] == ["base", "new"]
PYTHON
$python pairs.py || complain "pairs of draws"
# Nothing changed: no difference anywhere.
expect 0 'delta 0 (no pair differs)' -- "$FABMET" what-if base.h5 --set hook.position=0.5
# A change of the seed has no random numbers in common: the error is that of two runs.
expect 0 '' -- "$FABMET" what-if base.h5 --set seed=77 --json
mv out seed.json
$python -c '
import math
from tables import near, one, rows
d = one("seed.json", "deltas", table="summary", quantity="mean")
b, n = rows("b0.json", "summary")[0], rows("b77.json", "summary")[0]
near(d["delta_se"], math.hypot(b["mean_se"], n["mean_se"]), 4.5 / math.sqrt(62), "seed")' ||
    complain "independent runs"

# ---- 2. a sweep: pairs of points -------------------------------------------------------
cat >sweep.yaml <<'YAML'
fabmet: 1
study: pull.simulate
seed: 5
draws: 3000
sweep:
  - { param: hook.position, values: [0.2, 0.35, 0.5, 0.65] }
  - { param: wire.diameter, values: [20 um, 33 um] }
YAML
"$FABMET" run -q sweep.yaml -o sweep.h5
expect 0 'points' -- "$FABMET" what-if sweep.h5 --set loop.height=300 --json
mv out sweep.json
expect 0 '' -- "$FABMET" what-if sweep.h5 --set loop.height=300 -o s1.h5 -j 1 --new sn.h5
expect 0 '' -- "$FABMET" what-if sweep.h5 --set loop.height=300 -o s2.h5 -j 2
cmp -s s1.h5 s2.h5 || complain "threads change the comparison of a sweep"
expect 0 'svg' -- sh -c '"$0" plot s1.h5 by-point -o p.svg && head -c 300 p.svg' "$FABMET"
for r in sweep sn; do "$FABMET" show --json $r.h5 summary >$r.s.json; done
cat >sweep.py <<'PYTHON'
import math
import statistics
from tables import near, one, rows

b, n = rows("sweep.s.json", "summary"), rows("sn.s.json", "summary")
d = [q["mean"] - p["mean"] for p, q in zip(b, n)]
r = one("sweep.json", "deltas", quantity="mean", pairing="points")
assert r["n_pairs"] == 8 and r["significant"] == "yes"
near(r["delta"], statistics.fmean(d), 1e-12, "delta")
near(r["delta_se"], statistics.stdev(d) / math.sqrt(8), 1e-12, "error over points")
s = one("sweep.json", "deltas", quantity="mean", pairing="draws")
near(s["delta"], r["delta"], 1e-14, "one delta")
assert s["n_pairs"] == 32 and s["delta_se"] < r["delta_se"]
p = rows("sweep.json", "point_deltas")
assert [q["at"] for q in p] == list(range(8))
assert p[3]["swept"] == "hook.position = 0.35, wire.diameter = 33 um", p[3]
for got, want in zip(p, d):
    near(got["delta"], want, 1e-12, "point")
    assert got["pairing"] == "draws" and got["delta_se"] > 0
# The mean over points of independent streams: errors add in squares.
near(s["delta_se"], math.sqrt(sum(q["delta_se"] ** 2 for q in p)) / 8, 0.6, "draws")
# Computed without draws: pairs are points alone.
assert [q["pairing"] for q in rows("sweep.json", "deltas") if q["quantity"] == "t1_ratio"] \
    == ["points"]
PYTHON
$python sweep.py || complain "pairs of points"
expect 64 'swept' -- "$FABMET" what-if sweep.h5 --set hook.position=0.3

# ---- 3. tornado and verdicts -----------------------------------------------------------
"$FABMET" what-if base.h5 --set 'hook.position=[0.475, 0.525]' \
    --set 'wire.diameter=[23.75 um, 26.25 um]' --set 'loop.height=[237.5, 262.5]' \
    --set 'strength.heel_1.fraction=[0.5605, 0.6195]' -o tornado.h5 >out
"$FABMET" show --json tornado.h5 >t.json
cat >tornado.py <<'PYTHON'
"""Only heel 1 breaks: the mean is its strength over T1/F, from vertical and horizontal
balance at the hook."""
import math
from tables import near, one, rows

AT = {"hook.position": 0.5, "wire.diameter": 25.0, "loop.height": 250.0,
      "strength.heel_1.fraction": 0.59}
VARIED = {"hook.position": (0.475, 0.525), "wire.diameter": (23.75, 26.25),
          "loop.height": (237.5, 262.5), "strength.heel_1.fraction": (0.5605, 0.6195)}


def force(**changed):
    p = {**{k.replace(".", "_"): v for k, v in AT.items()}, **changed}
    a, b = p["hook_position"] * 1000.0, (1 - p["hook_position"]) * 1000.0
    h = p["loop_height"]
    # T1 (h/l1) + T2 (h/l2) = 1 and T1 a/l1 = T2 b/l2 with l = span lengths
    ratio = b * math.hypot(a, h) / (h * (a + b))
    return p["strength_heel_1_fraction"] * p["wire_diameter"] ** 2 / ratio


def derivative(key):
    name, x = key.replace(".", "_"), AT[key]
    e = 1e-5 * x
    return (force(**{name: x + e}) - force(**{name: x - e})) / (2 * e)


bars = rows("t.json", "tornado")
by_sensitivity = sorted(VARIED, reverse=True,
                        key=lambda k: abs(derivative(k)) * (VARIED[k][1] - VARIED[k][0]))
assert [b["parameter"] for b in bars] == by_sensitivity, (bars, by_sensitivity)
scale = bars[0]["base"] / force()
for bar in bars:
    name = bar["parameter"].replace(".", "_")
    ends = sorted(force(**{name: v}) - force() for v in VARIED[bar["parameter"]])
    # a few pulls break elsewhere, and heel 1's mean is 0.02 % off by chance
    near(bar["low_delta"], ends[0] * scale, 0.02, bar["parameter"])
    near(bar["high_delta"], ends[1] * scale, 0.02, bar["parameter"])
    near(bar["swing"], bar["high_delta"] - bar["low_delta"], 1e-12, "swing")
    v = one("t.json", "variations", parameter=bar["parameter"], value=bar["low_at"])
    assert v["delta"] == bar["low_delta"] and v["delta_se"] == bar["low_se"]
assert len(rows("t.json", "variations")) == 8
assert rows("t.json", "deltas") == []
assert one("t.json", "variations", value="23.75 um")["parameter"] == "wire.diameter"
PYTHON
$python tornado.py || complain "tornado"
expect 0 '' -- "$FABMET" plot tornado.h5 tornado -o tornado.svg
# --tornado varies single values alone too, for another quantity.
expect 0 'Each parameter alone' -- "$FABMET" what-if base.h5 --tornado \
    --set hook.position=0.3 --set wire.diameter=30 --quantity summary.std_dev
grep -q 'std_dev' out || complain "--quantity is not the tornado's"

# Verdicts: a limit of 5.2 gf fails, and only --strict makes it an exit code.
expect 0 'pass -> fail' -- "$FABMET" what-if base.h5 --set limit.force=5.2
expect 3 'pass -> fail' -- "$FABMET" what-if base.h5 --set limit.force=5.2 --strict -o v.h5
expect 3 'pass -> fail' -- "$FABMET" what-if base.h5 --set 'limit.force=[2, 5.2]' --strict
expect 0 '' -- "$FABMET" what-if base.h5 --set limit.force=2.5 --strict
"$FABMET" show --json v.h5 >v.json
$python -c '
from tables import rows
v = rows("v.json", "verdict_changes")
assert len(v) == 1 and v[0]["became"] == "pass -> fail" and v[0]["name"] == "below-limit", v
assert v[0]["base"] < v[0]["base_limit"] and v[0]["new"] > v[0]["new_limit"], v' ||
    complain "verdict_changes"
"$FABMET" run -q "$top/sims/pull/what_if_hook.yaml" --set limit.force=5.2 -o fails.h5
expect 0 'fail -> pass' -- "$FABMET" what-if fails.h5 --set limit.force=2 --strict
expect 0 '' -- "$FABMET" what-if fails.h5 --set limit.force=5.3 --strict

# A study that draws nothing, on one point: no statement. Points of the new run that fail: 2.
"$FABMET" run -q "$top/sims/spc/silicon_resistivity_components.yaml" -o spc.h5
expect 0 'one pair' -- "$FABMET" what-if spc.h5 --set confidence=0.9
expect 2 'points failed' -- "$FABMET" what-if sweep.h5 --set hook.tilt=75

# The stored scenario spells out every default: that must not exclude what is set now, or
# what goes with another choice.
"$FABMET" run -q "$top/sims/spc/western_electric_arl.yaml" -o arl.h5
expect 0 'arl_in_control' -- "$FABMET" what-if arl.h5 --set 'shifts=[0, 1]'
"$FABMET" run -q "$top/sims/pull/wire_length.yaml" --set draws=200 -o length.h5
expect 0 'significant' -- "$FABMET" what-if length.h5 --set wire.diameter=30
expect 78 'exclude each other' -- "$FABMET" what-if length.h5 --set loop.height=250
expect 0 'hook_height' -- "$FABMET" what-if base.h5 --set loop.length=1200

# ---- 4. data of the base ---------------------------------------------------------------
mkdir deep
cat >deep/own.yaml <<'YAML'
fabmet: 1
study: pull.simulate
draws: 500
data: { wires: { csv: mine.csv } }
YAML
cp "$top/data/pull/wires.csv" deep/mine.csv
"$FABMET" run -q deep/own.yaml -o own.h5
expect 0 'significant' -- "$FABMET" what-if own.h5 --set wire.diameter=30
(mkdir away && cp own.h5 away && cd away &&
    expect 66 '--data-folder' -- "$FABMET" what-if own.h5 --set wire.diameter=30 &&
    expect 0 'significant' -- "$FABMET" what-if own.h5 --set wire.diameter=30 \
        --data-folder ../deep && [ $failed = 0 ]) || failed=1
echo '# one more line' >>deep/mine.csv
expect 65 "input 'wires' has changed" -- "$FABMET" what-if own.h5 --set wire.diameter=30
cp "$top/data/pull/wires.csv" mine.csv
expect 0 '' -- "$FABMET" what-if own.h5 --set wire.diameter=30 # here are the same data
rm mine.csv
expect 0 '' -- "$FABMET" what-if own.h5 --set wire.diameter=30 --rerun-base
rm deep/mine.csv
expect 66 'mine.csv' -- "$FABMET" what-if own.h5 --set wire.diameter=30

# ---- 5. refusals -----------------------------------------------------------------------
expect 64 'nothing is changed' -- "$FABMET" what-if base.h5
expect 64 'a BASE result is expected' -- "$FABMET" what-if --set seed=3
expect 64 'is too many' -- "$FABMET" what-if base.h5 d.h5 --set seed=3
expect 64 'write KEY=VALUE' -- "$FABMET" what-if base.h5 --set hook.position
expect 64 'has no values' -- "$FABMET" what-if base.h5 --set 'hook.position=[]'
expect 64 'no single value' -- "$FABMET" what-if base.h5 --set 'hook.position=[[1]]'
expect 64 "did you mean 'std_dev'?" -- "$FABMET" what-if base.h5 --set seed=3 \
    --quantity std_dv
expect 64 'from 2 to 1024' -- "$FABMET" what-if base.h5 --set seed=3 --pairs 1
expect 64 '--confidence takes' -- "$FABMET" what-if base.h5 --set seed=3 --confidence 95
expect 64 '--new needs' -- "$FABMET" what-if base.h5 --set 'seed=[3]' --new x.h5
expect 64 'the same file' -- "$FABMET" what-if base.h5 --set seed=3 --new x.h5 -o x.h5
expect 78 "did you mean 'hook.position'?" -- "$FABMET" what-if base.h5 \
    --set hook.positon=0.3
expect 78 '0.01 ... 0.99' -- "$FABMET" what-if base.h5 --set hook.position=3
expect 78 '0.01 ... 0.99' -- "$FABMET" what-if base.h5 --set 'hook.position=[0.3, 3]'
expect 66 '' -- "$FABMET" what-if nothing.h5 --set seed=3
echo text >text.h5
expect 65 '' -- "$FABMET" what-if text.h5 --set seed=3
expect 65 'a comparison itself' -- "$FABMET" what-if d.h5 --set seed=3
expect 73 'there is a file' -- "$FABMET" what-if base.h5 --set seed=3 -o d.h5
expect 73 'there is a file' -- "$FABMET" what-if base.h5 --set seed=3 --new d.h5
expect 0 '' -- "$FABMET" what-if base.h5 --set seed=3 -o d.h5 --force
expect 73 '' -- "$FABMET" what-if base.h5 --set seed=3 -o no/where/d.h5
cat >whatif.yaml <<'YAML'
fabmet: 1
study: whatif.deltas
YAML
expect 78 "made by 'fabmet what-if'" -- "$FABMET" run whatif.yaml
"$FABMET" list --names | grep -q whatif && complain "list offers whatif.deltas"
# A base of another version, and one that is incomplete.
if $python -c 'import h5py' 2>/dev/null; then
    $python - <<'PYTHON'
import shutil
import h5py
for name in ("old", "half"):
    shutil.copy("base.h5", name + ".h5")
with h5py.File("old.h5", "r+") as f:
    del f["provenance/version"]
    f["provenance"].create_dataset("version", data="0.0.1", dtype=h5py.string_dtype())
with h5py.File("half.h5", "r+") as f:
    f["entry/points/status"][0] = 16
PYTHON
    expect 65 'made by fabmet 0.0.1' -- "$FABMET" what-if old.h5 --set seed=3
    expect 0 '' -- "$FABMET" what-if old.h5 --set seed=3 --rerun-base
    expect 65 'is incomplete: 0 of 1' -- "$FABMET" what-if half.h5 --set seed=3
fi

# ---- 6. report -------------------------------------------------------------------------
if command -v gnuplot >/dev/null; then
    expect 0 '' -- "$FABMET" what-if base.h5 --set hook.position=0.3 --tornado \
        --report r.html -o r.h5
    for words in 'What changed' 'side by side' 'hook.position' 'Base: A weak' 'New: A weak' \
        'yes (32&nbsp;draws)' 'More than chance?' 'no statement (one value)' 'class="pair"' 'common random numbers'; do
        grep -q -F -e "$words" r.html || complain "the report does not say '$words'"
    done
    [ "$(grep -c '<p class="side">' r.html)" = 2 ] || complain "not two sides"
    grep -q -E '(src|href)="http|<script' r.html && complain "the report is not self-contained"
fi

# ---- 7. interruption -------------------------------------------------------------------
# A signal while the new scenario runs: 1 and nothing left; with --new 75, and the same
# command ends with the same comparison.
mkdir scratch
cat >slow.yaml <<'YAML'
fabmet: 1
study: pull.simulate
seed: 5
draws: 300000
sweep:
  - { param: hook.position, from: 0.1, to: 0.9, points: 100 }
YAML
"$FABMET" run -q slow.yaml -o slow.h5
# interrupt SIGNAL ARGUMENT...: sends it when the run has saved a part
interrupt() {
    signal=$1
    shift
    TMPDIR=$work/scratch "$FABMET" what-if slow.h5 --set loop.height=300 -j 1 "$@" >out 2>&1 &
    pid=$!
    tries=0
    until find scratch . -path '*.parts/*.h5' | grep -q . || [ $tries = 200 ]; do
        sleep 0.05
        tries=$((tries + 1))
    done
    kill -s "$signal" $pid
    got=0
    wait $pid || got=$?
    [ -z "$(ls -A scratch)" ] || complain "a scratch folder stays after SIG$signal"
}
interrupt TERM
[ $got = 1 ] || complain "interrupted without --new: exit $got"
grep -q 'interrupted by SIGTERM; nothing was compared' out || complain "SIGTERM is not named"
grep -q 'with --new FILE' out || complain "no word about --new"
interrupt USR1 --new slow_new.h5
[ $got = 75 ] || complain "interrupted with --new: exit $got"
grep -q "slow_new.h5.parts'; the same command goes on" out || complain "parts are not named"
[ -d slow_new.h5.parts ] || complain "no parts beside --new"
expect 73 '' -- "$FABMET" what-if slow.h5 --set loop.height=301 --new slow_new.h5
expect 0 'significant' -- "$FABMET" what-if slow.h5 --set loop.height=300 \
    --new slow_new.h5 --pairs 2
[ -e slow_new.h5.parts ] && complain "parts stay after the end"
"$FABMET" run -q slow.yaml --set loop.height=300 -o slow_direct.h5
for r in new direct; do "$FABMET" show slow_$r.h5 summary --csv >slow_$r.csv; done
cmp -s slow_new.csv slow_direct.csv || complain "an interruption changes the new result"
exit $failed
