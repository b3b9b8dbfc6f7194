#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# usage: check-lint.sh BUILD-DIR CPPFLAGS...
# cppcheck and clang-tidy over our own sources, with the flags of a build.
set -eu
top=$(cd "$(dirname "$0")/.." && pwd)
build=$1
shift
cd "$build"
failed=0
sources=$(find "$top/src" -name '*.c' ! -name 'test_*' ! -name 'fake_*')
# shellcheck disable=SC2086  # the list is words on purpose
cppcheck --quiet --std=c11 --enable=warning,style,performance,portability --inline-suppr \
    --suppress=missingIncludeSystem --suppress=unusedStructMember --error-exitcode=1 -j"$(nproc)" -DHAVE_CONFIG_H \
    -I "$top/include" -I "$top/src" -I . -I src $sources || failed=1

# Other people's headers are system headers to the checker.
flags=$(printf ' %s' "$@" | sed 's| -I/usr| -isystem/usr|g')
printf '%s\n' "$sources" | xargs -P "$(nproc)" -n 3 sh -c '
    flags=$0
    # shellcheck disable=SC2086
    clang-tidy --quiet "$@" -- -std=c11 $flags 2>/dev/null
' "$flags" || failed=1
exit $failed
