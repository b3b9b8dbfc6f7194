#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Other people's readers open a result: ncdump, h5dump, h5repack, h5py, xarray.
set -eu
: "${FABMET:?names the program to test}"
top=${top_srcdir:-$(cd "$(dirname "$0")/.." && pwd)}
python=${FM_TEST_PYTHON:-/usr/bin/python3}
if ! "$python" -c 'import h5py, xarray, xxhash' 2>/dev/null; then
    echo "interop: $python lacks h5py, xarray or xxhash; skipped"
    exit 77
fi
for tool in ncdump h5dump h5repack; do
    if ! command -v "$tool" >/dev/null; then
        echo "interop: $tool is not installed; skipped"
        exit 77
    fi
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
failed=0

complain() {
    echo "interop: $*"
    failed=1
}

# run OUT SETTINGS...: the same study on a grid, zipped, sampled, and without sweep.
run() {
    out=$1
    shift
    "$FABMET" run -q "$@" -o "$out" || complain "$out: run failed"
}
write_scenario() {
    printf 'fabmet: 1\nstudy: pull.simulate\ntitle: readers %s\nseed: 7\ndraws: 50\n' "$1"
    cat
}
write_scenario grid >grid.yaml <<'END'
sweep:
  - { param: wire.material, values: [Au, Al] }
  - { param: wire.diameter, values: [25 um, 33 um, 50 um] }
  - { param: hook.position, from: 0.2, to: 0.8, points: 13 }
END
write_scenario zip >zip.yaml <<'END'
sampling: { mode: zip }
sweep:
  - { param: wire.material, values: [Au, Al, Au] }
  - { param: wire.diameter, values: [25 um, 33 um, 50 um] }
END
write_scenario sobol >sobol.yaml <<'END'
sampling: { mode: sobol, points: 16 }
sweep:
  - { param: wire.diameter, from: 25 um, to: 50 um }
  - { param: hook.position, from: 0.2, to: 0.8 }
END
write_scenario one >one.yaml <<'END'
params: { keep: pulls }
END
for kind in grid zip sobol one; do
    run "$kind.h5" "$kind.yaml"
    if ! ncdump -h "$kind.h5" >header 2>&1; then
        complain "$kind: ncdump cannot read it"
    fi
    if grep -q phony_dim header; then
        complain "$kind: a dimension has no name"
    fi
    ncdump "$kind.h5" >/dev/null || complain "$kind: ncdump cannot read the data"
    h5dump "$kind.h5" >/dev/null || complain "$kind: h5dump cannot read it"
    h5repack "$kind.h5" "repacked-$kind.h5" || complain "$kind: h5repack cannot read it"
    "$FABMET" verify "repacked-$kind.h5" >/dev/null || complain "$kind: repacked is not good"
    "$python" "$top/tests/interop.py" "$kind" "$kind.h5" || failed=1
done

# A value that another program has changed is found.
"$python" - grid.h5 changed.h5 <<'END'
import h5py, shutil, sys
shutil.copy(sys.argv[1], sys.argv[2])
with h5py.File(sys.argv[2], "r+") as f:
    f["entry/summary/mean"][0, 0, 0] += 1e-12
END
status=0
"$FABMET" verify changed.h5 >/dev/null 2>&1 || status=$?
[ "$status" -eq 65 ] || complain "a changed value: exit $status, not 65"
exit $failed
