#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# usage: check-valgrind.sh LIBTOOL VALGRIND PROGRAM...
# Runs the unit tests under valgrind, as many at a time as there are processors.  What valgrind calls possibly lost are UDUNITS' trees in a child that gnuplot was to
# replace; only what is definitely lost counts.
set -eu
FM_VALGRIND="$1 --mode=execute $2 -q --leak-check=full --error-exitcode=9
    --suppressions=$(dirname "$0")/../tests/valgrind.supp
    --show-leak-kinds=definite --errors-for-leak-kinds=definite"
shift 2
CK_FORK=no
FM_TEST_VALGRIND=1
export FM_VALGRIND CK_FORK FM_TEST_VALGRIND
# shellcheck disable=SC2016  # expanded by the inner shell
printf '%s\n' "$@" | sort -r | xargs -P "$(nproc)" -n 1 sh -c '
    log=$0.valgrind.log
    if $FM_VALGRIND "./$0" >"$log" 2>&1; then
        echo "valgrind $0: clean"
    else
        cat "$log"
        echo "valgrind $0: FAILED"
        exit 1
    fi'
