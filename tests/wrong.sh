#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# usage: wrong.sh [--update]
# Every wrong scenario and CSV under tests/wrong: exit code, exact messages, no output file, an
# older output untouched; the same under a comma-decimal locale.  --update rewrites the
# expected messages; review the difference.
set -eu
here=${top_srcdir:-$(cd "$(dirname "$0")/.." && pwd)}/tests/wrong
: "${FABMET:?names the program to test}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

# run_all LOCALE FILE: runs every case and writes the messages to FILE.
run_all() {
    : >"$2"
    for scenario in *.yaml; do
        name=${scenario%.yaml}
        expected=$(sed -n '1s/^# exit: //p' "$scenario")
        code=0
        LC_ALL=$1 "$FABMET" run --quiet "$scenario" -o "$work/$name.h5" \
            2>"$work/messages" || code=$?
        printf '== %s (exit %s)\n' "$name" "$code" >>"$2"
        sed "s|$work/||" "$work/messages" >>"$2"
        if [ "$code" != "$expected" ]; then
            echo "wrong: $name: exit $code, expected $expected"
            failed=1
        fi
        if [ "$code" != 2 ] && [ -e "$work/$name.h5" ]; then
            echo "wrong: $name: left an output file"
            failed=1
        fi
        rm -f "$work/$name.h5"
    done
}

cd "$here"
run_all C.UTF-8 "$work/plain"
if [ "${1-}" = --update ]; then
    cp "$work/plain" expected.txt
    exit 0
fi
if ! diff -u expected.txt "$work/plain"; then
    echo "wrong: messages changed; review and run tests/wrong.sh --update"
    failed=1
fi

# An older result stays as it is.
echo precious >"$work/old.h5"
"$FABMET" run --quiet --force out_of_range.yaml -o "$work/old.h5" 2>/dev/null || :
if [ "$(cat "$work/old.h5")" != precious ]; then
    echo "wrong: an older result was touched"
    failed=1
fi

if localedef -i de_DE -f UTF-8 "$work/de_DE.UTF-8" 2>/dev/null ||
    [ -d "$work/de_DE.UTF-8" ]; then
    LOCPATH=$work
    export LOCPATH
    if [ "$(LC_ALL=de_DE.UTF-8 printf '%.1f' 1 2>/dev/null || :)" = 1,0 ] ||
        LC_ALL=de_DE.UTF-8 locale decimal_point 2>/dev/null | grep -q ,; then
        # glibc itself leaks the parsed LOCPATH.
        ASAN_OPTIONS=detect_leaks=0 run_all de_DE.UTF-8 "$work/comma"
        if ! diff -u "$work/plain" "$work/comma"; then
            echo "wrong: messages depend on the locale"
            failed=1
        fi
    else
        echo "wrong: the comma-decimal locale did not take; that part is skipped"
    fi
else
    echo "wrong: no locale sources (package locales); that part is skipped"
fi
echo "$(grep -c '^== ' "$work/plain") wrong inputs"
exit $failed
