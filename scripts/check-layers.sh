#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# usage: check-layers.sh
# Dependencies go one way: app -> report -> studies -> {core, models + maths}.  Which folder a
# file may include is listed here; models stay pure; modules never include each other; base
# names are unique.
set -eu
cd "$(dirname "$0")/.."
failed=0
complain() {
    echo "layers: $*"
    failed=1
}

# allowed FILE REGEX: every "quoted" include of FILE must match.
allowed() {
    bad=$(sed -n 's/^#include "\(.*\)"/\1/p' "$1" | grep -v -E "^(config\.h|$2)" || :)
    [ -z "$bad" ] || complain "$1 includes $bad"
}

# The layer of a module's file is the library that its local.mk compiles it into.
is_study() {
    awk -v name="$(basename "$1")" '
        /^[A-Za-z_%]+ *\+?=/ { list = $1 }
        index($0, "/" name) && list == "libfabmet_sim_la_SOURCES" { found = 1 }
        END { exit !found }' "$(dirname "$1")/local.mk"
}

# Models: no I/O, no global state, no randomness of their own, no aborting.
pure() {
    if grep -n -E '\b(printf|fprintf|puts|fopen|exit|abort|rand|random|drand48|getenv|time|setlocale|gsl_rng_alloc|gsl_set_error_handler)\(' "$1"; then
        complain "$1 is a model and must stay pure"
    fi
}

modules=$(find src -mindepth 1 -maxdepth 1 -type d |
    sed 's|src/||' | grep -v -E '^(core|math|report|app)$')
for file in src/core/*.[ch]; do
    case $file in */test_*) continue ;; esac
    allowed "$file" 'core/'
done
for file in src/math/*.[ch]; do
    case $file in */test_*) continue ;; esac
    allowed "$file" 'math/'
    pure "$file"
done
for module in $modules; do
    for file in src/"$module"/*.[ch]; do
        case $file in */test_*) continue ;; esac
        if is_study "$file"; then
            allowed "$file" "(core|math|$module)/"
        else
            allowed "$file" "(math|$module)/"
            pure "$file"
        fi
    done
done
for file in src/report/*.[ch]; do
    allowed "$file" '(report|core)/'
done
for file in src/app/*.[ch]; do
    # whatif.h: the study whose results a command makes; it brings math/paired.h
    allowed "$file" '(app|report|core)/|whatif/whatif\.h'
done

# Only the app prints to a terminal, ends the process, or looks at the environment.
for file in src/core/*.c src/report/*.c; do
    case $file in */test_*) continue ;; esac
    if grep -n -E '(^|[^_a-z])(exit|getenv|setlocale|printf|puts)\(' "$file" |
        grep -v -E '_exit\(|snprintf'; then
        complain "$file prints, exits or reads the environment"
    fi
done

twice=$(find src include -name '*.[ch]' | sed 's|.*/||' | sort | uniq -d)
[ -z "$twice" ] || complain "base names used twice: $twice"

# Each source file has its licence line.
unlicensed=$(find src include tests -name '*.[ch]' -exec \
    grep -L 'SPDX-License-Identifier: GPL-3.0-or-later' {} +) || :
[ -z "$unlicensed" ] || complain "no licence line: $unlicensed"
exit $failed
