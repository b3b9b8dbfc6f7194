#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# One scenario, one result: the same digest and the same bytes for any number of threads, for a
# second run, another folder and another output name, cut into slices that are merged in any
# order, and killed and resumed.
set -eu
: "${FABMET:?names the program to test}"
sims=${top_srcdir:-$(cd "$(dirname "$0")/.." && pwd)}/sims
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
failed=0
mkdir elsewhere
draws=${FM_TEST_DRAWS:-20000}

# same SCENARIO ARGS...: runs it in four ways and compares the files.
same() {
    scenario=$1
    shift
    rm -f ./*.h5 elsewhere/*.h5
    "$FABMET" run -q "$scenario" "$@" -j 1 -o one.h5
    "$FABMET" run -q "$scenario" "$@" -j 2 -o two.h5
    "$FABMET" run -q "$scenario" "$@" -j 3 -o elsewhere/three.h5
    "$FABMET" run -q "$scenario" "$@" -j 2 -o again.h5
    for other in two.h5 elsewhere/three.h5 again.h5; do
        if ! cmp one.h5 "$other"; then
            echo "determinism: $scenario: $other differs from one.h5"
            "$FABMET" verify one.h5 "$other" || :
            failed=1
        fi
    done
    "$FABMET" verify one.h5 >/dev/null || failed=1
}

# sliced SCENARIO ARGS...: in five slices, two of them on two threads, against one.h5.
sliced() {
    scenario=$1
    shift
    rm -f slice-*.h5 merged.h5
    for i in 3 0 4 1 2; do
        "$FABMET" run -q "$scenario" "$@" --slice $i/5 -j $((1 + i % 2)) -o slice-$i.h5
        "$FABMET" verify slice-$i.h5 >/dev/null || failed=1
    done
    for order in '0 1 2 3 4' '4 2 0 1 3'; do
        # shellcheck disable=SC2046  # a list of names without blanks
        "$FABMET" merge -q --force -o merged.h5 $(printf 'slice-%s.h5 ' $order)
        if ! cmp one.h5 merged.h5; then
            echo "determinism: $scenario: the merge of slices $order differs from one.h5"
            "$FABMET" verify one.h5 merged.h5 || :
            failed=1
        fi
    done
}

# resumed SCENARIO ARGS...: stopped after a second and after two, and killed, against one.h5.
resumed() {
    scenario=$1
    shift
    rm -rf stopped.h5*
    for how in TERM KILL none; do
        setsid "$FABMET" run -q --resume "$scenario" "$@" -o stopped.h5 2>messages &
        child=$!
        if [ $how != none ]; then
            sleep 0.8
            kill -s $how $child 2>/dev/null || :
        fi
        code=0
        wait $child 2>/dev/null || code=$?
    done
    if [ "$code" != 0 ] || ! cmp one.h5 stopped.h5; then
        echo "determinism: $scenario: stopped, killed, resumed: exit $code, or other bytes"
        "$FABMET" verify one.h5 stopped.h5 || :
        failed=1
    fi
}

same "$sims/pull/hook_position.yaml" --set draws="$draws"
sliced "$sims/pull/hook_position.yaml" --set draws="$draws"
same "$sims/pull/hook_position.yaml" --set draws="$draws" --set keep=pulls \
    --set wire.diameter=25um
sliced "$sims/pull/hook_position.yaml" --set draws="$draws" --set keep=pulls \
    --set wire.diameter=25um
same "$sims/pull/hook_position.yaml" --set draws=200000 --set wire.diameter=25um \
    --set hook.position=0.4
same "$sims/spc/silicon_resistivity_components.yaml"
same "$sims/spc/silicon_resistivity_chart.yaml"

# Other samplings, more slices than points, and a run long enough to be killed.
cat >sobol.yaml <<'SCENARIO'
fabmet: 1
study: pull.simulate
draws: 100000
sweep:
  - { param: hook.position, from: 0.2, to: 0.8 }
  - { param: wire.diameter, from: 20 um, to: 33 um }
sampling: { mode: sobol, points: 250 }
SCENARIO
sed 's/sobol, points: 250/lhs, points: 4/' sobol.yaml >lhs.yaml
same sobol.yaml
resumed sobol.yaml
same lhs.yaml
sliced lhs.yaml

# Another seed is another result.
"$FABMET" run -q "$sims/pull/hook_position.yaml" --set draws=100 -o a.h5
"$FABMET" run -q "$sims/pull/hook_position.yaml" --set draws=100 --set seed=99 -o b.h5
if "$FABMET" verify a.h5 b.h5 >/dev/null; then
    echo "determinism: another seed gave the same numbers"
    failed=1
fi
exit $failed
