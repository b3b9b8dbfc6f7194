#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# One scenario, one result: the same digest and the same bytes for any number of threads, for a
# second run, another folder and another output name.
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

same "$sims/pull/hook_position.yaml" --set draws="$draws"
same "$sims/pull/hook_position.yaml" --set draws="$draws" --set keep=pulls \
    --set wire.diameter=25um
same "$sims/pull/hook_position.yaml" --set draws=200000 --set wire.diameter=25um \
    --set hook.position=0.4
same "$sims/spc/silicon_resistivity_components.yaml"
same "$sims/spc/silicon_resistivity_chart.yaml"

# Another seed is another result.
"$FABMET" run -q "$sims/pull/hook_position.yaml" --set draws=100 -o a.h5
"$FABMET" run -q "$sims/pull/hook_position.yaml" --set draws=100 --set seed=99 -o b.h5
if "$FABMET" verify a.h5 b.h5 >/dev/null; then
    echo "determinism: another seed gave the same numbers"
    failed=1
fi
exit $failed
