#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# usage: check-lint.sh BUILD-DIR CPPFLAGS...
# cppcheck and clang-tidy over our own sources, with the flags of a build.
set -eu
top=$(cd "$(dirname "$0")/.." && pwd)
build=$1
shift
cd "$top"
failed=0
sources=$(find src -name '*.c' ! -name 'test_*')
# shellcheck disable=SC2086  # the list is words on purpose
cppcheck --quiet --std=c11 --enable=warning,style,performance,portability --inline-suppr \
    --suppress=missingIncludeSystem --suppress=unusedStructMember --error-exitcode=1 \
    --library=posix -j"$(nproc)" -DHAVE_CONFIG_H -I include -I src -I "$build" $sources ||
    failed=1
# shellcheck disable=SC2086
printf '%s\n' $sources | xargs -P "$(nproc)" -n 4 sh -c '
    build=$0; flags=$1; shift
    # shellcheck disable=SC2086
    clang-tidy --quiet "$@" -- -std=c11 -D_GNU_SOURCE -I "$build" $flags 2>/dev/null
' "$build" "$*" || failed=1
exit $failed
