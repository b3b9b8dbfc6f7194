#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# usage: check-format.sh [--fix]
# The layout of every C file is what .clang-format says.  Skips where clang-format is absent.
set -eu
cd "$(dirname "$0")/.."
if ! command -v clang-format >/dev/null; then
    echo "format: clang-format is not installed; skipped"
    exit 77
fi
files=$(find src include tests -name '*.[ch]')
if [ "${1-}" = --fix ]; then
    # shellcheck disable=SC2086  # the list is words on purpose
    clang-format -i $files
    exit 0
fi
failed=0
for file in $files; do
    if ! clang-format "$file" | cmp -s - "$file"; then
        echo "format: $file (scripts/check-format.sh --fix puts it right)"
        failed=1
    fi
done
exit $failed
